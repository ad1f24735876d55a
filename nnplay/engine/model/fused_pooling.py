"""Max-pooling and the ReLU after it in one kernel, with the same numbers as PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from nnplay.engine.kernels import pooling
from nnplay.engine.kernels.installed import missing

LEAST_CHANNELS = 16
"""Numbers in a vector; the channels of a pixel must fill at least one."""
LEAST_NUMBERS = 16_384
"""With fewer inputs, PyTorch's two calls take no longer than a kernel called from Python."""
_SIDE = 2
_LAST = torch.channels_last


class PooledReLU:
    """Applies both layers by one kernel if it serves the inputs."""

    def __init__(self, pool: nn.MaxPool2d, relu: nn.ReLU) -> None:
        self._pool = pool
        self._relu = relu

    def __call__(self, x: Tensor) -> Tensor:
        """Return the outputs of both layers for x of shape (samples, channels, height, width)."""
        if not _supports(x):
            return self._relu(self._pool(x))  # type: ignore[no-any-return]
        outputs: Tensor = _PoolAndReLU.apply(x)  # type: ignore[no-untyped-call]
        return outputs


def has_small_windows(pool: nn.MaxPool2d) -> bool:
    """Return whether its windows are two by two and do not overlap, as in most networks."""
    sizes = pool.kernel_size, pool.stride, pool.padding, pool.dilation
    return sizes == (_SIDE, _SIDE, 0, 1) and not (pool.ceil_mode or pool.return_indices)


def serves_shape(samples: int, channels: int, height: int, width: int) -> bool:
    """Return whether the kernel is faster for images of this shape."""
    # Images smaller than a window are left to PyTorch, whose error message names the problem.
    fits = channels >= LEAST_CHANNELS and min(height, width) >= 2
    return fits and samples * channels * height * width >= LEAST_NUMBERS


def _supports(x: Tensor) -> bool:
    return (
        x.is_cpu
        and x.dtype in (torch.float32, torch.bfloat16)
        and x.ndim == 4
        and serves_shape(*x.shape)
        and x.is_contiguous(memory_format=_LAST)
        and not missing()
    )


class _PoolAndReLU(torch.autograd.Function):
    """Keeps a byte per output: which cell of its window it came from, if it is above 0."""

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
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        gradient = gradients[0].contiguous(memory_format=_LAST)
        x = torch.empty(ctx.shape, dtype=gradient.dtype, memory_format=_LAST)
        (cells,) = ctx.saved_tensors
        pooling.unpool(x, gradient, cells)
        return x
