"""Memory that a step frees is kept for the next one, as getting it anew from the system is slow."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of malloc.h; https://sourceware.org/glibc/manual/latest/html_node/Malloc-Tunable-Parameters.html"""
_LARGEST = 32 * 2**20
"""A larger piece goes back to the system by itself; it is the most that glibc allows."""
_KEPT = 512 * 2**20
"""Free bytes that may stay between two steps."""


@cache
def keep_freed() -> bool:
    """Have the process keep what steps free; say whether its C library takes the advice.

    What lies between the layers of a convolutional network is some megabytes in every step. Without
    this, glibc gives them back, and the system clears every page of them before the next use.
    """
    library = _glibc()
    if library is None:
        return False
    return bool(
        library.mallopt(_MMAP_THRESHOLD, _LARGEST) and library.mallopt(_TRIM_THRESHOLD, _KEPT)
    )


def give_back_freed() -> None:
    """Return to the system what is free now that a run is over."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    # Other C libraries have no such advice to take.
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
