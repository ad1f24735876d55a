"""The lines of an exported script that generate its data, the same numbers as in nnplay.

Short code that a reader can follow is written for the most common data sets. Where an option or
another data set would need much more of it, the samples come from a file beside the script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nnplay.catalog import Dataset
from nnplay.experiment.seeds import derive_seed

_Lines = Iterator[str]
_MOST_LISTED = 40
"""Painted points in the script itself; more are in a file."""


def generator_lines(dataset: Dataset, seed: int) -> tuple[str, ...]:
    """Return the body of a function that returns inputs and targets; empty without short code."""
    generate = _GENERATORS.get(dataset.target.rpartition(":")[2])
    is_own = dataset.target.startswith("nnplay.data.synthetic.")
    if generate is None or not is_own:
        return ()
    lines = tuple(generate(dataset))
    if not lines:
        return ()
    draws = any("rng." in line for line in lines)
    start = f"rng = np.random.default_rng({derive_seed(seed, 'noise')})"
    return (start, *lines) if draws else lines


def _curve(formula: Callable[[Any], str]) -> Callable[[Any], _Lines]:
    def lines(dataset: Any) -> _Lines:
        if dataset.gap_high > dataset.gap_low:
            return
        yield f"x = np.linspace({dataset.low!r}, {dataset.high!r}, {dataset.points})"
        yield f"y = {formula(dataset)}"
        is_line = dataset.target.endswith(":line")
        if dataset.noise and not is_line:
            yield f"y = y + rng.normal(0.0, {dataset.noise!r}, {dataset.points})"
        count = round(dataset.outliers * dataset.points)
        if count:
            yield f"chosen = rng.choice({dataset.points}, {count}, replace=False)  # outliers"
            yield f"y[chosen] += {dataset.outlier_size!r} * rng.choice((-1.0, 1.0), {count})"
        yield "return x.astype(np.float32)[:, np.newaxis], y.astype(np.float32)[:, np.newaxis]"

    return lines


def _line(dataset: Any) -> str:
    noise = f"{dataset.noise!r} * rng.random({dataset.points})"
    return f"{dataset.slope!r} * x + {dataset.offset!r} + {noise}"


def _spiral(dataset: Any) -> _Lines:
    along = "along = (np.arange({n}) // {k} + 1) / np.bincount(classes)[classes]  # 0 to 1"
    yield along.format(n=dataset.points, k=dataset.arms)
    yield f"angle = 2 * np.pi * ({dataset.turns!r} * along + classes / {dataset.arms})"
    yield "radius = 3.0 * along"
    yield "points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)"


def _circle(dataset: Any) -> _Lines:
    yield "inner, outer = np.where(classes == 0, 0.0, 2.1), np.where(classes == 0, 1.5, 3.0)"
    yield "radius = np.sqrt(rng.uniform(inner**2, outer**2))"
    yield f"angle = rng.uniform(0.0, 2 * np.pi, {dataset.points})"
    yield "points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)"


def _xor(dataset: Any) -> _Lines:
    yield f"side = np.where(np.arange({dataset.points}) // 2 % 2 == 0, 1.0, -1.0)"
    yield "signs = np.stack([side, np.where(classes == 0, side, -side)], axis=1)"
    yield "points = signs * rng.uniform(0.2, 3.0, signs.shape)"


def _gauss(dataset: Any) -> _Lines:
    yield "centres = np.repeat(np.where(classes == 0, 1.5, -1.5)[:, np.newaxis], 2, axis=1)"
    yield f"points = centres + rng.normal(0.0, {dataset.noise / 2!r}, centres.shape)"


def _blobs(dataset: Any) -> _Lines:
    yield f"angle = 2 * np.pi * classes / {dataset.classes}"
    yield "centres = np.stack([2.0 * np.cos(angle), 2.0 * np.sin(angle)], axis=1)"
    yield f"points = centres + rng.normal(0.0, {dataset.noise / 2!r}, centres.shape)"


def _moons(dataset: Any) -> _Lines:
    yield f"angle = rng.uniform(0.0, np.pi, {dataset.points})"
    yield "upper = classes == 0"
    yield "across = np.where(upper, 2 * np.cos(angle) - 1, 1 - 2 * np.cos(angle))"
    yield "up = np.where(upper, 2 * np.sin(angle) - 0.5, 0.5 - 2 * np.sin(angle))"
    yield "points = np.stack([across, up], axis=1)"


def _plane(points: Callable[[Any], _Lines], *, has_noise: bool = True) -> Callable[[Any], _Lines]:
    def lines(dataset: Any) -> _Lines:
        if dataset.imbalance:
            return
        yield f"classes = np.arange({dataset.points}) % {dataset.count}"
        yield from points(dataset)
        if has_noise and dataset.noise:
            yield f"points = points + rng.normal(0.0, {dataset.noise!r}, points.shape)"
        count = round(dataset.flips * dataset.points)
        if count:
            yield f"chosen = rng.choice({dataset.points}, {count}, replace=False)  # wrong labels"
            yield f"shift = rng.integers(1, {dataset.count}, {count})"
            yield f"classes[chosen] = (classes[chosen] + shift) % {dataset.count}"
        yield "return points.astype(np.float32), classes"

    return lines


def _wave(dataset: Any) -> _Lines:
    steps = dataset.steps
    yield f"t = {dataset.pace!r} * np.arange({dataset.samples + steps})"
    yield "series = (np.sin(t) + 0.5 * np.sin(0.37 * t)).astype(np.float32)"
    if dataset.noise:
        yield f"series += rng.normal(0.0, {dataset.noise!r}, len(series)).astype(np.float32)"
    yield f"windows = np.lib.stride_tricks.sliding_window_view(series, {steps})[:-1]"
    yield "x = np.ascontiguousarray(windows)[:, :, np.newaxis]"
    yield f"return x, series[{steps}:][:, np.newaxis].copy()  # the value after each window"


def _parity(dataset: Any) -> _Lines:
    yield f"bits = rng.integers(0, 2, ({dataset.samples}, {dataset.steps}), dtype=np.int8)"
    yield "x = (2.0 * bits - 1.0).astype(np.float32)[:, :, np.newaxis]"
    yield "return x, bits.sum(1, dtype=np.int64) % 2"


def _painted(dataset: Any) -> _Lines:
    if len(dataset.points) > _MOST_LISTED:
        return
    yield "rows = np.array(["
    yield from (f"    {list(row)}," for row in dataset.points)
    yield "])"
    if dataset.target.endswith(":painted"):
        yield "return rows[:, :2].astype(np.float32), rows[:, 2].astype(np.int64)"
    else:
        yield "return rows[:, :1].astype(np.float32), rows[:, 1:].astype(np.float32)"


_GENERATORS: dict[str, Callable[[Any], _Lines]] = {
    "line": _curve(_line),
    "sine": _curve(lambda d: f"{d.amplitude!r} * np.sin({d.frequency!r} * x + {d.phase!r})"),
    "jump": _curve(lambda d: f"np.where(x < {d.place!r}, 0.0, {d.height!r})"),
    "absolute_value": _curve(lambda d: f"{d.slope!r} * np.abs(x - {d.place!r})"),
    "polynomial": _curve(lambda d: f"np.polyval({(d.e, d.d, d.c, d.b, d.a)}, x)"),
    "sinc": _curve(lambda d: f"{d.amplitude!r} * np.sinc({d.frequency!r} * x / np.pi)"),
    "spiral": _plane(_spiral),
    "circle": _plane(_circle),
    "xor": _plane(_xor),
    "moons": _plane(_moons),
    "gauss": _plane(_gauss, has_noise=False),
    "blobs": _plane(_blobs, has_noise=False),
    "wave": _wave,
    "parity": _parity,
    "painted": _painted,
    "painted_curve": _painted,
}
"""By the name of the function that generates them in nnplay."""
