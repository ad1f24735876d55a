"""How initial weights are drawn."""

from __future__ import annotations

from collections.abc import Mapping

from nnplay.catalog.kind import Call
from nnplay.translation import n_

_TORCH = "torch.nn.init"
_DEVIATION = 0.05
"""Standard deviation or half-width, small enough for layers of some hundred inputs."""
_FOR_RELU = {"nonlinearity": "relu"}
USUAL = n_("default")
"""Keeps the weights as PyTorch initialises them when it builds a layer."""
INITIALISERS: Mapping[str, Call | None] = {
    USUAL: None,
    n_("Xavier uniform"): Call(f"{_TORCH}:xavier_uniform_", {}),
    n_("Xavier normal"): Call(f"{_TORCH}:xavier_normal_", {}),
    n_("He uniform"): Call(f"{_TORCH}:kaiming_uniform_", _FOR_RELU),
    n_("He normal"): Call(f"{_TORCH}:kaiming_normal_", _FOR_RELU),
    n_("orthogonal"): Call(f"{_TORCH}:orthogonal_", {}),
    n_("normal"): Call(f"{_TORCH}:normal_", {"std": _DEVIATION}),
    n_("uniform"): Call(f"{_TORCH}:uniform_", {"a": -_DEVIATION, "b": _DEVIATION}),
    n_("zeros"): Call(f"{_TORCH}:zeros_", {}),
}
"""The PyTorch call that fills a weight, by the key used in files; it takes the weight first."""
