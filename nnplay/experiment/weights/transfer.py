"""Weights to start from: which file an experiment means, and which of its layers take them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from nnplay.assets import asset, asset_path
from nnplay.catalog import Shape, shape_text
from nnplay.experiment.clamping import legal
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.value import Experiment
from nnplay.experiment.weights.safetensors_header import Left, Shapes, WeightsError, read_left
from nnplay.translation import _, ngettext

_FOLDER, _SUFFIX = "weights", ".safetensors"
_STATISTICS = {"running_mean", "running_var", "num_batches_tracked"}
"""What a normalisation keeps besides what it learns."""


_MOST_NUMBERS = 8


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

    These are the first ones with weights, as long as the shapes match; one that is drawn in a way
    of its own is passed over. Only the header of the file is read. WeightsError where there is
    nothing to take.
    """
    sane = legal(experiment)
    if not sane.start:
        return ()
    left = read_left(weights_path(sane.start))
    own = _own(sane)
    found = []
    for (index, mine), (number, theirs) in zip(own.items(), sorted(left.items()), strict=False):
        if sane.network[index].drawing is not None:
            continue
        if mine != _learnt(theirs):
            break
        found.append(Taker(index, number))
    if not found and own:
        raise _strangers(sane, own, left)
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


def _learnt(left: Shapes) -> Shapes:
    """Return what a layer left less its running statistics."""
    return {name: one for name, one in left.items() if name.rpartition(".")[2] not in _STATISTICS}


def _strangers(experiment: Experiment, own: Left, left: Left) -> WeightsError:
    """Return what to say where not even the first layer can take what was left."""
    pairs = zip(own.items(), sorted(left.items()), strict=False)
    drawn = {index for index, layer in enumerate(experiment.network) if layer.drawing}
    found = next(((i, mine, theirs) for (i, mine), (_n, theirs) in pairs if i not in drawn), None)
    hint = _("Begin with the layers that the weights come from, or start without them.")
    if found is None:
        what = _("No layer takes the weights of {file}: each that could is drawn in its own way.")
        return WeightsError(what.format(file=_called(experiment.start)), hint)
    index, mine, theirs = found[0], found[1], _learnt(found[2])
    # What differs, and a matrix or kernel rather than its bias.
    name = max(
        (one for one in (*mine, *theirs) if mine.get(one) != theirs.get(one)),
        key=lambda one: len(mine.get(one) or theirs[one]),
    )
    what = _(
        "No layer can take the weights of {file}: {layer} (layer {number}) has {own}, and its "
        "counterpart left {left}."
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


def start_words(experiment: Experiment, layers: tuple[int, ...]) -> str:
    """Say which layers, counted from 0, start from the weights of `experiment.start`."""
    if not layers:
        return _("No layer starts from {file}.").format(file=_called(experiment.start))
    numbers = [str(index + 1) for index in layers]
    if len(numbers) > _MOST_NUMBERS:
        numbers[_MOST_NUMBERS - 2 : -1] = ["…"]
    text = ngettext(
        "Layer {numbers} starts from {file}.", "Layers {numbers} start from {file}.", len(layers)
    )
    return text.format(numbers=", ".join(numbers), file=_called(experiment.start))
