"""What a thread runs: the training of one experiment, with torch loaded when it is needed."""

from __future__ import annotations

from nnplay.experiment import Experiment
from nnplay.link import Link


def run_training(run_id: int, experiment: Experiment, link: Link) -> None:
    """Train an experiment to its end, with a core left to the window."""
    # Loading torch takes a second or two, which must not delay the first window.
    from nnplay.engine import RunRequest, train

    train(RunRequest(run_id, experiment, spare_cores=1), link)
