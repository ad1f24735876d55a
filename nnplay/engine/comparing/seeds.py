"""Trains one experiment with several seeds, one run after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from nnplay.engine.comparing.devices import Cancelled, torch_state_restored
from nnplay.engine.loop import train
from nnplay.engine.prepare import RunError
from nnplay.engine.run_request import RunRequest
from nnplay.experiment import Experiment
from nnplay.link import (
    Control,
    Event,
    Failed,
    Finished,
    Link,
    Paused,
    Result,
    SeedResult,
    SeedsResult,
    Trace,
)
from nnplay.link.control import Ending


def with_seed(experiment: Experiment, number: int, *, weights_only: bool) -> Experiment:
    """Return the experiment for a seed counted from 0, which leaves it as it is.

    Every random number depends on its seed, or only the initial weights.
    """
    if weights_only:
        return replace(experiment, draw=experiment.draw + number)
    return replace(experiment, seed=(experiment.seed + number) % 2**32)


def compare_seeds(
    experiment: Experiment,
    traces: Sequence[Trace],
    *,
    weights_only: bool = False,
    threads: int | None = None,
    spare_cores: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> SeedsResult:
    """Train an experiment once for each of the traces, which grow meanwhile.

    Each run is the one that the experiment with that seed has by itself. When `stop` returns true,
    the comparison ends with the runs that have ended. No run may train at the same time in this
    process. Raises RunError if a run cannot start, Cancelled if none had ended.
    """
    results: list[SeedResult] = []
    with torch_state_restored():
        for number, epochs in enumerate(traces):
            seeded = with_seed(experiment, number, weights_only=weights_only)
            run = _SeedRun(epochs, _StoppableControl(stop))
            request = RunRequest(number, seeded, threads, spare_cores)
            train(request, run.link)
            if run.failed is not None:
                raise run.failed
            if run.result is None or stop():
                break
            result = run.result
            seed = seeded.draw if weights_only else seeded.seed
            results.append(SeedResult(seed, result.train, result.validation, run.diverged))
    if not results:
        raise Cancelled
    return SeedsResult(tuple(results), stopped=len(results) < len(traces))


class _StoppableControl(Control):
    """Closes the run once it is to stop."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        super().__init__()
        self._stop = stop

    @property
    def ending(self) -> Ending | None:
        return "close" if self._stop() else super().ending

    @property
    def is_closed(self) -> bool:
        return self.ending == "close"


@dataclass
class _SeedRun:
    """One run in progress, and what it announced."""

    epochs: Trace
    control: Control
    result: Result | None = None
    failed: RunError | None = None
    diverged: str = ""
    link: Link = field(init=False)

    def __post_init__(self) -> None:
        self.link = Link(self._take, control=self.control, epochs=self.epochs)

    def _take(self, event: Event) -> None:
        if isinstance(event, Finished):
            self.result = event.result
        elif isinstance(event, Failed):
            self.failed = RunError(event.message, event.hint)
        elif isinstance(event, Paused):
            # Nobody is there to lower the learning rate.
            self.diverged = event.divergence
            self.control.stop()
