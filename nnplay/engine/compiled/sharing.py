"""What several threads share: each does its part of the samples or of the weights.

The products are BLAS's own business, which has its own threads. What lies between them would
otherwise keep one thread busy while the others wait, and leave all weights in that one's cache.
Every number comes out as it would in one thread.
"""

from __future__ import annotations

from nnplay.engine.compiled import desk as d
from nnplay.engine.compiled.calls import act_at, ask
from nnplay.engine.compiled.memory import get_int
from nnplay.engine.jit import part, sharing
from nnplay.engine.jit.kinds import FLOAT_BYTES, INT_BYTES, LANES


@part
def _start(desk: int, count: int, further: int) -> int:
    """Return where this thread's part of so many numbers begins, or that of one behind it."""
    which, threads = ask(get_int(desk, d.WHICH)) + further, ask(get_int(desk, d.HOW_MANY))
    # With a whole vector, so that each number is worked out as it would be in one thread.
    start: int = (count * which // threads + LANES - 1) // LANES * LANES
    return min(count, start)


@sharing
def fetch_part(desk: int) -> None:
    """Fetch a thread's part of the samples of a block."""
    now, width = get_int(desk, d.NOW), get_int(desk, d.FEATURES)
    count = get_int(now, d.NOW_COUNT)
    start, end = _start(desk, count, 0), _start(desk, count, 1)
    if start < end:
        order = get_int(now, d.NOW_ORDER) + start * INT_BYTES
        target = get_int(desk, d.ACTS) + start * FLOAT_BYTES
        x = get_int(now, d.NOW_X)
        act_at(get_int(desk, d.FETCH_X), desk, x, width, order, end - start, target)


@sharing
def update_part(desk: int) -> None:
    """Update a thread's part of the weights."""
    count, step = get_int(desk, d.WEIGHT_COUNT), get_int(get_int(desk, d.NOW), d.NOW_STEP)
    start, end = _start(desk, count, 0), _start(desk, count, 1)
    if start < end:
        w = get_int(desk, d.WEIGHTS) + start * FLOAT_BYTES
        g = get_int(desk, d.GRADIENTS) + start * FLOAT_BYTES
        act_at(get_int(desk, d.UPDATE), desk, end - start, w, g, step, 0)
