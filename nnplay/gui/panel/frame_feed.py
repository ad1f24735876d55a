"""Gives each visible panel frames and traces as often as it can draw them."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from nnplay.gui.panel.panel import Panel

if TYPE_CHECKING:
    from nnplay.link import Frame, Trace

CATCH_UP_MS = 120
"""How long after a frame that was left out the newest one is shown at the latest."""


class FrameFeed(QObject):
    """Keeps the newest frame and traces of the run, for panels that are visible now or later."""

    def __init__(self, visible: Callable[[], list[Panel]], parent: QObject | None = None) -> None:
        """Serve the panels that `visible` returns."""
        super().__init__(parent)
        self._visible = visible
        self._frame: Frame | None = None
        self._traces: tuple[Trace, Trace] | None = None
        self._shown: dict[Panel, Frame] = {}
        self._shown_at: dict[tuple[Panel, str], float] = {}
        self._catch_up = QTimer(self)
        self._catch_up.setSingleShot(True)
        self._catch_up.setInterval(CATCH_UP_MS)
        self._catch_up.timeout.connect(self.show_last)

    def show_frame(self, frame: Frame) -> None:
        """Show a frame in every visible panel that is ready for another one."""
        self._frame = frame
        for panel in self._visible():
            if self._is_due(panel, "frame"):
                self._show_frame_in(panel)
            else:
                # It may be the last frame for a while, as before a pause: show it a little later.
                self._catch_up.start()

    def show_traces(self, steps: Trace, epochs: Trace) -> None:
        """Show the traces in every visible panel that is ready for them."""
        self._traces = steps, epochs
        for panel in self._visible():
            if self._is_due(panel, "traces"):
                self._show_traces_in(panel)
            else:
                self._catch_up.start()

    @Slot()
    def show_last(self) -> None:
        """Show the newest frame and traces in every visible panel, whether it is due or not."""
        for panel in self._visible():
            self.show_in(panel)

    def show_in(self, panel: Panel) -> None:
        """Show the newest frame and traces in one panel."""
        self._show_frame_in(panel)
        self._show_traces_in(panel)

    def stop(self) -> None:
        """Show nothing later that was left out."""
        self._catch_up.stop()

    def clear(self) -> None:
        """Forget the run."""
        self._frame = self._traces = None
        self._catch_up.stop()
        self._shown.clear()
        self._shown_at.clear()

    def _is_due(self, panel: Panel, what: str) -> bool:
        now, key = perf_counter(), (panel, what)
        if now < self._shown_at.get(key, -inf) + panel.entry.min_interval_ms / 1000:
            return False
        self._shown_at[key] = now
        return True

    def _show_frame_in(self, panel: Panel) -> None:
        if self._frame is not None and self._shown.get(panel) is not self._frame:
            self._shown[panel] = self._frame
            panel.show_frame(self._frame)

    def _show_traces_in(self, panel: Panel) -> None:
        if self._traces is not None:
            panel.show_traces(*self._traces)
