"""A list of the kinds of a family to choose from."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QWidget

from nnplay.catalog import Family, Kind, kinds
from nnplay.gui.forms.fields import CalmComboBox
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import font
from nnplay.translation import _

_FEW = 22


class KindBox(CalmComboBox):
    """Shows kinds by label and returns their keys."""

    kind_chosen = Signal(str)
    """The key, when the user has chosen another kind than the current one."""

    def __init__(self, family: Family, name: str, parent: QWidget | None = None) -> None:
        """Create a list; `name` is its accessible name."""
        super().__init__(parent)
        self._shown = ""
        self.setAccessibleName(name)
        for group, members in _grouped(kinds(family).values()).items():
            if group:
                self._add_heading(_(group))
            for kind in members:
                self.addItem(_(kind.label), kind.key)
                self.setItemData(
                    self.count() - 1, plain(kind_words(kind)), Qt.ItemDataRole.ToolTipRole
                )
        if self.count() > _FEW:
            # A scrolling list; the default popup would be as high as the screen.
            self.setStyleSheet("QComboBox { combobox-popup: 0; }")
            self.setMaxVisibleItems(_FEW)
            self.view().setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.activated.connect(self._activated)

    def show_kind(self, kind: Kind) -> None:
        """Show the current kind; emits nothing."""
        self._shown = kind.key
        self.setCurrentIndex(self.findData(kind.key))
        self.setToolTip(plain(kind_words(type(kind))))

    def _add_heading(self, text: str) -> None:
        self.addItem(text)
        last = self.count() - 1
        self.setItemData(last, font("strong"), Qt.ItemDataRole.FontRole)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        model.item(last).setEnabled(False)

    def _activated(self, index: int) -> None:
        key = self.itemData(index)
        if key != self._shown:
            self.kind_chosen.emit(key)


def _grouped(members: Iterable[type[Kind]]) -> dict[str, list[type[Kind]]]:
    """Return kinds by heading; those without one come last."""
    found: dict[str, list[type[Kind]]] = {}
    for kind in members:
        found.setdefault(kind.group, []).append(kind)
    if "" in found:
        found[""] = found.pop("")
    return found


def kind_words(kind: type[Kind]) -> str:
    """Return the description and the formula of a kind."""
    return "\n".join(filter(None, (_(kind.help), kind.formula)))
