"""Panes with dividers between them, which share the room by a rule until the user moves one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import zoom

Rule = Callable[[int], Sequence[float]]
"""The size of each pane, in pixels, for all of them together."""

LEFT, RIGHT = 308, 326
"""Widths of the columns of editors in a window of 1280 pixels; in wider ones they grow a little."""
_WIDEST = 1.4
WITHOUT_RESULTS = 140
"""The height of the panels at the right, with their tabs, while there is nothing in them."""
_RESULTS = 326
"""Room for the results of ten classes."""


def split_left(room: int) -> Sequence[float]:
    """Return the heights of the editors of data and network."""
    data = max(min(190.0 * zoom(), 0.4 * room), 0.33 * room)
    return data, room - data


def split_middle(room: int) -> Sequence[float]:
    """Return the heights of the panels in the middle and below."""
    return 0.64 * room, 0.36 * room


def split_evenly(room: int) -> Sequence[float]:
    """Return the widths of two tiles side by side."""
    return room / 2, room / 2


def split_right(room: int, needed: int) -> Sequence[float]:
    """Return the heights of the training editor, which needs so much at most, and the results."""
    below = max(min(_RESULTS * zoom(), 0.52 * room), room - needed)
    return room - below, below


def split_across(room: int) -> Sequence[float]:
    """Return the widths of the columns."""
    scale = zoom() * min(_WIDEST, max(1.0, (1 + room / 1280) / 2))
    scale = min(scale, 0.66 * room / (LEFT + RIGHT))
    return scale * LEFT, room - scale * (LEFT + RIGHT), scale * RIGHT


class Panes(QSplitter):
    """A splitter whose rule holds until a divider is moved by hand."""

    def __init__(self, orientation: Qt.Orientation, rule: Rule, *widgets: QWidget) -> None:
        super().__init__(orientation)
        self._rule = rule
        self.by_hand = False
        """Whether the user has chosen the sizes."""
        self.setHandleWidth(SPACE)
        self.setChildrenCollapsible(False)
        for widget in widgets:
            self.addWidget(widget)
        self.splitterMoved.connect(self._keep)

    def share(self) -> None:
        """Share the room by the rule, unless the user has chosen the sizes."""
        if self.by_hand:
            return
        is_wide = self.orientation() == Qt.Orientation.Horizontal
        room = (self.width() if is_wide else self.height()) - self.handleWidth() * (
            self.count() - 1
        )
        self.setSizes([round(size) for size in self._rule(max(room, 1))])

    def saved(self) -> bytes:
        """Return the chosen sizes for `restore`; empty where the rule holds."""
        return bytes(self.saveState().data()) if self.by_hand else b""

    def restore(self, state: bytes) -> None:
        """Use saved sizes, as if they had been chosen by hand just now."""
        if state:
            self.by_hand = self.restoreState(state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new room."""
        super().resizeEvent(event)
        self.share()

    @Slot()
    def _keep(self) -> None:
        self.by_hand = True


def stacked(*widgets: QWidget) -> QWidget:
    """Return a widget with these below each other; the last one gets the room that is left."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget, int(widget is widgets[-1]))
    return whole
