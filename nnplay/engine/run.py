"""One run under way: it steps, obeys, shows and keeps the last finite weights."""

from __future__ import annotations

from math import isfinite, isnan, nan
from time import perf_counter

from nnplay.engine.evaluation.evaluate import evaluate, monitored_value
from nnplay.engine.final_evaluation import judge
from nnplay.engine.frames import IDLE_ADVANCE_SECONDS, FrameMaker
from nnplay.engine.setup import Setup
from nnplay.engine.step import State, StepLog
from nnplay.engine.training.clock import Clock
from nnplay.engine.training.divergence import SAVE_SHARE, Divergence, rewind, take_back
from nnplay.engine.training.early_stopping import EarlyStopping
from nnplay.engine.training.history import History
from nnplay.engine.training.lr_schedule import LearningRateSchedule
from nnplay.engine.training.throttle import Throttle
from nnplay.link import (
    Edit,
    LabelOutcomes,
    Link,
    Outcomes,
    Paused,
    Result,
    Resumed,
    Scores,
    Started,
    frozen_array,
)
from nnplay.record.weights_digest import weights_sha256
from nnplay.translation import _

UNWATCHED_SECONDS = 0.04
"""What one call of the stepper should take where no view waits for a frame, and only orders do."""
SAVE_SECONDS = 0.03
IDLE_SECONDS = 0.05


class Over(Exception):
    """The run was told to end."""


class Run:
    """Trains what was set up, under the orders of a link's control."""

    def __init__(self, run_id: int, setup: Setup, link: Link) -> None:
        self._id = run_id
        self._setup = setup
        self._link = link
        self._control = link.control
        self._stepper = setup.stepper
        self._optimizer = setup.experiment.optimizer
        self._clock = Clock()
        self._frames = FrameMaker(run_id, setup, link, self._clock)
        self._figure = setup.experiment.policy.figure
        self._per_epoch = setup.batches.per_epoch
        self._lr_schedule = LearningRateSchedule(setup.experiment, self._per_epoch)
        self._history = History(
            setup.batches, link.steps, link.epochs, self._figure, self._lr_schedule.hear
        )
        self._early_stopping = EarlyStopping(setup.experiment.policy, setup.model)
        self._throttle = Throttle()
        self._held_out = 0.0
        self._ending = ""
        # Where nothing happens between epochs, a chunk may go over many that are very short.
        holds_back = len(setup.parts.validation) and not self._stepper.validates
        self._is_even = self._lr_schedule.is_known and not (
            holds_back or setup.experiment.policy.is_watching
        )
        self._chunk = 1
        self._saved: tuple[State, ...] = (self._stepper.save(),)
        self._save_cost = 0.0
        self._since_saved = 0.0
        link.announce(
            Started(
                run_id,
                str(setup.device),
                setup.device_why,
                self._stepper.name,
                self._stepper.why,
                setup.threads,
                setup.start_words,
            )
        )

    def train(self) -> None:
        """Take all steps of the run; Over when it is told to end before."""
        self._tune()
        self._frames.make(self._lr, force=True)
        self._clock.go()
        while self._may_go_on():
            self._advance()
            self._frames.make(self._lr)

    def result(self) -> Result:
        """Evaluate every part of the data and return what the run came to.

        Over when closed; told to hurry, with the figures that are there.
        """
        setup, step = self._setup, self._stepper.step
        ending = " ".join(filter(None, (self._ending, self._early_stopping.restore_best())))
        found = judge(self._id, setup, self._link, self._end_if_closed)
        if not found.is_whole:
            broken_off = _("The evaluation was broken off: figures are missing.")
            ending = " ".join(filter(None, (ending, broken_off)))
        scores, outcomes = found.scores, found.outcomes
        penalty = setup.regularisation.penalty()
        self._clock.halt()
        self._frames.make(self._lr, force=True, everything=True)
        weights = {
            name: frozen_array(tensor.cpu().contiguous().numpy())
            for name, tensor in setup.model.state_dict().items()
        }
        return Result(
            experiment=setup.experiment,
            device=str(setup.device),
            threads=setup.threads,
            stepper=self._stepper.name,
            stepper_why=self._stepper.why,
            steps=step,
            epochs=step / self._per_epoch,
            seconds=self._clock.seconds,
            samples_per_second=self._clock.samples_per_second,
            stopped=step < setup.steps,
            train=scores["train"],
            validation=scores["validation"],
            test=scores["test"],
            outcomes=outcomes if isinstance(outcomes, Outcomes) else None,
            labels=outcomes if isinstance(outcomes, LabelOutcomes) else None,
            weights=weights,
            weights_sha256=weights_sha256(weights),
            predictions=found.predictions,
            ending=ending,
            penalty=None if penalty is None else penalty.item(),
        )

    @property
    def _lr(self) -> float:
        return self._optimizer.lr * self._lr_schedule.factor(self._stepper.step)

    def _may_go_on(self) -> bool:
        """Follow the orders that have come; say whether there are steps left to take."""
        step = self._stepper.step
        if step < self._setup.steps and not self._ending:
            epochs = step / self._per_epoch
            self._ending = self._early_stopping.time_is_up(self._clock.seconds, epochs)
        done = step >= self._setup.steps or bool(self._ending)
        if not (done or self._control.allowance or self._control.ending):
            self._wait()
        # After the leave to go, so that an edit given before it counts.
        self._take_edits()
        if self._control.ending:
            raise Over
        return not done

    def _wait(self, trouble: Divergence | None = None) -> None:
        """Pause until there is leave to go on, or the run is to end."""
        network = self._setup.experiment.network
        names = tuple(layer.name or _(layer.label) for layer in network)
        if trouble is not None:
            self._control.pause()
            self._save()
        self._clock.halt()
        self._frames.make(self._lr, force=True)
        text = "" if trouble is None else trouble.text(names)
        self._link.announce(Paused(self._id, self._stepper.step, text))
        while self._control.allowance == 0 and not self._control.ending:
            self._frames.idle(self._lr)
            self._control.wait(IDLE_SECONDS)
            self._take_edits()
        if not self._control.ending:
            self._link.announce(Resumed(self._id))
            self._clock.go()

    def _advance(self) -> None:
        step = self._stepper.step
        left = self._per_epoch - step % self._per_epoch
        # An epoch whose last step is taken again still waits for its row.
        is_new = step >= self._history.written
        if self._is_even and is_new and self._control.allowance == "run":
            left = self._setup.steps - step
        due = self._hold_back(min(self._chunk, left))
        steps = self._control.take(due) if due else 0
        if steps == 0:
            return
        used_up = self._control.allowance in (0, "epoch")
        start = perf_counter()
        log = self._stepper.advance(steps)
        seconds = perf_counter() - start
        trouble = None
        # Asked before a row is written: infinite weights can go on giving finite losses.
        if not (log.is_finite and log.is_validation_finite and self._stepper.is_finite()):
            log, trouble = rewind(self._stepper, self._saved)
        end = self._stepper.step if trouble is None else trouble.step - 1
        samples = self._history.write(log, end)
        self._frames.record_losses(log.losses)
        self._clock.count(samples, seconds, self._held_out)
        self._held_out = 0.0
        if trouble is not None:
            if end % self._per_epoch == 0 and log.is_validation_finite:
                self._history.end_epoch(_held_scores(log), nan)
            self._wait(trouble)
            return
        wanted = self._stepper.chunk_seconds if self._link.mailbox.demand else UNWATCHED_SECONDS
        self._chunk = max(1, min(2 * self._chunk, int(steps * wanted / seconds)))
        if self._stepper.step % self._per_epoch == 0:
            self._end_epoch(used_up, log)
        self._since_saved += seconds
        if self._since_saved > max(SAVE_SHARE * self._save_cost, SAVE_SECONDS):
            self._save()

    def _hold_back(self, steps: int) -> int:
        """Return how many steps may be taken at the speed wanted; doze a little where none may."""
        speed = self._control.speed
        if speed is None or isinstance(self._control.allowance, int):
            return steps
        due = self._throttle.due(speed, steps)
        if not due:
            start, rest = perf_counter(), self._throttle.rest()
            if rest > IDLE_ADVANCE_SECONDS:
                self._frames.idle(self._lr, rest / 2)
            self._control.doze(min(self._throttle.rest(), IDLE_SECONDS))
            rested = perf_counter() - start
            self._held_out += rested
            self._frames.add_idle_time(rested)
        return due

    def _end_epoch(self, used_up: bool, log: StepLog) -> None:
        """Validate; where the leave to go was `used_up` by this epoch, the pause comes after it."""

        def breathe() -> None:
            paused = self._control.allowance == 0 and not used_up
            if paused and not self._control.ending:
                self._wait()
            self._end_if_closed()

        self._control.epoch_done()
        watched = nan
        if self._stepper.validates:
            scores = _held_scores(log)
        else:
            setup = self._setup
            held, form = setup.tensors["validation"], setup.target_form
            scores, logits = evaluate(setup.model, setup.loss_function, held, form, breathe)
            if scores.loss is not None and not isfinite(scores.loss):
                self._wait(take_back(self._stepper, self._saved))
                return
            # A policy that watches nothing may name what there is not.
            if self._figure.suits(setup.spec):
                watched = monitored_value(self._figure, logits, held.y, form)
        row = self._history.end_epoch(scores, watched)
        ending = "" if row is None else self._early_stopping.saw(row)
        if self._stepper.step < self._setup.steps:
            self._ending = self._ending or ending

    def _end_if_closed(self) -> None:
        if self._control.is_closed:
            raise Over

    def _take_edits(self) -> None:
        edits = self._control.take_edits()
        for edit in edits:
            self._take_edit(edit)
        if edits:
            self._tune()

    def _take_edit(self, edit: Edit) -> None:
        for param in self._optimizer.params():
            legal = param.live and param.problem(edit.value) is None
            if legal and edit.path == f"optimizer.{param.name}":
                self._optimizer = self._optimizer.changed(**{param.name: edit.value})

    def _tune(self) -> None:
        self._stepper.tune(self._optimizer, self._lr_schedule.factors)
        # What is replayed after a divergence must be replayed with the constants of its time.
        self._save()

    def _save(self) -> None:
        start = perf_counter()
        state = self._stepper.save()
        # The one before is kept too: the step to take back may be the last one before this place.
        self._saved = (*[s for s in self._saved if s.step < state.step][-1:], state)
        self._save_cost = perf_counter() - start
        self._since_saved = 0.0


def _held_scores(log: StepLog) -> Scores:
    """Return those of the epoch that ended last, where the stepper asked for them."""
    if not len(log.validation):
        return Scores()
    loss, accuracy = log.validation[-1].tolist()
    return Scores(loss, None if isnan(accuracy) else accuracy)
