"""Which weights are drawn as edges, how wide and in which colour."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt

from nnplay.gui.views.network.layout import STRONGEST, Regime
from nnplay.link.frames import Floats

SMOOTH_SECONDS = 1.0
_WIDEST = 1.5
"""Weights beyond that many times the scale are drawn as wide as at it."""


@dataclass(frozen=True)
class Edges:
    """Edges between two stages, the weakest first, so that the strong ones are drawn over them."""

    sources: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]
    weights: Floats
    left_out: int
    """Edges of each target that are not among them."""


def edges_of(weights: Floats, std: Floats, regime: Regime) -> Edges:
    """Return the edges to draw of a matrix (units, sources).

    `std` (sources,) is how much varies what flows along the edges: with all of them not drawn, the
    largest contributions count, not the largest weights.
    """
    units, sources = weights.shape
    if regime == "all" or sources <= STRONGEST:
        targets, found = np.divmod(np.arange(units * sources), sources)
        left_out = 0
    else:
        strength = np.abs(weights) * std
        found = np.argpartition(-strength, STRONGEST - 1, axis=1)[:, :STRONGEST].ravel()
        targets = np.repeat(np.arange(units), STRONGEST)
        left_out = sources - STRONGEST
    chosen = weights[targets, found]
    order = np.argsort(np.abs(chosen), kind="stable")
    return Edges(found[order], targets[order], chosen[order], left_out)


def edge_widths(weights: Floats, scale: float) -> Floats:
    """Return the widths of edges in pixels at 100 %; `scale` is a large weight of their layer."""
    widths: Floats = np.float32(0.5) + np.float32(3.0) * np.sqrt(strengths(weights, scale))
    return widths


def strengths(weights: Floats, scale: float) -> Floats:
    """Return the magnitude of weights as a share of a large one, from 0 to 1.5."""
    if not scale > 0:
        return np.zeros_like(weights)
    found = np.minimum(np.abs(np.nan_to_num(weights)) / scale, _WIDEST)
    return found.astype(np.float32)


class SmoothScale:
    """Scales of the layers that follow their 95 % quantiles within about a second.

    Otherwise all edges of a layer would flash while the network begins to learn.
    """

    def __init__(self) -> None:
        self._scales: list[float] = []
        self._at = 0.0

    def clear(self) -> None:
        """Begin with the next scales as they are."""
        self._scales = []

    def follow(self, scales: list[float], seconds: float) -> list[float]:
        """Return the scales to use; `seconds` is the time now."""
        if len(scales) != len(self._scales):
            self._scales = list(scales)
        else:
            share = 1 - exp(-max(0.0, seconds - self._at) / SMOOTH_SECONDS)
            self._scales = [
                old + share * (new - old) if np.isfinite(old) and old > 0 else new
                for old, new in zip(self._scales, scales, strict=True)
            ]
        self._at = seconds
        return list(self._scales)
