"""Texts to read beside the window: the first steps and the glossary, from `resources/help`."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from nnplay.assets import asset
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE, set_font
from nnplay.gui.style.zoom import px
from nnplay.translation import _

_FOLDER = "help"
_WIDTH, _HEIGHT = 440, 560


def entries(key: str) -> tuple[tuple[str, str], ...]:
    """Return the titles and texts of `first-steps` or `glossary`, in the user's language."""
    read = json.loads(asset(_FOLDER, f"{key}.json").read_text("utf-8"))
    return tuple((_(entry["title"]), _(entry["text"])) for entry in read)


class GuideDialog(QDialog):
    """Titles with their texts, to be kept open beside the window; typing filters them."""

    def __init__(self, title: str, key: str, parent: QWidget | None = None) -> None:
        """Show the entries of a file of `resources/help`."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(SPACE // 2)
        self._entries: list[tuple[PlainLabel, PlainLabel]] = []
        for name, text in entries(key):
            heading, body = PlainLabel(name), PlainLabel(text)
            set_font(heading, "strong")
            for label in (heading, body):
                label.setWordWrap(True)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                column.addWidget(label)
            body.setContentsMargins(0, 0, 0, SPACE)
            self._entries.append((heading, body))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(area, 1)
        self.resize(px(_WIDTH), px(_HEIGHT))

    @property
    def shown(self) -> tuple[str, ...]:
        """The titles that match the search."""
        return tuple(heading.text() for heading, _body in self._entries if not heading.isHidden())

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for heading, body in self._entries:
            known = f"{heading.text()} {body.text()}".casefold()
            for label in (heading, body):
                label.setVisible(all(word in known for word in words))
