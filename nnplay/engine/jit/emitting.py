"""Functions of compiled code whose instructions are written one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir


@dataclass(frozen=True)
class Emitted:
    """A function by what writes its instructions: a builder comes first, then its arguments."""

    result: Any
    arguments: tuple[Any, ...]
    write: Callable[..., Any]


def emitted(result: Any, *arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that a function writes instructions, for arguments of kinds and with such a result.

    Compiled code calls it with the arguments alone.
    """

    def declare(write: Callable[..., Any]) -> Any:
        return Emitted(result, arguments, write)

    return declare


def declared(builder: Any, kind: Any, name: str) -> Any:
    """Return a function that is known by its name."""
    known = builder.module.globals.get(name)
    return known if known is not None else ir.Function(builder.module, kind, name)


def at(builder: Any, kind: Any, address: Any, place: Any) -> Any:
    """Return where the number of a kind stands that has this place behind an address."""
    return builder.gep(builder.inttoptr(address, kind.as_pointer()), [place])
