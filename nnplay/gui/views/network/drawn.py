"""What one drawing of a network shows: the values of a frame, with names and edges."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtGui import QImage

from nnplay.catalog import kinds
from nnplay.engine.probes.network_weights import NetworkWeights, StageWeights
from nnplay.engine.probes.unit_maps import UnitMaps
from nnplay.experiment.stages import Stage
from nnplay.gui.views.metric_block import number
from nnplay.gui.views.network.edges import Edges
from nnplay.gui.views.network.unit_image import value_images
from nnplay.translation import _, ngettext


@dataclass(frozen=True)
class Names:
    """Of the inputs and of the outputs, as the user knows them; empty where they have none."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """A network to draw."""

    network: NetworkWeights
    names: Names
    maps: UnitMaps | None = None
    scales: tuple[float, ...] = ()
    """Of each pair of stages: the weight that is drawn with the usual width."""
    images: tuple[tuple[QImage, ...], ...] = ()
    """Of the first units of each stage: their maps, or their weights where those are images."""
    edges: tuple[Edges | None, ...] = field(default=())
    """Of each pair of stages; None where they are not drawn one by one."""

    @property
    def stages(self) -> tuple[StageWeights, ...]:
        """The stages, the inputs first."""
        return self.network.stages

    @property
    def output_names(self) -> tuple[str, ...]:
        """A name for each output; of two classes, one output is for the second."""
        units = self.stages[-1].stage.units
        names = self.names.outputs
        return names[1:] if units == 1 and len(names) == 2 else names

    def title(self, number: int) -> str:
        """Return what a stage is called."""
        stage = self.stages[number].stage
        if stage.layer is None:
            return _("Inputs")
        return stage.name or _(label_of(stage.kind))

    def functions(self, number: int) -> str:
        """Return the names of what follows the layer of a stage, such as "Tanh"."""
        return ", ".join(_(label_of(key)) for key in self.stages[number].stage.functions)

    def unit_name(self, number: int, unit: int) -> str:
        """Return the name of a unit: of an input, of an output, or its number from 1."""
        names = self.names.inputs if number == 0 else ()
        if number == len(self.stages) - 1:
            names = self.output_names
        return names[unit] if unit < len(names) else str(unit + 1)

    def activation(self, stage: int, unit: int) -> float | None:
        """Return what a unit passes on of the selected sample."""
        values = self.stages[stage].activation
        return None if values is None else float(values[unit])

    def describe_unit(self, stage: int, unit: int) -> str:
        """Return a unit in words, with its numbers."""
        one = self.stages[stage]
        text = _("{layer}, unit {unit}") if stage else _("input {unit}")
        parts = [text.format(layer=self.title(stage), unit=self.unit_name(stage, unit))]
        value = self.activation(stage, unit)
        if value is not None:
            parts.append(_("value {value} for the selected sample").format(value=number(value, 3)))
        if one.bias is not None:
            parts.append(_("bias {value}").format(value=number(float(one.bias[unit]), 3)))
        parts.append(_("standard deviation {value}").format(value=number(float(one.std[unit]), 3)))
        if one.dead[unit]:
            parts.append(_("dead: 0 for every sample"))
        if one.stage.frozen:
            parts.append(_("frozen"))
        return " · ".join(parts)

    def describe_edge(self, gap: int, source: int, target: int) -> str:
        """Return a weight in words."""
        weights = self.stages[gap + 1].weights
        assert weights is not None
        text = _("weight from {source} to {target} of {layer}: {value}")
        return text.format(
            source=self._source(gap, source), target=self.unit_name(gap + 1, target),
            layer=self.title(gap + 1), value=number(float(weights[target, source]), 4),
        )  # fmt: skip

    def describe(self) -> str:
        """Return the whole drawing in words, for screen readers."""
        parts = []
        for at, one in enumerate(self.stages):
            units = one.stage.units
            counted = ngettext("{count:,} unit", "{count:,} units", units).format(count=units)
            dead = int(one.dead.sum())
            more = _(", {count} dead").format(count=dead) if dead else ""
            frozen = _(", frozen") if one.stage.frozen else ""
            parts.append(f"{self.title(at)}: {counted}{more}{frozen}")
        return "; ".join(parts)

    def _source(self, gap: int, source: int) -> str:
        name = self.unit_name(gap, source)
        return (
            name
            if gap == 0
            else _("unit {unit} of {layer}").format(unit=name, layer=self.title(gap))
        )


def unit_images(
    stages: tuple[StageWeights, ...], maps: UnitMaps | None
) -> tuple[tuple[QImage, ...], ...]:
    """Return an image of each of the first units of each stage, none where they have no image."""
    found = []
    for at, one in enumerate(stages):
        own = None if maps is None else maps.maps[at]
        if own is not None:
            found.append(value_images(own, float(np.abs(own).max()), flipped=True))
        elif one.tiles is not None:
            found.append(value_images(one.tiles, 1.5 * one.scale))
        else:
            found.append(())
    return tuple(found)


def label_of(key: str) -> str:
    """Return the source English of the name of a kind of layer."""
    for family in ("layer", "activation"):
        found = kinds(family).get(key)
        if found is not None:
            return found.label
    return key


def is_elementwise(stage: Stage) -> bool:
    """Return whether a unit of a stage is a weighted sum of numbers, so that it has a formula."""
    return stage.kind == "Dense" and len(stage.shape) == 1


def formula_of(drawn: Drawn, stage: int, unit: int, most: int = 6) -> tuple[str, str]:
    """Return the formula of a unit of a Dense layer, and the same with the selected sample.

    Of more than `most` terms, the largest are written out; the second text is "" without a sample,
    and both are "" for a unit that no formula is written for.
    """
    one = drawn.stages[stage]
    if not is_elementwise(one.stage) or one.weights is None:
        return "", ""
    row = one.weights[unit]
    earlier = drawn.stages[stage - 1]
    if len(row) != earlier.stage.units or len(earlier.stage.shape) != 1:
        return "", ""
    inputs = earlier.activation
    strength = np.abs(row) * (earlier.std if inputs is None else np.abs(inputs))
    chosen = np.sort(np.argsort(-strength, kind="stable")[:most])
    rest = len(row) - len(chosen)
    bias = None if one.bias is None else float(one.bias[unit])
    names, numbers = [], []
    for source in chosen:
        weight = number(float(row[source]), 3)
        name = drawn.unit_name(stage - 1, int(source))
        names.append(f"{weight}·{name if stage == 1 else f'h{name}'}")
        if inputs is not None:
            numbers.append(f"{weight}·{_bracketed(float(inputs[source]))}")
    if rest:
        more = ngettext("{count} more", "{count} more", rest).format(count=rest)
        names.append(f"({more})")
        if inputs is not None:
            left = float(row @ inputs) - float(row[chosen] @ inputs[chosen])
            numbers.append(f"({more}: {number(left, 3)})")
    ending = [] if bias is None else [number(bias, 3)]
    first = _called(drawn, stage, _sum([*names, *ending]))
    value = drawn.activation(stage, unit)
    if inputs is None or value is None:
        return first, ""
    second = _called(drawn, stage, _sum([*numbers, *ending]))
    return first, f"{second} = {number(value, 3)}"


def _called(drawn: Drawn, stage: int, inner: str) -> str:
    for key in drawn.stages[stage].stage.functions:
        inner = f"{_(label_of(key))}({inner})"
    return inner


def _sum(terms: list[str]) -> str:
    return " + ".join(terms).replace("+ −", "− ")


def _bracketed(value: float) -> str:
    text = number(value, 3)
    return f"({text})" if value < 0 else text
