"""What compiled code makes of Python's operators and of the functions that it knows."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir

from nnplay.engine.jit.emitting import declared
from nnplay.engine.jit.kinds import DOUBLE, FLOAT, INT, TRUTH, cast, common

_COMPARED = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def combine(builder: Any, operator: ast.operator, one: Any, other: Any) -> Any:
    """Return what a binary operator makes of two numbers, or nothing where it makes nothing."""
    kind = _kind_of(one, other)
    if kind == INT and isinstance(operator, ast.Div):
        kind = DOUBLE
    write = (_OF_WHOLE if kind == INT else _OF_BROKEN).get(type(operator))
    if kind is None or write is None:
        return None
    return write(builder, cast(builder, one, kind), cast(builder, other, kind))


def _kind_of(one: Any, other: Any) -> Any:
    """Return the kind in which two numbers are worked with; true is 1, as in Python."""
    kind = common([one.type, other.type])
    return INT if kind == TRUTH else kind


def _quotient(builder: Any, one: Any, other: Any) -> Any:
    quotient = builder.sdiv(one, other)
    return builder.select(_is_off(builder, one, other), builder.sub(quotient, INT(1)), quotient)


def _rest(builder: Any, one: Any, other: Any) -> Any:
    rest = builder.srem(one, other)
    return builder.select(_is_off(builder, one, other), builder.add(rest, other), rest)


def _is_off(builder: Any, one: Any, other: Any) -> Any:
    """Say whether a division must be put right, as the rest has the divisor's sign in Python."""
    rest = builder.srem(one, other)
    signs_differ = builder.icmp_signed("<", builder.xor(rest, other), INT(0))
    return builder.and_(builder.icmp_signed("!=", rest, INT(0)), signs_differ)


def compare(builder: Any, operator: ast.cmpop, one: Any, other: Any) -> Any:
    """Return whether a comparison of two numbers holds, or nothing where it is not known."""
    sign = _COMPARED.get(type(operator))
    kind = _kind_of(one, other)
    if sign is None or kind not in (INT, FLOAT, DOUBLE):
        return None
    one, other = cast(builder, one, kind), cast(builder, other, kind)
    if kind == INT:
        return builder.icmp_signed(sign, one, other)
    # What is not a number is other than anything, itself as well.
    ordered = builder.fcmp_unordered if sign == "!=" else builder.fcmp_ordered
    return ordered(sign, one, other)


def negated(builder: Any, value: Any) -> Any:
    """Return a number with the other sign."""
    return builder.neg(value) if value.type == INT else builder.fneg(value)


def _called(name: str, count: int = 1) -> Callable[..., Any]:
    """Return what calls a function of so many float64."""

    def write(builder: Any, *values: Any) -> Any:
        function = declared(builder, ir.FunctionType(DOUBLE, [DOUBLE] * count), name)
        return builder.call(function, [cast(builder, value, DOUBLE) for value in values])

    return write


def _root(builder: Any, value: Any) -> Any:
    if value.type != FLOAT:
        return _called("llvm.sqrt.f64")(builder, value)
    function = declared(builder, ir.FunctionType(FLOAT, [FLOAT]), "llvm.sqrt.f32")
    return builder.call(function, [value])


def _size(builder: Any, value: Any) -> Any:
    if value.type == INT:
        below = builder.icmp_signed("<", value, INT(0))
        return builder.select(below, builder.neg(value), value)
    name = "llvm.fabs.f32" if value.type == FLOAT else "llvm.fabs.f64"
    return builder.call(declared(builder, ir.FunctionType(value.type, [value.type]), name), [value])


def _smaller(builder: Any, one: Any, other: Any) -> Any:
    kind = _kind_of(one, other)
    one, other = cast(builder, one, kind), cast(builder, other, kind)
    return builder.select(compare(builder, ast.Lt(), other, one), other, one)


_OF_WHOLE: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: ir.IRBuilder.add,
    ast.Sub: ir.IRBuilder.sub,
    ast.Mult: ir.IRBuilder.mul,
    ast.FloorDiv: _quotient,
    ast.Mod: _rest,
    ast.BitAnd: ir.IRBuilder.and_,
    ast.BitOr: ir.IRBuilder.or_,
    ast.BitXor: ir.IRBuilder.xor,
    ast.LShift: ir.IRBuilder.shl,
    ast.RShift: ir.IRBuilder.ashr,
}
_OF_BROKEN: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: ir.IRBuilder.fadd,
    ast.Sub: ir.IRBuilder.fsub,
    ast.Mult: ir.IRBuilder.fmul,
    ast.Div: ir.IRBuilder.fdiv,
    ast.Pow: _called("llvm.pow.f64", 2),
}
KNOWN: dict[Any, Callable[..., Any]] = {
    abs: _size,
    min: _smaller,
    float: lambda builder, value: cast(builder, value, DOUBLE),
    np.float32: lambda builder, value: cast(builder, value, FLOAT),
    math.sqrt: _root,
    math.log: _called("llvm.log.f64"),
    math.erf: _called("erf"),
}
"""Functions of Python's that compiled code knows, by what writes their instructions."""
