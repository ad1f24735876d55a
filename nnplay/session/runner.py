"""Trains an experiment; loads torch only then."""

from __future__ import annotations

from nnplay.experiment import Experiment
from nnplay.link import Continuation, Link
from nnplay.session.engine_import import engine_import


def run_training(
    run_id: int,
    experiment: Experiment,
    link: Link,
    continuation: Continuation | None = None,
    threads: int | None = None,
) -> None:
    """Train an experiment to its end, leaving one core to the window; or continue a run of it."""
    # Loading torch takes a second or two, which must not delay the first window.
    with engine_import:
        from nnplay.engine import RunRequest, train

    request = RunRequest(run_id, experiment, threads, spare_cores=1, continuation=continuation)
    train(request, link)
