"""What holds weights and steps back, called as (desk, n, w, g, _, _) with n weights w."""

from __future__ import annotations

from math import sqrt

from nnplay.engine.compiled.desk import (
    BEND,
    CLIP_AT,
    INPUTS,
    KIND,
    NUMBER_COUNT,
    OPS,
    UNITS,
    WEIGHT,
)
from nnplay.engine.compiled.functions import ONE, ZERO, f32
from nnplay.engine.compiled.memory import get, get_int, put
from nnplay.engine.compiled.reading import number_of, row_of
from nnplay.engine.jit import acting, measuring

_TINY = f32(1e-6)


@measuring
def penalty(desk: int, n: int, w: int, g: int, _: int, __: int) -> float:
    """Return what large weights cost, and add its slope to the gradients."""
    cost = 0.0
    for k in range(get_int(desk, OPS)):
        row = row_of(desk, k)
        if get_int(row, KIND) == BEND:
            continue
        l1, l2 = number_of(desk, NUMBER_COUNT + 2 * k), number_of(desk, NUMBER_COUNT + 2 * k + 1)
        sizes, squares, first = ZERO, ZERO, get_int(row, WEIGHT)
        for i in range(first, first + get_int(row, INPUTS) * get_int(row, UNITS)):
            one = get(w, i)
            sizes += abs(one)
            squares += one * one
            side = ONE if one > ZERO else (-ONE if one < ZERO else ZERO)
            put(g, i, get(g, i) + l1 * side + (l2 + l2) * one)
        cost += l1 * sizes + l2 * squares
    return cost


@acting
def clip_norm(desk: int, n: int, w: int, g: int, _: int, __: int) -> None:
    """Shorten all gradients together, as torch.nn.utils.clip_grad_norm_ does."""
    square = ZERO
    for i in range(n):
        square += get(g, i) * get(g, i)
    share = number_of(desk, CLIP_AT) / (f32(sqrt(square)) + _TINY)
    share = ONE if share > ONE else share
    for i in range(n):
        put(g, i, get(g, i) * share)


@acting
def clip_value(desk: int, n: int, w: int, g: int, _: int, __: int) -> None:
    """Cut each gradient off by itself."""
    limit = number_of(desk, CLIP_AT)
    for i in range(n):
        one = get(g, i)
        one = -limit if one < -limit else one
        put(g, i, limit if one > limit else one)
