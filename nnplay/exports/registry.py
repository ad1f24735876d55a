"""The registry of exports: a function decorated with `@export` is all that a new format takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from nnplay.experiment import Experiment
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.record.finished_run import FinishedRun

_PACKAGE = "nnplay.exports.formats"
Files = Mapping[str, bytes]
"""Contents by file name; the first is the file that was asked for, the others go beside it."""


class ExportError(Exception):
    """Something cannot be exported in a format; the message says why, and `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class ExportSource:
    """What is exported: an experiment, or a finished run with its experiment."""

    experiment: Experiment
    run: FinishedRun | None = None
    poll: Callable[[], None] = lambda: None
    """To be called at intervals by exports that take long; may raise to cancel."""


Make = Callable[[ExportSource, str], Files]
"""Makes the files, of which the first has the given name; may take seconds, in any thread.

Raises ExportError, DataError or WeightsError.
"""


@dataclass(frozen=True)
class ExportFormat:
    """A format of exports."""

    key: str
    """Its name on the command line."""
    label: str
    """Source English, marked by `n_`."""
    suffix: str
    """Of its files, with the dot."""
    make: Make
    needs_run: bool
    """Whether it takes a finished run, and not only an experiment."""
    rank: int
    """Its place in lists, the lowest first."""

    def refusal(self, source: ExportSource | None) -> str:
        """Return why it cannot be exported now; empty if it can be tried."""
        if source is None or (self.needs_run and source.run is None):
            return _("Available once a run has finished: it needs the trained network.")
        return ""

    def files(self, source: ExportSource, name: str) -> Files:
        """Return the files of an export, the first of them under `name`.

        Raises ExportError, DataError or WeightsError.
        """
        if refusal := self.refusal(source):
            raise ExportError(refusal)
        return self.make(source, name)


_registry: dict[str, ExportFormat] = {}


def export(
    key: str, label: str, suffix: str, *, needs_run: bool = False, rank: int = 50
) -> Callable[[Make], Make]:
    """Register the decorated function as an export format; ValueError for a second one of a key."""

    def register(make: Make) -> Make:
        if key in _registry:
            raise ValueError(f'"{key}" is already the key of {_registry[key].make.__name__}')
        _registry[key] = ExportFormat(key, label, suffix, make, needs_run, rank)
        return make

    return register


def export_formats() -> tuple[ExportFormat, ...]:
    """Return all formats in order."""
    _import_all()
    return tuple(sorted(_registry.values(), key=lambda one: (one.rank, one.key)))


@cache
def _import_all() -> None:
    package = import_module(_PACKAGE)
    for module in iter_modules(package.__path__, f"{_PACKAGE}."):
        import_module(module.name)
