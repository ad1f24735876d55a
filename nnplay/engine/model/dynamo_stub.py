"""A stub of torch._dynamo, which optimizers import only to say that it must not compile them."""

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
    """Keep optimizers from importing torch's compiler: 75 MB, and 2 s before the first step."""
    if _NAME not in sys.modules:
        sys.modules[_NAME] = torch._dynamo = _DynamoStub(_NAME)


class _DynamoStub(ModuleType):
    """Has the two functions that optimizers use; any other name imports the real module."""

    @staticmethod
    def disable(function: F, *_args: object, **_kwargs: object) -> F:
        """Return the function as it is: nothing compiles it."""
        return function

    @staticmethod
    def graph_break(*_args: object) -> None:
        """Do nothing: there is no graph to break."""

    def __getattr__(self, name: str) -> Any:
        # Tools that inspect every module ask for such names, and must not import the compiler by
        # that. `__path__` is different: Python reads it to import a submodule.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME], torch._dynamo
        return getattr(import_module(_NAME), name)
