"""Paths of data files: absolute in memory, relative to the experiment's file on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nnplay.experiment.value import Experiment


def with_short_paths(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment with paths in `folder` or below made relative to it."""
    changes = {}
    for name, text in _paths(experiment):
        path = Path(text)
        if path.is_absolute() and path.is_relative_to(folder):
            changes[name] = path.relative_to(folder).as_posix()
    return _changed(experiment, changes)


def with_whole_paths(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment with relative paths made absolute."""
    changes = {
        name: str(folder / text)
        for name, text in _paths(experiment)
        if not Path(text).is_absolute()
    }
    return _changed(experiment, changes)


def _paths(experiment: Experiment) -> list[tuple[str, str]]:
    named = [p.name for p in experiment.data.params() if p.is_path]
    found = [(name, getattr(experiment.data, name)) for name in named]
    return [(name, text) for name, text in found if isinstance(text, str) and text]


def _changed(experiment: Experiment, changes: dict[str, str]) -> Experiment:
    if not changes:
        return experiment
    return replace(experiment, data=experiment.data.changed(**changes))
