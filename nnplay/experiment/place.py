"""A place in an experiment: a part, for the network also a layer, and a field."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_TEXT = re.compile(r"([a-z_]+)(?:\[(\d+)\])?(?:\.(\w+)(?:\[(\d+)\])?)?", re.ASCII)


@dataclass(frozen=True)
class Place:
    """Where something is in an experiment, or in the file that one is read from."""

    part: str
    """A field of Experiment, such as `optimizer`, or something around it, such as `file`."""
    field: str = ""
    """A field of the part or layer; empty if the whole is meant."""
    layer: int | None = None
    """The index of a layer if the part is `network`."""
    item: int | None = None
    """The index within a field that holds several values."""

    def at(self, field: str) -> Place:
        """Return the place of a field in this one."""
        return replace(self, field=field)

    def __str__(self) -> str:
        """Return it as files and command lines write it, such as `network[2].units`."""
        layer = "" if self.layer is None else f"[{self.layer}]"
        item = "" if self.item is None else f"[{self.item}]"
        return f"{self.part}{layer}{self.field and f'.{self.field}'}{item}"

    @staticmethod
    def parse(text: str) -> Place:
        """Return the place that a text means; if it is not understood, all of it is the part."""
        match = _TEXT.fullmatch(text)
        if match is None:
            return Place(text)
        part, layer, field, item = match.groups(default="")
        return Place(part, field, int(layer) if layer else None, int(item) if item else None)
