"""Weights to start from: which file an experiment means, and which of its layers take them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nnplay.assets import asset, asset_path
from nnplay.catalog import Shape, shape_text
from nnplay.experiment.left import Left, WeightsError, read_left, short
from nnplay.experiment.legal import legal
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.value import Experiment
from nnplay.words import _, ngettext

_FOLDER, _SUFFIX = "weights", ".safetensors"
_STATISTICS = {"running_mean", "running_var", "num_batches_tracked"}
"""What a normalisation keeps besides what it learns."""


class Taker(NamedTuple):
    """A layer that takes weights, and the layer that left them, both counted from 0."""

    layer: int
    source: int


def bundled_weights() -> tuple[str, ...]:
    """Return the keys of the weights that come with nnplay."""
    names = (one.name for one in asset(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def weights_path(start: str) -> Path:
    """Return the file that an experiment's `start` means: a key of bundled weights, or a path."""
    if start in bundled_weights():
        return asset_path(_FOLDER, start + _SUFFIX)
    return Path(start)


def takers(experiment: Experiment) -> tuple[Taker, ...]:
    """Return which layers start from weights that another run left, in order.

    These are the first ones with weights, as long as the shapes match; the others are drawn as
    usual. Only the header of the file is read. WeightsError where there is nothing to take.
    """
    if not experiment.start:
        return ()
    path = weights_path(experiment.start)
    left = read_left(path)
    own = _own(legal(experiment))
    found = []
    for (index, mine), (number, theirs) in zip(own.items(), sorted(left.items()), strict=False):
        if mine != {name: one for name, one in theirs.items() if not _is_statistic(name)}:
            break
        found.append(Taker(index, number))
    if not found and own:
        index, mine = next(iter(own.items()))
        what = _(
            "No layer can take the weights of {path}: {layer} (layer {number}) has {own}, and the "
            "first layer there left {left}."
        ).format(
            path=short(path),
            layer=_(experiment.network[index].label),
            number=index + 1,
            own=_said(mine),
            left=_said(left[min(left)]),
        )
        hint = _("Begin with the layers that the weights come from, or start without them.")
        raise WeightsError(what, hint)
    return tuple(found)


def _own(experiment: Experiment) -> Left:
    """Return the shapes of the weights of every layer that has some."""
    rows = trace_shapes(experiment.data.spec().in_shape, experiment.network)
    pairs = enumerate(zip(experiment.network, rows, strict=True))
    weights = {
        index: dict(layer.weights(row.in_shape))
        for index, (layer, row) in pairs
        if row.in_shape is not None and row.error is None
    }
    return {index: shapes for index, shapes in weights.items() if shapes}


def _is_statistic(name: str) -> bool:
    return name.rpartition(".")[2] in _STATISTICS


def _said(shapes: Mapping[str, Shape]) -> str:
    name, shape = next(iter(shapes.items()))
    return f"{name} {shape_text(shape)}"


def start_words(experiment: Experiment, layers: tuple[int, ...]) -> str:
    """Say which layers, counted from 0, start from the weights of `experiment.start`."""
    network = experiment.network
    names = [f"{index + 1} ({network[index].name or _(network[index].label)})" for index in layers]
    text = ngettext(
        "Layer {names} starts from {file}.", "Layers {names} start from {file}.", len(layers)
    )
    return text.format(names=", ".join(names), file=weights_path(experiment.start).name)
