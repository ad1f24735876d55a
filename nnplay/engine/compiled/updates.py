"""The optimizers: what becomes of the weights, all of which lie in one row.

All are called as (desk, n, w, g, t, _): n weights, their gradients, which may be changed, and the
number of the step, counted from 1. Several threads may each be given a part of the weights, so what
an update writes for one weight it never reads for another. The formulas are those that PyTorch
documents.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

from nnplay.catalog import Optimizer
from nnplay.engine.compiled.desk import (
    CONSTANTS,
    COUPLED,
    MARK_COUNT,
    MARKS,
    MU_PRODUCT,
    SHARE,
    STARTED,
    STATE,
    WEIGHT_COUNT,
    WEIGHTS,
)
from nnplay.engine.compiled.functions import ONE, ZERO, f32
from nnplay.engine.compiled.memory import get, get_double, get_int, put, put_double
from nnplay.engine.jit import Piece, acting, part
from nnplay.engine.jit.kinds import FLOAT_BYTES


@part
def _constant(desk: int, place: int) -> float:
    constant: float = get_double(get_int(desk, CONSTANTS), place)
    return constant


@part
def _row(desk: int, w: int, row: int) -> int:
    """Return where the row of the state stands that belongs to the weights from w on."""
    start = get_int(desk, STATE) + row * get_int(desk, WEIGHT_COUNT) * FLOAT_BYTES
    address: int = start + w - get_int(desk, WEIGHTS)
    return address


@part
def _root(x: Any) -> Any:
    return f32(sqrt(x))


@part
def _decay(n: int, w: int, g: int, desk: int) -> None:
    coupled, share = f32(_constant(desk, COUPLED)), f32(_constant(desk, SHARE))
    if coupled != ZERO:
        for i in range(n):
            put(g, i, get(g, i) + coupled * get(w, i))
    if share != ONE:
        for i in range(n):
            put(w, i, get(w, i) * share)


@acting
def _sgd(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: lr, momentum, nesterov, weight decay, dampening."""
    _decay(n, w, g, desk)
    lr, momentum = f32(_constant(desk, 0)), f32(_constant(desk, 1))
    if momentum == ZERO:
        for i in range(n):
            put(w, i, get(w, i) - lr * get(g, i))
        return
    last, marks = _row(desk, w, 0), get_int(desk, MARKS)
    keep, take = momentum, ONE - f32(_constant(desk, 4))
    if get_double(marks, STARTED) == 0:
        # The first step is taken whole, with nothing to remember and nothing dampened.
        keep, take = ZERO, ONE
        put_double(marks, MARK_COUNT + STARTED, 1.0)
    looks_ahead = _constant(desk, 2) > 0
    ahead, own = (momentum, ONE) if looks_ahead else (ONE, ZERO)
    for i in range(n):
        step = keep * get(last, i) + take * get(g, i)
        put(last, i, step)
        put(w, i, get(w, i) - lr * (own * get(g, i) + ahead * step))


@part
def _means(n: int, w: int, g: int, desk: int) -> None:
    beta1, beta2 = _constant(desk, 1), _constant(desk, 2)
    m, v = _row(desk, w, 0), _row(desk, w, 1)
    take1, keep2, take2 = f32(1 - beta1), f32(beta2), f32(1 - beta2)
    for i in range(n):
        one = get(g, i)
        put(m, i, get(m, i) + (one - get(m, i)) * take1)
        put(v, i, keep2 * get(v, i) + take2 * one * one)


@part
def _quotient(
    n: int, w: int, g: int, desk: int, root: int, lr_g: float, lr_m: float, scale: float
) -> None:
    """Go by the gradient and its mean, each by its own rate, over a root of mean squares."""
    m, v, eps = _row(desk, w, 0), _row(desk, w, root), f32(_constant(desk, 3))
    by_g, by_m, by_root = f32(lr_g), f32(lr_m), f32(scale)
    for i in range(n):
        size = by_root * _root(get(v, i)) + eps
        put(w, i, get(w, i) - (by_g * get(g, i) + by_m * get(m, i)) / size)


@acting
def _adam(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: lr, beta1, beta2, eps, weight decay, amsgrad."""
    _decay(n, w, g, desk)
    _means(n, w, g, desk)
    root = 1
    if _constant(desk, 5) > 0:
        root = 2
        v, top = _row(desk, w, 1), _row(desk, w, 2)
        for i in range(n):
            put(top, i, get(v, i) if get(v, i) > get(top, i) else get(top, i))
    left1, left2 = 1 - _constant(desk, 1) ** t, 1 - _constant(desk, 2) ** t
    _quotient(n, w, g, desk, root, 0.0, _constant(desk, 0) / left1, 1 / sqrt(left2))


@acting
def _nadam(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: lr, beta1, beta2, eps, weight decay, momentum decay."""
    _decay(n, w, g, desk)
    _means(n, w, g, desk)
    lr, beta1, slowing = _constant(desk, 0), _constant(desk, 1), _constant(desk, 5)
    marks = get_int(desk, MARKS)
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * slowing))
    ahead = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * slowing))
    product = mu * (1.0 if t == 1 else get_double(marks, MU_PRODUCT))
    put_double(marks, MARK_COUNT + MU_PRODUCT, product)
    by_g, by_m = lr * (1 - mu) / (1 - product), lr * ahead / (1 - product * ahead)
    _quotient(n, w, g, desk, 1, by_g, by_m, 1 / sqrt(1 - _constant(desk, 2) ** t))


@acting
def _radam(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: lr, beta1, beta2, eps, weight decay."""
    _decay(n, w, g, desk)
    _means(n, w, g, desk)
    beta2 = _constant(desk, 2)
    left2 = 1 - beta2**t
    most = 2 / (1 - beta2) - 1
    known = most - 2 * t * beta2**t / left2
    rate = _constant(desk, 0) / (1 - _constant(desk, 1) ** t)
    if known > 5:
        share = (known - 4) * (known - 2) * most / ((most - 4) * (most - 2) * known)
        _quotient(n, w, g, desk, 1, 0.0, rate * sqrt(share * left2), 1.0)
        return
    plain, m = f32(rate), _row(desk, w, 0)
    for i in range(n):
        put(w, i, get(w, i) - plain * get(m, i))


@acting
def _adamax(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: lr, beta1, beta2, eps, weight decay."""
    _decay(n, w, g, desk)
    m, top, beta1 = _row(desk, w, 0), _row(desk, w, 1), _constant(desk, 1)
    take, keep, eps = f32(1 - beta1), f32(_constant(desk, 2)), f32(_constant(desk, 3))
    rate = f32(_constant(desk, 0) / (1 - beta1**t))
    for i in range(n):
        one = get(g, i)
        mean = get(m, i) + (one - get(m, i)) * take
        size, old = abs(one) + eps, keep * get(top, i)
        size = old if old > size else size
        put(m, i, mean)
        put(top, i, size)
        put(w, i, get(w, i) - rate * mean / size)


@acting
def _rmsprop(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: lr, alpha, eps, momentum, weight decay, centered."""
    _decay(n, w, g, desk)
    v, mean, last = _row(desk, w, 0), _row(desk, w, 1), _row(desk, w, 2)
    lr, eps, momentum = f32(_constant(desk, 0)), f32(_constant(desk, 2)), f32(_constant(desk, 3))
    keep, take = f32(_constant(desk, 1)), f32(1 - _constant(desk, 1))
    centred = _constant(desk, 5) > 0
    for i in range(n):
        one = get(g, i)
        square = keep * get(v, i) + take * one * one
        put(v, i, square)
        if centred:
            middle = get(mean, i) + (one - get(mean, i)) * take
            put(mean, i, middle)
            square -= middle * middle
        step = momentum * get(last, i) + one / (_root(square) + eps)
        put(last, i, step)
        put(w, i, get(w, i) - lr * step)


@acting
def _adagrad(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: lr, lr decay, eps, weight decay, first sum."""
    _decay(n, w, g, desk)
    total, eps = _row(desk, w, 0), f32(_constant(desk, 2))
    rate = f32(_constant(desk, 0) / (1 + (t - 1) * _constant(desk, 1)))
    first = f32(_constant(desk, 4)) if t == 1 else ZERO
    for i in range(n):
        one = get(g, i)
        square = get(total, i) + first + one * one
        put(total, i, square)
        put(w, i, get(w, i) - rate * one / (_root(square) + eps))


@acting
def _adadelta(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: lr, rho, eps, weight decay."""
    _decay(n, w, g, desk)
    v, steps = _row(desk, w, 0), _row(desk, w, 1)
    lr, eps = f32(_constant(desk, 0)), f32(_constant(desk, 2))
    keep, take = f32(_constant(desk, 1)), f32(1 - _constant(desk, 1))
    for i in range(n):
        one = get(g, i)
        square = keep * get(v, i) + take * one * one
        step = _root(get(steps, i) + eps) / _root(square + eps) * one
        put(v, i, square)
        put(steps, i, keep * get(steps, i) + take * step * step)
        put(w, i, get(w, i) - lr * step)


@acting
def _rprop(desk: int, n: int, w: int, g: int, t: int, _: int) -> None:
    """Constants: first step, eta minus, eta plus, smallest, largest."""
    last, size = _row(desk, w, 0), _row(desk, w, 1)
    less, more = f32(_constant(desk, 1)), f32(_constant(desk, 2))
    low, high = f32(_constant(desk, 3)), f32(_constant(desk, 4))
    for i in range(n):
        one = get(g, i)
        same = one * get(last, i)
        step = f32(_constant(desk, 0)) if t == 1 else get(size, i)
        step *= more if same > ZERO else (less if same < ZERO else ONE)
        step = low if step < low else (high if step > high else step)
        one = ZERO if same < ZERO else one
        put(size, i, step)
        put(last, i, one)
        # What is no number has no sign and goes on as it is.
        put(w, i, get(w, i) - step * (ONE if one > ZERO else (-ONE if one < ZERO else one)))


UPDATES: dict[str, Piece] = {
    "SGD": _sgd,
    "Adam": _adam,
    "AdamW": _adam,
    "NAdam": _nadam,
    "RAdam": _radam,
    "Adamax": _adamax,
    "RMSprop": _rmsprop,
    "Adagrad": _adagrad,
    "Adadelta": _adadelta,
    "Rprop": _rprop,
}
"""By the key of an optimizer in the catalog."""

_ROWS = {"SGD": 1, "RMSprop": 3, "Adagrad": 1}


def state_rows(optimizer: Optimizer) -> int:
    """Return how many numbers an optimizer remembers of each weight, now or once it is tuned."""
    return _ROWS.get(optimizer.key, 2) + bool(optimizer.values().get("amsgrad"))
