"""How functions are compiled: without the interpreter's lock, and kept on disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

import numba
import platformdirs
from numba.core import config

# numba's own types leave out options that it takes.
_njit: Any = numba.njit
_config: Any = config
F = TypeVar("F", bound=Callable[..., Any])
# Sums may be taken in any order, which is what lets a loop use whole vectors. Infinite numbers and
# those that are none keep their meaning: a run that diverges is noticed by them.
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "fastmath": {"reassoc", "contract", "arcp", "nsz"},
    "error_model": "numpy",
}


def cache_folder() -> Path:
    """Return where compiled code is kept: one folder per state of the sources.

    numba itself looks only at the file of the function that is called from outside.
    """
    digest = sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return Path(platformdirs.user_cache_dir("nnplay")) / f"kernel-{digest.hexdigest()[:16]}"


def part(function: F) -> F:
    """Compile what other compiled functions call, along with them."""
    return cast(F, _njit(inline="always", **_OPTIONS)(function))


class Piece:
    """A compiled function with an address, by which others call it; made when it is first needed.

    So a network costs the compilation of what it is made of, and of nothing else.
    """

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        self.name = function.__name__
        self.__doc__ = function.__doc__
        self._function = function
        self._signature = signature
        self._made: Any = None
        self._lock = Lock()

    @property
    def address(self) -> int:
        """Where it stands in memory; compiles it, or fetches it from disk, the first time."""
        return int(self._compiled.address)

    @property
    def from_python(self) -> Callable[..., Any]:
        """The function for Python to call, which gives the interpreter's lock away meanwhile."""
        call: Callable[..., Any] = self._compiled.ctypes
        return call

    @property
    def _compiled(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return self._made

    def _make(self) -> Any:
        if "NUMBA_CACHE_DIR" not in os.environ:
            _config.CACHE_DIR = str(cache_folder())
        try:
            return numba.cfunc(self._signature, cache=True, **_OPTIONS)(self._function)
        except (RuntimeError, OSError):  # no folder to keep it in
            return numba.cfunc(self._signature, **_OPTIONS)(self._function)


def acting(function: Callable[..., Any]) -> Piece:
    """Declare a piece that takes the desk and five numbers or addresses, and gives nothing back."""
    return Piece(function, "void(int64, int64, int64, int64, int64, int64)")


def sharing(function: Callable[..., Any]) -> Piece:
    """Declare a piece that takes the desk alone, in several threads at once."""
    return Piece(function, "void(int64)")


def measuring(function: Callable[..., Any]) -> Piece:
    """Declare a piece that takes the desk and five numbers or addresses, and gives a number."""
    return Piece(function, "float64(int64, int64, int64, int64, int64, int64)")
