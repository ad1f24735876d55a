"""Python functions that compiled code may call, and what they say."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
_PARTS: set[Callable[..., Any]] = set()


def part(function: F) -> F:
    """Let compiled functions call this one, and compile it along with them."""
    _PARTS.add(function)
    return function


def is_part(callee: object) -> bool:
    """Say whether compiled functions may call it."""
    return callee in _PARTS


@cache
def syntax_of(function: Callable[..., Any]) -> ast.FunctionDef:
    """Return a function's definition."""
    code = function.__code__
    return _definitions(code.co_filename)[code.co_firstlineno]


def source_of(function: Callable[..., Any]) -> str:
    """Return all of the file that a function stands in."""
    return "".join(linecache.getlines(function.__code__.co_filename))


@cache
def _definitions(file: str) -> dict[int, ast.FunctionDef]:
    # Each file is read once, as asking for one function's lines takes as long as for all.
    found = {}
    for node in ast.walk(ast.parse("".join(linecache.getlines(file)))):
        if isinstance(node, ast.FunctionDef):
            first = node.decorator_list[0] if node.decorator_list else node
            found[first.lineno] = node
    return found
