"""Whether a run under way is still a run of what stands in the editors."""

from __future__ import annotations

from dataclasses import replace

from nnplay.experiment import Experiment


def is_compatible(started: Experiment, wanted: Experiment) -> bool:
    """Say whether two experiments differ at most in words and in what a run takes up live."""
    return _core(started) == _core(wanted)


def _core(experiment: Experiment) -> Experiment:
    optimizer = experiment.optimizer
    live = {p.name: p.default for p in optimizer.params() if p.live}
    network = tuple(layer.changed(name="") for layer in experiment.network)
    steady = replace(experiment, optimizer=optimizer.changed(**live), network=network)
    return replace(steady, name="", about="")
