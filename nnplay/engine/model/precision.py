"""The precision that a network computes in while it trains."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn

from nnplay.engine.model.fused import fused_forward
from nnplay.engine.modules.recurrent import has_bfloat16_lstm
from nnplay.translation import _

_CPU_BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16")
"""The instruction sets for bfloat16, by torch's names."""
_AMPERE = (8, 0)
"""The compute capability of the first GPUs with TF32 and bfloat16."""


def forward_in(
    precision: str, model: Callable[[Tensor], Tensor], device: torch.device
) -> Callable[[Tensor], Tensor]:
    """Return the forward pass of a model in that precision; its outputs are float32 in any case.

    The weights stay float32, and each batch makes bfloat16 copies of them. The model itself, which
    evaluations call, still computes in float32.
    """
    fused = fused_forward(model) if isinstance(model, nn.Sequential) else model
    if precision != "bfloat16":
        return fused

    def forward(x: Tensor) -> Tensor:
        # A recorded step would not find cached copies, which belong to the step that made them.
        with torch.autocast(device.type, torch.bfloat16, cache_enabled=False):
            outputs = fused(x)
        return outputs.float()

    return forward


def set_tf32(precision: str) -> None:
    """Let GPUs multiply in TF32 if that is the precision, and only then; for the whole process."""
    allowed = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def why_unsupported(precision: str, device: torch.device) -> str:
    """Return why the device cannot compute in that precision; empty if it can."""
    if precision != "tf32":
        return ""
    if device.type != "cuda":
        return _("TF32 is for GPUs, but this run uses the CPU.")
    if torch.cuda.get_device_capability(device) < _AMPERE:
        name = torch.cuda.get_device_name(device)
        return _("{device} has no TF32; GPUs have it since 2020.").format(device=name)
    return ""


def why_slow(precision: str, device: torch.device) -> str:
    """Return why that precision is slow on the device; empty if it is not."""
    if precision != "bfloat16" or _has_bfloat16(device):
        return ""
    if device.type == "cuda":
        return _("this GPU has no instructions for bfloat16, so float32 would be faster")
    return _("this CPU has no instructions for bfloat16, so float32 would be faster")


def float32_layers(precision: str, device: torch.device, model: nn.Module) -> str:
    """Return which layers compute in float32 in spite of that precision; empty if none do."""
    if precision != "bfloat16" or device.type != "cpu":
        return ""
    if any(isinstance(part, nn.LSTM) for part in model.modules()) and not has_bfloat16_lstm():
        return _("its LSTM layers compute in float32, as this CPU has no LSTM in bfloat16")
    return ""


@cache
def _has_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= _AMPERE
    # Older versions of torch cannot list them; then nothing is said about the speed.
    list_capabilities = getattr(torch.cpu, "get_capabilities", None)
    has = {} if list_capabilities is None else list_capabilities()
    return not has or any(has.get(name) for name in _CPU_BFLOAT16)
