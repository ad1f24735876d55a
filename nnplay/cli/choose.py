"""Finds and checks the experiment named on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

from nnplay.catalog import FromFile
from nnplay.cli.errors import FAILURE, SUCCESS, USAGE_ERROR, CommandError, say, write
from nnplay.experiment import (
    Experiment,
    FileError,
    Place,
    Problem,
    WeightsError,
    check,
    loading_layers,
    open_file,
    output_range,
    parse_setting,
    presets,
    refuse_infinite_weights,
    remarks,
    weights_path,
)
from nnplay.filesystem import is_absent, is_folder
from nnplay.translation import _

_UNREADABLE = {"file", "format"}
"""Places of problems that make the rest of a file unreadable."""


def choose(name: str) -> tuple[str, Experiment]:
    """Return a short name and the experiment of a preset or a file.

    Raises CommandError if there is neither, or if the file cannot be read.
    """
    known = {one.key: one.experiment for one in presets()}
    if name in known:
        return name, known[name]
    path = Path(name)
    if is_absent(path):
        near = get_close_matches(name, known, n=1)
        hint = _("Presets: {names}.").format(names=", ".join(known))
        if near:
            hint = f"{_('Did you mean {name}?').format(name=near[0])} {hint}"
        message = _("there is no preset or file called {name}.").format(name=name)
        raise CommandError(message, hint, USAGE_ERROR)
    try:
        return path.stem, open_file(path)
    except FileError as error:
        raise CommandError(_file_text(path, error), status=USAGE_ERROR) from None


def is_saved_run(name: str) -> bool:
    """Return whether a name is that of a folder or a .nnplay file; presets come first."""
    path = Path(name)
    return (is_folder(path) or is_document(path)) and name not in {one.key for one in presets()}


def is_document(path: Path) -> bool:
    """Return whether a path names a .nnplay file, which need not exist."""
    return path.suffix.lower() == ".nnplay" and not is_folder(path)


def ensure_document(path: Path, number: int | None) -> None:
    """Raise CommandError if a run was chosen by its number, and the path is no .nnplay file."""
    if number is not None and not is_document(path):
        raise CommandError(
            _("--run {number} chooses a run of a .nnplay file, and {path} is not one.").format(
                number=number, path=path
            ),
            status=USAGE_ERROR,
        )


def changed(experiment: Experiment, setting: str) -> Experiment:
    """Return the experiment with one setting changed, such as `optimizer.lr=0.1`."""
    try:
        return parse_setting(experiment, setting)
    except FileError as error:
        text = f"--set {setting}: {_paragraphs(error.problems)}"
        raise CommandError(text, status=USAGE_ERROR) from None


def ensure_runnable(experiment: Experiment) -> None:
    """Raise CommandError with all problems of an experiment, if there are any.

    Prints a note if the file that the data were imported from no longer exists.
    """
    problems = check(experiment)
    if problems:
        message = _("this experiment cannot run because of these problems:")
        raise CommandError(message, _paragraphs(problems))
    if isinstance(experiment.data, FromFile):
        from nnplay.data.importing.source_file import missing_file_note  # loads NumPy

        if note := missing_file_note(experiment.data):
            say(note)


def check_file(path: Path) -> int:
    """Print each problem of an experiment file; return the exit status."""
    note = ""
    try:
        experiment = open_file(path)
        problems = check(experiment)
        if not problems:
            data_problems, note = _check_source(experiment)
            problems = (*data_problems, *_start_problems(experiment))
    except FileError as error:
        if all(one.where.part in _UNREADABLE for one in error.problems):
            raise CommandError(_file_text(path, error), status=USAGE_ERROR) from None
        problems = error.problems
    if note:
        write(note)
    if problems:
        write(_paragraphs(problems))
        return FAILURE
    if lines := remark_lines(remarks_on(experiment)):
        write(lines)
    write(_("{path}: no problems.").format(path=path))
    return SUCCESS


def remarks_on(experiment: Experiment) -> tuple[Problem, ...]:
    """Return what is probably not intended; the data are read only where that takes them."""
    is_bounded = any(map(isfinite, output_range(experiment.network)))
    if not is_bounded or experiment.data.spec().task != "regression":
        return remarks(experiment)
    # Imported late: they load NumPy, which nothing else here needs.
    from nnplay.data import DataError, load, prepared_parts
    from nnplay.data.prepared import all_remarks

    try:
        parts = prepared_parts(load(experiment.data, experiment.seed), experiment)
    except DataError:
        return remarks(experiment)
    return all_remarks(experiment, parts)


def remark_lines(found: Sequence[Problem]) -> str:
    """Return remarks as lines; nothing without any."""
    if not found:
        return ""
    head = _("This does not prevent training, but is probably not intended:")
    return f"{head}\n{_paragraphs(found)}"


def _check_source(experiment: Experiment) -> tuple[tuple[Problem, ...], str]:
    """Return what is wrong with the file that the data come from, and a note about it."""
    data = experiment.data
    if not isinstance(data, FromFile) or not data.file:
        return (), ""
    # Imported late: they load NumPy, which nothing else here needs.
    from nnplay.data.arrays import DataError
    from nnplay.data.importing.source_file import missing_file_note, unchanged_file
    from nnplay.data.importing.stored_data import has_stored_data

    try:
        unchanged_file(data, is_stored=has_stored_data(data))
    except DataError as error:
        return (Problem(Place("data", "file"), str(error), error.hint),), ""
    return (), missing_file_note(data)


def _start_problems(experiment: Experiment) -> tuple[Problem, ...]:
    try:
        if loading_layers(experiment):
            refuse_infinite_weights(weights_path(experiment.start))
    except WeightsError as error:
        return (Problem(Place("start"), str(error), error.hint),)
    return ()


def _file_text(path: Path, error: FileError) -> str:
    text = _paragraphs(error.problems)
    return f"{path}:\n{text}" if "\n" in text else f"{path}: {text}"


def _paragraphs(problems: Sequence[Problem]) -> str:
    """Return a paragraph for each problem: its place, the problem, and indented what to do."""
    return "\n".join(
        f"{one.where}: {one.what}" + (f"\n    {one.hint}" if one.hint else "") for one in problems
    )
