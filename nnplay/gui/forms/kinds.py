"""A list of the kinds of a family to choose from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from nnplay.catalog import Family, Kind, kinds
from nnplay.gui.forms.fields import CalmComboBox
from nnplay.words import _


class KindBox(CalmComboBox):
    """Shows kinds by their label and gives them by their key."""

    kind_chosen = Signal(str)
    """The key, when the user has chosen another kind than the one shown."""

    def __init__(self, family: Family, name: str, parent: QWidget | None = None) -> None:
        """Make a list; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self._shown = ""
        self.setAccessibleName(name)
        for key, kind in kinds(family).items():
            self.addItem(_(kind.label), key)
            self.setItemData(self.count() - 1, kind_words(kind), Qt.ItemDataRole.ToolTipRole)
        self.activated.connect(self._activated)

    def show_kind(self, kind: Kind) -> None:
        """Show which one is in force; emits nothing."""
        self._shown = kind.key
        self.setCurrentIndex(self.findData(kind.key))
        self.setToolTip(kind_words(type(kind)))

    def _activated(self, index: int) -> None:
        key = self.itemData(index)
        if key != self._shown:
            self.kind_chosen.emit(key)


def kind_words(kind: type[Kind]) -> str:
    """Say what a kind is for and how it computes."""
    return "\n".join(filter(None, (_(kind.help), kind.formula)))
