"""The point-wise activations: each gives its answers and its slopes in one go.

All are called as (desk, n, x, slope, own, _): the n numbers at `x` become the activation's answers,
in place, and its slopes there go to `slope`; its constants are at `own`. Last comes its row of the
plan.
"""

from __future__ import annotations

from math import erf
from typing import Any

import numpy as np

from nnplay.engine.compiled.functions import (
    HALF,
    ONE,
    ZERO,
    exp,
    expm1,
    f32,
    sigmoid,
    softplus,
    tanh,
)
from nnplay.engine.compiled.memory import get, put
from nnplay.engine.jit import Piece, acting, part

_SELU_SCALE, _SELU_ALPHA = f32(1.0507009873554805), f32(1.6732632423543772)
_ROOT_HALF, _DENSITY = f32(0.5**0.5), f32((2 * np.pi) ** -0.5)
_GELU_SCALE, _GELU_CUBE = f32((2 / np.pi) ** 0.5), f32(0.044715)
_THREE, _SIX, _THIRD, _SIXTH = f32(3), f32(6), f32(1 / 3), f32(1 / 6)


@acting
def _relu(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        z = get(x, i)
        # Asked this way round, what is no number passes, as it does in torch.
        put(slope, i, ZERO if z <= ZERO else ONE)
        put(x, i, ZERO if z <= ZERO else z)


@acting
def _leaky_relu(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    a = get(own, 0)
    for i in range(n):
        z = get(x, i)
        steep = ONE if z > ZERO else a
        put(slope, i, steep)
        put(x, i, z * steep)


@part
def _between(n: int, x: int, slope: int, low: Any, high: Any) -> None:
    for i in range(n):
        z = get(x, i)
        put(slope, i, ZERO if (z <= low or z >= high) else ONE)
        z = low if z <= low else z
        put(x, i, high if z >= high else z)


@acting
def _relu6(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    _between(n, x, slope, ZERO, _SIX)


@acting
def _hardtanh(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    a, b = get(own, 0), get(own, 1)
    _between(n, x, slope, a, b)


@acting
def _hardsigmoid(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    _between(n, x, slope, -_THREE, _THREE)
    for i in range(n):
        put(slope, i, get(slope, i) * _SIXTH)
        put(x, i, get(x, i) * _SIXTH + HALF)


@acting
def _hardswish(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        z = get(x, i)
        steep, bent = z * _THIRD + HALF, z * (z + _THREE) * _SIXTH
        put(slope, i, ZERO if z <= -_THREE else (ONE if z >= _THREE else steep))
        put(x, i, ZERO if z <= -_THREE else (z if z >= _THREE else bent))


@acting
def _threshold(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    a, b = get(own, 0), get(own, 1)
    for i in range(n):
        z = get(x, i)
        put(slope, i, ZERO if z <= a else ONE)
        put(x, i, b if z <= a else z)


@acting
def _hardshrink(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    a = get(own, 0)
    for i in range(n):
        z = get(x, i)
        put(slope, i, ZERO if abs(z) <= a else ONE)
        put(x, i, ZERO if abs(z) <= a else z)


@acting
def _softshrink(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    a = get(own, 0)
    for i in range(n):
        z = get(x, i)
        less = z - (a if z > ZERO else -a)
        put(slope, i, ZERO if abs(z) <= a else ONE)
        put(x, i, ZERO if abs(z) <= a else less)


@part
def _exponential(n: int, x: int, slope: int, scale: Any, height: Any, width: Any) -> None:
    """scale * x, and left of zero scale * height * (e**(x / width) - 1)."""
    steepness = height / width
    for i in range(n):
        z = get(x, i)
        left = expm1((ZERO if z > ZERO else z) / width)
        put(slope, i, scale * (ONE if z > ZERO else steepness * (left + ONE)))
        put(x, i, scale * (z if z > ZERO else height * left))


@acting
def _elu(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    a = get(own, 0)
    _exponential(n, x, slope, ONE, a, ONE)


@acting
def _celu(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    a = get(own, 0)
    _exponential(n, x, slope, ONE, a, a)


@acting
def _selu(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    _exponential(n, x, slope, _SELU_SCALE, _SELU_ALPHA, ONE)


@acting
def _gelu(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    """The constant is 1 for the tangent in place of the normal distribution."""
    a = get(own, 0)
    for i in range(n):
        z = get(x, i)
        if a > ZERO:
            t = tanh(_GELU_SCALE * (z + _GELU_CUBE * z * z * z))
            steep = HALF * (ONE - t * t) * _GELU_SCALE * (ONE + _THREE * _GELU_CUBE * z * z)
        else:
            t = f32(erf(z * _ROOT_HALF))
            steep = _DENSITY * exp(-HALF * z * z)
        share = HALF * (ONE + t)
        put(slope, i, share + z * steep)
        put(x, i, z * share)


@acting
def _silu(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        z = get(x, i)
        share = sigmoid(z)
        put(slope, i, share + z * share * (ONE - share))
        put(x, i, z * share)


@acting
def _mish(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        z = get(x, i)
        t = tanh(softplus(z))
        put(slope, i, t + z * (ONE - t * t) * sigmoid(z))
        put(x, i, z * t)


@acting
def _softplus(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    a, b = get(own, 0), get(own, 1)
    for i in range(n):
        z = get(x, i)
        scaled = z * a
        put(slope, i, ONE if scaled > b else sigmoid(scaled))
        put(x, i, z if scaled > b else softplus(scaled) / a)


@acting
def _sigmoid(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        share = sigmoid(get(x, i))
        put(slope, i, share * (ONE - share))
        put(x, i, share)


@acting
def _logsigmoid(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        z = get(x, i)
        put(slope, i, sigmoid(-z))
        put(x, i, -softplus(-z))


@acting
def _tanh(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        t = tanh(get(x, i))
        put(slope, i, ONE - t * t)
        put(x, i, t)


@acting
def _tanhshrink(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        z = get(x, i)
        t = tanh(z)
        put(slope, i, t * t)
        put(x, i, z - t)


@acting
def _softsign(desk: int, n: int, x: int, slope: int, own: int, _: int) -> None:
    for i in range(n):
        z = get(x, i)
        share = ONE / (ONE + abs(z))
        put(slope, i, share * share)
        put(x, i, z * share)


BENDS: dict[str, Piece] = {
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ReLU6": _relu6,
    "ELU": _elu,
    "CELU": _celu,
    "SELU": _selu,
    "GELU": _gelu,
    "SiLU": _silu,
    "Mish": _mish,
    "Hardswish": _hardswish,
    "Softplus": _softplus,
    "Threshold": _threshold,
    "Sigmoid": _sigmoid,
    "Hardsigmoid": _hardsigmoid,
    "LogSigmoid": _logsigmoid,
    "Tanh": _tanh,
    "Hardtanh": _hardtanh,
    "Softsign": _softsign,
    "Tanhshrink": _tanhshrink,
    "Softshrink": _softshrink,
    "Hardshrink": _hardshrink,
}
"""By the key of an activation in the catalog."""
