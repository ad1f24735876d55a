"""Texts that may come from files are shown literally, never as HTML, and not at any length.

Qt renders a label or a tool tip that looks like HTML, and loads the images that it names. So every
label of the window is a PlainLabel, and every tool tip with a text from elsewhere goes through
`plain`.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QToolTip, QWidget

LONGEST_TIP = 2_000
"""Characters."""
LONGEST_LABEL = 20_000
"""Characters."""
WIDEST_WORD = 200
"""The largest width in pixels that a label with several lines requires for one word."""
_SHORTEST = 10


def plain(text: str) -> str:
    """Return a text for a tool tip that Qt shows literally, shortened if it is very long."""
    text = shortened(text, LONGEST_TIP)
    return f"<qt>{escape(text)}</qt>" if Qt.mightBeRichText(text) else text


def shortened(text: str, longest: int) -> str:
    """Return a text with at most that many characters, the last of which says that it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def show_tip(at: QPoint, text: str, widget: QWidget) -> None:
    """Show a tool tip at once."""
    QToolTip.showText(at, plain(text), widget)


def ask(
    window: QWidget,
    title: str,
    question: str,
    buttons: QMessageBox.StandardButton,
    default: QMessageBox.StandardButton,
) -> QMessageBox.StandardButton:
    """Ask a question in a message box, and return the button that was pressed."""
    box = QMessageBox(QMessageBox.Icon.Question, title, "", buttons, window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(shortened(question, LONGEST_TIP))
    box.setDefaultButton(default)
    box.exec()
    pressed = box.standardButton(box.clickedButton())
    box.deleteLater()
    # Closed without a button, it answers as the one for Esc.
    return pressed or QMessageBox.StandardButton.Cancel


class PlainLabel(QLabel):
    """A label that shows its text literally."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if text:
            self.setText(text)

    def setText(self, text: str) -> None:
        """Set the text, shortened if it is very long."""
        super().setText(shortened(text, LONGEST_LABEL))

    def minimumSizeHint(self) -> QSize:
        """Return the minimum size; one very long word does not make a column wider."""
        size = super().minimumSizeHint()
        return size.boundedTo(QSize(WIDEST_WORD, size.height())) if self.wordWrap() else size


class ElidedLabel(PlainLabel):
    """A single line that is elided where room is short; its tooltip shows the whole text."""

    def setText(self, text: str) -> None:
        """Set the text."""
        super().setText(text)
        self.setToolTip(plain(text))

    def minimumSizeHint(self) -> QSize:
        """Return no minimum width, so that the label shrinks first."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        painter = QPainter(self)
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        if len(text) < min(len(self.text()), _SHORTEST):
            return  # too short to be understood
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
