"""Trains an experiment; loads torch only then."""

from __future__ import annotations

from nnplay.experiment import Experiment
from nnplay.link import Link
from nnplay.session.engine_import import engine_import


def run_training(run_id: int, experiment: Experiment, link: Link) -> None:
    """Train an experiment to its end, leaving one core to the window."""
    # Loading torch takes a second or two, which must not delay the first window.
    with engine_import:
        from nnplay.engine import RunRequest, train

    train(RunRequest(run_id, experiment, spare_cores=1), link)
