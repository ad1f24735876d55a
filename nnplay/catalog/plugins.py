"""Kinds from other packages, registered by the entry-point group `nnplay.catalog`."""

from __future__ import annotations

from importlib.metadata import entry_points

GROUP = "nnplay.catalog"


def load_plugins() -> tuple[str, ...]:
    """Import every plug-in, which registers its kinds; return a message for each broken one."""
    messages = []
    for entry in entry_points(group=GROUP):
        try:
            entry.load()
        except Exception as error:
            messages.append(f"{entry.name}: {type(error).__name__}: {error}")
    return tuple(messages)
