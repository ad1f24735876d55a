"""The bundled experiments, each a JSON file in resources/presets."""

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
    """A bundled experiment; its name and about are English source texts, shown through `_`."""

    key: str
    experiment: Experiment


@dataclass(frozen=True)
class Chapter:
    """A group of presets on one topic, best opened one after another."""

    title: str
    """An English source text, shown through `_`."""
    keys: tuple[str, ...]
    views: tuple[str, ...] = ()
    """The titles of the views that its presets open with; empty for the usual ones."""

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The presets, read when they are first needed."""
        return tuple(map(_read, self.keys))


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return all presets by topic, the default first."""
    order = json.loads(asset("presets", "order.json").read_text("utf-8"))
    return tuple(
        Chapter(one["title"], tuple(one["presets"]), tuple(one.get("views", ()))) for one in order
    )


@cache
def _views_by_name() -> dict[str, tuple[str, ...]]:
    named = [chapter for chapter in chapters() if chapter.views]
    return {one.experiment.name: chapter.views for chapter in named for one in chapter.presets}


def lesson_views(experiment: Experiment) -> tuple[str, ...]:
    """Return the titles of the views that a lesson opens with; empty if it names none."""
    return _views_by_name().get(experiment.name, ())


def presets() -> tuple[Preset, ...]:
    """Return all presets, the default first."""
    return tuple(one for chapter in chapters() for one in chapter.presets)


def preset(key: str) -> Preset:
    """Return the preset with a key; FileError suggests the nearest if there is none."""
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
