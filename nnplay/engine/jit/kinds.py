"""The kinds of numbers in compiled code, and how one becomes another.

They mix as NumPy's do: whole numbers and float32 make float64, so that nothing is lost unsaid.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir

LANES = 16
"""Numbers of a vector: one of AVX-512, two of AVX, four of older machines and of ARM."""
FLOAT, DOUBLE, INT, TRUTH = ir.FloatType(), ir.DoubleType(), ir.IntType(64), ir.IntType(1)
WORD, SHORT, BYTE = ir.IntType(32), ir.IntType(16), ir.IntType(8)
VECTOR, WORDS = ir.VectorType(FLOAT, LANES), ir.VectorType(WORD, LANES)
NOTHING = ir.VoidType()
FLOAT_BYTES, INT_BYTES = 4, 8
_SINGLE = (TRUTH, INT, FLOAT, DOUBLE)
"""From the narrowest; a float32 is no wider than an int64, but what both are is."""


def name_of(kind: Any) -> str:
    """Return what messages call a kind."""
    names = {TRUTH: "bool", INT: "int64", FLOAT: "float32", DOUBLE: "float64", VECTOR: "vector"}
    return names.get(kind, str(kind))


def constant(value: object) -> Any:
    """Return a Python number as one of compiled code, or nothing where it is not a number."""
    for python, kind in ((bool, TRUTH), (int, INT), (np.float32, FLOAT), (float, DOUBLE)):
        if isinstance(value, python):
            return kind(value)
    return None


def common(kinds: list[Any]) -> Any:
    """Return the kind that holds numbers of all these, or nothing where there is none."""
    if len(set(kinds)) == 1:
        return kinds[0]
    if not set(kinds) <= set(_SINGLE):
        return None
    return DOUBLE if {INT, FLOAT} <= set(kinds) else max(kinds, key=_SINGLE.index)


def widened(builder: Any, value: Any, kind: Any) -> Any:
    """Return a number as one of a kind that can hold it, or nothing where that one cannot."""
    return cast(builder, value, kind) if common([value.type, kind]) == kind else None


def cast(builder: Any, value: Any, kind: Any) -> Any:
    """Return a number as one of another kind; a float64 becomes the nearest float32."""
    own = value.type
    if own == kind:
        return value
    if kind == INT:
        return builder.zext(value, INT)
    if own == TRUTH:
        return builder.uitofp(value, kind)
    if own == INT:
        return builder.sitofp(value, kind)
    return builder.fpext(value, kind) if kind == DOUBLE else builder.fptrunc(value, kind)


def target(builder: Any, value: Any) -> Any:
    """Return whether a number is other than 0."""
    if value.type == TRUTH:
        return value
    if value.type == INT:
        return builder.icmp_signed("!=", value, INT(0))
    return builder.fcmp_unordered("!=", value, value.type(0.0))
