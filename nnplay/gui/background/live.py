"""A run beside the window: starts it, passes orders on, and polls for what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import ceil

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QObject,
    Qt,
    QThread,
    QTimer,
    Signal,
    Slot,
)

from nnplay.catalog import Optimizer
from nnplay.experiment import Experiment
from nnplay.gui.background.pacing import DRAW_SHARE, FREE_SHARE, Pacing
from nnplay.gui.background.thread import Worker
from nnplay.gui.bars.speed import Speed, limit
from nnplay.link import Allowance, Control, Failed, Link, PayloadKind
from nnplay.session import RunState, follow, run_training, stopped
from nnplay.translation import _

POLL_MS = 33


class LiveRun(QObject):
    """At most one run at a time; a new one begins when the old one has ended."""

    state_changed = Signal(object)
    """The RunState."""
    frame_ready = Signal(object)
    """The newest Frame."""
    traces_grew = Signal(object, object)
    """The Trace of the steps and that of the epochs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = RunState()
        self._link: Link | None = None
        self._worker: Worker | None = None
        self._workers: list[Worker] = []
        self._optimizer: Optimizer | None = None
        """As the run under way has it, as far as it takes it up live."""
        self._demand: frozenset[PayloadKind] = frozenset()
        self._speed: Speed = None
        self._rows = (0, 0)
        self._pacing = Pacing()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)

    @property
    def state(self) -> RunState:
        """Where the run stands."""
        return self._state

    @property
    def threads(self) -> tuple[QThread, ...]:
        """The newest run, which has waited for those before it; it may have ended."""
        return () if self._worker is None else (self._worker,)

    def start(
        self,
        experiment: Experiment,
        allowance: Allowance = "run",
        after: Sequence[QThread] = (),
    ) -> None:
        """Begin a run of an experiment, in place of the one before and when `after` have ended."""
        self._retire()
        run_id = self._state.run_id + 1
        worker = Worker((*after, *self.threads))
        worker.told.connect(self._take_event)
        worker.broke.connect(self._take_break)
        worker.finished.connect(self._drop_ended)
        self._optimizer = experiment.optimizer
        self._worker = worker
        self._workers.append(worker)
        self._set(RunState("starting", run_id, experiment))
        link = self._new_link(worker, allowance, limit(self._speed, experiment))
        worker.begin(partial(run_training, run_id, experiment, link))
        self._timer.start()

    def resume(self) -> None:
        """Go on to the end."""
        self._order(Control.run)

    def pause(self) -> None:
        """Take no further step for now."""
        self._order(Control.pause)

    def step(self) -> None:
        """Take one step and pause."""
        self._order(Control.step)

    def epoch(self) -> None:
        """Go on to the end of the epoch and pause."""
        self._order(Control.epoch)

    def stop(self) -> None:
        """End the run with its final figures; while they are made, with those that are there."""
        if self._state.phase != "evaluating":
            self._order(Control.stop)
            self._set(stopped(self._state))
        elif self._state.evaluated is not None:
            # Not before it says that it takes a while: a double click is one order.
            self._order(Control.hurry)

    def reset(self) -> None:
        """Give the run up and stand at the beginning."""
        if self._state.phase == "idle":
            return
        self._retire()
        self._set(RunState(run_id=self._state.run_id + 1))

    def tune(self, optimizer: Optimizer) -> None:
        """Give the run under way the constants that a run takes up live, where they differ."""
        old = self._optimizer
        if self._link is None or not self._state.is_alive or old is None:
            return
        # Another kind is for the next run; the one under way keeps its own until then.
        if type(old) is not type(optimizer):
            return
        self._optimizer = optimizer
        before = old.values()
        for param in optimizer.params():
            value = getattr(optimizer, param.name)
            if param.live and value != before[param.name]:
                self._link.control.edit(f"optimizer.{param.name}", value)

    def set_speed(self, speed: Speed) -> None:
        """Say how fast this run and the next ones may step."""
        self._speed = speed
        self._choose_share()
        if self._link is not None and self._state.experiment is not None:
            self._link.control.speed = limit(speed, self._state.experiment)

    def set_demand(self, kinds: frozenset[PayloadKind]) -> None:
        """Say what the visible views want."""
        self._demand = kinds
        if self._link is not None:
            self._link.mailbox.demand = kinds

    def shut_down(self, milliseconds: int) -> bool:
        """End every thread, waiting at most so long for each; say whether all have ended."""
        self._retire()
        return all(worker.wait(milliseconds) for worker in tuple(self._workers))

    @Slot()
    def poll(self) -> None:
        """Show what has come since the last time, unless drawing has had its share of the time."""
        # What the run has told of itself is heard before what it has done since is shown.
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        rest = self._pacing.rest() if self._state.phase == "running" else 0.0
        if rest == 0.0:
            self._show()
        self._timer.setInterval(ceil(1000 * rest) or POLL_MS)

    def _show(self) -> None:
        link = self._link
        if link is None:
            return
        self._pacing.begin()
        frame = link.mailbox.take()
        if frame is not None and frame.run_id == self._state.run_id:
            self.frame_ready.emit(frame)
        rows = (len(link.steps), len(link.epochs))
        if rows != self._rows:
            self._rows = rows
            self.traces_grew.emit(link.steps, link.epochs)

    def _choose_share(self) -> None:
        started = self._state.started
        is_free = started is not None and started.stepper == "compiled"
        # A run that is held back has time for everything.
        self._pacing.share = FREE_SHARE if is_free or isinstance(self._speed, int) else DRAW_SHARE

    def _new_link(self, worker: Worker, allowance: Allowance, speed: float | None) -> Link:
        link = Link(announce=worker.told.emit, control=Control(allowance))
        link.mailbox.demand = self._demand
        link.control.speed = speed
        self._link = link
        self._rows = (0, 0)
        return link

    def _order(self, order: Callable[[Control], None]) -> None:
        if self._link is not None and self._state.is_alive:
            order(self._link.control)

    def _retire(self) -> None:
        self._timer.stop()
        if self._link is not None:
            self._link.control.close()
            self._link = None

    def _set(self, state: RunState) -> None:
        self._state = state
        self._choose_share()
        self.state_changed.emit(state)

    @Slot(object)
    def _take_event(self, event: object) -> None:
        new = follow(self._state, event)  # type: ignore[arg-type]
        if new == self._state:
            return
        # What was made before the event is shown before it, so that no view lags behind the words.
        self._show()
        if not new.is_alive:
            self._timer.stop()
        self._set(new)

    @Slot(object)
    def _take_break(self, error: object) -> None:
        if self.sender() is not self._worker:
            return  # a run that was given up is nobody's concern any more
        message = _("The run broke off: {error}").format(error=error)
        hint = _("This is a mistake in nnplay; the log in the state folder tells more.")
        self._take_event(Failed(self._state.run_id, message, hint))

    @Slot()
    def _drop_ended(self) -> None:
        # A thread that another still waits for must not go before that one has stopped waiting.
        awaited = [thread for worker in self._workers for thread in worker.after]
        for worker in tuple(self._workers):
            if worker.isFinished() and worker is not self._worker and worker not in awaited:
                self._workers.remove(worker)
                worker.deleteLater()
