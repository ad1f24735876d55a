"""The frame shared by the editors: a heading, room for tools, and a scrolling body."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE, set_font

ROOMY = 420
"""The minimum height of a column in pixels at which explanations are shown."""


class EditorFrame(QFrame):
    """A panel with a heading; editors put their widgets into `body`."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(heading)
        title = PlainLabel(heading)
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
    """A column that scrolls vertically and is never wider than its container."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._content, self._needed = QWidget(), QSize()
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(0, 0, SPACE, 0)
        self.column.setSpacing(SPACE)
        self._hints: list[FoldingHint] = []
        self.setWidget(self._content)
        # setWidget() makes it opaque, but the panel behind it must show through.
        self._content.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        """Return the size of the content."""
        return self._content.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass on that the content asks for another size, which Qt's scroll areas do not."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            needed = self._content.sizeHint()
            # Only then: a layout that asks for what it has would be computed for ever.
            if needed != self._needed:
                self._needed = needed
                self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the explanations where there is not enough room."""
        super().resizeEvent(event)
        for hint in self._hints:
            hint.set_folded(self.height() < ROOMY)

    def hide_when_low(self, *hints: FoldingHint) -> None:
        """Hide these explanations, which are in the column, where there is not enough room."""
        # Kept here: looking for children in a resize event can meet widgets that are being freed.
        self._hints += hints


class FoldingHint(PlainLabel):
    """An explanation that is hidden in a column that is too low for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("hint")
        self.setWordWrap(True)
        self._available, self._folded = True, False

    def set_available(self, available: bool) -> None:
        """Set whether it is shown at all if there is room."""
        self._available = available
        self.setVisible(available and not self._folded)

    def set_folded(self, folded: bool) -> None:
        """Hide it for lack of room, or show it again."""
        self._folded = folded
        self.setVisible(self._available and not folded)


def hint_label() -> QLabel:
    """Return a label for an explanation."""
    label = PlainLabel()
    label.setObjectName("hint")
    label.setWordWrap(True)
    return label


def strong_label(text: str, buddy: QWidget | None = None) -> QLabel:
    """Return a label as a heading for some fields."""
    label = PlainLabel(text)
    set_font(label, "strong")
    if buddy is not None:
        label.setBuddy(buddy)
    return label
