"""Max-pooling and the ReLU behind it by a kernel; see `pooling.c`."""

from __future__ import annotations

import ctypes
from ctypes import c_int64, c_void_p
from typing import Any

import torch
from torch import Tensor

from nnplay.engine.kernels.installed import library
from nnplay.engine.kernels.openmp import sharers


class Pooling(ctypes.Structure):
    """What a call works on; see `struct pooling`."""

    _fields_ = [
        ("x", c_void_p),
        ("y", c_void_p),
        ("cells", c_void_p),
        ("is_bfloat16", c_int64),
        ("images", c_int64),
        ("channels", c_int64),
        ("height", c_int64),
        ("width", c_int64),
        ("thread_number", c_void_p),
        ("threads_running", c_void_p),
    ]


def pool(x: Tensor, y: Tensor, cells: Tensor) -> None:
    """Write the outputs for x (images, channels, height, width) to y, and the cells they are from.

    All are laid out with the channels of a pixel side by side.
    """
    _call(library().pool, x, y, cells)


def unpool(x: Tensor, y: Tensor, cells: Tensor) -> None:
    """Write the gradient of x, from that of the outputs, which is y."""
    _call(library().unpool, x, y, cells)


def _call(kernel: Any, x: Tensor, y: Tensor, cells: Tensor) -> None:
    share, number, running = sharers()
    arguments = Pooling(
        x.data_ptr(), y.data_ptr(), cells.data_ptr(), x.dtype == torch.bfloat16, *x.shape,
        number, running,
    )  # fmt: skip
    if not share:
        kernel(ctypes.addressof(arguments))
        return
    start = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, ctypes.c_uint, ctypes.c_uint)(share)
    address = ctypes.cast(kernel, c_void_p)
    start(address, ctypes.addressof(arguments), torch.get_num_threads(), 0)
