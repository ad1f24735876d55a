"""Random numbers that leave those of a training in another thread alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

_DRAWING = frozenset(
    {"bernoulli_", "normal", "normal_", "rand", "randint", "randn", "randperm", "uniform_",
     "kaiming_normal_", "kaiming_uniform_", "orthogonal_", "sparse_", "trunc_normal_",
     "xavier_normal_", "xavier_uniform_"}
)  # fmt: skip
"""Functions that take a generator; those of torch.nn.init are seen here in place of what they
call."""


class OwnRandom(TorchFunctionMode):
    """A context in which PyTorch draws from a generator of its own, in this thread only.

    PyTorch's default generator is shared by all threads, so a network that is built while another
    one trains would change the dropout masks of that training.
    """

    def __init__(self) -> None:
        super().__init__()
        self._generator = torch.Generator()

    def manual_seed(self, seed: int) -> torch.Generator:
        """Seed the generator, which then draws what PyTorch's default generator would."""
        return self._generator.manual_seed(seed)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        _types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call a function of PyTorch, with the generator if it draws."""
        given = dict(kwargs or {})
        if getattr(func, "__name__", "") in _DRAWING and given.get("generator") is None:
            given["generator"] = self._generator
        return func(*args, **given)
