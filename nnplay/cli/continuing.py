"""`nnplay train RUNDIR`: what to continue, and for how many epochs."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from nnplay.cli.argument_types import Epochs
from nnplay.cli.choose import changed, ensure_document, is_document
from nnplay.cli.errors import USAGE_ERROR, CommandError
from nnplay.experiment import Experiment
from nnplay.link import Continuation, LiveEdit
from nnplay.record.continuable import ContinuableRun, read_continuable
from nnplay.record.document_run import continuable_run
from nnplay.record.recorded_run import with_edits
from nnplay.record.saved_run import SavedRunError
from nnplay.session.recorded import live_edits
from nnplay.translation import _


@dataclass(frozen=True)
class Continued:
    """A saved run, and where and how it goes on."""

    run: ContinuableRun
    continuation: Continuation

    @property
    def experiment(self) -> Experiment:
        """The experiment with all changes."""
        return with_edits(self.run.experiment, self.continuation.edits)


def continued(args: argparse.Namespace) -> Continued:
    """Return the run that the arguments name; raises CommandError."""
    try:
        path = Path(args.experiment)
        ensure_document(path, args.run)
        is_file = is_document(path)
        run = continuable_run(path, args.run) if is_file else read_continuable(path)
    except SavedRunError as error:
        raise CommandError(str(error), error.hint, USAGE_ERROR) from error
    for name in ("seed", "device"):
        if getattr(args, name) is not None:
            raise CommandError(
                _("--{name} cannot be changed in a run that is continued.").format(name=name),
                _("Train the experiment.json of the folder to start a new run."),
                USAGE_ERROR,
            )
    edits = _setting_edits(run, args.settings)
    if run.is_diverged and not edits:
        raise CommandError(
            _("{path} diverged, and would diverge again.").format(path=args.experiment),
            _("To continue from before the divergence, change the learning rate: {example}").format(
                example=f"--set optimizer.lr={run.experiment.optimizer.lr / 10:g}"
            ),
            USAGE_ERROR,
        )
    total = _total(run, args.epochs)
    if total != run.experiment.epochs:
        edits = (*edits, LiveEdit(run.point.step, "epochs", total))
    return Continued(run, run.continuation(edits))


def continued_text(found: Continued) -> str:
    """Return where a run is continued, and what more epochs do to the learning rate."""
    before, after = found.run.experiment, found.experiment
    text = _("Continuing after epoch {done:,} of {n:,}.").format(
        done=found.run.epochs_done, n=after.epochs
    )
    if before.epochs == after.epochs or not after.schedule.spans_run:
        return text
    note = _("The schedule “{name}” is stretched over all {n:,} epochs.")
    return f"{text} {note.format(name=_(after.schedule.label), n=after.epochs)}"


def _setting_edits(run: ContinuableRun, settings: list[str]) -> tuple[LiveEdit, ...]:
    after = run.experiment
    for setting in settings:
        after = changed(after, setting)
    edits = live_edits(run.experiment, replace(after, epochs=run.experiment.epochs), run.point.step)
    if with_edits(run.experiment, edits) != after:
        live = [f"optimizer.{one.name}" for one in run.experiment.optimizer.params() if one.live]
        raise CommandError(
            _("Only {names} can be changed in a run that is continued.").format(
                names=", ".join(live)
            ),
            _("Train the experiment.json of the folder to start a new run."),
            USAGE_ERROR,
        )
    return edits


def _total(run: ContinuableRun, epochs: Epochs | None) -> int:
    """Return the number of epochs in all."""
    done = run.epochs_done
    if epochs is None:
        total = run.experiment.epochs
        hint = _("Continue it with --epochs +{n}.").format(n=done)
    else:
        total = done + epochs.count if epochs.is_more else epochs.count
        hint = _("--epochs counts from the start; --epochs +{n} adds to what is trained.").format(
            n=epochs.count
        )
    if total * _steps_per_epoch(run) <= run.point.step:
        text = _("The run has trained {done} epochs already.").format(done=done)
        raise CommandError(text, hint, USAGE_ERROR)
    return total


def _steps_per_epoch(run: ContinuableRun) -> int:
    row = run.steps.read()[-1:]
    return round(row[0, 0] / row[0, 1]) if len(row) else 1
