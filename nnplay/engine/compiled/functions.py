"""The exponential function and its relatives, in arithmetic that runs on whole vectors.

Both sides of a choice are worked out and one is taken, because a loop with jumps in it would go
through its numbers one by one. The series are Taylor's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnplay.engine.jit import emitted, part
from nnplay.engine.jit.kinds import FLOAT, WORD

f32 = np.float32
ZERO, ONE, TWO, HALF = f32(0), f32(1), f32(2), f32(0.5)
_LOG2_E = f32(1.4426950408889634)
# ln 2 as a short number, whose multiples are exact, and what is left of it.
_LN2_HIGH = f32(0.693359375)
_LN2_LOW = f32(0.693147180559945309 - 0.693359375)
_LOWEST, _HIGHEST, _INFINITE = f32(-87.0), f32(88.0), f32(np.inf)
_C2, _C3, _C4 = f32(1 / 2), f32(1 / 6), f32(1 / 24)
_C5, _C6, _C7 = f32(1 / 120), f32(1 / 720), f32(1 / 5040)
_T3, _T5, _T7, _T9 = f32(1 / 3), f32(1 / 5), f32(1 / 7), f32(1 / 9)
_T11, _T13, _T15 = f32(1 / 11), f32(1 / 13), f32(1 / 15)


@emitted(FLOAT, FLOAT)
def _whole(b: Any, x: Any) -> Any:
    """Return a float32 without what stands behind its point."""
    return b.sitofp(b.fptosi(x, WORD), FLOAT)


@emitted(FLOAT, FLOAT)
def _power_of_two(b: Any, whole: Any) -> Any:
    """Return 2**whole for a whole float32 from -126 to 127, by laying out its bits."""
    exponent = b.add(b.fptosi(whole, WORD), WORD(127))
    return b.bitcast(b.shl(exponent, WORD(23)), FLOAT)


@part
def _clamped(x: np.float32) -> np.float32:
    low = x if x > _LOWEST else _LOWEST
    return low if low < _HIGHEST else _HIGHEST


@part
def _powers(x: np.float32) -> np.float32:
    """Return how many times ln 2 goes into x, rounded."""
    share = x * _LOG2_E
    return _whole(share + (HALF if share > ZERO else -HALF))  # type: ignore[no-any-return]


@part
def _less_one(x: np.float32, powers: np.float32) -> np.float32:
    """Return e**r - 1 of what is left of x without those powers of two."""
    r = (x - powers * _LN2_HIGH) - powers * _LN2_LOW
    return r + r * r * (_C2 + r * (_C3 + r * (_C4 + r * (_C5 + r * (_C6 + r * _C7)))))


@part
def exp(x: np.float32) -> np.float32:
    """Return e**x; infinite above 88, 0 below -87."""
    clamped = _clamped(x)
    powers = _powers(clamped)
    scale = _power_of_two(powers)
    y = scale + scale * _less_one(clamped, powers)
    y = _INFINITE if x > _HIGHEST else y
    y = ZERO if x < _LOWEST else y
    return y if x == x else x  # noqa: PLR0124 - not a number


@part
def expm1(x: np.float32) -> np.float32:
    """Return e**x - 1 without losing the small ones; infinite above 88."""
    clamped = _clamped(x)
    powers = _powers(clamped)
    scale = _power_of_two(powers)
    y = scale * _less_one(clamped, powers) + (scale - ONE)
    y = _INFINITE if x > _HIGHEST else y
    return y if x == x else x  # noqa: PLR0124 - not a number


@part
def log1p(u: np.float32) -> np.float32:
    """Return ln(1 + u) for u from 0 to 1, by the series of the inverse hyperbolic tangent."""
    s = u / (TWO + u)
    q = s * s
    tail = _T7 + q * (_T9 + q * (_T11 + q * (_T13 + q * _T15)))
    return TWO * s * (ONE + q * (_T3 + q * (_T5 + q * tail)))


@part
def tanh(x: np.float32) -> np.float32:
    """Return the hyperbolic tangent."""
    twice = x + x
    # Beyond 20 it is 1 to the last place, and infinity by infinity would be no number.
    twice = twice if twice < f32(20) else f32(20)
    e = expm1(twice)
    y = e / (e + TWO)
    return y if x == x else x  # noqa: PLR0124 - not a number


@part
def sigmoid(x: np.float32) -> np.float32:
    """Return 1 / (1 + e**-x), exact in relation to its size on the left as well."""
    small = exp(-abs(x))
    share = ONE / (ONE + small)
    return share if x >= ZERO else small * share


@part
def softplus(x: np.float32) -> np.float32:
    """Return ln(1 + e**x)."""
    y = (x if x > ZERO else ZERO) + log1p(exp(-abs(x)))
    return y if x == x else x  # noqa: PLR0124 - not a number
