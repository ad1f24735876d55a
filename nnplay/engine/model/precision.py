"""In which numbers a network computes while it trains."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn

from nnplay.engine.model.fused import fused_forward
from nnplay.engine.modules.recurrent import has_bfloat16_lstm
from nnplay.translation import _

_IN_CPUS = ("avx512_bf16", "amx_bf16", "bf16")
"""Instructions for bfloat16, as torch calls them."""
_AMPERE = (8, 0)
"""The first GPUs with TF32 and bfloat16."""


def forward_in(
    precision: str, model: Callable[[Tensor], Tensor], device: torch.device
) -> Callable[[Tensor], Tensor]:
    """Return what answers a batch in that precision; the answer is float32 in any case.

    The weights stay float32 too, and bfloat16 copies of them are made for each batch. Whoever asks
    the model itself asks it in float32.
    """
    quick = fused_forward(model) if isinstance(model, nn.Sequential) else model
    if precision != "bfloat16":
        return quick

    def forward(x: Tensor) -> Tensor:
        # Copies that outlive the batch would not be found in a recorded step.
        with torch.autocast(device.type, torch.bfloat16, cache_enabled=False):
            answer = quick(x)
        return answer.float()

    return forward


def set_tf32(precision: str) -> None:
    """Let GPUs multiply in TF32 if that is the precision, and only then; holds for the process."""
    allowed = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def missing(precision: str, device: torch.device) -> str:
    """Say what the device lacks to compute in that precision at all, or nothing."""
    if precision != "tf32":
        return ""
    if device.type != "cuda":
        return _("TF32 is for GPUs, and this run takes place on the CPU.")
    if torch.cuda.get_device_capability(device) < _AMPERE:
        name = torch.cuda.get_device_name(device)
        return _("{device} has no TF32: only GPUs from 2020 on have.").format(device=name)
    return ""


def drawback(precision: str, device: torch.device) -> str:
    """Say why that precision is slow on the device, or nothing."""
    if precision != "bfloat16" or _is_quick(device):
        return ""
    if device.type == "cuda":
        return _("this GPU has no instructions for bfloat16, so float32 would be faster")
    return _("this CPU has no instructions for bfloat16, so float32 would be faster")


def float32_layers(precision: str, device: torch.device, model: nn.Module) -> str:
    """Say which layers compute in float32 although that precision was chosen, or nothing."""
    if precision != "bfloat16" or device.type != "cpu":
        return ""
    if any(isinstance(part, nn.LSTM) for part in model.modules()) and not has_bfloat16_lstm():
        return _("its LSTM layers compute in float32, as this CPU has no LSTM in bfloat16")
    return ""


@cache
def _is_quick(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= _AMPERE
    # Older versions do not tell.
    tell = getattr(torch.cpu, "get_capabilities", None)
    has = {} if tell is None else tell()
    return not has or any(has.get(name) for name in _IN_CPUS)
