"""Max-pooling and the ReLU behind it in one, by compiled code: PyTorch's numbers in less time."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from nnplay.catalog import MaxPool2d, ReLU
from nnplay.engine.model.threads import batch_of
from nnplay.experiment import Experiment, trace_shapes

LEAST_CHANNELS = 16
"""Numbers of a vector: the channels of a pixel must fill one."""
LEAST_NUMBERS = 16_384
"""With fewer in all, PyTorch's two calls take no longer than one out of Python."""
_INT = ctypes.c_int64
_SIDE = 2
_LAST = torch.channels_last
_Way = Callable[[Any, int], object]


class PooledReLU:
    """Two layers of a network, taken as one where that is served."""

    def __init__(self, pool: nn.MaxPool2d, relu: nn.ReLU) -> None:
        self._pool = pool
        self._relu = relu

    def __call__(self, x: Tensor) -> Tensor:
        """Return what the layers answer to x: shape (samples, channels, height, width)."""
        if not _serves(x):
            return self._relu(self._pool(x))  # type: ignore[no-any-return]
        answer: Tensor = _Both.apply(x)  # type: ignore[no-untyped-call]
        return answer


def has_small_windows(pool: nn.MaxPool2d) -> bool:
    """Say whether its windows are two by two and side by side, as nearly all are."""
    sizes = pool.kernel_size, pool.stride, pool.padding, pool.dilation
    return sizes == (_SIDE, _SIDE, 0, 1) and not (pool.ceil_mode or pool.return_indices)


def has_part(experiment: Experiment) -> bool:
    """Say whether compiled code will have a part in what a CPU answers to whole batches."""
    network, batch = experiment.network, batch_of(experiment)
    rows = trace_shapes(experiment.data.spec().in_shape, network)
    for first, second, row in zip(network, network[1:], rows, strict=False):
        # The pool is taken first, so that both orders begin with the same pictures.
        pool, relu = (first, second) if isinstance(second, ReLU) else (second, first)
        if not (isinstance(pool, MaxPool2d) and isinstance(relu, ReLU)):
            continue
        fits = row.in_shape is not None and serves_shape(batch, *row.in_shape)
        if fits and pool.kernel_size == pool.stride == _SIDE:
            return True
    return False


def is_ready() -> bool:
    """Say whether the compiled code is there."""
    return _ways.cache_info().currsize > 0


def get_ready() -> None:
    """Get the compiled code, from disk or compiled anew the first time."""
    _ways()


@cache
def _ways() -> tuple[_Way, _Way, int, int]:
    """Return the ways forward and back, of a desk and threads, and where stands what these ask."""
    # Late, as most of it is of no use to other networks.
    from nnplay.engine.compiled.openmp import sharers
    from nnplay.engine.compiled.pooling import pool, unpool

    share_out, which, how_many = sharers()
    if not share_out:
        return _alone(pool.address), _alone(unpool.address), 0, 0
    return _shared(share_out, pool.address), _shared(share_out, unpool.address), which, how_many


def _alone(piece: int) -> _Way:
    call = ctypes.CFUNCTYPE(None, _INT)(piece)

    def way(desk: Any, _threads: int) -> None:
        call(ctypes.addressof(desk))

    return way


def _shared(share_out: int, piece: int) -> _Way:
    call = ctypes.CFUNCTYPE(None, _INT, _INT, ctypes.c_uint, ctypes.c_uint)(share_out)

    def way(desk: Any, threads: int) -> None:
        call(piece, ctypes.addressof(desk), threads, 0)

    return way


def serves_shape(samples: int, channels: int, height: int, width: int) -> bool:
    """Say whether pictures of a shape are what compiled code is made for."""
    # Without a single window PyTorch says what is wrong.
    fits = channels >= LEAST_CHANNELS and min(height, width) >= 2
    return fits and samples * channels * height * width >= LEAST_NUMBERS


def _serves(x: Tensor) -> bool:
    return (
        x.is_cpu
        and x.dtype in (torch.float32, torch.bfloat16)
        and x.ndim == 4
        and serves_shape(*x.shape)
        and x.is_contiguous(memory_format=_LAST)
    )


class _Both(torch.autograd.Function):
    """Notes a byte for each answer: which cell of the window it came from, if from any."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        samples, channels, height, width = ctx.shape = x.shape
        shape = samples, channels, height // 2, width // 2
        y = torch.empty(shape, dtype=x.dtype, memory_format=_LAST)
        cells = torch.empty(y.numel(), dtype=torch.uint8)
        _go(x, y, cells)
        ctx.save_for_backward(cells)
        return y

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Tensor:
        slope = slopes[0].contiguous(memory_format=_LAST)
        x = torch.empty(ctx.shape, dtype=slope.dtype, memory_format=_LAST)
        (cells,) = ctx.saved_tensors
        _go(x, slope, cells, back=True)
        return x


def _go(x: Tensor, y: Tensor, cells: Tensor, back: bool = False) -> None:
    """Go forward, from x, or back, to x."""
    there, and_back, *asked = _ways()
    desk = (_INT * 10)(
        x.data_ptr(), y.data_ptr(), cells.data_ptr(), x.dtype == torch.bfloat16, *x.shape, *asked
    )
    (and_back if back else there)(desk, torch.get_num_threads())
