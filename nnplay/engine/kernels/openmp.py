"""PyTorch's own threads for compiled code to share work among."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import threadpoolctl
import torch


@cache
def sharers() -> tuple[int, int, int]:
    """Return the addresses of OpenMP's parallel call, thread number and thread count.

    The count matters because a limit may leave fewer threads than were asked for.

    They are of the library that PyTorch's products take their threads from, so that both take the
    same ones; zeros where that is none that can be called so.
    """
    own = Path(torch.__file__).parent
    for library in threadpoolctl.threadpool_info():
        if library["user_api"] == "openmp" and own in Path(library["filepath"]).parents:
            return _of(library["filepath"])
    return 0, 0, 0


def _of(file: str) -> tuple[int, int, int]:
    try:
        library = ctypes.CDLL(file)
        share, which = library.GOMP_parallel, library.omp_get_thread_num
        count = library.omp_get_num_threads
    except (OSError, AttributeError):
        return 0, 0, 0
    return _address(share), _address(which), _address(count)


def _address(function: object) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0  # type: ignore[arg-type]
