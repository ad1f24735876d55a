"""Whether the current run is still a run of the edited experiment."""

from __future__ import annotations

from dataclasses import replace

from nnplay.experiment import Experiment


def is_compatible(started: Experiment, edited: Experiment) -> bool:
    """Return whether two experiments differ only in names and in values that a run takes live.

    The number of epochs is one of them: a run can be made longer at any time.
    """
    return _without_live_values(started) == _without_live_values(edited)


def _without_live_values(experiment: Experiment) -> Experiment:
    optimizer = experiment.optimizer
    live = {p.name: p.default for p in optimizer.params() if p.live}
    network = tuple(layer.changed(name="") for layer in experiment.network)
    steady = replace(experiment, optimizer=optimizer.changed(**live), network=network)
    return replace(steady, name="", about="", epochs=1)
