"""The losses: what the answers of a block of samples cost, and how that changes with each.

All are called as (desk, y, truth, lanes, count, delta). `y`, `truth` and `delta` are (outputs,
lanes) laid out as a row, of which the first `count` lanes are samples; for classes `truth` is one
int64 per sample. They return the sum of the losses, and put the gradient of that sum into `delta`,
whose other lanes may hold anything.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np

from nnplay.engine.compiled.desk import LOSS_A, LOSS_B, OUTPUTS
from nnplay.engine.compiled.functions import HALF, ONE, TWO, ZERO, exp, f32, sigmoid, softplus
from nnplay.engine.compiled.memory import get, get_int, put
from nnplay.engine.compiled.reading import number_of
from nnplay.engine.jit import Piece, measuring, part


@measuring
def _mse(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    outputs = get_int(desk, OUTPUTS)
    total = 0.0
    for k in range(outputs):
        part = ZERO
        for i in range(k * lanes, k * lanes + count):
            e = get(y, i) - get(target, i)
            part += e * e
            put(delta, i, TWO * e)
        total += float(part)
    return total


@measuring
def _mae(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    outputs = get_int(desk, OUTPUTS)
    total = 0.0
    for k in range(outputs):
        part = ZERO
        for i in range(k * lanes, k * lanes + count):
            e = get(y, i) - get(target, i)
            part += abs(e)
            put(delta, i, ONE if e > ZERO else (-ONE if e < ZERO else e))
        total += float(part)
    return total


@measuring
def _huber(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    outputs = get_int(desk, OUTPUTS)
    a = number_of(desk, LOSS_A)
    total = 0.0
    for k in range(outputs):
        part = ZERO
        for i in range(k * lanes, k * lanes + count):
            e = get(y, i) - get(target, i)
            size = abs(e)
            outside = a * (size - HALF * a)
            part += outside if size > a else HALF * e * e
            side = a if e > ZERO else -a
            put(delta, i, side if size > a else e)
        total += float(part)
    return total


@measuring
def _poisson(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    """The constant is 1 where Stirling's constant is to be added for counts above 1."""
    outputs = get_int(desk, OUTPUTS)
    a = number_of(desk, LOSS_A)
    total = 0.0
    for k in range(outputs):
        part = ZERO
        for i in range(k * lanes, k * lanes + count):
            z, n = get(y, i), get(target, i)
            expected = exp(z)
            part += expected - n * z
            put(delta, i, expected - n)
        total += float(part)
        if a > ZERO:
            for i in range(k * lanes, k * lanes + count):
                n = get(target, i)
                if n > ONE:
                    total += n * log(n) - n + 0.5 * log(2 * np.pi * n)
    return total


@measuring
def _binary_cross_entropy(
    desk: int, y: int, target: int, lanes: int, count: int, delta: int
) -> float:
    """The constant is how much a 1 counts against a 0."""
    outputs, more = get_int(desk, OUTPUTS), number_of(desk, LOSS_A) - ONE
    total = 0.0
    for k in range(outputs):
        part = ZERO
        for i in range(k * lanes, k * lanes + count):
            z, wanted = get(y, i), get(target, i)
            weight, rest = ONE + more * wanted, ONE - wanted
            part += weight * softplus(-z) + rest * z
            put(delta, i, rest - weight * sigmoid(-z))
        total += float(part)
    return total


@measuring
def _binary_hinge(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    """The constants are the margin, and 1 where what is missing is squared."""
    a, b = number_of(desk, LOSS_A), number_of(desk, LOSS_B)
    total = ZERO
    for i in range(count):
        side = TWO * get(target, i) - ONE
        missing = a - side * get(y, i)
        missing = ZERO if missing <= ZERO else missing
        steep = TWO * missing if b > ZERO else (ZERO if missing <= ZERO else ONE)
        total += missing * missing if b > ZERO else missing
        put(delta, i, -side * steep)
    return float(total)


@part
def _softmax(y: int, outputs: int, lanes: int, delta: int, i: int) -> Any:
    """Put e**(y - the largest y) of one sample into `delta`; return their sum's logarithm."""
    top = get(y, i)
    for k in range(1, outputs):
        z = get(y, k * lanes + i)
        top = z if z > top else top
    mass = ZERO
    for k in range(outputs):
        share = exp(get(y, k * lanes + i) - top)
        put(delta, k * lanes + i, share)
        mass += share
    for k in range(outputs):
        put(delta, k * lanes + i, get(delta, k * lanes + i) / mass)
    return f32(log(mass)) + top


@part
def _against_spread(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    """The constant is the share of the truth that is spread over all classes."""
    outputs = get_int(desk, OUTPUTS)
    a = number_of(desk, LOSS_A)
    total = 0.0
    spread, rest = a / f32(outputs), ONE - a
    for i in range(count):
        place = get_int(target, i) * lanes + i
        total += _softmax(y, outputs, lanes, delta, i) - rest * get(y, place)
        put(delta, place, get(delta, place) - rest)
    if a > ZERO:
        for k in range(outputs):
            part = ZERO
            for i in range(k * lanes, k * lanes + count):
                part += get(y, i)
                put(delta, i, get(delta, i) - spread)
            total -= float(spread * part)
    return total


@measuring
def _cross_entropy(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    """The constant is the share of the truth that is spread over all classes."""
    return _against_spread(desk, y, target, lanes, count, delta)


@measuring
def _kl_divergence(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    """The constant is the same; what no answer can bring below is taken off."""
    outputs, a = get_int(desk, OUTPUTS), float(number_of(desk, LOSS_A))
    spread = a / outputs
    least = 0.0
    for share, times in ((1 - a + spread, 1), (spread, outputs - 1)):
        if share > 0:
            least -= times * share * log(share)
    return _against_spread(desk, y, target, lanes, count, delta) - count * least


@measuring
def _multi_hinge(desk: int, y: int, target: int, lanes: int, count: int, delta: int) -> float:
    """The constants are the margin and the power of what is missing."""
    outputs = get_int(desk, OUTPUTS)
    a, b = number_of(desk, LOSS_A), number_of(desk, LOSS_B)
    total = 0.0
    share = ONE / f32(outputs)
    for i in range(count):
        right = get_int(target, i) * lanes + i
        back = ZERO
        for k in range(outputs):
            place = k * lanes + i
            missing = a - get(y, right) + get(y, place)
            missing = ZERO if (place == right or missing <= ZERO) else missing
            steep = share * (TWO * missing if b > ONE else (ZERO if missing <= ZERO else ONE))
            total += float(share * (missing * missing if b > ONE else missing))
            put(delta, place, steep)
            back += steep
        put(delta, right, -back)
    return total


COSTS: dict[str, Piece] = {
    "MSE": _mse,
    "MAE": _mae,
    "Huber": _huber,
    "Poisson": _poisson,
    "CrossEntropy": _cross_entropy,
    "MultiHinge": _multi_hinge,
    "KLDivergence": _kl_divergence,
    "BinaryCrossEntropy": _binary_cross_entropy,
    "LabelCrossEntropy": _binary_cross_entropy,
    "BinaryHinge": _binary_hinge,
}
"""By the key of a loss in the catalog."""
