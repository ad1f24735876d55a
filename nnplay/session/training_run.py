"""The training run of a session: started, steered and followed, without Qt and without threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import uuid4

from nnplay.catalog import Optimizer
from nnplay.experiment import Experiment
from nnplay.link import (
    Allowance,
    Closed,
    Continuation,
    Control,
    Event,
    Failed,
    Finished,
    Link,
    PayloadKind,
    RunMemory,
    Selection,
    Started,
)
from nnplay.record.recorded_run import Parent, RecordedRun, with_edits
from nnplay.session.recorded import Identity, Recorded, live_edits
from nnplay.session.run_compatibility import is_compatible
from nnplay.session.runner import run_training
from nnplay.session.shelf import Shelf
from nnplay.session.speed import Speed, speed_limit
from nnplay.session.state import RunState, follow, stopped
from nnplay.translation import _


class TrainingRun:
    """At most one run at a time; starting another one closes it."""

    def __init__(
        self,
        begin: Callable[[Callable[[], None]], None],
        announce: Callable[[Event], None],
        changed: Callable[[RunState], None],
        shelf: Shelf | None = None,
    ) -> None:
        """Make it idle.

        `begin` carries out a piece of work, in a thread or at once. `announce` is called by that
        work and must lead each event to `take`, in the thread that calls all other methods.
        `changed` is called with every new state. Runs that have ended are put into the `shelf`.
        """
        self._begin, self._announce, self._changed = begin, announce, changed
        self._state = RunState()
        self._link: Link | None = None
        self._optimizer: Optimizer | None = None
        """The optimizer of the current run, with the hyperparameters edited since its start."""
        self._demand: frozenset[PayloadKind] = frozenset()
        self._selection = Selection()
        self._speed: Speed = None
        self._epochs = 0
        self.memory = RunMemory()
        """Of the next runs, each."""
        self.shelf = Shelf(_ignore) if shelf is None else shelf
        self._recordings: dict[int, Recorded] = {}
        self._identity: Identity | None = None
        self.recorded: RecordedRun | None = None
        """The run shown, once it has ended; training it on begins there."""

    @property
    def state(self) -> RunState:
        """The state of the newest run."""
        return self._state

    @property
    def link(self) -> Link | None:
        """What is shared with the trainer of the current run; None after a reset."""
        return self._link

    @property
    def number(self) -> int:
        """The number of the newest run, 0 before the first."""
        return 0 if self._identity is None else self._identity.number

    @property
    def shown_id(self) -> str:
        """The id of the run in view, in progress or ended; "" after a reset."""
        return "" if self._link is None or self._identity is None else self._identity.id

    @property
    def trained(self) -> Experiment | None:
        """The experiment of the current run as it started; None after a reset."""
        return None if self._link is None or self._identity is None else self._identity.experiment

    @property
    def speed(self) -> Speed:
        """How fast this run and the next ones may step."""
        return self._speed

    @property
    def epochs_done(self) -> float:
        """The epochs that the current run has trained, with the part of the last one."""
        if self._state.result is not None:
            return self._state.result.epochs
        if self._link is None or not len(self._link.steps):
            return 0.0
        return float(self._link.steps.column("epoch")[-1])

    @property
    def runs(self) -> tuple[RecordedRun, ...]:
        """The runs of the shelf and those in progress, as they are now."""
        present = (recording.run() for recording in self._recordings.values())
        live = {run.id: run for run in present if run.last_step > 0}
        kept = []
        for run in self.shelf.runs:
            now = live.pop(run.id, run)
            own = {"name": run.name, "note": run.note, "is_pinned": run.is_pinned}
            kept.append(run if now is run else replace(now, **own))  # type: ignore[arg-type]
        return (*kept, *live.values())

    def start(self, experiment: Experiment, allowance: Allowance = "run") -> None:
        """Close the current run and begin one of an experiment."""
        identity = Identity(uuid4().hex, self._take_number(), experiment)
        self._launch(identity, experiment, allowance, self._state.run_id + 1)

    def continue_run(self, experiment: Experiment, allowance: Allowance = "run") -> None:
        """Train the run on that has ended, as one of the experiment as it is edited now."""
        run = self.recorded
        assert run is not None
        point = run.points.newest
        assert point is not None
        edits = (*run.edits, *live_edits(run.edited, experiment, point.step))
        identity = Identity(run.id, run.number, run.experiment, run.parent)
        # The same run for the views as well: they keep what they show.
        self._launch(
            identity, experiment, allowance, self._state.run_id, run, Continuation(point, edits)
        )

    def branch(
        self, run: RecordedRun, step: int, experiment: Experiment, allowance: Allowance = "run"
    ) -> None:
        """Begin a run that is like a recorded one up to a step, and differs from there on."""
        point = run.points.before(step)
        assert point is not None
        parent = Parent(run.id, run.number, step)
        if not is_compatible(run.experiment, experiment):
            identity = Identity(uuid4().hex, self._take_number(), experiment, parent)
            continuation = Continuation(point, run.edits, run.experiment, step)
            self._launch(
                identity, experiment, allowance, self._state.run_id + 1, None, continuation, run
            )
            return
        past = tuple(edit for edit in run.edits if edit.step <= step)
        changes = live_edits(with_edits(run.experiment, past), experiment, step)
        identity = Identity(uuid4().hex, self._take_number(), run.experiment, parent)
        continuation = Continuation(point, (*past, *changes))
        if isinstance(allowance, int):
            allowance += step - point.step
        self._launch(identity, experiment, allowance, self._state.run_id + 1, run, continuation)

    def show(self, run: RecordedRun) -> None:
        """Close the current run and show a recorded one, as if it had just ended."""
        self.close()
        link = Link.within(self.memory, self._announce)
        link.begin(run, run.last_step)
        link.edits.extend(run.edits)
        link.diverged.extend(run.diverged)
        self._identity = Identity(run.id, run.number, run.experiment, run.parent)
        self._link, self.recorded = link, run
        self._optimizer, self._epochs = run.edited.optimizer, run.edited.epochs
        run_id = self._state.run_id + 1
        self._set(RunState("finished", run_id, run.edited, run.started, result=run.result))

    def snapshot(self) -> RecordedRun | None:
        """Return the current run as far as it is, None if there is none."""
        if self.recorded is not None:
            return self.recorded
        recording = self._recordings.get(self._state.run_id)
        return None if recording is None or self._link is None else recording.run()

    def _launch(
        self,
        identity: Identity,
        experiment: Experiment,
        allowance: Allowance,
        run_id: int,
        earlier: RecordedRun | None = None,
        continuation: Continuation | None = None,
        source: RecordedRun | None = None,
    ) -> None:
        """Begin a run, or continue `earlier`; `source` is what a changed one takes weights from."""
        self.close()
        self.recorded = None
        self._optimizer, self._epochs = experiment.optimizer, experiment.epochs
        link = Link.within(self.memory, self._announce, Control(allowance))
        if earlier is not None and continuation is not None:
            point = continuation.point
            link.begin(earlier, point.step)
            link.diverged.extend(one for one in earlier.diverged if one.step <= point.step)
        link.mailbox.demand, link.mailbox.selection = self._demand, self._selection
        link.control.speed = speed_limit(self._speed)
        self._link = link
        self._identity = identity
        self._recordings[run_id] = Recorded(identity, link)
        self._set(RunState("starting", run_id, experiment))
        before = earlier or source
        started = None if before is None else before.started
        threads = None if started is None else started.threads
        # With the number of threads that it had, which decides how sums are rounded.
        work = partial(run_training, run_id, identity.experiment, link, continuation, threads)
        self._begin(work)

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
        """Leave the run, which goes to the shelf."""
        if self._state.phase == "idle":
            return
        self.close()
        self.recorded = None
        self._set(RunState(run_id=self._state.run_id + 1))

    def close(self) -> None:
        """Tell the trainer to end at once; the state stays."""
        if self._link is not None:
            self._link.control.close()
            self._link = None

    def tune(self, experiment: Experiment) -> None:
        """Pass on to the current run the hyperparameters that it can change while it trains."""
        old = self._optimizer
        if self._link is None or not self._state.is_alive or old is None:
            return
        state = self._state.experiment
        if experiment.epochs != self._epochs and state is not None:
            self._epochs = experiment.epochs
            self._link.control.edit("epochs", experiment.epochs)
            self._set(replace(self._state, experiment=replace(state, epochs=experiment.epochs)))
        optimizer = experiment.optimizer
        # Another kind of optimizer is for the next run; the current one keeps its own until then.
        if type(old) is not type(optimizer):
            return
        self._optimizer = optimizer
        before = old.values()
        for param in optimizer.params():
            value = getattr(optimizer, param.name)
            if param.live and value != before[param.name]:
                self._link.control.edit(f"optimizer.{param.name}", value)

    def set_weight(self, path: str, value: float) -> bool:
        """Set one weight of the current run; return False without a run in progress."""
        if self._link is None or not self._state.is_alive:
            return False
        self._link.control.edit(path, value)
        return True

    def set_speed(self, speed: Speed) -> None:
        """Set how fast this run and the next ones may step."""
        self._speed = speed
        if self._link is not None:
            self._link.control.speed = speed_limit(speed)

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
        """Follow an event; events of earlier runs only complete what was recorded of them."""
        self._record(event)
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

    def _record(self, event: Event) -> None:
        recording = self._recordings.get(event.run_id)
        if recording is None:
            return
        if isinstance(event, Started):
            self._recordings[event.run_id] = replace(recording, started=event)
        if not isinstance(event, Finished | Closed | Failed):
            return
        del self._recordings[event.run_id]
        run = recording.run(event.result if isinstance(event, Finished) else None)
        known = self.shelf.get(run.id)
        # Nothing to look back at, if it was closed before its first step; and a run that could not
        # be trained on stays as it was.
        reached = 0 if known is None else known.last_step
        if run.last_step > reached or (run.last_step == reached > 0 and run.result is not None):
            self.shelf.put(run)
        if event.run_id == self._state.run_id and isinstance(event, Finished):
            self.recorded = run

    def _take_number(self) -> int:
        return self.shelf.take_number()

    def _order(self, order: Callable[[Control], None]) -> None:
        if self._link is not None and self._state.is_alive:
            order(self._link.control)

    def _set(self, state: RunState) -> None:
        self._state = state
        self._changed(state)


def _ignore() -> None:
    """Show no shelf."""
