"""What the dialogs for imports have in common: the name of the file, and what was skipped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnplay.gui.style.plain import ElidedLabel, plain
from nnplay.gui.style.theme import font
from nnplay.translation import _

_TALLEST = 170


class SkippedList(QPlainTextEdit):
    """Lists what an import skipped; hidden while there is nothing to list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(_("What was skipped"))
        self.setMaximumHeight(_TALLEST)
        self.setFont(font("small"))
        self.hide()

    def show_text(self, text: str) -> None:
        """Show what was skipped."""
        self.setPlainText(text)
        self.show()


def file_title(path: Path) -> ElidedLabel:
    """Return a title with the name of a file or folder, and its whole path as the tool tip."""
    title = ElidedLabel()
    title.setText(path.name)
    title.setFont(font("title"))
    # A name may look like HTML.
    title.setToolTip(plain(str(path)))
    return title
