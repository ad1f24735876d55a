"""`nnplay import`: creates an experiment on the user's own table."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path
from typing import Any

from nnplay.catalog.datasets.files import DELIMITERS
from nnplay.cli.errors import FAILURE, SUCCESS, USAGE_ERROR, CommandError, on_interrupt, say
from nnplay.cli.progress import progress_bar
from nnplay.data import DataError
from nnplay.data.arrays import Cancelled
from nnplay.data.importing.series import ImportedSeries, import_series
from nnplay.data.importing.source_file import SourceFile, open_source
from nnplay.data.importing.summary import report, summary
from nnplay.data.importing.table import ImportedTable, import_table
from nnplay.experiment import FileError, check, save
from nnplay.experiment.storage.starter import starter
from nnplay.filesystem import is_absent
from nnplay.translation import _

_PARTS = 1000


def import_file(args: argparse.Namespace) -> int:
    """Import a file and save an experiment on it; raises CommandError."""
    out: Path = args.out or args.file.with_suffix(".json")
    if not is_absent(out) and not args.force:
        message = _("{path} already exists.").format(path=out)
        raise CommandError(message, _("Choose another --out, or add --force."), USAGE_ERROR)
    try:
        outcome = _imported(args)
    except Cancelled as error:
        raise CommandError(str(error)) from None
    except DataError as error:
        raise CommandError(str(error), error.hint, USAGE_ERROR) from None
    print(summary(outcome))
    if text := report(outcome):
        say(text)
    data = outcome.table if isinstance(outcome, ImportedTable) else outcome.series
    experiment = starter(data)
    if problems := check(experiment):
        raise CommandError(problems[0].what, problems[0].hint, FAILURE)
    try:
        save(out, experiment)
    except FileError as error:
        raise CommandError(str(error), status=USAGE_ERROR) from None
    say(_("Saved as {path}. Train it with: nnplay train {path}").format(path=out))
    return SUCCESS


def _imported(args: argparse.Namespace) -> ImportedTable | ImportedSeries:
    delimiter = DELIMITERS[args.delimiter] if args.delimiter else None
    file = SourceFile(args.file, args.sheet, delimiter, encoding=args.encoding)
    cancelled = threading.Event()
    bar: Any = None

    def show(share: float) -> None:
        nonlocal bar
        if bar is None:
            bar = progress_bar(_PARTS, "‰", is_scaled=False)
        bar.update(int(share * _PARTS) - bar.n)

    callbacks: dict[str, Any] = {"cancelled": cancelled.is_set}
    if not args.quiet:
        callbacks["progress"] = show
    with on_interrupt(cancelled.set):
        try:
            if args.series is None:
                return import_table(
                    args.file,
                    file=file,
                    target=args.target,
                    task=args.task,
                    missing=args.missing.replace("-", " "),
                    **callbacks,
                )
            column = args.target
            if not column:
                with open_source(file, cancelled.is_set) as source:
                    column = source.layout.columns[-1]
            return import_series(file, column, args.series, **callbacks)
        finally:
            if bar is not None:
                bar.close()
