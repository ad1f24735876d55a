"""Numbers in memory by their address, whole vectors of them, and calls by address.

numba's own arrays would carry their shapes through every function and take many times as long to
compile. An address is an int; places count in numbers, not in bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model

from nnplay.data.arrays import WHITE

LANES = 16
"""Numbers of a vector: one of AVX-512, two of AVX, four of older machines and of ARM."""
_FLOAT, _DOUBLE, _INT = ir.FloatType(), ir.DoubleType(), ir.IntType(64)
_WORD, _HALF, _BYTE = ir.IntType(32), ir.IntType(16), ir.IntType(8)
_PACK = ir.VectorType(_FLOAT, LANES)
_WORDS = ir.VectorType(_WORD, LANES)
_LOOSE = ("reassoc", "contract", "nsz")
_I, _F, _D = types.int64, types.float32, types.float64
Typed = tuple[Any, Callable[..., Any]]


class Vector(types.Type):
    """A vector of float32, in numba's eyes."""

    def __init__(self) -> None:
        super().__init__("Vector")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _PACK)  # type: ignore[no-untyped-call]


_V: Any = Vector()


def emitted(function: Callable[..., Typed]) -> Callable[..., Any]:
    """Make a function for compiled code of one that returns what numba wants of it."""
    made: Callable[..., Any] = intrinsic(function)
    return made


def _typed(result: Any, arguments: tuple[Any, ...], write: Callable[..., Any]) -> Typed:
    """Return what numba wants of an intrinsic: its types, and what writes its instructions."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        made = write(builder, *values)
        return context.get_dummy_value() if result is types.void else made

    return result(*arguments), code


def _declared(builder: Any, kind: Any, name: str) -> Any:
    return get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]


def _at(builder: Any, kind: Any, address: Any, place: Any) -> Any:
    return builder.gep(builder.inttoptr(address, kind.as_pointer()), [place])


def _read(kind: Any) -> Callable[..., Any]:
    return lambda b, address, place: b.load(_at(b, kind, address, place))


def _write(kind: Any) -> Callable[..., Any]:
    return lambda b, address, place, value: b.store(value, _at(b, kind, address, place))


@emitted
def get(_context: Any, address: Any, place: Any) -> Typed:
    """Return the float32 there."""
    return _typed(_F, (_I, _I), _read(_FLOAT))


@emitted
def put(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a float32 there."""
    return _typed(types.void, (_I, _I, _F), _write(_FLOAT))


@emitted
def get_int(_context: Any, address: Any, place: Any) -> Typed:
    """Return the int64 there."""
    return _typed(_I, (_I, _I), _read(_INT))


@emitted
def put_int(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write an int64 there."""
    return _typed(types.void, (_I, _I, _I), _write(_INT))


@emitted
def get_byte(_context: Any, address: Any, place: Any) -> Typed:
    """Return the byte there, as an int32."""

    def write(b: Any, address: Any, place: Any) -> Any:
        return b.zext(b.load(_at(b, _BYTE, address, place)), _WORD)

    return _typed(types.int32, (_I, _I), write)


@emitted
def get_double(_context: Any, address: Any, place: Any) -> Typed:
    """Return the float64 there."""
    return _typed(_D, (_I, _I), _read(_DOUBLE))


@emitted
def put_double(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a float64 there."""
    return _typed(types.void, (_I, _I, _D), _write(_DOUBLE))


def _vector_at(builder: Any, address: Any, place: Any, kind: Any = _FLOAT) -> Any:
    first = _at(builder, kind, address, place)
    return builder.bitcast(first, ir.VectorType(kind, LANES).as_pointer())


@emitted
def load(_context: Any, address: Any, place: Any) -> Typed:
    """Return the vector that begins there."""
    # Nothing is known of where rows begin, and new processors do not mind.
    return _typed(_V, (_I, _I), lambda b, a, p: b.load(_vector_at(b, a, p), align=4))


@emitted
def store(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a vector to where it begins."""
    return _typed(
        types.void, (_I, _I, _V), lambda b, a, p, v: b.store(v, _vector_at(b, a, p), align=4)
    )


@emitted
def load_half(_context: Any, address: Any, place: Any) -> Typed:
    """Return the vector that begins there in bfloat16, the upper halves of float32."""

    def write(b: Any, address: Any, place: Any) -> Any:
        upper = b.zext(b.load(_vector_at(b, address, place, _HALF), align=2), _WORDS)
        return b.bitcast(b.shl(upper, ir.Constant(_WORDS, [16] * LANES)), _PACK)

    return _typed(_V, (_I, _I), write)


@emitted
def store_half(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a vector to where it begins in bfloat16, which must be able to hold its numbers."""

    def write(b: Any, address: Any, place: Any, value: Any) -> Any:
        upper = b.lshr(b.bitcast(value, _WORDS), ir.Constant(_WORDS, [16] * LANES))
        halves = b.trunc(upper, ir.VectorType(_HALF, LANES))
        return b.store(halves, _vector_at(b, address, place, _HALF), align=2)

    return _typed(types.void, (_I, _I, _V), write)


@emitted
def load_bytes(_context: Any, address: Any, place: Any) -> Typed:
    """Return the vector that begins there in bytes, from 0 to 255."""

    def write(b: Any, address: Any, place: Any) -> Any:
        return b.uitofp(b.load(_vector_at(b, address, place, _BYTE), align=1), _PACK)

    return _typed(_V, (_I, _I), write)


@emitted
def store_bytes(_context: Any, address: Any, place: Any, value: Any) -> Typed:
    """Write a vector of whole numbers from 0 to 255 to where it begins in bytes."""

    def write(b: Any, address: Any, place: Any, value: Any) -> Any:
        whole = b.trunc(b.fptoui(value, _WORDS), ir.VectorType(_BYTE, LANES))
        return b.store(whole, _vector_at(b, address, place, _BYTE), align=1)

    return _typed(types.void, (_I, _I, _V), write)


@emitted
def where_above(_context: Any, x: Any, y: Any, first: Any, second: Any) -> Typed:
    """Return the first where x is larger than y or is not a number, elsewhere the second."""

    def write(b: Any, x: Any, y: Any, first: Any, second: Any) -> Any:
        above = b.or_(b.fcmp_ordered(">", x, y), b.fcmp_unordered("uno", x, x))
        return b.select(above, first, second)

    return _typed(_V, (_V,) * 4, write)


@emitted
def where_equal(_context: Any, x: Any, y: Any, first: Any, second: Any) -> Typed:
    """Return the first where x is y, elsewhere the second."""
    return _typed(_V, (_V,) * 4, lambda b, x, y, u, v: b.select(b.fcmp_ordered("==", x, y), u, v))


@emitted
def spread(_context: Any, value: Any) -> Typed:
    """Return a vector of one number."""

    def write(b: Any, value: Any) -> Any:
        empty = ir.Constant(_PACK, ir.Undefined)
        one = b.insert_element(empty, value, _WORD(0))
        return b.shuffle_vector(one, empty, ir.Constant(ir.VectorType(_WORD, LANES), None))

    return _typed(_V, (_F,), write)


@emitted
def multiply_add(_context: Any, x: Any, y: Any, total: Any) -> Typed:
    """Return x y + total of vectors."""

    def write(b: Any, x: Any, y: Any, total: Any) -> Any:
        kind = ir.FunctionType(_PACK, [_PACK] * 3)
        name = f"llvm.fmuladd.v{LANES}f32"
        return b.call(_declared(b, kind, name), [x, y, total])

    return _typed(_V, (_V, _V, _V), write)


@emitted
def add(_context: Any, x: Any, y: Any) -> Typed:
    """Return the sum of two vectors."""
    return _typed(_V, (_V, _V), lambda b, x, y: b.fadd(x, y))


@emitted
def total(_context: Any, x: Any) -> Typed:
    """Return the sum of the numbers in a vector."""

    def write(b: Any, x: Any) -> Any:
        kind = ir.FunctionType(_FLOAT, [_FLOAT, _PACK])
        name = f"llvm.vector.reduce.fadd.v{LANES}f32"
        reduce = _declared(b, kind, name)
        return b.call(reduce, [_FLOAT(0.0), x], fastmath=_LOOSE)

    return _typed(_F, (_V,), write)


@emitted
def remainder(_context: Any, word: Any, divisor: Any) -> Typed:
    """Return the rest of a division of two numbers from 0 to 2**32 - 1."""

    def write(b: Any, word: Any, divisor: Any) -> Any:
        return b.zext(b.urem(b.trunc(word, _WORD), b.trunc(divisor, _WORD)), _INT)

    return _typed(_I, (_I, _I), write)


@emitted
def turn(
    _context: Any, source: Any, width: Any, order: Any, column: Any, target: Any, lanes: Any
) -> Typed:
    """Lay a square of numbers out the other way: some columns of the rows of an order.

    Rows of so much width stand at the source, those of the target are that many lanes apart.
    """

    return _typed(types.void, (_I,) * 6, _turned(_floats_at))


@emitted
def turn_bytes(
    _context: Any, source: Any, width: Any, order: Any, column: Any, target: Any, lanes: Any
) -> Typed:
    """Do what `turn` does with rows of bytes, which become float32 shares of 255."""
    return _typed(types.void, (_I,) * 6, _turned(_shares_at))


def _turned(read: Callable[..., Any]) -> Callable[..., Any]:
    def write(
        b: Any, source: Any, width: Any, order: Any, column: Any, target: Any, lanes: Any
    ) -> Any:
        rows = []
        for s in range(LANES):
            start = b.mul(b.load(_at(b, _INT, order, _INT(s))), width)
            rows.append(read(b, source, b.add(start, column)))
        step = 1
        while step < LANES:
            rows = _swap(b, rows, step)
            step *= 2
        for j, row in enumerate(rows):
            place = b.mul(b.add(column, _INT(j)), lanes)
            b.store(row, _vector_at(b, target, place), align=4)

    return write


def _floats_at(builder: Any, address: Any, place: Any) -> Any:
    return builder.load(_vector_at(builder, address, place), align=4)


def _shares_at(builder: Any, address: Any, place: Any) -> Any:
    kinds = [ir.VectorType(kind, LANES) for kind in (_BYTE, _WORD, _DOUBLE)]
    first = builder.bitcast(_at(builder, _BYTE, address, place), kinds[0].as_pointer())
    numbers = builder.zext(builder.load(first, align=1), kinds[1])
    # In double precision this becomes the same float32 as a division.
    exact = builder.fmul(
        builder.sitofp(numbers, kinds[2]), ir.Constant(kinds[2], [1 / WHITE] * LANES)
    )
    return builder.fptrunc(exact, _PACK)


def _swap(builder: Any, rows: list[Any], step: int) -> list[Any]:
    """Swap what lies off the diagonal in all squares of two by two blocks of so many numbers."""
    swapped = list(rows)
    for i in range(LANES):
        if i & step:
            continue
        # A shuffle counts the numbers of both its rows, one after the other.
        upper = [k if not k & step else LANES + k - step for k in range(LANES)]
        lower = [k + step if not k & step else LANES + k for k in range(LANES)]
        for at, chosen in ((i, upper), (i + step, lower)):
            mask = ir.Constant(ir.VectorType(_WORD, LANES), [_WORD(k) for k in chosen])
            swapped[at] = builder.shuffle_vector(rows[i], rows[i + step], mask)
    return swapped


def _call(result: Any) -> Callable[..., Any]:
    def write(b: Any, address: Any, *values: Any) -> Any:
        kind = ir.FunctionType(result, [_INT] * len(values))
        return b.call(b.inttoptr(address, kind.as_pointer()), values)

    return write


@emitted
def act_at(_context: Any, address: Any, desk: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> Typed:
    """Call a piece that gives nothing back, by its address."""
    return _typed(types.void, (_I,) * 7, _call(ir.VoidType()))


@emitted
def measure_at(
    _context: Any, address: Any, desk: Any, a: Any, b: Any, c: Any, d: Any, e: Any
) -> Typed:
    """Call a piece that gives a number back, by its address."""
    return _typed(_D, (_I,) * 7, _call(_DOUBLE))


@emitted
def share_out(_context: Any, address: Any, piece: Any, desk: Any, threads: Any) -> Typed:
    """Have OpenMP call a piece with the desk in each of so many threads, and wait for all."""

    def write(b: Any, address: Any, piece: Any, desk: Any, threads: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [_INT, _INT, _WORD, _WORD])
        call = b.inttoptr(address, kind.as_pointer())
        return b.call(call, [piece, desk, b.trunc(threads, _WORD), _WORD(0)])

    return _typed(types.void, (_I,) * 4, write)


@emitted
def ask(_context: Any, address: Any) -> Typed:
    """Return what OpenMP answers to a question about the thread that asks."""

    def write(b: Any, address: Any) -> Any:
        kind = ir.FunctionType(_WORD, [])
        return b.zext(b.call(b.inttoptr(address, kind.as_pointer()), []), _INT)

    return _typed(_I, (_I,), write)


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
            return held(builder.select(turned, _BYTE(ord("T")), _BYTE(ord("N"))))

        def size(value: Any) -> Any:
            return held(builder.trunc(value, _WORD))

        def numbers(value: Any) -> Any:
            return builder.inttoptr(value, _FLOAT.as_pointer())

        values = [
            letter(turn_a), letter(turn_b), size(m), size(n), size(k), held(_FLOAT(1.0)),
            numbers(a), size(lda), numbers(b), size(ldb), held(beta), numbers(c), size(ldc),
        ]  # fmt: skip
        kind = ir.FunctionType(ir.VoidType(), [value.type for value in values])
        return builder.call(builder.inttoptr(address, kind.as_pointer()), values)

    kinds = (_I, types.boolean, types.boolean, *[_I] * 7, _F, _I, _I)
    # beta stands behind the nine: address, two flags, m, n, k, a, lda, b, ldb.
    return _typed(types.void, kinds, write)
