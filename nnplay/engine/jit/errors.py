"""What is wrong with a function that is to be compiled."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any


class KernelError(Exception):
    """A function that is to be compiled says what compiled code does not know."""


def error_at(function: Callable[..., Any], node: ast.AST, expected: str, came: str) -> KernelError:
    """Return the error that something came in a line where something else was expected."""
    line = getattr(node, "lineno", 0)
    place = f"{function.__module__}.{function.__qualname__}, line {line}"
    return KernelError(f"{place}: expected {expected}, received {came}")
