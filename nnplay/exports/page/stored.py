"""What a web page shows of a network that it does not compute itself."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.experiment import Experiment
from nnplay.exports.page.frames import Moments
from nnplay.exports.page.packing import packed
from nnplay.link import ClassPredictions, Frame, PayloadKind, Selection, WeightFrame
from nnplay.session import engine_import

MOVING_SECONDS = 0.3
"""For the predictions of each frame: of a slow network, those of a subset of the samples."""
LAST_SECONDS = 5.0
MOST_CLASSES = 40
"""Confusion matrices of more classes could not be read."""
_MAP_SIDE, _CURVE_STEP = 50, 4
"""Rows of a stored map, and of how many points of a curve one is stored."""


def stored_views(
    experiment: Experiment, moments: Moments, poll: Callable[[], None]
) -> dict[str, Any]:
    """Return what the views show at each moment; raises what preparing a run raises.

    `poll` is called between the moments, and may raise to cancel.
    """
    with engine_import:
        from nnplay.engine.film_player import FilmPlayer
        from nnplay.engine.probes.decision import DecisionMap
        from nnplay.engine.probes.fit import FitCurve

    spec = experiment.data.spec()
    kind: PayloadKind
    if spec.is_plane:
        kind = DecisionMap
    elif spec.is_curve:
        kind = FitCurve
    elif spec.task == "classification" and spec.outputs <= MOST_CLASSES:
        kind = ClassPredictions
    else:
        return {}
    player = FilmPlayer(experiment, poll)

    def frame_of(weights: WeightFrame) -> Frame:
        poll()
        return player.frame(moments.layout, weights, frozenset({kind}), Selection(), MOVING_SECONDS)

    frames = [frame_of(weights) for weights in moments.frames]
    end = perf_counter() + LAST_SECONDS
    took = MOVING_SECONDS
    # The last is looked at longest. What it lacks comes in parts, until one has nothing to do.
    while perf_counter() < end and took > MOVING_SECONDS / 2:
        since = perf_counter()
        frames[-1] = frame_of(moments.frames[-1])
        took = perf_counter() - since
    if kind is DecisionMap:
        return {"map": _maps([frame.payloads[kind] for frame in frames])}
    if kind is FitCurve:
        return {"curve": _curves([frame.payloads[kind] for frame in frames])}
    return {"confusion": [_confusion(frame) for frame in frames]}


def _confusion(frame: Frame) -> list[list[int]]:
    predictions = frame.get(ClassPredictions)
    return [] if predictions is None else predictions.confusion.tolist()


def _maps(maps: list[Any]) -> dict[str, Any]:
    """Return maps as bytes: probabilities times 255, or values between the lowest and highest."""
    first = maps[0]
    all_values = [one.labels if one.labels is not None else one.values[None] for one in maps]
    values = np.stack([_coarse(one) for one in all_values])
    low, high = (0.0, 1.0) if first.winners is not None or first.labels is not None else (
        float(np.nanmin(values)), float(np.nanmax(values)),
    )  # fmt: skip
    scaled = (values - low) / ((high - low) or 1.0) * 255
    found = {
        "rows": values.shape[2],
        "columns": values.shape[3],
        "labels": values.shape[1],
        "low": low,
        "high": high,
        "area": [first.x_low, first.x_high, first.y_low, first.y_high],
        "values": packed(np.nan_to_num(scaled).clip(0, 255).round().astype(np.uint8).ravel()),
    }
    if first.winners is not None:
        winners = np.stack([_coarse(one.winners[None]) for one in maps])
        found["winners"] = packed(winners.astype(np.uint8).ravel())
    return found


def _coarse(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return every n-th row and column; maps of the same step can be finer than others."""
    every = max(1, values.shape[1] // _MAP_SIDE)
    return values[:, ::every, ::every]


def _curves(curves: list[Any]) -> dict[str, Any]:
    return {
        "x": packed(curves[0].x[::_CURVE_STEP].astype(np.float32)),
        "y": packed(np.concatenate([one.y[::_CURVE_STEP] for one in curves]).astype(np.float32)),
    }
