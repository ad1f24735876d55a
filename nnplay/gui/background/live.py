"""A training run beside the window: its thread, and the polling for what it shows."""

from __future__ import annotations

from math import ceil
from threading import Lock

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

from nnplay.gui.background.background_task import BackgroundTask
from nnplay.gui.background.pacing import DRAW_SHARE, FREE_SHARE, Pacing
from nnplay.link import PayloadKind, RunMemory, Selection
from nnplay.session import RunState, Shelf, Speed, TrainingRun

POLL_MS = 33


class LiveRun(QObject):
    """Runs a TrainingRun in a thread and emits what there is to show.

    The trainer never emits a signal per step: it puts frames into a mailbox and rows into traces,
    and this polls for them. Only the few events of a run's life cycle come by signal.
    """

    state_changed = Signal(object)
    """The RunState."""
    frame_ready = Signal(object)
    """The newest Frame."""
    traces_grew = Signal(object, object)
    """The Trace of the steps and that of the epochs."""

    shelf_changed = Signal()
    """A run was added, renamed or deleted."""

    def __init__(self, turn: Lock | None = None, parent: QObject | None = None) -> None:
        """Make it idle; runs wait for other tasks that share `turn`."""
        super().__init__(parent)
        self._task = BackgroundTask(self, turn)
        self.shelf = Shelf(self.shelf_changed.emit)
        self.run = TrainingRun(self._task.start, self._task.report, self._follow, self.shelf)
        self._task.reported.connect(self._take_event)
        self._task.ended.connect(self._take_end)
        self._run_id = 0
        self._rows = (0, 0)
        self._pacing = Pacing()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)

    @property
    def state(self) -> RunState:
        """The state of the newest run."""
        return self.run.state

    def set_speed(self, speed: Speed) -> None:
        """Set how fast this run and the next ones may step."""
        self.run.set_speed(speed)
        self._choose_share()

    def set_memory(self, memory: RunMemory) -> None:
        """Set what each of the next runs may take."""
        self.run.memory = memory

    @Slot(object)
    def set_demand(self, kinds: frozenset[PayloadKind]) -> None:
        """Set which payloads the visible views need."""
        self.run.set_demand(kinds)

    @Slot(object)
    def select(self, selection: Selection) -> None:
        """Set what the views ask about."""
        self.run.select(selection)

    def shut_down(self, milliseconds: int) -> bool:
        """Close the run and wait; return whether its thread has ended in time."""
        self._timer.stop()
        self.run.close()
        return self._task.shut_down(milliseconds)

    @Slot()
    def poll(self) -> None:
        """Show what has come since the last time, unless drawing has had its share of the time."""
        # Events that are waiting come before the frames made after them.
        QCoreApplication.sendPostedEvents(self._task, QEvent.Type.MetaCall.value)
        rest = self._pacing.rest() if self.state.phase == "running" else 0.0
        if rest == 0.0:
            self._show()
        self._timer.setInterval(ceil(1000 * rest) or POLL_MS)

    def _show(self) -> None:
        link = self.run.link
        if link is None:
            return
        self._pacing.begin()
        frame = link.mailbox.take()
        if frame is not None and frame.run_id == self.state.run_id:
            self.frame_ready.emit(frame)
        rows = (len(link.steps), len(link.epochs))
        if rows != self._rows:
            self._rows = rows
            self.traces_grew.emit(link.steps, link.epochs)

    def _choose_share(self) -> None:
        started = self.state.started
        is_free = started is not None and started.stepper == "compiled"
        # A run slowed down by the user leaves time for everything.
        is_slowed = isinstance(self.run.speed, int)
        self._pacing.share = FREE_SHARE if is_free or is_slowed else DRAW_SHARE

    def _follow(self, state: RunState) -> None:
        if state.run_id != self._run_id:
            self._run_id, self._rows = state.run_id, (0, 0)
        else:
            # What was made before the change is shown before it, so that no view lags behind.
            self._show()
        self._choose_share()
        if not state.is_alive:
            self._timer.stop()
        elif self.run.link is not None and not self._timer.isActive():
            # Events of a run that was closed still arrive, and must not start the polling again.
            self._timer.start()
        self.state_changed.emit(state)

    @Slot(object)
    def _take_event(self, event: object) -> None:
        self.run.take(event)  # type: ignore[arg-type]

    @Slot(object)
    def _take_end(self, result: object) -> None:
        if isinstance(result, Exception):
            self.run.fail(result)
