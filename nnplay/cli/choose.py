"""From what was named on the command line to an experiment that can run."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from nnplay.catalog import FromFile
from nnplay.cli.endings import FAILED, FINE, MISUSED, CommandError
from nnplay.experiment import (
    Experiment,
    FileError,
    Place,
    Problem,
    WeightsError,
    check,
    open_file,
    parse_setting,
    presets,
    takers,
)
from nnplay.translation import _

_UNREADABLE = {"file", "format"}
"""Where a problem lies that leaves nothing of a file to look at."""


def choose(name: str) -> tuple[str, Experiment]:
    """Return a short name and the experiment that a preset's key or a file holds.

    Raises CommandError where there is neither, or where the file cannot be read.
    """
    known = {one.key: one.experiment for one in presets()}
    if name in known:
        return name, known[name]
    path = Path(name)
    if not path.exists():
        near = get_close_matches(name, known, n=1)
        hint = _("Presets: {names}.").format(names=", ".join(known))
        if near:
            hint = f"{_('Did you mean {name}?').format(name=near[0])} {hint}"
        message = _("there is no preset and no file called {name}.").format(name=name)
        raise CommandError(message, hint, MISUSED)
    try:
        return path.stem, open_file(path)
    except FileError as error:
        raise CommandError(_file_text(path, error), status=MISUSED) from None


def changed(experiment: Experiment, setting: str) -> Experiment:
    """Return the experiment with one change, such as `optimizer.lr=0.1`; raises CommandError."""
    try:
        return parse_setting(experiment, setting)
    except FileError as error:
        text = f"--set {setting}: {_paragraphs(error.problems)}"
        raise CommandError(text, status=MISUSED) from None


def refuse_problems(experiment: Experiment) -> None:
    """Raise CommandError that names every problem, where there is one."""
    problems = check(experiment)
    if problems:
        message = _("this experiment cannot run as it is.")
        raise CommandError(message, _paragraphs(problems), FAILED)


def check_file(path: Path) -> int:
    """Print each problem of an experiment file; return the exit status."""
    try:
        experiment = open_file(path)
        problems = check(experiment)
        if not problems:
            problems = (*_problems_of_files(experiment), *_start_problems(experiment))
    except FileError as error:
        if all(one.where.part in _UNREADABLE for one in error.problems):
            raise CommandError(_file_text(path, error), status=MISUSED) from None
        problems = error.problems
    if problems:
        print(_paragraphs(problems))
        return FAILED
    print(_("{path}: no problems.").format(path=path))
    return FINE


def _problems_of_files(experiment: Experiment) -> tuple[Problem, ...]:
    """Return what is wrong with the files that an experiment names."""
    if not isinstance(experiment.data, FromFile) or not experiment.data.file:
        return ()
    # Late, as it brings NumPy, which nothing else here needs.
    from nnplay.data.arrays import DataError
    from nnplay.data.importing.source_file import verified

    try:
        verified(experiment.data)
    except DataError as error:
        return (Problem(Place("data", "file"), str(error), error.hint),)
    return ()


def _start_problems(experiment: Experiment) -> tuple[Problem, ...]:
    try:
        takers(experiment)
    except WeightsError as error:
        return (Problem(Place("start"), str(error), error.hint),)
    return ()


def _file_text(path: Path, error: FileError) -> str:
    text = _paragraphs(error.problems)
    return f"{path}:\n{text}" if "\n" in text else f"{path}: {text}"


def _paragraphs(problems: Sequence[Problem]) -> str:
    """Return for each problem where it is and what, and indented what to do."""
    return "\n".join(
        f"{one.where}: {one.what}" + (f"\n    {one.hint}" if one.hint else "") for one in problems
    )
