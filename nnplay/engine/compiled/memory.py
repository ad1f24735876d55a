"""Numbers in memory by their address, and whole vectors of them.

numba's own arrays would carry their shapes through every function and take many times as long to
compile. An address is an int; places count in numbers, not in bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types

from nnplay.data.arrays import WHITE
from nnplay.engine.compiled.emitting import (
    BYTE,
    DOUBLE,
    F32,
    F64,
    FLOAT,
    I64,
    INT,
    LANES,
    PACK,
    SHORT,
    VECTOR,
    WORD,
    WORDS,
    Typed,
    at,
    declared,
    emitted,
    typed,
)

_LOOSE = ("reassoc", "contract", "nsz")


def _read(kind: Any) -> Callable[..., Any]:
    return lambda b, address, place: b.load(at(b, kind, address, place))


def _write(kind: Any) -> Callable[..., Any]:
    return lambda b, address, place, value: b.store(value, at(b, kind, address, place))


@emitted
def get(_context: Any, address: Any, place: Any) -> Typed:
    """Return the float32 there."""
    return typed(F32, (I64, I64), _read(FLOAT))


@emitted
def put(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a float32 there."""
    return typed(types.void, (I64, I64, F32), _write(FLOAT))


@emitted
def get_int(_context: Any, address: Any, place: Any) -> Typed:
    """Return the int64 there."""
    return typed(I64, (I64, I64), _read(INT))


@emitted
def put_int(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write an int64 there."""
    return typed(types.void, (I64, I64, I64), _write(INT))


@emitted
def get_share(_context: Any, address: Any, place: Any) -> Typed:
    """Return the float32 that the byte there stands for, as a share of 255."""

    def write(b: Any, address: Any, place: Any) -> Any:
        number = b.zext(b.load(at(b, BYTE, address, place)), WORD)
        return _as_share(b, number, DOUBLE(1 / WHITE), FLOAT)

    return typed(F32, (I64, I64), write)


@emitted
def get_double(_context: Any, address: Any, place: Any) -> Typed:
    """Return the float64 there."""
    return typed(F64, (I64, I64), _read(DOUBLE))


@emitted
def put_double(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a float64 there."""
    return typed(types.void, (I64, I64, F64), _write(DOUBLE))


def _vector_at(builder: Any, address: Any, place: Any, kind: Any = FLOAT) -> Any:
    first = at(builder, kind, address, place)
    return builder.bitcast(first, ir.VectorType(kind, LANES).as_pointer())


@emitted
def load(_context: Any, address: Any, place: Any) -> Typed:
    """Return the vector that begins there."""
    # Nothing is known of where rows begin, and new processors do not mind.
    return typed(VECTOR, (I64, I64), lambda b, a, p: b.load(_vector_at(b, a, p), align=4))


@emitted
def store(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a vector to where it begins."""
    return typed(
        types.void, (I64, I64, VECTOR), lambda b, a, p, v: b.store(v, _vector_at(b, a, p), align=4)
    )


@emitted
def load_half(_context: Any, address: Any, place: Any) -> Typed:
    """Return the vector that begins there in bfloat16, the upper halves of float32."""

    def write(b: Any, address: Any, place: Any) -> Any:
        upper = b.zext(b.load(_vector_at(b, address, place, SHORT), align=2), WORDS)
        return b.bitcast(b.shl(upper, ir.Constant(WORDS, [16] * LANES)), PACK)

    return typed(VECTOR, (I64, I64), write)


@emitted
def store_half(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a vector to where it begins in bfloat16, which must be able to hold its numbers."""

    def write(b: Any, address: Any, place: Any, value: Any) -> Any:
        upper = b.lshr(b.bitcast(value, WORDS), ir.Constant(WORDS, [16] * LANES))
        halves = b.trunc(upper, ir.VectorType(SHORT, LANES))
        return b.store(halves, _vector_at(b, address, place, SHORT), align=2)

    return typed(types.void, (I64, I64, VECTOR), write)


@emitted
def load_bytes(_context: Any, address: Any, place: Any) -> Typed:
    """Return the vector that begins there in bytes, from 0 to 255."""

    def write(b: Any, address: Any, place: Any) -> Any:
        return b.uitofp(b.load(_vector_at(b, address, place, BYTE), align=1), PACK)

    return typed(VECTOR, (I64, I64), write)


@emitted
def store_bytes(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a vector of whole numbers from 0 to 255 to where it begins in bytes."""

    def write(b: Any, address: Any, place: Any, value: Any) -> Any:
        whole = b.trunc(b.fptoui(value, WORDS), ir.VectorType(BYTE, LANES))
        return b.store(whole, _vector_at(b, address, place, BYTE), align=1)

    return typed(types.void, (I64, I64, VECTOR), write)


@emitted
def where_above(_context: Any, x: Any, y: Any, first: Any, second: Any) -> Typed:
    """Return the first where x is larger than y or is not a number, elsewhere the second."""

    def write(b: Any, x: Any, y: Any, first: Any, second: Any) -> Any:
        above = b.or_(b.fcmp_ordered(">", x, y), b.fcmp_unordered("uno", x, x))
        return b.select(above, first, second)

    return typed(VECTOR, (VECTOR,) * 4, write)


@emitted
def where_equal(_context: Any, x: Any, y: Any, first: Any, second: Any) -> Typed:
    """Return the first where x is y, elsewhere the second."""
    return typed(
        VECTOR, (VECTOR,) * 4, lambda b, x, y, u, v: b.select(b.fcmp_ordered("==", x, y), u, v)
    )


@emitted
def spread(_context: Any, value: Any) -> Typed:
    """Return a vector of one number."""

    def write(b: Any, value: Any) -> Any:
        empty = ir.Constant(PACK, ir.Undefined)
        one = b.insert_element(empty, value, WORD(0))
        return b.shuffle_vector(one, empty, ir.Constant(WORDS, None))

    return typed(VECTOR, (F32,), write)


@emitted
def multiply_add(_context: Any, x: Any, y: Any, total: Any) -> Typed:
    """Return x y + total of vectors."""

    def write(b: Any, x: Any, y: Any, total: Any) -> Any:
        kind = ir.FunctionType(PACK, [PACK] * 3)
        name = f"llvm.fmuladd.v{LANES}f32"
        return b.call(declared(b, kind, name), [x, y, total])

    return typed(VECTOR, (VECTOR, VECTOR, VECTOR), write)


@emitted
def add(_context: Any, x: Any, y: Any) -> Typed:
    """Return the sum of two vectors."""
    return typed(VECTOR, (VECTOR, VECTOR), lambda b, x, y: b.fadd(x, y))


@emitted
def total(_context: Any, x: Any) -> Typed:
    """Return the sum of the numbers in a vector."""

    def write(b: Any, x: Any) -> Any:
        kind = ir.FunctionType(FLOAT, [FLOAT, PACK])
        name = f"llvm.vector.reduce.fadd.v{LANES}f32"
        reduce = declared(b, kind, name)
        return b.call(reduce, [FLOAT(0.0), x], fastmath=_LOOSE)

    return typed(F32, (VECTOR,), write)


@emitted
def remainder(_context: Any, word: Any, divisor: Any) -> Typed:
    """Return the rest of a division of two numbers from 0 to 2**32 - 1."""

    def write(b: Any, word: Any, divisor: Any) -> Any:
        return b.zext(b.urem(b.trunc(word, WORD), b.trunc(divisor, WORD)), INT)

    return typed(I64, (I64, I64), write)


@emitted
def turn(
    _context: Any, source: Any, width: Any, order: Any, column: Any, target: Any, lanes: Any
) -> Typed:
    """Lay a square of numbers out the other way: some columns of the rows of an order.

    Rows of so much width stand at the source, those of the target are that many lanes apart.
    """
    return typed(types.void, (I64,) * 6, _turned(_floats_at))


@emitted
def turn_bytes(
    _context: Any, source: Any, width: Any, order: Any, column: Any, target: Any, lanes: Any
) -> Typed:
    """Do what `turn` does with rows of bytes, which become float32 shares of 255."""
    return typed(types.void, (I64,) * 6, _turned(_shares_at))


def _turned(read: Callable[..., Any]) -> Callable[..., Any]:
    def write(
        b: Any, source: Any, width: Any, order: Any, column: Any, target: Any, lanes: Any
    ) -> Any:
        rows = []
        for s in range(LANES):
            start = b.mul(b.load(at(b, INT, order, INT(s))), width)
            rows.append(read(b, source, b.add(start, column)))
        step = 1
        while step < LANES:
            rows = _swap(b, rows, step)
            step *= 2
        for j, row in enumerate(rows):
            place = b.mul(b.add(column, INT(j)), lanes)
            b.store(row, _vector_at(b, target, place), align=4)

    return write


def _floats_at(builder: Any, address: Any, place: Any) -> Any:
    return builder.load(_vector_at(builder, address, place), align=4)


def _shares_at(builder: Any, address: Any, place: Any) -> Any:
    bytes_there = builder.load(_vector_at(builder, address, place, BYTE), align=1)
    share = ir.Constant(ir.VectorType(DOUBLE, LANES), [1 / WHITE] * LANES)
    return _as_share(builder, builder.zext(bytes_there, WORDS), share, PACK)


def _as_share(builder: Any, numbers: Any, share: Any, kind: Any) -> Any:
    # In double precision this becomes the same float32 as a division.
    return builder.fptrunc(builder.fmul(builder.sitofp(numbers, share.type), share), kind)


def _swap(builder: Any, rows: list[Any], step: int) -> list[Any]:
    """Swap what lies off the diagonal in all squares of two by two blocks of so many numbers."""
    swapped = list(rows)
    for i in range(LANES):
        if i & step:
            continue
        # A shuffle counts the numbers of both its rows, one after the other.
        upper = [k if not k & step else LANES + k - step for k in range(LANES)]
        lower = [k + step if not k & step else LANES + k for k in range(LANES)]
        for row, chosen in ((i, upper), (i + step, lower)):
            mask = ir.Constant(WORDS, [WORD(k) for k in chosen])
            swapped[row] = builder.shuffle_vector(rows[i], rows[i + step], mask)
    return swapped
