"""The samples of an experiment as a run takes them: loaded, split and scaled."""

from __future__ import annotations

from dataclasses import replace

from nnplay.data.arrays import Parts, Source
from nnplay.data.scaling import target_scaling
from nnplay.data.split import split
from nnplay.experiment import (
    Experiment,
    Problem,
    output_range,
    remarks,
    target_remarks,
    target_scaling_rule,
)
from nnplay.link.scaling import TargetScaling


def prepared_parts(source: Source, experiment: Experiment) -> Parts:
    """Split a source as an experiment asks, and find how its inputs and targets are scaled."""
    parts = split(source, experiment.split, experiment.seed)
    return replace(parts, target_scaling=target_scaling_of(parts, experiment))


def learned_range(parts: Parts, experiment: Experiment) -> tuple[float, float] | None:
    """Return the lowest and the highest target as the network learns them; None for classes."""
    if experiment.data.spec().task != "regression":
        return None
    scaling = target_scaling_of(parts, experiment)
    ends = [
        end.reshape(1, -1)
        for part in (parts.train, parts.validation, parts.test)
        if len(part)
        for end in (part.y.min(0), part.y.max(0))
    ]
    if not ends:
        return None
    learned = [end if scaling is None else scaling.transform(end) for end in ends]
    return min(float(one.min()) for one in learned), max(float(one.max()) for one in learned)


def all_remarks(experiment: Experiment, parts: Parts | None) -> tuple[Problem, ...]:
    """Return the remarks on an experiment, with those that take its data if these are given."""
    found = remarks(experiment)
    ends = None if parts is None else learned_range(parts, experiment)
    return found if ends is None else (*found, *target_remarks(experiment, *ends))


def target_scaling_of(parts: Parts, experiment: Experiment) -> TargetScaling | None:
    """Return how the targets of these parts are scaled for learning, None if they are not."""
    rule, reach = target_scaling_rule(experiment), output_range(experiment.network)
    return target_scaling(parts.train.y, rule, reach)
