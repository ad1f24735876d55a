"""Compiled functions that have an address; kept on disk."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any

import platformdirs
from llvmlite import ir

from nnplay.engine.jit.kinds import DOUBLE, NOTHING
from nnplay.engine.jit.machine import Code, built, description
from nnplay.engine.jit.parts import source_of
from nnplay.engine.jit.statements import write_function

_LOCK = Lock()
_DIGEST_BYTES = 32


class Piece:
    """A compiled function with an address, by which others call it; made when it is first needed.

    So a network costs the compilation of what it is made of, and of nothing else.
    """

    def __init__(self, function: Callable[..., Any], result: Any, arguments: int) -> None:
        self.name = function.__name__
        self.__doc__ = function.__doc__
        # Not to be mistaken for a function of the C library.
        self._symbol = f"nnplay_{function.__name__}"
        self._function = function
        self._result = result
        self._arguments = arguments
        self._made: Code | None = None

    @property
    def address(self) -> int:
        """Where it stands in memory; compiles it, or fetches it from disk, the first time."""
        with _LOCK:
            if self._made is None:
                self._made = self._make()
        return self._made.address

    @property
    def from_python(self) -> Callable[..., Any]:
        """The function for Python to call, which gives the interpreter's lock away meanwhile."""
        result = ctypes.c_double if self._result == DOUBLE else None
        kind = ctypes.CFUNCTYPE(result, *[ctypes.c_int64] * self._arguments)
        return kind(self.address)

    def _make(self) -> Code:
        digest = sha256(source_of(self._function).encode()).hexdigest()[:16]
        file = cache_folder() / f"{self.name}-{digest}"
        content = _fetched(file)
        if content is None:
            content = self._built()
            _keep(file, content)
        return Code(content, self._symbol)

    def _built(self) -> bytes:
        module = ir.Module(self._symbol)
        write_function(module, self._symbol, self._function, self._result, self._arguments)
        return built(module)


@cache
def cache_folder() -> Path:
    """Return where compiled code is kept: one folder per state of the sources and processor."""
    digest = sha256(description().encode())
    engine = Path(__file__).parent.parent
    for source in sorted((*engine.glob("jit/*.py"), *engine.glob("compiled/*.py"))):
        digest.update(source.read_bytes())
    return Path(platformdirs.user_cache_dir("nnplay")) / f"kernel-{digest.hexdigest()[:16]}"


def _fetched(file: Path) -> bytes | None:
    """Return what was kept, unless it is not there or not whole: a wrong byte would be run."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest, content = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return content if digest == sha256(content).digest() else None


def _keep(file: Path, content: bytes) -> None:
    # Without a folder to keep it in, it is compiled once in each process.
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, delete=False) as own:
            own.write(sha256(content).digest() + content)
        Path(own.name).replace(file)


def acting(function: Callable[..., Any]) -> Piece:
    """Declare a piece that takes the desk and five numbers or addresses, and gives nothing back."""
    return Piece(function, NOTHING, 6)


def sharing(function: Callable[..., Any]) -> Piece:
    """Declare a piece that takes the desk alone, in several threads at once."""
    return Piece(function, NOTHING, 1)


def measuring(function: Callable[..., Any]) -> Piece:
    """Declare a piece that takes the desk and five numbers or addresses, and gives a number."""
    return Piece(function, DOUBLE, 6)
