"""A library of compiled kernels: its functions and its tables of kernels."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from ctypes import c_int64, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnplay.engine.kernels.context import Context, Kernel, Kernels, Layer
from nnplay.translation import _

FAMILIES = ("layers", "activations", "losses", "optimizers", "clips")


class KernelsError(Exception):
    """The kernels cannot be used; says why."""


@dataclass(frozen=True)
class NamedKernel:
    """One function of a library."""

    address: int
    backward: int
    parameters: tuple[str, ...]
    """The names of its parameters, in the order of the struct that holds them."""
    state_rows: int

    def pack(self, values: Mapping[str, Any]) -> Any:
        """Return the struct of its parameters, filled by name.

        A choice counts as 0 where it is "none", otherwise as 1.
        """
        row = [values[name] for name in self.parameters]
        numbers = [float(v != "none") if isinstance(v, str) else float(v) for v in row]
        return (ctypes.c_double * len(numbers))(*numbers)


class Library:
    """The functions of one library file."""

    def __init__(self, file: Path) -> None:
        """Load a file; KernelsError where that fails."""
        self.file = file
        try:
            self._dll = ctypes.CDLL(str(file))
            self.processor_level: int = self._function("processor_level", (), c_int64)()
            sizes = [self._function(f"{one}_bytes", (), c_int64)() for one in ("context", "layer")]
            if sizes != [ctypes.sizeof(Context), ctypes.sizeof(Layer)]:
                raise KernelsError(_("the compiled steps belong to another version of nnplay"))
            self.tables = {family: self._table(family) for family in FAMILIES}
            self.take_steps = self._function(
                "take_steps", (c_void_p, c_int64, c_int64, c_void_p, c_void_p, c_void_p)
            )
            self.predict = self._function(
                "predict", (c_void_p, c_void_p, c_int64, c_void_p, c_void_p)
            )
            self.shuffle = self._function("shuffle", (c_void_p, c_int64, c_void_p, c_int64))
            self.lay_out = self._function(
                "lay_out", (c_void_p, c_void_p, c_int64, c_void_p, c_int64, c_void_p)
            )
            self.pool = self._function("pool", (c_void_p,))
            self.unpool = self._function("unpool", (c_void_p,))
        except (OSError, AttributeError) as error:
            reason = str(error).replace(str(file), file.name)
            raise KernelsError(
                _("the compiled steps could not be loaded: {reason}").format(reason=reason)
            ) from error

    def _function(self, name: str, arguments: tuple[type, ...], result: Any = None) -> Any:
        function = getattr(self._dll, f"nnplay_{name}")
        function.argtypes, function.restype = arguments, result
        return function

    def _table(self, family: str) -> dict[str, NamedKernel]:
        rows = self._function(family, (), Kernels)()
        table: dict[str, NamedKernel] = {}
        while rows[len(table)].name:
            row: Kernel = rows[len(table)]
            names = tuple(name for name in row.names.decode().split(", ") if name)
            table[row.name.decode()] = NamedKernel(
                row.function or 0, row.backward or 0, names, row.state_rows
            )
        return table
