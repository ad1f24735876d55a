"""Max-pooling and the ReLU behind it in one, by compiled code: PyTorch's numbers in less time."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from nnplay.engine.kernels import pooling
from nnplay.engine.kernels.installed import missing

LEAST_CHANNELS = 16
"""Numbers of a vector: the channels of a pixel must fill one."""
LEAST_NUMBERS = 16_384
"""With fewer in all, PyTorch's two calls take no longer than one out of Python."""
_SIDE = 2
_LAST = torch.channels_last


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
        and not missing()
    )


class _Both(torch.autograd.Function):
    """Notes a byte for each answer: which cell of the window it came from, if from any."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        samples, channels, height, width = ctx.shape = x.shape
        shape = samples, channels, height // 2, width // 2
        y = torch.empty(shape, dtype=x.dtype, memory_format=_LAST)
        cells = torch.empty(y.numel(), dtype=torch.uint8)
        pooling.pool(x, y, cells)
        ctx.save_for_backward(cells)
        return y

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Tensor:
        slope = slopes[0].contiguous(memory_format=_LAST)
        x = torch.empty(ctx.shape, dtype=slope.dtype, memory_format=_LAST)
        (cells,) = ctx.saved_tensors
        pooling.unpool(x, slope, cells)
        return x
