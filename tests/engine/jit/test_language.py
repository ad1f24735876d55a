"""What compiled functions answer, against the same functions in Python and numbers of NumPy."""

import ctypes
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnplay.engine.compiled.memory import get, get_double, get_int, put, put_double, put_int
from nnplay.engine.jit import KernelError, acting, measuring, part
from nnplay.engine.jit.pieces import Piece

SMALL = st.integers(-60, 60)
NUMBER = st.floats(-1e6, 1e6, width=32)
f32 = np.float32
MANY = settings(deadline=None, derandomize=True)


def divided(a: int, b: int, c: int, d: int, e: int, f: int) -> float:
    b = b if b else 7
    return (a // b) * 1000.0 + a % b + (a // 8) * 1e6 + (a % -8) * 1e9


def of_bits(a: int, b: int, c: int, d: int, e: int, f: int) -> float:
    mixed = (a ^ (b << 3)) & 0xFFFF | c >> 2
    return mixed - 5.0


def compared(a: int, b: int, c: int, d: int, e: int, f: int) -> float:
    answer = 0
    if a < b:
        answer += 1
    if a <= b:
        answer += 2
    if a > b or c == d:
        answer += 4
    if not a >= b and c != d:
        answer += 8
    if not a:
        answer += 16
    if (a > b) > (c > d):
        answer += 128
    return answer + 32 * (a == b) + (a > b) * -64.0


def counted(a: int, b: int, c: int, d: int, e: int, f: int) -> float:
    total = 0
    for i in range(a):
        if i % 3 == 1:
            continue
        for j in range(i, b, 4):
            if j > 40:
                break
            total += i * j
        else_ = total
        total = else_ + 1
    for i in range(c - 1, -1, -2):
        total -= i
    rest = abs(d)
    while rest > 3:
        rest -= 3
        if rest == 10:
            return total * 2.0
    return total + rest * 0.5


@part
def _ordered(a: int, b: int) -> tuple[int, int]:
    if a > b:
        return b, a
    return a, b


@part
def _of_three(a: int, b: int, c: int) -> tuple[int, int, int]:
    a, b = _ordered(a, b)
    b, c = _ordered(b, c)
    a, b = _ordered(a, b)
    return a, b, c


def sorted_by_parts(a: int, b: int, c: int, d: int, e: int, f: int) -> float:
    low, middle, high = _of_three(a, b, c)
    first, second = (d, e) if d < e else (e, d)
    first, second = second, first
    return low * 1.0 + middle * 200.0 + high * 40000.0 + first * 1e7 + second * 1e10


def each_of_some(a: int, b: int, c: int, d: int, e: int, f: int) -> float:
    total = 0.0
    for weight, value in ((1, a), (b, 3), (c, d)):
        if weight == 0:
            continue
        if value > 30:
            break
        total += weight * value
    return total - min(a, b) + (1.5 if a < 0 else 2)


WHOLE = [divided, of_bits, compared, counted, sorted_by_parts, each_of_some]
COMPILED: dict[Callable[..., float], Piece] = {function: measuring(function) for function in WHOLE}


@pytest.mark.parametrize("function", WHOLE)
@given(numbers=st.tuples(*[SMALL] * 6))
@MANY
def test_compiled_functions_answer_what_python_does(
    function: Callable[..., float], numbers: tuple[int, ...]
) -> None:
    assert COMPILED[function].from_python(*numbers) == function(*numbers)


@acting
def _by_kinds(desk: int, x: int, y: int, a: int, b: int, c: int) -> None:
    one, other, wide = get(x, 0), get(x, 1), get_double(y, 0)
    put(x, 2, one + other)
    put(x, 3, one * other)
    put(x, 4, one / other)
    put(x, 5, abs(-one))
    put(x, 6, f32(wide))
    put_double(y, 1, one * wide)
    put_double(y, 2, one - a)
    put_double(y, 3, a / 8)
    put_double(y, 4, other - 0.1)
    put_double(y, 5, one if one > wide else wide)
    put_double(y, 6, one == other)


@given(NUMBER, NUMBER.filter(lambda number: abs(number) > 1e-3), NUMBER, SMALL)
@MANY
def test_numbers_of_several_kinds_mix_as_those_of_numpy(
    one: float, other: float, wide: float, whole: int
) -> None:
    x, y = np.zeros(7, np.float32), np.zeros(7)
    x[:2], y[0] = (one, other), wide / 3
    _by_kinds.from_python(0, x.ctypes.data, y.ctypes.data, whole, 0, 0)
    a, b, c = x[0], x[1], np.float64(wide / 3)
    np.testing.assert_array_equal(x[2:6], np.array([a + b, a * b, a / b, abs(a)], np.float32))
    assert x[6] == np.float32(c)
    # NumPy makes float64 of a float32 and an int64, and of a float32 and a float64.
    wanted = [a * c, a - np.int64(whole), whole / 8, b - np.float64(0.1), max(a, c), a == b]
    np.testing.assert_array_equal(y[1:], np.array(wanted, np.float64))


@acting
def _by_library(desk: int, y: int, a: int, b: int, c: int, d: int) -> None:
    x = get_double(y, 0)
    put_double(y, 1, math.sqrt(x))
    put_double(y, 2, math.log(x))
    put_double(y, 3, math.erf(x))
    put_double(y, 4, x**1.5)
    put_double(y, 5, x**a)
    put_double(y, 6, math.sqrt(f32(x)))
    put_double(y, 7, -x * math.pi)


@given(st.floats(1e-3, 50), st.integers(-5, 5))
@MANY
def test_functions_of_the_library_are_those_of_python(x: float, power: int) -> None:
    y = np.zeros(8)
    y[0] = x
    _by_library.from_python(0, y.ctypes.data, power, 0, 0, 0)
    root = np.sqrt(np.float32(x))
    wanted = [
        math.sqrt(x), math.log(x), math.erf(x), x**1.5, x**power, float(root), -x * math.pi
    ]  # fmt: skip
    np.testing.assert_allclose(y[1:], wanted, rtol=1e-15)
    assert y[6] == root


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_keep_their_meaning(number: float) -> None:
    @measuring
    def about(desk: int, y: int, a: int, b: int, c: int, d: int) -> float:
        x: float = get_double(y, 0)
        same, above, other = x == x, x > 0, x != x  # noqa: PLR0124 - what is asked here
        return 1.0 * same + 2.0 * above + 4.0 * other

    y = np.array([number])
    wanted = 1.0 * (number == number) + 2.0 * (number > 0) + 4.0 * (number != number)  # noqa: PLR0124
    assert about.from_python(0, y.ctypes.data, 0, 0, 0, 0) == wanted


@acting
def _where_there_is_any(desk: int, address: int, x: int, a: int, b: int, c: int) -> None:
    put_int(x, 0, get_int(address, 0) if address else -1)
    put_int(x, 1, address and get_int(address, 0) == 5)
    put_int(x, 2, not address or get_int(address, 0) > 4)


def test_a_side_that_is_not_chosen_is_not_worked_out() -> None:
    x, there = np.zeros(3, np.int64), np.array([5])
    _where_there_is_any.from_python(0, there.ctypes.data, x.ctypes.data, 0, 0, 0)
    assert x.tolist() == [5, 1, 1]
    # Reading at the address 0 would end the program.
    _where_there_is_any.from_python(0, 0, x.ctypes.data, 0, 0, 0)
    assert x.tolist() == [-1, 0, 1]


def test_an_address_is_that_of_the_function() -> None:
    call = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_int64] * 6)(COMPILED[divided].address)
    assert call(-7, 2, 0, 0, 0, 0) == divided(-7, 2, 0, 0, 0, 0)


def _a_text(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    name = "text"
    return len(name)


def _narrower(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    total = 0
    total += 0.5  # type: ignore[assignment]
    return total


def _unknown_name(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return a + nowhere  # type: ignore[name-defined, no-any-return]  # noqa: F821 - what is tested


def _unknown_function(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return math.cos(a)


def _no_part(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return divided(a, b, c, d, e, 0)


def _no_range(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    for _i in sorted([a, b]):
        a += 1
    return a


def _a_list(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return [a, b][0]


def _too_few_names(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    a, b, _c = _ordered(a, b)  # type: ignore[misc]
    return a


def _too_few_arguments(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return get(a)  # type: ignore[no-any-return]


def _two_for_one(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return 1 + _ordered(a, b)  # type: ignore[operator]


def _no_answer(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:  # type: ignore[return]
    put_int(a, 0, b)


def _root_of_bits(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return a | 0.5  # type: ignore[operator]


def _too_wide(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    put(a, 0, 0.5 * b)
    return 0.0


def _a_chain(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return a < b < c


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (_a_text, "expected a number, received 'text'"),
        (_narrower, "expected int64, received float64"),
        (_unknown_name, "expected a name that is known, received nowhere"),
        (_unknown_function, "a function that compiled code knows, received math.cos"),
        (_no_part, "a function that compiled code knows, received divided"),
        (_no_range, "expected a range, received sorted"),
        (_a_list, "expected what compiled code knows, received Subscript"),
        (_too_few_names, "expected as many names as values"),
        (_too_few_arguments, "expected 2 arguments, received 1"),
        (_two_for_one, "expected a number, received a tuple"),
        (_no_answer, "expected float64, received nothing"),
        (_root_of_bits, "expected an operator for these numbers"),
        (_too_wide, "expected float32, received float64"),
        (_a_chain, "expected what compiled code knows"),
    ],
)
def test_what_compiled_code_does_not_know_is_named_with_its_line(
    function: Callable[..., float], message: str
) -> None:
    with pytest.raises(KernelError) as raised:
        _address = measuring(function).address
    assert message in str(raised.value)
    line = int(str(raised.value).split("line ")[1].split(":")[0])
    first = function.__code__.co_firstlineno
    assert first <= line <= first + 3
    assert f"{function.__module__}.{function.__qualname__}" in str(raised.value)
