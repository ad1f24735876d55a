"""Layers, gradients and updates in words."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from nnplay.catalog import kinds
from nnplay.engine.probes.layer_statistics import LayerFigures
from nnplay.gui.views.metric_block import number, share
from nnplay.translation import _, ngettext

HEALTHY = (1e-4, 1e-2)
"""Updates per step as a share of the weights that are usual in a network that learns well."""
VANISHING = 1e-2
"""The first layer receives less than this share of the gradient of the last one."""
EXPLODING = 70.0
"""After AutoTrainer (Zhang et al., ICSE 2021): the first layer receives more than this multiple of
the gradient of the last one."""


def layer_title(layer: LayerFigures) -> str:
    """Return number and name of a layer as in the network editor."""
    return f"{layer.layer + 1} {layer.name or label_of(layer.kind)}"


def label_of(key: str) -> str:
    """Return the name of a kind of layer or activation."""
    for family in ("layer", "activation"):
        kind = kinds(family).get(key)
        if kind is not None:
            return _(kind.label)
    return key


def gradient_sentence(layers: Sequence[LayerFigures]) -> str:
    """Return how the gradient of the first layer compares with that of the last one."""
    known = [(one, one.gradient) for one in layers if one.gradient is not None]
    if not known:
        return _("All layers are frozen, so none of them has a gradient.")
    if not all(isfinite(value) for _one, value in known):
        return _("The gradient is not finite: the training has diverged.")
    (first, low), (last, high) = known[0], known[-1]
    names = {"first": layer_title(first), "last": layer_title(last)}
    if len(known) == 1:
        text = _("{first} is the only layer with a gradient; its norm is {value}.")
        return text.format(first=names["first"], value=number(low, 3))
    if not high:
        return _("No gradient reaches {last}, the last layer.").format(**names)
    if not low:
        return _("No gradient reaches {first}, the first layer.").format(**names)
    ratio = low / high
    if ratio < VANISHING:
        text = _(
            "{first} receives 1/{count} of the gradient of {last}, the last layer: "
            "the gradient vanishes on its way back."
        )
    elif ratio < 0.5:
        text = _("{first} receives 1/{count} of the gradient of {last}, the last layer.")
    elif ratio > EXPLODING:
        text = _(
            "{first} receives {count} times the gradient of {last}, the last layer: "
            "the gradient grows on its way back."
        )
    else:
        text = _("{first} receives {count} times the gradient of {last}, the last layer.")
    return text.format(count=_two_digits(1 / ratio if ratio < 0.5 else ratio), **names)


def update_sentence(layers: Sequence[LayerFigures]) -> str:
    """Return how many layers change faster or more slowly than usual; "" before any did."""
    updates = [one.update for one in layers if one.update is not None and not one.frozen]
    if not updates:
        return ""
    low, high = (sum(sides) for sides in zip(*map(_outside, updates), strict=True))
    count = len(updates)
    if not low and not high:
        return _("The updates of all layers are within the healthy band.")
    parts = []
    if low:
        text = ngettext(
            "The update of {n} layer of {count} is below the healthy band: it hardly learns.",
            "The updates of {n} layers of {count} are below the healthy band: they hardly learn.",
            low,
        )
        parts.append(text.format(n=low, count=count))
    if high:
        text = ngettext(
            "The update of {n} layer of {count} is above the healthy band.",
            "The updates of {n} layers of {count} are above the healthy band.",
            high,
        )
        parts.append(text.format(n=high, count=count))
    return " ".join(parts)


def describe_flow(layer: LayerFigures) -> str:
    """Return gradient and update of a layer in words."""
    if layer.frozen:
        return _("{layer}: frozen, without gradient and update").format(layer=layer_title(layer))
    parts = [_("gradient norm {value}").format(value=number(layer.gradient, 3))]
    if layer.update is not None:
        text = _("changes by {value} of its weights per step")
        parts.append(text.format(value=number(layer.update, 3)))
        below, above = _outside(layer.update)
        if below:
            parts.append(_("below the healthy band"))
        if above:
            parts.append(_("above the healthy band"))
    return f"{layer_title(layer)}: {', '.join(parts)}"


def state_words(layer: LayerFigures) -> str:
    """Return the share of dead or saturated units; "" where there is no such thing."""
    if layer.dead is not None:
        return _("{share} dead").format(share=share(layer.dead, 0))
    if layer.saturated is not None:
        return _("{share} saturated").format(share=share(layer.saturated, 0))
    return ""


def is_bad(layer: LayerFigures) -> bool:
    """Return whether more than half of its units are dead or saturated."""
    return (layer.dead or 0) > 0.5 or (layer.saturated or 0) > 0.5


def _outside(update: float) -> tuple[bool, bool]:
    """Return whether an update is below and whether it is above the healthy band."""
    return update < HEALTHY[0], update > HEALTHY[1]


def _two_digits(value: float) -> str:
    if value < 10:
        return f"{value:.2g}"
    return f"{float(f'{value:.1e}'):,.0f}" if value < 1e12 else number(value, 2)
