"""Transfer learning: the weights file of an experiment, and which layers load it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from nnplay.assets import asset, asset_path
from nnplay.catalog import Shape, shape_text
from nnplay.experiment.clamping import legal
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.value import Experiment
from nnplay.experiment.weights.safetensors_header import (
    SavedShapes,
    Shapes,
    WeightsError,
    read_shapes,
)
from nnplay.translation import _, ngettext

_FOLDER, _SUFFIX = "weights", ".safetensors"
_STATISTICS = {"running_mean", "running_var", "num_batches_tracked"}
"""Running statistics of a normalisation, which are not trained."""


_MOST_NUMBERS = 8


class LoadingLayer(NamedTuple):
    """A layer that loads weights, and the layer that they come from, both counted from 0."""

    layer: int
    source: int


def bundled_weights() -> tuple[str, ...]:
    """Return the keys of the bundled weights."""
    names = (one.name for one in asset(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def weights_path(start: str) -> Path:
    """Return the file that an experiment's `start` means: a key of bundled weights, or a path."""
    if start in bundled_weights():
        return asset_path(_FOLDER, start + _SUFFIX)
    return Path(start)


def loading_layers(experiment: Experiment) -> tuple[LoadingLayer, ...]:
    """Return which layers load pretrained weights, in order.

    These are the first layers with weights, as long as the shapes match; layers with their own
    initialiser are skipped. Only the header of the file is read. Raises WeightsError if no layer
    matches.
    """
    valid = legal(experiment)
    if not valid.start:
        return ()
    left = read_shapes(weights_path(valid.start))
    own = _own(valid)
    found = []
    for (index, mine), (number, theirs) in zip(own.items(), sorted(left.items()), strict=False):
        if valid.network[index].initialisation is not None:
            continue
        if mine != _learnt(theirs):
            break
        found.append(LoadingLayer(index, number))
    if not found and own:
        raise _no_match(valid, own, left)
    return tuple(found)


def _own(experiment: Experiment) -> SavedShapes:
    """Return the weight shapes of every layer that has weights."""
    rows = trace_shapes(experiment.data.spec().in_shape, experiment.network)
    pairs = enumerate(zip(experiment.network, rows, strict=True))
    weights = {
        index: dict(layer.weights(row.in_shape))
        for index, (layer, row) in pairs
        if row.in_shape is not None and row.error is None
    }
    return {index: shapes for index, shapes in weights.items() if shapes}


def _learnt(left: Shapes) -> Shapes:
    """Return the shapes without running statistics."""
    return {name: one for name, one in left.items() if name.rpartition(".")[2] not in _STATISTICS}


def _no_match(experiment: Experiment, own: SavedShapes, left: SavedShapes) -> WeightsError:
    """Return the error if not even the first layer can load the weights."""
    pairs = zip(own.items(), sorted(left.items()), strict=False)
    drawn = {index for index, layer in enumerate(experiment.network) if layer.initialisation}
    found = next(((i, mine, theirs) for (i, mine), (_n, theirs) in pairs if i not in drawn), None)
    hint = _(
        "Start with the same layers as the network the weights come from, or start without weights."
    )
    if found is None:
        what = _("No layer can load {file}: every matching layer has its own initialiser.")
        return WeightsError(what.format(file=_called(experiment.start)), hint)
    index, mine, theirs = found[0], found[1], _learnt(found[2])
    # Report a shape that differs, preferably that of a matrix or kernel rather than a bias.
    name = max(
        (one for one in (*mine, *theirs) if mine.get(one) != theirs.get(one)),
        key=lambda one: len(mine.get(one) or theirs[one]),
    )
    what = _(
        "No layer can load {file}: {layer} (layer {number}) has {own}, but the file has {left}."
    ).format(
        file=_called(experiment.start),
        layer=_(experiment.network[index].label),
        number=index + 1,
        own=_said(name, mine.get(name)),
        left=_said(name, theirs.get(name)),
    )
    return WeightsError(what, hint)


def _said(name: str, shape: Shape | None) -> str:
    return _("no {name}").format(name=name) if shape is None else f"{name} {shape_text(shape)}"


def _called(start: str) -> str:
    return start if start in bundled_weights() else Path(start).name


def start_text(experiment: Experiment, layers: tuple[int, ...]) -> str:
    """Return a text that says which layers, counted from 0, load `experiment.start`."""
    if not layers:
        return _("No layer loads {file}.").format(file=_called(experiment.start))
    numbers = [str(index + 1) for index in layers]
    if len(numbers) > _MOST_NUMBERS:
        numbers[_MOST_NUMBERS - 2 : -1] = ["…"]
    text = ngettext("Layer {numbers} loads {file}.", "Layers {numbers} load {file}.", len(layers))
    return text.format(numbers=", ".join(numbers), file=_called(experiment.start))
