"""The samples of an experiment as a run takes them: loaded, split and scaled."""

from __future__ import annotations

from dataclasses import replace

from nnplay.data.arrays import Parts, Source
from nnplay.data.scaling import target_scaling
from nnplay.data.split import split
from nnplay.experiment import Experiment, output_range, target_scaling_rule
from nnplay.link.scaling import TargetScaling


def prepared_parts(source: Source, experiment: Experiment) -> Parts:
    """Split a source as an experiment asks, and find how its inputs and targets are scaled."""
    parts = split(source, experiment.split, experiment.seed)
    return replace(parts, target_scaling=target_scaling_of(parts, experiment))


def target_scaling_of(parts: Parts, experiment: Experiment) -> TargetScaling | None:
    """Return how the targets of these parts are scaled for learning, None if they are not."""
    rule, reach = target_scaling_rule(experiment), output_range(experiment.network)
    return target_scaling(parts.train.y, rule, reach)
