"""The Dense layers, forwards and backwards: vectors where they are narrow, BLAS where wide.

Numbers of a block of samples lie unit after unit, (units, lanes) as a row, so that one weight meets
a whole vector of samples; lanes is a multiple of LANES. The weights w are (units, inputs).

Forwards all are called as (desk, row, x, y, lanes, _) with a row of the plan, backwards as (desk,
row, x, delta, before, lanes): they add to the gradients what the answers' gradient `delta` calls
for, and put that of the inputs into `before`, unless the layer is the first.
"""

from __future__ import annotations

from nnplay.engine.compiled.calls import call_sgemm
from nnplay.engine.compiled.desk import (
    BIAS,
    FIRST,
    GRADIENTS,
    INPUTS,
    KEEPS,
    SGEMM,
    UNITS,
    WEIGHT,
    WEIGHTS,
)
from nnplay.engine.compiled.functions import ONE, ZERO
from nnplay.engine.compiled.memory import (
    add,
    get,
    get_int,
    load,
    multiply_add,
    put,
    spread,
    store,
    total,
)
from nnplay.engine.jit import acting, part
from nnplay.engine.jit.kinds import FLOAT_BYTES, LANES


@part
def _in(desk: int, row: int, name: int, column: int) -> int:
    """Return the address, in the weights or gradients, of a layer's part; 0 where it has none."""
    place = get_int(row, column)
    address: int = get_int(desk, name) + place * FLOAT_BYTES if place >= 0 else 0
    return address


@part
def _gather_bias(g: int, delta: int, units: int, lanes: int) -> None:
    for i in range(units):
        sums = spread(ZERO)
        for s in range(0, lanes, LANES):
            sums = add(sums, load(delta, i * lanes + s))
        put(g, i, get(g, i) + total(sums))


@acting
def forward_narrow(desk: int, row: int, x: int, y: int, lanes: int, _: int) -> None:
    """Put w x and the biases into y."""
    inputs, units = get_int(row, INPUTS), get_int(row, UNITS)
    w, bias = _in(desk, row, WEIGHTS, WEIGHT), _in(desk, row, WEIGHTS, BIAS)
    for i in range(units):
        start = spread(get(bias, i)) if bias else spread(ZERO)
        for s in range(0, lanes, LANES):
            sums = start
            for j in range(inputs):
                weight = spread(get(w, i * inputs + j))
                sums = multiply_add(weight, load(x, j * lanes + s), sums)
            store(y, i * lanes + s, sums)


@acting
def backward_narrow(desk: int, row: int, x: int, delta: int, before: int, lanes: int) -> None:
    """Add delta x' to the gradients; put w' delta into `before`."""
    inputs, units = get_int(row, INPUTS), get_int(row, UNITS)
    w, g = _in(desk, row, WEIGHTS, WEIGHT), _in(desk, row, GRADIENTS, WEIGHT)
    bias = _in(desk, row, GRADIENTS, BIAS)
    if bias:
        _gather_bias(bias, delta, units, lanes)
    for i in range(units):
        for j in range(inputs):
            sums = spread(ZERO)
            for s in range(0, lanes, LANES):
                sums = multiply_add(load(delta, i * lanes + s), load(x, j * lanes + s), sums)
            put(g, i * inputs + j, get(g, i * inputs + j) + total(sums))
    if get_int(row, FIRST):
        return
    for j in range(inputs):
        for s in range(0, lanes, LANES):
            sums = spread(ZERO)
            for i in range(units):
                weight = spread(get(w, i * inputs + j))
                sums = multiply_add(weight, load(delta, i * lanes + s), sums)
            store(before, j * lanes + s, sums)


# A matrix laid out row after row is, for BLAS, its transpose: hence y' = x' w' and so on.


@acting
def forward_wide(desk: int, row: int, x: int, y: int, lanes: int, _: int) -> None:
    """Put w x and the biases into y."""
    inputs, units = get_int(row, INPUTS), get_int(row, UNITS)
    w, bias = _in(desk, row, WEIGHTS, WEIGHT), _in(desk, row, WEIGHTS, BIAS)
    for i in range(units):
        start = spread(get(bias, i)) if bias else spread(ZERO)
        for s in range(0, lanes, LANES):
            store(y, i * lanes + s, start)
    sgemm = get_int(desk, SGEMM)
    call_sgemm(sgemm, False, False, lanes, units, inputs, x, lanes, w, inputs, ONE, y, lanes)


@acting
def backward_wide(desk: int, row: int, x: int, delta: int, before: int, lanes: int) -> None:
    """Add delta x' to the gradients, or put it there; put w' delta into `before`."""
    inputs, units = get_int(row, INPUTS), get_int(row, UNITS)
    w, g = _in(desk, row, WEIGHTS, WEIGHT), _in(desk, row, GRADIENTS, WEIGHT)
    bias, sgemm = _in(desk, row, GRADIENTS, BIAS), get_int(desk, SGEMM)
    if bias:
        _gather_bias(bias, delta, units, lanes)
    keep = ONE if get_int(desk, KEEPS) else ZERO
    call_sgemm(sgemm, True, False, inputs, units, lanes, x, lanes, delta, lanes, keep, g, inputs)
    if not get_int(row, FIRST):
        call_sgemm(
            sgemm, False, True, lanes, inputs, units, delta, lanes, w, inputs, ZERO, before, lanes
        )
