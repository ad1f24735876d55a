"""`nnplay import`: creates an experiment on the user's own table or images."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnplay.catalog import Dataset
from nnplay.catalog.datasets.files import DELIMITERS
from nnplay.catalog.datasets.images import LARGEST_SIDE, SMALLEST_SIDE
from nnplay.cli.errors import FAILURE, SUCCESS, USAGE_ERROR, CommandError, on_interrupt, say, write
from nnplay.cli.import_types import types_of
from nnplay.cli.progress import progress_bar
from nnplay.data import DataError
from nnplay.data.arrays import Cancelled
from nnplay.data.importing.image_folder import (
    ImportedFolder,
    folder_notes,
    folder_report,
    folder_summary,
    import_folder,
)
from nnplay.data.importing.series import ImportedSeries, import_series
from nnplay.data.importing.source_file import SourceFile, open_source
from nnplay.data.importing.summary import notes, report, summary
from nnplay.data.importing.table import ImportedTable, import_table
from nnplay.experiment import FileError, check, save
from nnplay.experiment.storage.starter import starter
from nnplay.filesystem import is_absent, is_folder
from nnplay.translation import _

_PARTS = 1000


def import_file(args: argparse.Namespace) -> int:
    """Import a file and save an experiment on it; raises CommandError."""
    out: Path = args.out or args.file.absolute().with_suffix(".json")
    if not is_absent(out) and not args.force:
        message = _("{path} already exists.").format(path=out)
        raise CommandError(message, _("Choose another --out, or add --force."), USAGE_ERROR)
    try:
        outcome = _imported(args)
    except Cancelled as error:
        raise CommandError(str(error)) from None
    except DataError as error:
        raise CommandError(str(error), error.hint, USAGE_ERROR) from None
    data = _said(outcome)
    experiment = starter(data)
    if problems := check(experiment):
        raise CommandError(problems[0].what, problems[0].hint, FAILURE)
    try:
        save(out, experiment)
    except FileError as error:
        raise CommandError(str(error), status=USAGE_ERROR) from None
    say(_("Saved as {path}. Train it with: nnplay train {path}").format(path=out))
    return SUCCESS


def _said(outcome: ImportedTable | ImportedSeries | ImportedFolder) -> Dataset:
    """Print what was imported and what was detected, and return the data set."""
    if isinstance(outcome, ImportedFolder):
        write(folder_summary(outcome))
        detected, problems = folder_notes(outcome), folder_report(outcome)
    else:
        write(summary(outcome))
        detected, problems = notes(outcome), report(outcome)
    for note in detected:
        say(note)
    if detected and not isinstance(outcome, ImportedFolder):
        say(
            _("To correct this: {options}.").format(
                options="--heading, --skip, --skip-below, --types, --missing-words, --exact-words, "
                "--decimal, --delimiter, --encoding, --sheet, --as"
            )
        )
    if problems:
        say(problems)
    if isinstance(outcome, ImportedFolder):
        return outcome.dataset
    return outcome.table if isinstance(outcome, ImportedTable) else outcome.series


def _imported(args: argparse.Namespace) -> ImportedTable | ImportedSeries | ImportedFolder:
    cancelled = threading.Event()
    bar: Any = None

    def show(share: float) -> None:
        nonlocal bar
        if bar is None:
            bar = progress_bar(_PARTS, "‰", is_scaled=False)
        bar.update(int(share * _PARTS) - bar.n)

    with on_interrupt(cancelled.set):
        try:
            shown = (lambda _share: None) if args.quiet else show
            if is_folder(args.file):
                return _imported_folder(args, shown, cancelled.is_set)
            return _imported_file(args, shown, cancelled.is_set)
        finally:
            if bar is not None:
                bar.close()


def _imported_file(
    args: argparse.Namespace, show: Callable[[float], None], cancelled: Callable[[], bool]
) -> ImportedTable | ImportedSeries:
    choices = {None: None, "yes": True, "no": False, "comma": True, "point": False}
    file = SourceFile(
        args.file,
        args.sheet,
        DELIMITERS[args.delimiter] if args.delimiter else None,
        choices[args.heading],
        args.encoding,
        choices[args.decimal],
        args.skip,
        args.skip_below,
    )
    if args.series is None:
        return import_table(
            args.file,
            file=file,
            target=args.target,
            task=args.task,
            roles=types_of(args.types),
            missing=args.missing.replace("-", " "),
            missing_words=args.missing_words,
            exact_words=args.exact_words,
            progress=show,
            cancelled=cancelled,
        )
    column = args.target
    if not column:
        with open_source(file, cancelled) as source:
            column = source.layout.columns[-1]
    return import_series(file, column, args.series, progress=show, cancelled=cancelled)


def _imported_folder(
    args: argparse.Namespace, show: Callable[[float], None], cancelled: Callable[[], bool]
) -> ImportedFolder:
    if not SMALLEST_SIDE <= args.side <= LARGEST_SIDE:
        text = _("Expected --side from {low} to {high}, received {side}.")
        message = text.format(low=SMALLEST_SIDE, high=LARGEST_SIDE, side=args.side)
        raise CommandError(message, status=USAGE_ERROR)
    colour = {None: None, "yes": True, "no": False}[args.colour]

    def show_files(done: int, total: int) -> None:
        show(done / total if total else 0.0)

    if args.mnist is None:
        return import_folder(args.file, args.side, colour, args.white, show_files, cancelled)
    from nnplay.data.own_digits import SIDE, with_mnist  # seldom needed

    found = import_folder(args.file, SIDE, False, args.white, show_files, cancelled)
    return with_mnist(found, args.mnist)
