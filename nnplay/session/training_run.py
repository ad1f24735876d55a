"""The training run of a session: started, steered and followed, without Qt and without threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nnplay.catalog import Optimizer
from nnplay.experiment import Experiment
from nnplay.link import Allowance, Control, Event, Failed, Link, PayloadKind, Selection
from nnplay.session.runner import run_training
from nnplay.session.speed import Speed, steps_per_second
from nnplay.session.state import RunState, follow, stopped
from nnplay.translation import _


class TrainingRun:
    """At most one run at a time; starting another one closes it."""

    def __init__(
        self,
        begin: Callable[[Callable[[], None]], None],
        announce: Callable[[Event], None],
        changed: Callable[[RunState], None],
    ) -> None:
        """Make it idle.

        `begin` carries out a piece of work, in a thread or at once. `announce` is called by that
        work and must lead each event to `take`, in the thread that calls all other methods.
        `changed` is called with every new state.
        """
        self._begin, self._announce, self._changed = begin, announce, changed
        self._state = RunState()
        self._link: Link | None = None
        self._optimizer: Optimizer | None = None
        """The optimizer of the current run, with the hyperparameters edited since its start."""
        self._demand: frozenset[PayloadKind] = frozenset()
        self._selection = Selection()
        self._speed: Speed = None

    @property
    def state(self) -> RunState:
        """The state of the newest run."""
        return self._state

    @property
    def link(self) -> Link | None:
        """What is shared with the trainer of the current run; None after a reset."""
        return self._link

    @property
    def speed(self) -> Speed:
        """How fast this run and the next ones may step."""
        return self._speed

    def start(self, experiment: Experiment, allowance: Allowance = "run") -> None:
        """Close the current run and begin one of an experiment."""
        self.close()
        run_id = self._state.run_id + 1
        self._optimizer = experiment.optimizer
        link = Link(announce=self._announce, control=Control(allowance))
        link.mailbox.demand, link.mailbox.selection = self._demand, self._selection
        link.control.speed = steps_per_second(self._speed, experiment)
        self._link = link
        self._set(RunState("starting", run_id, experiment))
        self._begin(partial(run_training, run_id, experiment, link))

    def resume(self) -> None:
        """Train to the end of the run."""
        self._order(Control.run)

    def pause(self) -> None:
        """Pause after the current step."""
        self._order(Control.pause)

    def step(self) -> None:
        """Take one step and pause."""
        self._order(Control.step)

    def epoch(self) -> None:
        """Train to the end of the epoch and pause."""
        self._order(Control.epoch)

    def stop(self) -> None:
        """End the run and evaluate it; while it is being evaluated, cancel the evaluation."""
        if self._state.phase != "evaluating":
            self._order(Control.stop)
            self._set(stopped(self._state))
        elif self._state.evaluated is not None:
            # Not before the first report of a long evaluation: a double click on Stop must not
            # cost the metrics.
            self._order(Control.cancel_evaluation)

    def reset(self) -> None:
        """Discard the run."""
        if self._state.phase == "idle":
            return
        self.close()
        self._set(RunState(run_id=self._state.run_id + 1))

    def close(self) -> None:
        """Tell the trainer to end at once; the state stays."""
        if self._link is not None:
            self._link.control.close()
            self._link = None

    def tune(self, optimizer: Optimizer) -> None:
        """Pass on to the current run the hyperparameters that it can change while it trains."""
        old = self._optimizer
        if self._link is None or not self._state.is_alive or old is None:
            return
        # Another kind of optimizer is for the next run; the current one keeps its own until then.
        if type(old) is not type(optimizer):
            return
        self._optimizer = optimizer
        before = old.values()
        for param in optimizer.params():
            value = getattr(optimizer, param.name)
            if param.live and value != before[param.name]:
                self._link.control.edit(f"optimizer.{param.name}", value)

    def set_speed(self, speed: Speed) -> None:
        """Set how fast this run and the next ones may step."""
        self._speed = speed
        if self._link is not None and self._state.experiment is not None:
            self._link.control.speed = steps_per_second(speed, self._state.experiment)

    def set_demand(self, kinds: frozenset[PayloadKind]) -> None:
        """Set which payloads the visible views need."""
        self._demand = kinds
        if self._link is not None:
            self._link.mailbox.demand = kinds

    def select(self, selection: Selection) -> None:
        """Set what the views ask about, in this run and the next ones."""
        self._selection = selection
        if self._link is not None:
            self._link.mailbox.selection = selection

    def take(self, event: Event) -> None:
        """Follow an event; events of earlier runs change nothing."""
        new = follow(self._state, event)
        if new != self._state:
            self._set(new)

    def fail(self, error: Exception) -> None:
        """Take an exception that the trainer did not handle, which is a bug."""
        if self._link is None:
            return  # the run was discarded: its end is of no interest
        message = _("The run failed: {error}").format(error=error)
        hint = _("This is a bug in nnplay; the log in the state folder has the details.")
        self.take(Failed(self._state.run_id, message, hint))

    def _order(self, order: Callable[[Control], None]) -> None:
        if self._link is not None and self._state.is_alive:
            order(self._link.control)

    def _set(self, state: RunState) -> None:
        self._state = state
        self._changed(state)
