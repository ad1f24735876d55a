"""How instructions of our own come into what numba compiles: kinds of numbers and a vector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model

LANES = 16
"""Numbers of a vector: one of AVX-512, two of AVX, four of older machines and of ARM."""
FLOAT, DOUBLE, INT = ir.FloatType(), ir.DoubleType(), ir.IntType(64)
WORD, SHORT, BYTE = ir.IntType(32), ir.IntType(16), ir.IntType(8)
PACK = ir.VectorType(FLOAT, LANES)
WORDS = ir.VectorType(WORD, LANES)
FLOAT_BYTES, INT_BYTES = 4, 8
I64, F32, F64 = types.int64, types.float32, types.float64
Typed = tuple[Any, Callable[..., Any]]


class Vector(types.Type):
    """A vector of float32, in numba's eyes."""

    def __init__(self) -> None:
        super().__init__("Vector")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, PACK)  # type: ignore[no-untyped-call]


VECTOR: Any = Vector()


def emitted(function: Callable[..., Typed]) -> Callable[..., Any]:
    """Make a function for compiled code of one that returns what numba wants of it."""
    made: Callable[..., Any] = intrinsic(function)
    return made


def typed(result: Any, arguments: tuple[Any, ...], write: Callable[..., Any]) -> Typed:
    """Return what numba wants of an intrinsic: its types, and what writes its instructions."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        made = write(builder, *values)
        return context.get_dummy_value() if result is types.void else made

    return result(*arguments), code


def declared(builder: Any, kind: Any, name: str) -> Any:
    """Return a function that is known by its name."""
    return get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]


def at(builder: Any, kind: Any, address: Any, place: Any) -> Any:
    """Return where the number of a kind stands that has this place behind an address."""
    return builder.gep(builder.inttoptr(address, kind.as_pointer()), [place])
