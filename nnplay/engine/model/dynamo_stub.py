"""A stand-in for torch's compiler, which optimizers load only to say that they do without it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

import torch

F = TypeVar("F", bound=Callable[..., Any])
_NAME = "torch._dynamo"


@cache
def install_dynamo_stub() -> None:
    """Spare optimizers the compiler: 60 MB, and up to a second before the first step."""
    if _NAME not in sys.modules:
        sys.modules[_NAME] = torch._dynamo = _DynamoStub(_NAME)


class _DynamoStub(ModuleType):
    """Has what optimizers use; whoever wants more gets the compiler itself."""

    @staticmethod
    def disable(function: F, *_args: object, **_kwargs: object) -> F:
        """Return what is not to be compiled, which nothing would compile."""
        return function

    @staticmethod
    def graph_break(*_args: object) -> None:
        """Do nothing: there is no graph."""

    def __getattr__(self, name: str) -> Any:
        # Those who look at every module ask for such names; submodules are found by the path.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME], torch._dynamo
        return getattr(import_module(_NAME), name)
