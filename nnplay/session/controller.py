"""What a user can do with an experiment: train it, compare devices or learning rates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil, floor
from typing import Protocol

from nnplay.catalog import Painted, PaintedCurve, kinds
from nnplay.data import is_present
from nnplay.experiment import Experiment, Problem, check, set_value
from nnplay.link import Allowance
from nnplay.record.recorded_run import RecordedRun
from nnplay.session.change import Change
from nnplay.session.document import Document
from nnplay.session.refusal import Refusal
from nnplay.session.run_compatibility import is_compatible
from nnplay.session.training_run import TrainingRun
from nnplay.translation import _

_MOST_LEFT = 100


class Comparison(Protocol):
    """Measures an experiment on several devices, in the background."""

    def start(self, experiment: Experiment) -> None:
        """Start measuring."""

    def stop(self) -> None:
        """Stop without a verdict."""


class Controller:
    """Carries out the commands of menus and buttons, or says why it cannot."""

    def __init__(
        self,
        document: Document,
        run: TrainingRun,
        comparison: Comparison,
        refuse: Callable[[Refusal], None],
    ) -> None:
        """Control these; `refuse` is called where a command cannot be carried out."""
        self._document, self._run, self._comparison = document, run, comparison
        self._refuse = refuse
        self._checked: Experiment | None = None
        self._problems: tuple[Problem, ...] = ()
        self._pending: Allowance | None = None
        """How far to train once the missing data set has been downloaded."""
        self._left: list[tuple[Experiment, str]] = []
        """Experiments that were left for others, with the ids of the runs in view then."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the experiment from running."""
        experiment = self._document.experiment
        if self._checked is not experiment:
            self._checked, self._problems = experiment, check(experiment)
        return self._problems

    @property
    def is_outdated(self) -> bool:
        """Whether the experiment has been edited so that the current run is not one of it."""
        started, edited = self._run.state.experiment, self._document.experiment
        if started is None:
            return False
        # A run can be made longer, but not shorter than it is.
        is_too_long = edited.epochs < started.epochs and edited.epochs < self._run.epochs_done
        return is_too_long or not is_compatible(started, edited)

    @property
    def shown(self) -> Experiment:
        """What the views are about: the experiment of the run while there is one, else the edited.

        A run stays in view when it is outdated, until it is reset or another one starts.
        """
        return self._run.state.experiment or self._document.experiment

    def may_start(self, alone: bool = False) -> Refusal | None:
        """Return why nothing can start now, or None; `alone` for what a run would distort."""
        if self.problems:
            return Refusal("problem", self.problems[0])
        if alone and self._run.state.is_alive:
            return Refusal("run")
        archive = self._document.experiment.data.archive
        if archive and not is_present(archive):
            return Refusal("data", archive=archive)
        return None

    def train(self) -> None:
        """Start, resume, train on, or start again with the edited experiment."""
        if self.is_outdated:
            self._start("run")
        elif self._run.state.phase == "paused":
            self._run.resume()
        elif self.can_train_on:
            self.train_on(0 if self.has_epochs_left else self.more_epochs)
        else:
            self._start("run")

    def train_on(self, epochs: int) -> None:
        """Continue the run that has ended, for that many epochs more than there are now."""
        if epochs:
            total = max(self._document.experiment.epochs, ceil(self._run.epochs_done)) + epochs
            changed = set_value(self._document.experiment, "epochs", total)
            self._document.edit(Change(changed, _("Train on to epoch {n:,}").format(n=total)))
        self._continue("run")

    def branch(self, step: int) -> None:
        """Begin a run that continues the one shown from an earlier step, as it is edited now."""
        run = self._run.snapshot()
        if run is not None and self._begins():
            self._run.branch(run, step, self._document.experiment)

    def show_run(self, run: RecordedRun) -> None:
        """Show a recorded run, and edit its experiment; undo brings the other one back."""
        text = _("Experiment of run {n}").format(n=run.number)
        self._document.settle()
        self._document.edit(Change(run.edited, text))
        self._run.show(run)

    def train_again(self) -> None:
        """Start again from the initial weights."""
        self._start("run")

    @property
    def can_train_on(self) -> bool:
        """Whether the run that is shown has ended and can be continued."""
        return self._run.recorded is not None and not self.is_outdated

    @property
    def more_epochs(self) -> int:
        """How many epochs a run is trained on for: as many as it was started with."""
        run = self._run.recorded
        return self._document.experiment.epochs if run is None else run.experiment.epochs

    @property
    def schedule_note(self) -> str:
        """What more epochs do to the learning rate, if its schedule spans the run."""
        experiment = self._document.experiment
        schedule, done = experiment.schedule, floor(self._run.epochs_done)
        if not schedule.spans_run:
            return ""
        total = experiment.epochs + (0 if self.has_epochs_left else self.more_epochs)
        rate = experiment.optimizer.lr * schedule.factor(min(done, total - 1), total)
        text = _(
            "The schedule “{name}” is stretched over all {n:,} epochs: the learning rate goes on "
            "from {rate:.3g}."
        )
        return text.format(name=_(schedule.label), n=total, rate=rate)

    @property
    def has_epochs_left(self) -> bool:
        """Whether the run that is shown has trained fewer epochs than are set."""
        return self._run.epochs_done < self._document.experiment.epochs

    def continue_as_new(self, run: RecordedRun) -> None:
        """Train a recorded run on from its last step, as a run of its own.

        With the learning rate and the other hyperparameters as they are edited now, if the run
        could be one of the edited experiment; else with those of the run.
        """
        experiment = self._document.experiment
        if not is_compatible(run.experiment, experiment):
            experiment = run.edited
        rows = run.steps.column("epoch")
        done = ceil(rows[-1]) if len(rows) else 0
        if experiment.epochs <= done:
            experiment = set_value(experiment, "epochs", done + run.experiment.epochs)
        self._document.edit(Change(experiment, _("Continue run {n}").format(n=run.number)))
        if self._begins():
            self._run.branch(run, run.last_step, experiment)

    def pause(self) -> None:
        """Pause after the current step."""
        self._run.pause()

    def step(self) -> None:
        """Take one step and pause."""
        self._advance(1)

    def epoch(self) -> None:
        """Train to the end of the epoch and pause."""
        self._advance("epoch")

    def stop(self) -> None:
        """End the run and evaluate it, or cancel the evaluation."""
        self._run.stop()

    def reset(self) -> None:
        """Leave the run, which is kept; the next one has the same initial weights."""
        self._run.reset()

    def leave(self) -> None:
        """Leave the run for another experiment; undoing that brings the run back into view."""
        if self._run.shown_id:
            self._left.append((self._document.experiment, self._run.shown_id))
            del self._left[:-_MOST_LEFT]
        self._run.reset()

    def undo(self) -> None:
        """Undo the last change; where it replaced the run in view as well, show that run again."""
        self._step_back(self._document.undo)

    def redo(self) -> None:
        """Redo the change undone last, and show the run again that was in view after it."""
        self._step_back(self._document.redo)

    def _step_back(self, step: Callable[[], None]) -> None:
        before, shown = self._document.experiment, self._run.shown_id
        step()
        now = self._document.experiment
        if now is before or self._run.state.is_alive:
            return
        # By identity: the same example, opened again, is none of the earlier versions.
        ids = [run_id for left, run_id in reversed(self._left) if left is now]
        run = self._run.shelf.get(ids[0]) if ids else None
        if run is not None and run.id != shown:
            if shown:
                self._left.append((before, shown))
            self._run.show(run)

    def redraw_weights(self) -> None:
        """Leave the run, which is kept; the next one has other initial weights."""
        self.leave()
        draw = self._document.experiment.draw + 1
        changed = replace(self._document.experiment, draw=draw)
        self._document.edit(Change(changed, _("New initial weights")))

    def compare_devices(self) -> None:
        """Measure the experiment on each device."""
        if self._may_measure():
            self._comparison.start(self._document.experiment)

    def stop_comparing_devices(self) -> None:
        """Stop measuring, without a verdict."""
        self._comparison.stop()

    def comparable_experiment(self) -> Experiment | None:
        """Return the experiment that can be trained several times now, None if refused."""
        if not self._may_measure():
            return None
        self._comparison.stop()
        return self._document.experiment

    def use_learning_rate(self, rate: float) -> None:
        """Set the learning rate."""
        changed = set_value(self._document.experiment, "optimizer.lr", rate)
        self._document.edit(Change(changed, _("Learning rate {rate}").format(rate=f"{rate:g}")))

    @property
    def lower_rate(self) -> float:
        """A tenth of the learning rate, for a run that diverged."""
        # Decimal digits, as 0.003 / 10 would be 0.00030000000000000003.
        return float(f"{self._document.experiment.optimizer.lr / 10:.12g}")

    def train_slower(self) -> None:
        """Set a tenth of the learning rate and resume, or train again if the run is over."""
        self.use_learning_rate(self.lower_rate)
        if self._run.state.phase == "paused" and not self.is_outdated:
            self._run.resume()
        else:
            self.train_again()

    def use_data(self, key: str) -> None:
        """Set the data set with that key in the catalog, with its defaults."""
        data = kinds("data")[key]()
        changed = set_value(self._document.experiment, "data", data)
        self._document.edit(Change(changed, _("Use {data}").format(data=_(data.label))))

    def follow_document(self) -> None:
        """Let the current run follow an edit; to be called after each."""
        experiment = self._document.experiment
        started = self._run.state.experiment
        is_painting = isinstance(experiment.data, Painted | PaintedCurve)
        if started is not None and started.data != experiment.data and is_painting:
            # What is painted has to appear under the brush, where the old run cannot be drawn.
            self._run.reset()
        self._run.tune(experiment)

    def data_arrived(self) -> None:
        """Start what was waiting for the download of the data set."""
        if self._pending is not None:
            self._start(self._pending)

    def forget_pending(self) -> None:
        """Start nothing when the data set arrives after all."""
        self._pending = None

    def _advance(self, allowance: Allowance) -> None:
        if self._run.state.takes_steps and not self.is_outdated:
            (self._run.step if allowance == 1 else self._run.epoch)()
        elif self.can_train_on:
            if not self.has_epochs_left:
                total = floor(self._run.epochs_done) + 1
                changed = set_value(self._document.experiment, "epochs", total)
                self._document.edit(Change(changed, _("One more epoch")))
            self._continue(allowance)
        else:
            self._start(allowance)

    def _continue(self, allowance: Allowance) -> None:
        if self._begins():
            self._run.continue_run(self._document.experiment, allowance)

    def _start(self, allowance: Allowance) -> None:
        refusal = self.may_start()
        self._pending = allowance if refusal is not None and refusal.reason == "data" else None
        if self._begins():
            self._run.start(self._document.experiment, allowance)

    def _begins(self) -> bool:
        """Make way for a run and return True, or say why none can begin."""
        refusal = self.may_start()
        if refusal is not None:
            self._refuse(refusal)
            return False
        # The run must not share a step of undo with edits made after its start.
        self._document.settle()
        self._comparison.stop()
        return True

    def _may_measure(self) -> bool:
        refusal = self.may_start(alone=True)
        if refusal is not None:
            self._refuse(refusal)
        return refusal is None
