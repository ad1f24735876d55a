"""A block's samples, laid out as the layers and losses want them, and how many are told rightly."""

from __future__ import annotations

from nnplay.engine.compiled.desk import DRAW, LANES_NOW, OUTPUTS
from nnplay.engine.compiled.functions import HALF, ZERO
from nnplay.engine.compiled.memory import get, get_int, get_share, put, put_int, turn, turn_bytes
from nnplay.engine.jit import Piece, acting, measuring, part
from nnplay.engine.jit.kinds import FLOAT_BYTES, INT_BYTES, LANES


@part
def lanes_of(count: int) -> int:
    """Return the lanes that so many samples take."""
    return (count + LANES - 1) // LANES * LANES


# All are called as (desk, source, width, order, count, target): from `source`, rows of so many
# numbers, to `target`, in an order of which `count` are taken. The last sample fills up the lanes.


@part
def _in_squares(width: int, count: int) -> tuple[int, int]:
    """Return how many features and samples are laid out square by square."""
    features, samples = width // LANES * LANES, count // LANES * LANES
    return (features, samples) if features and samples else (0, 0)


@part
def _fetch_feature(
    desk: int, source: int, width: int, order: int, start: int, count: int, target: int
) -> None:
    """Fetch one feature of samples; `source` is where the first sample of all has it."""
    if get_int(desk, DRAW):
        for s in range(start, count):
            put(target, s, get(source, get_int(order, s) * width))
        return
    # In their own order samples follow on each other, and single numbers come by whole vectors.
    first = source + get_int(order, 0) * width * FLOAT_BYTES
    for s in range(start, count):
        put(target, s, get(first, s * width))


@acting
def by_feature(desk: int, source: int, width: int, order: int, count: int, target: int) -> None:
    """Lay samples out as (features, lanes)."""
    lanes = get_int(desk, LANES_NOW)
    features, samples = _in_squares(width, count)
    for s in range(0, samples, LANES):
        for j in range(0, features, LANES):
            turn(source, width, order + s * INT_BYTES, j, target + s * FLOAT_BYTES, lanes)
    for j in range(width):
        row = j * lanes
        start, place = samples if j < features else 0, j * FLOAT_BYTES
        _fetch_feature(desk, source + place, width, order, start, count, target + row * FLOAT_BYTES)
        last = get(target, row + count - 1)
        for s in range(count, lanes_of(count)):
            put(target, row + s, last)


@acting
def bytes_by_feature(
    desk: int, source: int, width: int, order: int, count: int, target: int
) -> None:
    """Lay samples of bytes out as (features, lanes)."""
    lanes = get_int(desk, LANES_NOW)
    features, samples = _in_squares(width, count)
    for s in range(0, samples, LANES):
        for j in range(0, features, LANES):
            turn_bytes(source, width, order + s * INT_BYTES, j, target + s * FLOAT_BYTES, lanes)
    for j in range(width):
        row = j * lanes
        for s in range(samples if j < features else 0, count):
            put(target, row + s, get_share(source, get_int(order, s) * width + j))
        last = get(target, row + count - 1)
        for s in range(count, lanes_of(count)):
            put(target, row + s, last)


@acting
def classes(desk: int, source: int, width: int, order: int, count: int, target: int) -> None:
    """Lay out class numbers."""
    for s in range(count):
        put_int(target, s, get_int(source, get_int(order, s)))


@measuring
def hits_of_classes(desk: int, y: int, target: int, lanes: int, count: int, _: int) -> float:
    """Count the samples whose largest output is that of their class."""
    right = 0.0
    for i in range(count):
        best, top = 0, get(y, i)
        for k in range(1, get_int(desk, OUTPUTS)):
            z = get(y, k * lanes + i)
            if z > top:
                best, top = k, z
        right += 1.0 if best == get_int(target, i) else 0.0
    return right


@measuring
def hits_of_two(desk: int, y: int, target: int, lanes: int, count: int, _: int) -> float:
    """Count the answers on their side of 0, as shares of a sample's outputs."""
    right, outputs = 0.0, get_int(desk, OUTPUTS)
    for k in range(outputs):
        for i in range(k * lanes, k * lanes + count):
            right += 1.0 if (get(y, i) > ZERO) == (get(target, i) > HALF) else 0.0
    share: float = right / outputs
    return share


def of_inputs(are_bytes: bool) -> Piece:
    """Return what lays the inputs out."""
    return bytes_by_feature if are_bytes else by_feature


def of_form(form: str) -> tuple[Piece, Piece | None]:
    """Return what lays out the truth in the form that a loss takes, and what counts the hits."""
    if form == "classes":
        return classes, hits_of_classes
    return by_feature, None if form == "values" else hits_of_two
