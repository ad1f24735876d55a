"""A run in progress: takes steps, follows commands, makes frames, recovers from divergence."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, isnan, nan
from time import perf_counter

from nnplay.engine.evaluation.evaluate import evaluate, monitored_value
from nnplay.engine.final_evaluation import evaluate_all
from nnplay.engine.frames import IDLE_ADVANCE_SECONDS, FrameMaker
from nnplay.engine.recorder import Recorder
from nnplay.engine.run_result import run_result
from nnplay.engine.setup import Setup
from nnplay.engine.step import StepLog
from nnplay.engine.training.clock import Clock
from nnplay.engine.training.divergence import SAVE_SHARE, Divergence, rewind, take_back
from nnplay.engine.training.early_stopping import EarlyStopping
from nnplay.engine.training.good_state import GoodState
from nnplay.engine.training.history import History
from nnplay.engine.training.loss_pace import LossPace
from nnplay.engine.training.lr_schedule import LearningRateSchedule
from nnplay.engine.training.resume import Resumable, restore
from nnplay.engine.training.throttle import Throttle
from nnplay.engine.training.weight_edit import set_weight
from nnplay.link import (
    Continuation,
    DivergedStep,
    Edit,
    Link,
    LiveEdit,
    Paused,
    Result,
    Resumed,
    Scores,
    Started,
)
from nnplay.link.speed_limit import Spread
from nnplay.record.environment import versions
from nnplay.translation import _

UNWATCHED_SECONDS = 0.04
"""What one call of the stepper should take while no view waits for a frame: as long as a command
may go unnoticed."""
SAVE_SECONDS = 0.03
ASTRAY_SECONDS = 1.0
IDLE_SECONDS = 0.05


class RunEnded(Exception):
    """The run was commanded to end."""


class Run:
    """Trains what was set up, following the commands of a link.

    Everything here happens in the training thread. Other threads see it through the link alone:
    commands come in by `control`, read between steps and nowhere else; frames, rows and events go
    out as values that nothing changes any more.
    """

    def __init__(
        self, run_id: int, setup: Setup, link: Link, continuation: Continuation | None = None
    ) -> None:
        """Begin a run, or continue one whose traces are in the link already."""
        self._id = run_id
        self._setup = setup
        self._link = link
        self._control = link.control
        self._stepper = setup.stepper
        self._optimizer = setup.experiment.optimizer
        self._clock = Clock()
        self._frames = FrameMaker(run_id, setup, link, self._clock)
        self._metric = setup.experiment.policy.metric
        self._per_epoch = setup.batches.per_epoch
        self._steps = setup.steps
        self._lr_schedule = LearningRateSchedule(setup.experiment, self._per_epoch)
        self._history = History(
            setup.batches, link.steps, link.epochs, self._metric, self._lr_schedule.observe
        )
        self._early_stopping = EarlyStopping(setup.experiment.policy, setup.model)
        self._throttle, self._pace = Throttle(), LossPace()
        self._throttled_seconds = 0.0
        self._ending = ""
        # A chunk of steps ends with the epoch only if something happens there: a validation, a
        # decision to stop, a change of the learning rate. Tiny data have thousands of epochs per
        # second, and a chunk for each would make the loop cost more than the steps.
        validates = len(setup.parts.validation) and not self._stepper.validates
        self._crosses_epochs = self._lr_schedule.is_known and not (
            validates or setup.experiment.policy.is_watching
        )
        self._chunk = 1
        self._parts: dict[str, Resumable] = {
            "clock": self._clock,
            "history": self._history,
            "schedule": self._lr_schedule,
            "stopping": self._early_stopping,
        }
        self._edits_to_repeat: list[LiveEdit] = []
        first_loss_limit = None
        if continuation is not None:
            restore(continuation.point, self._stepper, setup.experiment, self._parts)
            first_loss_limit = continuation.point.loss_limit
            self._edits_to_repeat = sorted(continuation.edits, key=lambda edit: edit.step)
        self._seconds_before = self._clock.seconds
        self._recorder = Recorder(setup, link, self._clock, self._parts)
        self._saved = self._stepper.save()
        self._good = GoodState(self._saved, self._per_epoch, first_loss_limit)
        self._good_when_saved = self._good
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
                setup.pretrained_note,
                versions(),
            )
        )

    def train(self) -> None:
        """Take all steps of the run; RunEnded if it is commanded to end before."""
        self._tune()
        self._repeat_edits()
        self._record()
        self._frames.make(self._lr, force=True)
        self._clock.go()
        while self._may_continue():
            self._advance()
            self._frames.make(self._lr)
        self._record()

    def result(self) -> Result:
        """Evaluate every part of the data and return the result.

        RunEnded if the run is closed; if the evaluation is cancelled, the metrics computed so far.
        """
        setup, step = self._setup, self._stepper.step
        # Before the evaluation, which is to be of the weights that the result holds.
        ending = " ".join(filter(None, (self._ending, self._early_stopping.restore_best())))
        found = evaluate_all(self._id, setup, self._link, self._end_if_closed)
        divergence = ""
        if not found.is_finite:
            # The last step went too far, which only an evaluation after it can find.
            last = take_back(self._stepper, self._good)
            divergence = replace(last, step=step).text(self._layer_names)
            step = self._stepper.step
            found = evaluate_all(self._id, setup, self._link, self._end_if_closed)
        if not found.is_complete:
            cancelled = _("The evaluation was cancelled: some metrics are missing.")
            ending = " ".join(filter(None, (ending, cancelled)))
        penalty = setup.regularisation.penalty()
        self._clock.halt()
        self._frames.make(self._lr, force=True, everything=True)
        clock, stopped = self._clock, step < self._steps
        return run_result(setup, found, clock, step, stopped, ending, penalty, divergence)

    @property
    def _layer_names(self) -> tuple[str, ...]:
        return tuple(layer.name or _(layer.label) for layer in self._setup.experiment.network)

    @property
    def _lr(self) -> float:
        return self._optimizer.lr * self._lr_schedule.factor(self._stepper.step)

    def _may_continue(self) -> bool:
        """Follow the commands that have come; return whether there are steps left to take."""
        self._repeat_edits()
        step = self._stepper.step
        if step < self._steps and not self._ending:
            epochs = step / self._per_epoch
            seconds = self._clock.seconds - self._seconds_before
            self._ending = self._early_stopping.time_is_up(seconds, epochs)
        done = step >= self._steps or bool(self._ending)
        if not (done or self._control.allowance or self._control.ending):
            self._record()
            self._wait()
        # After the wait: an edit given during a pause has to count from the first step after it.
        self._take_edits()
        # Last, so that a stop is obeyed even if it came while the edits were taken.
        if self._control.ending:
            # After a divergence there are rows of steps that have been undone.
            if self._history.written == self._stepper.step:
                self._record()
            raise RunEnded
        return not done

    def _wait(self, divergence: Divergence | None = None) -> None:
        """Pause until the run may continue or is to end."""
        if divergence is not None:
            self._control.pause()
            self._link.diverged.append(DivergedStep(divergence.step, divergence.back_at))
            if self._setup.running_predictions is not None:
                self._setup.running_predictions.forget_weights()
            # The state after the recovery; earlier ones lead into the same divergence again.
            self._saved = self._good.state
            self._good = self._good_when_saved = self._good.restarted()
            self._recorder.go_back()
        self._clock.halt()
        # A frame before the event, so that the frame of its step is there when the pause is shown.
        self._frames.make(self._lr, force=True)
        text = "" if divergence is None else divergence.text(self._layer_names)
        self._link.announce(Paused(self._id, self._stepper.step, text))
        while self._control.allowance == 0 and not self._control.ending:
            self._frames.idle(self._lr)
            self._control.wait(IDLE_SECONDS)
            self._take_edits()
        if not self._control.ending:
            if divergence is not None:
                # Only now, so that the curves show the divergence while the run waits.
                undone = self._history.go_back(self._stepper.step)
                self._early_stopping.forget(undone)
                self._clock.go_back(self._stepper.step)
            self._link.announce(Resumed(self._id))
            self._clock.go()

    def _advance(self) -> None:
        step = self._stepper.step
        left = self._per_epoch - step % self._per_epoch
        # After a divergence in the last step of an epoch, that epoch still lacks its row.
        is_new = step >= self._history.written
        if self._crosses_epochs and is_new and self._control.allowance == "run":
            left = self._steps - step
        left = min(left, self._recorder.until_due())
        if self._edits_to_repeat:
            left = min(left, self._edits_to_repeat[0].step - step)
        due = self._throttled(min(self._chunk, left))
        steps = self._control.take(due) if due else 0
        if steps == 0:
            return
        # Read now: a command may come during the steps, and must not count as used up by them.
        used_up = self._control.allowance in (0, "epoch")
        start = perf_counter()
        log = self._stepper.advance(steps)
        seconds = perf_counter() - start
        divergence = None
        # Before any row is written, as rows are never taken back. The weights are checked as well,
        # because infinite ones can go on giving finite losses.
        if not (log.is_finite and log.is_validation_finite and self._stepper.is_finite()):
            recovery = rewind(self._stepper, self._saved, self._good_when_saved)
            log, divergence, self._good = recovery.log, recovery.divergence, recovery.good
        else:
            self._good = self._good.after(log.losses)
        end = self._stepper.step if divergence is None else divergence.step - 1
        samples = self._history.write(log, end)
        self._frames.record_losses(log.losses)
        if isinstance(self._control.speed, Spread):
            self._pace.record(log.losses, self._steps)
        self._clock.count(samples, seconds, self._throttled_seconds)
        self._throttled_seconds = 0.0
        if divergence is not None:
            if end % self._per_epoch == 0 and log.is_validation_finite:
                self._history.end_epoch(_validation_scores(log), nan)
            self._wait(divergence)
            return
        # Doubling at most: the first steps are slow, and one long chunk would block commands.
        target = self._stepper.chunk_seconds if self._link.mailbox.demand else UNWATCHED_SECONDS
        self._chunk = max(1, min(2 * self._chunk, int(steps * target / seconds)))
        if self._stepper.step % self._per_epoch == 0:
            self._end_epoch(used_up, log)
        if log.film:
            self._recorder.film_log(log, seconds)
        if self._recorder.is_due:
            self._recorder.film(self._frames.loss, self._lr)
        # By time and not by steps, so that copies of large networks cost the same small share.
        self._since_saved += seconds
        wait = max(SAVE_SHARE * self._save_cost, SAVE_SECONDS)
        # While the loss is too high, the way back stays the good state, unless it gets very long.
        if self._since_saved > (wait if self._good.is_calm else max(wait, ASTRAY_SECONDS)):
            self._save()

    def _throttled(self, steps: int) -> int:
        """Return how many steps the speed limit allows now; sleep a little if none."""
        speed = self._control.speed
        if isinstance(self._control.allowance, int):
            return steps
        self._clock.limit(speed, self._stepper.step)
        if speed is None:
            return steps
        if isinstance(speed, Spread):
            since = self._clock.limited_from, self._clock.limited_seconds
            speed = self._pace.steps_per_second(speed, self._stepper.step, self._steps, *since)
        due = self._throttle.due(speed, steps)
        if not due:
            start, rest = perf_counter(), self._throttle.rest()
            if rest > IDLE_ADVANCE_SECONDS:
                self._frames.idle(self._lr, rest / 2)
            self._control.sleep(min(self._throttle.rest(), IDLE_SECONDS))
            rested = perf_counter() - start
            self._throttled_seconds += rested
            self._frames.add_idle_time(rested)
        return due

    def _end_epoch(self, used_up: bool, log: StepLog) -> None:
        """Validate and write the epoch's row; a pause that it `used_up` comes after that."""

        def poll() -> None:
            # A pause commanded during the validation is obeyed at once, as a validation may take
            # many seconds; one that the epoch itself was to end with comes after its row.
            paused = self._control.allowance == 0 and not used_up
            if paused and not self._control.ending:
                self._wait()
            self._end_if_closed()

        self._control.end_epoch()
        monitored = nan
        if self._stepper.validates:
            scores = _validation_scores(log)
        else:
            setup = self._setup
            validation, form = setup.tensors["validation"], setup.target_form
            scores, logits = evaluate(setup.model, setup.loss_function, validation, form, poll)
            if scores.loss is not None and not isfinite(scores.loss):
                self._wait(take_back(self._stepper, self._good))
                return
            # A policy that monitors nothing may name a metric that these data do not have.
            if self._metric.suits(setup.spec):
                monitored = monitored_value(self._metric, logits, validation, setup.output)
        row = self._history.end_epoch(scores, monitored)
        ending = "" if row is None else self._early_stopping.end_epoch(row)
        # After the last step the run is complete, not stopped early.
        if self._stepper.step < self._steps:
            self._ending = self._ending or ending

    def _end_if_closed(self) -> None:
        if self._control.is_closed:
            raise RunEnded

    def _take_edits(self) -> None:
        edits = self._control.take_edits()
        for edit in edits:
            self._take_edit(edit)
        if edits:
            self._tune()

    def _repeat_edits(self) -> None:
        """Make the changes again that were made at this step, or before it, in the earlier run."""
        edits = self._edits_to_repeat
        if not edits or edits[0].step > self._stepper.step:
            return
        while edits and edits[0].step <= self._stepper.step:
            edit = edits.pop(0)
            self._take_edit(Edit(edit.path, edit.value), edit.step)
        self._tune()

    def _take_edit(self, edit: Edit, step: int | None = None) -> None:
        """Follow a change that is made now, or was made at an earlier step."""
        taken = self._stepper.step if step is None else step
        if edit.path == "epochs" and edit.value >= 1:
            self._set_epochs(int(edit.value))
            self._link.edits.append(LiveEdit(taken, edit.path, edit.value))
        if set_weight(self._stepper, edit, taken):
            self._link.edits.append(LiveEdit(taken, edit.path, edit.value))
            self._frames.forget_weights()
        for param in self._optimizer.params():
            legal = param.live and param.problem(edit.value) is None
            if legal and edit.path == f"optimizer.{param.name}":
                self._optimizer = self._optimizer.changed(**{param.name: edit.value})
                self._link.edits.append(LiveEdit(taken, edit.path, edit.value))

    def _set_epochs(self, epochs: int) -> None:
        """Train for that many epochs in all."""
        self._steps = self._frames.steps = epochs * self._per_epoch
        self._lr_schedule.set_epochs(epochs)
        self._recorder.plan(self._steps)

    def _tune(self) -> None:
        self._stepper.tune(self._optimizer, self._lr_schedule.factors)
        # Steps since the newest saved state are taken again after a divergence, and only with the
        # same hyperparameters do they give the same weights.
        self._save()

    def _save(self, is_needed: bool = False) -> None:
        """Save the state to return to after a divergence; record it if due or if it `is_needed`."""
        start = perf_counter()
        self._saved = self._stepper.save()
        self._good = self._good_when_saved = self._good.offered(self._saved)
        self._save_cost = perf_counter() - start
        self._since_saved = 0.0
        self._recorder.offer(self._saved, self._good.limit, is_needed)

    def _record(self) -> None:
        """Record the present step, from which the run can be continued exactly."""
        self._recorder.film(self._frames.loss, self._lr)
        if self._recorder.needs_point():
            self._save(is_needed=True)


def _validation_scores(log: StepLog) -> Scores:
    """Return those of the epoch that ended last, if the stepper validated it."""
    if not len(log.validation):
        return Scores()
    loss, accuracy = log.validation[-1].tolist()
    return Scores(loss, None if isnan(accuracy) else accuracy)
