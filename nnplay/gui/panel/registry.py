"""The registry of panels: a class decorated with `@panel` is all that a new one takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TypeVar

from nnplay.catalog import DataSpec
from nnplay.gui.panel.entry import Occasion, PanelEntry, Place
from nnplay.gui.panel.panel import Panel
from nnplay.link import PayloadKind

P = TypeVar("P", bound=Panel)
_PACKAGE = "nnplay.gui.panels"
_registry: dict[str, type[Panel]] = {}


def panel(
    title: str,
    place: Place,
    rank: int = 50,
    *,
    tab: str = "",
    fits: Callable[[DataSpec], bool] = lambda _spec: True,
    wants: Iterable[PayloadKind] = (),
    min_interval_ms: int = 33,
    opens_on: Occasion | None = None,
    has_tools: bool = True,
    height: int = 0,
    stays_open: bool = False,
) -> Callable[[type[P]], type[P]]:
    """Register the decorated class under a title; ValueError for a second one of the same title.

    `title` and `tab` are source English, marked by `n_`; see PanelEntry for the rest.
    """
    entry = PanelEntry(
        title, place, rank, tab or title, fits, frozenset(wants), min_interval_ms, opens_on,
        has_tools, height, stays_open,
    )  # fmt: skip

    def register(kind: type[P]) -> type[P]:
        # A panel that is opened by itself is in a module named __main__, and there twice if the
        # registry is read.
        if kind.__module__ != "__main__":
            if title in _registry:
                raise ValueError(f'"{title}" is already the title of {_registry[title].__name__}')
            _registry[title] = kind
        kind.entry = entry
        return kind

    return register


def panel_kinds() -> tuple[type[Panel], ...]:
    """Return all panels, those of each place in the order of their tabs."""
    _import_all()
    return tuple(sorted(_registry.values(), key=lambda kind: (kind.entry.rank, kind.entry.title)))


@cache
def _import_all() -> None:
    package = import_module(_PACKAGE)
    for module in walk_packages(package.__path__, f"{_PACKAGE}."):
        import_module(module.name)
