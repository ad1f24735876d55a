"""Runs an experiment in the current thread and returns its record."""

from __future__ import annotations

from nnplay.catalog import DataSpec
from nnplay.cli.continuing import Continued
from nnplay.cli.errors import CommandError, on_interrupt, say
from nnplay.cli.progress import FrameTicker, StepBar
from nnplay.data import is_present
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitCurve
from nnplay.experiment import Experiment
from nnplay.link import (
    ClassPredictions,
    Event,
    Failed,
    Finished,
    Frame,
    FrameHistory,
    LabelPredictions,
    Link,
    Paused,
    PayloadKind,
    Started,
)
from nnplay.record import RunRecord
from nnplay.record.recorded_run import with_edits
from nnplay.translation import _

_FRAMES_KEPT = 100
"""Ten seconds of animation."""


class Runner:
    """Trains one experiment and collects its events."""

    def __init__(self, demand: frozenset[PayloadKind], *, quiet: bool) -> None:
        self.history = FrameHistory(_FRAMES_KEPT)
        self._bar = StepBar(shown=not quiet)
        self._quiet = quiet
        mailbox = FrameTicker(self._show)
        mailbox.demand = demand
        self._link = Link(self._handle, mailbox)
        self._started: Started | None = None
        self._end: Finished | Failed | None = None
        self._divergence = ""
        self._is_diverged = False

    def run(
        self,
        key: str,
        experiment: Experiment,
        threads: int | None,
        continued: Continued | None = None,
    ) -> RunRecord:
        """Train until the end, Ctrl+C or divergence; raises CommandError if the run failed.

        `key` is the short name of the experiment. With `continued`, go on from where it ended.
        """
        # Imported late: torch takes seconds to import.
        from nnplay.engine import RunRequest, train

        continuation = None
        if continued is not None:
            continuation = continued.continuation
            self._link.begin(continued.run, continuation.point.step)
            threads = threads or continued.run.threads
        request = RunRequest(1, experiment, threads, continuation=continuation)
        with on_interrupt(self._interrupt):
            try:
                train(request, self._link)
            finally:
                self._bar.close()
        if isinstance(self._end, Failed):
            raise CommandError(self._end.message, self._end.hint + download_hint(experiment))
        assert self._started is not None
        assert self._end is not None
        edits = tuple(self._link.edits)
        return RunRecord(
            key,
            with_edits(experiment, edits),
            self._end.result,
            self._link.steps,
            self._link.epochs,
            self._divergence or self._end.result.divergence,
            self._link.points.newest,
            edits,
            self._is_diverged or bool(self._end.result.divergence),
        )

    def _show(self, frame: Frame) -> None:
        self.history.add(frame)
        self._bar.show(frame)

    def _handle(self, event: Event) -> None:
        if isinstance(event, Started):
            self._started = event
            if not self._quiet:
                say(
                    _(
                        "Training on {device} ({device_why}), {stepper} steps ({stepper_why})."
                    ).format(
                        device=event.device,
                        device_why=event.device_why,
                        stepper=event.stepper,
                        stepper_why=event.stepper_why,
                    )
                )
                if event.start:
                    say(event.start)
        elif isinstance(event, Paused) and event.divergence:
            # Nobody can change a setting and resume here, so the run ends with its results so far.
            self._divergence, self._is_diverged = event.divergence, True
            self._link.control.stop()
        elif isinstance(event, Finished | Failed):
            self._end = event

    def _interrupt(self) -> None:
        self._divergence = _("The run was stopped by Ctrl+C before its last step.")
        self._link.control.stop()


def download_hint(experiment: Experiment) -> str:
    """Return the command that downloads the data of an experiment, if they are missing."""
    key = experiment.data.archive
    if not key or is_present(key):
        return ""
    text = _("To download it: nnplay download {key}. To import local files, add --from PATH.")
    return "\n" + text.format(key=key)


def payload_of(spec: DataSpec) -> PayloadKind | None:
    """Return the payload that best shows how a network learns from such data, if there is one."""
    if spec.is_plane:
        return DecisionMap
    if spec.is_curve:
        return FitCurve
    by_task = {"classification": ClassPredictions, "multilabel": LabelPredictions}
    return by_task.get(spec.task)
