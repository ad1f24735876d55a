"""The frame that the editors share: a heading, room for tools, and a body that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnplay.gui.style.theme import SPACE, font

_SHORTEST = 10
ROOMY = 420
"""Height of a column in pixels from which on there is room for explanations."""


class EditorFrame(QFrame):
    """A panel with a heading; editors put their parts into `body`."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(heading)
        title = QLabel(heading)
        title.setObjectName("heading")
        self.tools = QHBoxLayout()
        self.tools.setSpacing(SPACE // 2)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, SPACE, 0)
        top.addWidget(title, 1)
        top.addLayout(self.tools)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE // 2, SPACE)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        layout.addLayout(self.body, 1)


class ScrollColumn(QScrollArea):
    """A column that scrolls up and down and is never wider than its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._content = QWidget()
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(0, 0, SPACE, 0)
        self.column.setSpacing(SPACE)
        self.setWidget(self._content)
        # Setting it made it opaque; the panel behind is to show through.
        self._content.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        """Want as much as the content does."""
        return self._content.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what tool tips say too where room is short."""
        super().resizeEvent(event)
        for label in self._content.findChildren(FoldingHint):
            label.set_folded(self.height() < ROOMY)


class ElidedLabel(QLabel):
    """One line that is cut with an ellipsis where room is short; the whole is in its tool tip."""

    def setText(self, text: str) -> None:
        """Show a text."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """Give way to everything else."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        if len(text) < min(len(self.text()), _SHORTEST):
            return  # such a stump says nothing
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class FoldingHint(QLabel):
    """A sentence that explains; it goes where a column is too low for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hint")
        self.setWordWrap(True)
        self._wanted, self._folded = True, False

    def set_wanted(self, wanted: bool) -> None:
        """Show it where there is room, or not at all."""
        self._wanted = wanted
        self.setVisible(wanted and not self._folded)

    def set_folded(self, folded: bool) -> None:
        """Put it away for lack of room, or bring it back."""
        self._folded = folded
        self.setVisible(self._wanted and not folded)


def hint_label() -> QLabel:
    """Return a label for a sentence that explains."""
    label = QLabel()
    label.setObjectName("hint")
    label.setWordWrap(True)
    return label


def strong_label(text: str, buddy: QWidget | None = None) -> QLabel:
    """Return a label that heads a few fields."""
    label = QLabel(text)
    label.setFont(font("strong"))
    if buddy is not None:
        label.setBuddy(buddy)
    return label
