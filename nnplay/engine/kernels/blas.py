"""A matrix product for the kernels to call by its address: PyTorch's BLAS, or else SciPy's."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import numpy as np
import threadpoolctl
import torch

_JUNK = -(1 << 40)
"""Makes a number below zero of a small one, unless only its lower 32 bits are read."""


@cache
def sgemm_address() -> int:
    """Return the address of the product of float32 matrices.

    PyTorch's is far faster on several threads, which it shares with PyTorch's own operations; not
    every system's PyTorch gives it out.
    """
    return _of_torch() or _of_scipy()


def _of_torch() -> int:
    """Return the address of PyTorch's product, or 0 where there is none that can be called so."""
    try:
        file = Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"
        function = ctypes.CDLL(str(file)).sgemm_
    except (OSError, AttributeError):
        return 0
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return address if address and _multiplies(address) else 0


def _of_scipy() -> int:
    """Return the address of SciPy's product, which it gives out in a capsule with its signature."""
    # Late, as it takes time to load and is hardly ever asked.
    from scipy.linalg import cython_blas

    capsule = ctypes.py_object(cython_blas.__pyx_capi__["sgemm"])
    name, pointer = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return int(pointer(capsule, name(capsule)) or 0)


def _multiplies(address: int) -> bool:
    """Say whether it is a product whose sizes are of 32 bits, as the kernel hands them over."""
    a = np.array([[1, 2], [3, 4]], np.float32)
    b = np.array([[5, 6], [7, 8]], np.float32)
    c = np.zeros((2, 2), np.float32)
    size = np.int64(2 + _JUNK)
    letter, one, zero = np.bytes_(b"N"), np.float32(1), np.float32(0)
    arrays = [np.asarray(part) for part in (letter, size, one, a, b, zero, c)]
    by_name = dict(zip("nsoabzc", (part.ctypes.data for part in arrays), strict=True))
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 13)(address)
    call(*(by_name[name] for name in "nnsssobsaszcs"))
    return bool(np.array_equal(c, a @ b))


def set_threads(threads: int) -> None:
    """Set the number of threads of SciPy's products for the whole program.

    PyTorch's own products follow `torch.set_num_threads`.
    """
    threadpoolctl.threadpool_limits(limits=threads, user_api="blas")
