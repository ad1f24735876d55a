"""Calls by address: of pieces, of BLAS, and of OpenMP."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from nnplay.engine.jit import emitted
from nnplay.engine.jit.kinds import BYTE, DOUBLE, FLOAT, INT, NOTHING, TRUTH, WORD


def _call(builder: Any, result: Any, address: Any, values: list[Any]) -> Any:
    kind = ir.FunctionType(result, [value.type for value in values])
    return builder.call(builder.inttoptr(address, kind.as_pointer()), values)


@emitted(NOTHING, *[INT] * 7)
def act_at(b: Any, address: Any, *values: Any) -> None:
    """Call a piece that gives nothing back, by its address."""
    _call(b, NOTHING, address, list(values))


@emitted(DOUBLE, *[INT] * 7)
def measure_at(b: Any, address: Any, *values: Any) -> Any:
    """Call a piece that gives a number back, by its address."""
    return _call(b, DOUBLE, address, list(values))


@emitted(NOTHING, INT, INT, INT, INT)
def share_out(b: Any, address: Any, piece: Any, desk: Any, threads: Any) -> None:
    """Have OpenMP call a piece with the desk in each of so many threads, and wait for all."""
    _call(b, NOTHING, address, [piece, desk, b.trunc(threads, WORD), WORD(0)])


@emitted(INT, INT)
def ask(b: Any, address: Any) -> Any:
    """Return what OpenMP answers to a question about the thread that asks."""
    return b.zext(_call(b, WORD, address, []), INT)


@emitted(NOTHING, INT, TRUTH, TRUTH, *[INT] * 7, FLOAT, INT, INT)
def call_sgemm(
    b: Any, address: Any, turn_a: Any, turn_b: Any, m: Any, n: Any, k: Any, a: Any, lda: Any,
    other: Any, ldb: Any, beta: Any, c: Any, ldc: Any,
) -> None:  # fmt: skip
    """Call BLAS by its address: c = a other + beta c, column after column as Fortran has it."""

    def held(value: Any) -> Any:
        # At the start of the function, so that a loop does not take more of the stack.
        with b.goto_entry_block():
            place = b.alloca(value.type)
        b.store(value, place)
        return place

    def letter(turned: Any) -> Any:
        return held(b.select(turned, BYTE(ord("T")), BYTE(ord("N"))))

    def size(value: Any) -> Any:
        return held(b.trunc(value, WORD))

    def numbers(value: Any) -> Any:
        return b.inttoptr(value, FLOAT.as_pointer())

    values = [
        letter(turn_a), letter(turn_b), size(m), size(n), size(k), held(FLOAT(1.0)), numbers(a),
        size(lda), numbers(other), size(ldb), held(beta), numbers(c), size(ldc),
    ]  # fmt: skip
    _call(b, NOTHING, address, values)
