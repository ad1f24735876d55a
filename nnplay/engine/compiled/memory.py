"""Numbers in memory by their address, and whole vectors of them.

An address is an int; places count in numbers, not in bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from nnplay.data.arrays import WHITE
from nnplay.engine.jit import emitted
from nnplay.engine.jit.emitting import at, declared
from nnplay.engine.jit.kinds import (
    BYTE,
    DOUBLE,
    FLOAT,
    INT,
    LANES,
    NOTHING,
    SHORT,
    VECTOR,
    WORD,
    WORDS,
)

_LOOSE = ("reassoc", "contract", "nsz")


@emitted(FLOAT, INT, INT)
def get(b: Any, address: Any, place: Any) -> Any:
    """Return the float32 there."""
    return b.load(at(b, FLOAT, address, place))


@emitted(NOTHING, INT, INT, FLOAT)
def put(b: Any, address: Any, place: Any, value: Any) -> Any:
    """Write a float32 there."""
    return b.store(value, at(b, FLOAT, address, place))


@emitted(INT, INT, INT)
def get_int(b: Any, address: Any, place: Any) -> Any:
    """Return the int64 there."""
    return b.load(at(b, INT, address, place))


@emitted(NOTHING, INT, INT, INT)
def put_int(b: Any, address: Any, place: Any, value: Any) -> Any:
    """Write an int64 there."""
    return b.store(value, at(b, INT, address, place))


@emitted(DOUBLE, INT, INT)
def get_double(b: Any, address: Any, place: Any) -> Any:
    """Return the float64 there."""
    return b.load(at(b, DOUBLE, address, place))


@emitted(NOTHING, INT, INT, DOUBLE)
def put_double(b: Any, address: Any, place: Any, value: Any) -> Any:
    """Write a float64 there."""
    return b.store(value, at(b, DOUBLE, address, place))


@emitted(INT, INT, INT)
def get_byte(b: Any, address: Any, place: Any) -> Any:
    """Return the byte there, from 0 to 255."""
    return b.zext(b.load(at(b, BYTE, address, place)), INT)


@emitted(FLOAT, INT, INT)
def get_share(b: Any, address: Any, place: Any) -> Any:
    """Return the float32 that the byte there stands for, as a share of 255."""
    number = b.zext(b.load(at(b, BYTE, address, place)), WORD)
    return _as_share(b, number, DOUBLE(1 / WHITE), FLOAT)


def _vector_at(builder: Any, address: Any, place: Any, kind: Any = FLOAT) -> Any:
    first = at(builder, kind, address, place)
    return builder.bitcast(first, ir.VectorType(kind, LANES).as_pointer())


@emitted(VECTOR, INT, INT)
def load(b: Any, address: Any, place: Any) -> Any:
    """Return the vector that begins there."""
    # Nothing is known of where rows begin, and new processors do not mind.
    return b.load(_vector_at(b, address, place), align=4)


@emitted(NOTHING, INT, INT, VECTOR)
def store(b: Any, address: Any, place: Any, value: Any) -> Any:
    """Write a vector to where it begins."""
    return b.store(value, _vector_at(b, address, place), align=4)


@emitted(VECTOR, INT, INT)
def load_half(b: Any, address: Any, place: Any) -> Any:
    """Return the vector that begins there in bfloat16, the upper halves of float32."""
    upper = b.zext(b.load(_vector_at(b, address, place, SHORT), align=2), WORDS)
    return b.bitcast(b.shl(upper, ir.Constant(WORDS, [16] * LANES)), VECTOR)


@emitted(NOTHING, INT, INT, VECTOR)
def store_half(b: Any, address: Any, place: Any, value: Any) -> Any:
    """Write a vector to where it begins in bfloat16, which must be able to hold its numbers."""
    upper = b.lshr(b.bitcast(value, WORDS), ir.Constant(WORDS, [16] * LANES))
    halves = b.trunc(upper, ir.VectorType(SHORT, LANES))
    return b.store(halves, _vector_at(b, address, place, SHORT), align=2)


@emitted(VECTOR, INT, INT)
def load_bytes(b: Any, address: Any, place: Any) -> Any:
    """Return the vector that begins there in bytes, from 0 to 255."""
    return b.uitofp(b.load(_vector_at(b, address, place, BYTE), align=1), VECTOR)


@emitted(NOTHING, INT, INT, VECTOR)
def store_bytes(b: Any, address: Any, place: Any, value: Any) -> Any:
    """Write a vector of whole numbers from 0 to 255 to where it begins in bytes."""
    whole = b.trunc(b.fptoui(value, WORDS), ir.VectorType(BYTE, LANES))
    return b.store(whole, _vector_at(b, address, place, BYTE), align=1)


@emitted(VECTOR, VECTOR, VECTOR, VECTOR, VECTOR)
def where_above(b: Any, x: Any, y: Any, first: Any, second: Any) -> Any:
    """Return the first where x is larger than y or is not a number, elsewhere the second."""
    above = b.or_(b.fcmp_ordered(">", x, y), b.fcmp_unordered("uno", x, x))
    return b.select(above, first, second)


@emitted(VECTOR, VECTOR, VECTOR, VECTOR, VECTOR)
def where_equal(b: Any, x: Any, y: Any, first: Any, second: Any) -> Any:
    """Return the first where x is y, elsewhere the second."""
    return b.select(b.fcmp_ordered("==", x, y), first, second)


@emitted(VECTOR, FLOAT)
def spread(b: Any, value: Any) -> Any:
    """Return a vector of one number."""
    empty = ir.Constant(VECTOR, ir.Undefined)
    one = b.insert_element(empty, value, WORD(0))
    return b.shuffle_vector(one, empty, ir.Constant(WORDS, None))


@emitted(VECTOR, VECTOR, VECTOR, VECTOR)
def multiply_add(b: Any, x: Any, y: Any, total: Any) -> Any:
    """Return x y + total of vectors."""
    kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
    return b.call(declared(b, kind, f"llvm.fmuladd.v{LANES}f32"), [x, y, total])


@emitted(VECTOR, VECTOR, VECTOR)
def add(b: Any, x: Any, y: Any) -> Any:
    """Return the sum of two vectors."""
    return b.fadd(x, y)


@emitted(FLOAT, VECTOR)
def total(b: Any, x: Any) -> Any:
    """Return the sum of the numbers in a vector."""
    kind = ir.FunctionType(FLOAT, [FLOAT, VECTOR])
    reduce = declared(b, kind, f"llvm.vector.reduce.fadd.v{LANES}f32")
    return b.call(reduce, [FLOAT(0.0), x], fastmath=_LOOSE)


@emitted(INT, INT, INT)
def remainder(b: Any, word: Any, divisor: Any) -> Any:
    """Return the rest of a division of two numbers from 0 to 2**32 - 1."""
    return b.zext(b.urem(b.trunc(word, WORD), b.trunc(divisor, WORD)), INT)


@emitted(NOTHING, INT, INT, INT, INT, INT, INT)
def turn(b: Any, source: Any, width: Any, order: Any, column: Any, target: Any, lanes: Any) -> None:
    """Lay a square of numbers out the other way: some columns of the rows of an order.

    Rows of so much width stand at the source, those of the target are that many lanes apart.
    """
    _turn(b, _floats_at, source, width, order, column, target, lanes)


@emitted(NOTHING, INT, INT, INT, INT, INT, INT)
def turn_bytes(
    b: Any, source: Any, width: Any, order: Any, column: Any, target: Any, lanes: Any
) -> None:
    """Do what `turn` does with rows of bytes, which become float32 shares of 255."""
    _turn(b, _shares_at, source, width, order, column, target, lanes)


def _turn(
    b: Any, read: Callable[..., Any], source: Any, width: Any, order: Any, column: Any,
    target: Any, lanes: Any,
) -> None:  # fmt: skip
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


def _floats_at(builder: Any, address: Any, place: Any) -> Any:
    return builder.load(_vector_at(builder, address, place), align=4)


def _shares_at(builder: Any, address: Any, place: Any) -> Any:
    bytes_there = builder.load(_vector_at(builder, address, place, BYTE), align=1)
    share = ir.Constant(ir.VectorType(DOUBLE, LANES), [1 / WHITE] * LANES)
    return _as_share(builder, builder.zext(bytes_there, WORDS), share, VECTOR)


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
