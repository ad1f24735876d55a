"""Max-pooling in windows of two by two with a ReLU behind it, in one.

The channels of a pixel lie side by side, and fill a vector at least. The numbers are PyTorch's own;
but PyTorch goes through them once for each of the two, and keeps eight bytes for each answer where
the number of a cell fits in one.
"""

from __future__ import annotations

from typing import Any

from nnplay.engine.compiled.calls import ask
from nnplay.engine.compiled.functions import ZERO, f32
from nnplay.engine.compiled.memory import (
    get_int,
    load,
    load_bytes,
    load_half,
    spread,
    store,
    store_bytes,
    store_half,
    where_above,
    where_equal,
)
from nnplay.engine.jit import part, sharing
from nnplay.engine.jit.kinds import LANES

_X, _Y, _CELLS, _HALVES, _PICTURES, _CHANNELS, _HEIGHT, _WIDTH, _WHICH, _HOW_MANY = range(10)
_ONE, _TWO, _THREE, _NONE = f32(1), f32(2), f32(3), f32(4)
"""Which cell of a window won, row after row from 0 on; none where the ReLU lets nothing through."""


@part
def _load(address: int, place: int, halves: int) -> Any:
    return load_half(address, place) if halves else load(address, place)


@part
def _store(address: int, place: int, halves: int, value: Any) -> None:
    if halves:
        store_half(address, place, value)
    else:
        store(address, place, value)


@part
def _start(desk: int, rows: int, further: int) -> int:
    """Return the first row of answers of this thread, or of the one behind it."""
    which = get_int(desk, _WHICH)
    thread: int = ask(which) if which else 0
    threads: int = ask(get_int(desk, _HOW_MANY)) if which else 1
    return rows * (thread + further) // threads


@sharing
def pool(desk: int) -> None:
    """Write the largest of each window, or 0, and which of its cells that was."""
    x, y, cells = get_int(desk, _X), get_int(desk, _Y), get_int(desk, _CELLS)
    height, width = get_int(desk, _HEIGHT), get_int(desk, _WIDTH)
    channels, halves = get_int(desk, _CHANNELS), get_int(desk, _HALVES)
    rows, columns = height >> 1, width >> 1
    zero, one, two, three, none = (
        spread(ZERO), spread(_ONE), spread(_TWO), spread(_THREE), spread(_NONE)
    )  # fmt: skip
    every = get_int(desk, _PICTURES) * rows
    for row in range(_start(desk, every, 0), _start(desk, every, 1)):
        top = (row // rows * height + row % rows * 2) * width
        for column in range(columns):
            first = 0
            while first < channels:
                # The last vector of a pixel begins early enough to end with it.
                first = min(first, channels - LANES)
                upper = (top + column * 2) * channels + first
                lower = upper + width * channels
                a, b = _load(x, upper, halves), _load(x, upper + channels, halves)
                c, d = _load(x, lower, halves), _load(x, lower + channels, halves)
                # Of equals the first wins, and of what is not a number the last.
                high, low = where_above(b, a, b, a), where_above(d, c, d, c)
                best = where_above(low, high, low, high)
                cell = where_above(
                    low, high, where_above(d, c, three, two), where_above(b, a, one, zero)
                )
                answer = (row * columns + column) * channels + first
                _store(y, answer, halves, where_above(zero, best, zero, best))
                store_bytes(cells, answer, where_above(best, zero, cell, none))
                first += LANES


@sharing
def unpool(desk: int) -> None:
    """Write how the loss changes with each number that was pooled."""
    x, y, cells = get_int(desk, _X), get_int(desk, _Y), get_int(desk, _CELLS)
    height, width = get_int(desk, _HEIGHT), get_int(desk, _WIDTH)
    channels, halves = get_int(desk, _CHANNELS), get_int(desk, _HALVES)
    rows, columns = height >> 1, width >> 1
    zero, one, two, three = spread(ZERO), spread(_ONE), spread(_TWO), spread(_THREE)
    every = get_int(desk, _PICTURES) * rows
    for row in range(_start(desk, every, 0), _start(desk, every, 1)):
        top = (row // rows * height + row % rows * 2) * width
        for column in range(columns):
            first = 0
            while first < channels:
                first = min(first, channels - LANES)
                upper = (top + column * 2) * channels + first
                lower = upper + width * channels
                answer = (row * columns + column) * channels + first
                slope, cell = _load(y, answer, halves), load_bytes(cells, answer)
                _store(x, upper, halves, where_equal(cell, zero, slope, zero))
                _store(x, upper + channels, halves, where_equal(cell, one, slope, zero))
                _store(x, lower, halves, where_equal(cell, two, slope, zero))
                _store(x, lower + channels, halves, where_equal(cell, three, slope, zero))
                first += LANES
        # Of an odd width and height, the last column and the last row are in no window.
        if width % 2:
            _clear(x, (top + width - 1) * channels, channels, halves)
            _clear(x, (top + width + width - 1) * channels, channels, halves)
        if height % 2 and row % rows == rows - 1:
            _clear(x, (top + 2 * width) * channels, width * channels, halves)


@part
def _clear(x: int, start: int, count: int, halves: int) -> None:
    """Write that many zeros, at least a vector."""
    first = 0
    while first < count:
        first = min(first, count - LANES)
        _store(x, start + first, halves, spread(ZERO))
        first += LANES
