"""The matrix product of SciPy's BLAS, for compiled code to call by its address."""

from __future__ import annotations

import numba.extending
import threadpoolctl


def sgemm_address() -> int:
    """Return where the product of float32 matrices stands in memory."""
    address: int = numba.extending.get_cython_function_address("scipy.linalg.cython_blas", "sgemm")
    return address


def set_threads(threads: int) -> None:
    """Let every product from now on, in the whole program, take so many threads."""
    threadpoolctl.threadpool_limits(limits=threads, user_api="blas")
