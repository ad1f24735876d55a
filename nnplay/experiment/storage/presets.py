"""The experiments that come with nnplay, each a JSON file under resources/presets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from nnplay.assets import asset
from nnplay.experiment.place import Place
from nnplay.experiment.storage.json_format import loads
from nnplay.experiment.storage.reading import Faults, FileError
from nnplay.experiment.value import Experiment
from nnplay.translation import _


@dataclass(frozen=True)
class Preset:
    """An experiment to begin with; its name and about are source English, shown through `_`."""

    key: str
    experiment: Experiment


@dataclass(frozen=True)
class Chapter:
    """Presets that are best opened one after the other, to compare what changes."""

    title: str
    """Source English, shown through `_`."""
    keys: tuple[str, ...]

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The presets, whose files are read when they are first asked for."""
        return tuple(map(_read, self.keys))


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return all presets by what they teach, the default first."""
    order = json.loads(asset("presets", "order.json").read_text("utf-8"))
    return tuple(Chapter(one["title"], tuple(one["presets"])) for one in order)


def presets() -> tuple[Preset, ...]:
    """Return all presets, the default first."""
    return tuple(one for chapter in chapters() for one in chapter.presets)


def preset(key: str) -> Preset:
    """Return the preset of that key; FileError names the nearest where there is none."""
    for one in presets():
        if one.key == key:
            return one
    faults = Faults()
    known = [one.key for one in presets()]
    faults.unknown(Place("preset"), _("There is no preset {name}."), key, known)
    raise FileError(faults)


@cache
def _read(key: str) -> Preset:
    return Preset(key, loads(asset("presets", f"{key}.json").read_bytes()))
