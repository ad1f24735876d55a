"""Calls by address: of pieces, of BLAS, and of OpenMP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types

from nnplay.engine.compiled.emitting import (
    BYTE,
    DOUBLE,
    F32,
    F64,
    FLOAT,
    I64,
    INT,
    WORD,
    Typed,
    emitted,
    typed,
)


def _call(result: Any) -> Callable[..., Any]:
    def write(b: Any, address: Any, *values: Any) -> Any:
        kind = ir.FunctionType(result, [INT] * len(values))
        return b.call(b.inttoptr(address, kind.as_pointer()), values)

    return write


@emitted
def act_at(_context: Any, address: Any, desk: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> Typed:
    """Call a piece that gives nothing back, by its address."""
    return typed(types.void, (I64,) * 7, _call(ir.VoidType()))


@emitted
def measure_at(
    _context: Any, address: Any, desk: Any, a: Any, b: Any, c: Any, d: Any, e: Any
) -> Typed:
    """Call a piece that gives a number back, by its address."""
    return typed(F64, (I64,) * 7, _call(DOUBLE))


@emitted
def share_out(_context: Any, address: Any, piece: Any, desk: Any, threads: Any) -> Typed:
    """Have OpenMP call a piece with the desk in each of so many threads, and wait for all."""

    def write(b: Any, address: Any, piece: Any, desk: Any, threads: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [INT, INT, WORD, WORD])
        call = b.inttoptr(address, kind.as_pointer())
        return b.call(call, [piece, desk, b.trunc(threads, WORD), WORD(0)])

    return typed(types.void, (I64,) * 4, write)


@emitted
def ask(_context: Any, address: Any) -> Typed:
    """Return what OpenMP answers to a question about the thread that asks."""

    def write(b: Any, address: Any) -> Any:
        kind = ir.FunctionType(WORD, [])
        return b.zext(b.call(b.inttoptr(address, kind.as_pointer()), []), INT)

    return typed(I64, (I64,), write)


@emitted
def call_sgemm(
    _context: Any, address: Any, turn_a: Any, turn_b: Any, m: Any, n: Any, k: Any, a: Any, lda: Any,
    b: Any, ldb: Any, beta: Any, c: Any, ldc: Any,
) -> Typed:  # fmt: skip
    """Call BLAS by its address: c = a b + beta c, column after column as Fortran has it."""

    def write(
        builder: Any, address: Any, turn_a: Any, turn_b: Any, m: Any, n: Any, k: Any, a: Any,
        lda: Any, b: Any, ldb: Any, beta: Any, c: Any, ldc: Any,
    ) -> Any:  # fmt: skip
        def held(value: Any) -> Any:
            # At the start of the function, so that a loop does not take more of the stack.
            with builder.goto_entry_block():
                place = builder.alloca(value.type)
            builder.store(value, place)
            return place

        def letter(turned: Any) -> Any:
            return held(builder.select(turned, BYTE(ord("T")), BYTE(ord("N"))))

        def size(value: Any) -> Any:
            return held(builder.trunc(value, WORD))

        def numbers(value: Any) -> Any:
            return builder.inttoptr(value, FLOAT.as_pointer())

        values = [
            letter(turn_a), letter(turn_b), size(m), size(n), size(k), held(FLOAT(1.0)),
            numbers(a), size(lda), numbers(b), size(ldb), held(beta), numbers(c), size(ldc),
        ]  # fmt: skip
        kind = ir.FunctionType(ir.VoidType(), [value.type for value in values])
        return builder.call(builder.inttoptr(address, kind.as_pointer()), values)

    kinds = (I64, types.boolean, types.boolean, *[I64] * 7, F32, I64, I64)
    # beta stands behind the nine: address, two flags, m, n, k, a, lda, b, ldb.
    return typed(types.void, kinds, write)
