"""Paths of data and weights: absolute in memory, relative to the experiment's file on disk."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from nnplay.experiment.value import Experiment
from nnplay.experiment.weights.transfer import bundled_weights

_START = "start"


def with_short_paths(experiment: Experiment, folder: Path, *, beside: bool = False) -> Experiment:
    """Return the experiment with paths in `folder` or below made relative to it.

    With `beside`, paths of files that are in the same folder as `folder` too.
    """
    changes = {}
    for name, text in _paths(experiment):
        path = Path(text)
        if path.is_absolute() and path.is_relative_to(folder):
            short = path.relative_to(folder).as_posix()
            # As a relative path, such a name would mean the bundled weights.
            if short not in bundled_weights():
                changes[name] = short
        elif beside and path.is_absolute() and path.parent == folder.parent:
            changes[name] = f"../{path.name}"
    return _changed(experiment, changes)


def with_whole_paths(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment with relative paths, which are relative to `folder`, made absolute."""
    changes = {
        name: os.path.normpath(folder / text)
        for name, text in _paths(experiment)
        if not Path(text).is_absolute()
    }
    return _changed(experiment, changes)


def with_bare_paths(experiment: Experiment) -> Experiment:
    """Return the experiment with the names of its files only, without their folders."""
    names = {name: Path(text).name for name, text in _paths(experiment)}
    # By its name alone, such a file would mean the bundled weights.
    bundled = bundled_weights()
    return _changed(experiment, {n: f"./{t}" if t in bundled else t for n, t in names.items()})


def _paths(experiment: Experiment) -> list[tuple[str, str]]:
    named = [p.name for p in experiment.data.params() if p.is_path]
    found = [(name, getattr(experiment.data, name)) for name in named]
    if experiment.start not in bundled_weights():
        found.append((_START, experiment.start))
    return [(name, text) for name, text in found if isinstance(text, str) and text]


def _changed(experiment: Experiment, changes: dict[str, str]) -> Experiment:
    start = changes.pop(_START, experiment.start)
    data = experiment.data.changed(**changes) if changes else experiment.data
    if data is experiment.data and start == experiment.start:
        return experiment
    return replace(experiment, data=data, start=start)
