"""`nnplay import`: makes an experiment on a table of one's own."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path
from typing import Any

from nnplay.catalog.datasets.files import DELIMITERS
from nnplay.cli.endings import FAILED, FINE, MISUSED, CommandError, on_interrupt, say
from nnplay.cli.watch import progress_bar
from nnplay.data import DataError
from nnplay.data.importing.reader import ImportCancelled
from nnplay.data.importing.series import ImportedSeries, import_series
from nnplay.data.importing.source_file import Origin, opened
from nnplay.data.importing.summary import report, summary
from nnplay.data.importing.table import Imported, import_table
from nnplay.experiment import FileError, check, save
from nnplay.experiment.storage.starter import starter
from nnplay.translation import _

_PARTS = 1000


def import_file(args: argparse.Namespace) -> int:
    """Import a file and write the experiment; raises Trouble."""
    out: Path = args.out or args.file.with_suffix(".json")
    if out.exists() and not args.force:
        message = _("{path} is there already.").format(path=out)
        raise CommandError(message, _("Name another file by --out, or add --force."), MISUSED)
    try:
        outcome = _imported(args)
    except ImportCancelled as error:
        raise CommandError(str(error), status=FAILED) from None
    except DataError as error:
        raise CommandError(str(error), error.hint, MISUSED) from None
    print(summary(outcome))
    if text := report(outcome):
        say(text)
    data = outcome.table if isinstance(outcome, Imported) else outcome.series
    experiment = starter(data)
    if problems := check(experiment):
        raise CommandError(problems[0].what, problems[0].hint, FAILED)
    try:
        save(out, experiment)
    except FileError as error:
        raise CommandError(str(error), status=MISUSED) from None
    say(_("Saved as {path}; to train it: nnplay train {path}").format(path=out))
    return FINE


def _imported(args: argparse.Namespace) -> Imported | ImportedSeries:
    delimiter = DELIMITERS[args.delimiter] if args.delimiter else None
    origin = Origin(args.file, args.sheet, delimiter, encoding=args.encoding)
    cancelled = threading.Event()
    bar: Any = None

    def show(share: float) -> None:
        nonlocal bar
        if bar is None:
            bar = progress_bar(_PARTS, "‰", is_scaled=False)
        bar.update(int(share * _PARTS) - bar.n)

    watched: dict[str, Any] = {"cancelled": cancelled.is_set}
    if not args.quiet:
        watched["progress"] = show
    with on_interrupt(cancelled.set):
        try:
            if args.series is None:
                return import_table(
                    args.file,
                    origin=origin,
                    target=args.target,
                    task=args.task,
                    missing=args.missing.replace("-", " "),
                    **watched,
                )
            column = args.target
            if not column:
                with opened(origin, cancelled.is_set) as source:
                    column = source.layout.columns[-1]
            return import_series(origin, column, args.series, **watched)
        finally:
            if bar is not None:
                bar.close()
