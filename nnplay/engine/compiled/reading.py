"""What kernels read off the desk in more than one place."""

from __future__ import annotations

from typing import Any

from nnplay.engine.compiled.desk import COLUMNS, NUMBERS, PLAN
from nnplay.engine.compiled.memory import get, get_int
from nnplay.engine.jit import part
from nnplay.engine.jit.kinds import INT_BYTES


@part
def row_of(desk: int, k: int) -> int:
    """Return the address of a row of the plan."""
    address: int = get_int(desk, PLAN) + k * COLUMNS * INT_BYTES
    return address


@part
def number_of(desk: int, place: int) -> Any:
    """Return one of the numbers of the loss, the clipping and the layers, a float32."""
    return get(get_int(desk, NUMBERS), place)
