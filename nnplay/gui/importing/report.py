"""What the dialogs for imports have in common: the name of the file, and what was skipped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnplay.gui.style.plain import ElidedLabel, plain
from nnplay.gui.style.theme import font
from nnplay.translation import _

_MOST_LINES = 10


class SkippedList(QPlainTextEdit):
    """Lists what an import skipped; hidden while there is nothing to list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(_("What was skipped"))
        self.setFont(font("small"))
        self.hide()

    def show_text(self, text: str) -> None:
        """Show what was skipped."""
        self.setPlainText(text)
        fit_height(self, _MOST_LINES)
        self.show()


def fit_height(list_: QPlainTextEdit, most: int) -> None:
    """Give a list the height of its lines, and of at most `most` of them; the rest is scrolled."""
    lines = max(1, min(list_.blockCount(), most))
    frame = 2 * (list_.frameWidth() + round(list_.document().documentMargin()))
    spacing = QFontMetrics(list_.document().defaultFont()).lineSpacing()
    # A plain text wants somewhat more than its lines, or it shows a scroll bar.
    list_.setFixedHeight(spacing * lines + frame + 4)


def file_title(path: Path) -> ElidedLabel:
    """Return a title with the name of a file or folder, and its whole path as the tool tip."""
    title = ElidedLabel()
    title.setText(path.name)
    title.setFont(font("title"))
    # A name may look like HTML.
    title.setToolTip(plain(str(path)))
    return title
