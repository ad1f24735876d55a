"""Changes to an experiment by path; each returns a new value and leaves the old one unchanged."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from nnplay.catalog import Layer
from nnplay.experiment.place import Place
from nnplay.experiment.value import Experiment

_STEP = re.compile(r"\.?([a-z_]\w*)|\[(\d+)\]", re.ASCII | re.IGNORECASE)


class PathError(LookupError):
    """A path does not exist; `name` is the unknown part, `known` are the names in its place."""

    def __init__(self, path: str, known: tuple[str, ...], name: str = "") -> None:
        self.path, self.known, self.name = path, known, name or path
        super().__init__(f"{path}: expected one of {', '.join(known)}")


def get_value(experiment: Experiment, path: str | Place) -> Any:
    """Return the value at `path`, such as `optimizer.lr` or `network[2]`."""
    value: Any = experiment
    for step in _steps(str(path)):
        value = _child(value, step, str(path))
    return value


def set_value(experiment: Experiment, path: str | Place, new: Any) -> Experiment:
    """Return the experiment with `new` at `path`; the value is not checked here."""
    result = _set(experiment, _steps(str(path)), new, str(path))
    assert isinstance(result, Experiment)
    return result


def insert_layer(experiment: Experiment, index: int, layer: Layer) -> Experiment:
    """Return the experiment with `layer` inserted before the one at `index`."""
    network = experiment.network
    return replace(experiment, network=(*network[:index], layer, *network[index:]))


def remove_layer(experiment: Experiment, index: int) -> Experiment:
    """Return the experiment without the layer at `index`."""
    network = experiment.network
    return replace(experiment, network=network[:index] + network[index + 1 :])


def move_layer(experiment: Experiment, index: int, to: int) -> Experiment:
    """Return the experiment with the layer at `index` moved to the index `to`."""
    layer = experiment.network[index]
    return insert_layer(remove_layer(experiment, index), to, layer)


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise PathError(path, ())
        name, index = match.groups()
        steps.append(name if index is None else int(index))
        position = match.end()
    if not steps:
        raise PathError(path, ())
    return steps


def _child(value: Any, step: str | int, path: str) -> Any:
    if isinstance(step, int):
        if isinstance(value, tuple) and step < len(value):
            return value[step]
        length = len(value) if isinstance(value, tuple) else 0
        raise PathError(path, tuple(f"[{i}]" for i in range(length)), f"[{step}]")
    names = tuple(f.name for f in fields(value)) if hasattr(value, "__dataclass_fields__") else ()
    if step not in names:
        raise PathError(path, names, step)
    return getattr(value, step)


def _set(value: Any, steps: list[str | int], new: Any, path: str) -> Any:
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    child = _set(_child(value, step, path), rest, new, path)
    if isinstance(step, int):
        return (*value[:step], child, *value[step + 1 :])
    return replace(value, **{step: child})
