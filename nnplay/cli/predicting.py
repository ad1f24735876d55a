"""`nnplay predict`: predicts new samples with a saved run."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnplay.cli.choose import ensure_document, is_document
from nnplay.cli.errors import (
    FAILURE,
    SUCCESS,
    USAGE_ERROR,
    CommandError,
    on_interrupt,
    reason,
    say,
    write,
)
from nnplay.cli.progress import progress_bar
from nnplay.data import DataError
from nnplay.data.arrays import Cancelled
from nnplay.experiment import WeightsError
from nnplay.filesystem import absolute, replace_file
from nnplay.link import Trained
from nnplay.record.document_run import finished_run
from nnplay.record.saved_run import SavedRunError, read_run
from nnplay.translation import _

_PARTS = 1000


@dataclass(frozen=True)
class PredictOptions:
    """The arguments of `predict`."""

    run: Path
    files: Sequence[Path]
    out: Path | None = None
    quiet: bool = False
    number: int | None = None
    """Of a run in a .nnplay file, None for the newest."""


def predict(options: PredictOptions) -> int:
    """Predict and print or save the CSV; FAILURE if a row has no prediction."""
    out = options.out
    if out is not None and absolute(out) in map(absolute, options.files):
        message = _("--out {path} is the file to predict.").format(path=out)
        raise CommandError(message, _("Choose another --out."), USAGE_ERROR)
    try:
        ensure_document(options.run, options.number)
        trained = _network(options)
        # Imported late: torch takes seconds to import, and errors need not wait for it.
        from nnplay.engine.predicted_file import predict_file
        from nnplay.engine.trained_network import TrainedNetwork

        network = TrainedNetwork(trained)
        cancelled, bar = threading.Event(), _Bar(shown=not options.quiet and sys.stderr.isatty())
        with on_interrupt(cancelled.set):
            try:
                outcome = predict_file(network, options.files, bar.show, cancelled.is_set)
            finally:
                bar.close()
    except Cancelled as error:
        raise CommandError(str(error)) from None
    except (SavedRunError, DataError, WeightsError) as error:
        raise CommandError(str(error), error.hint, USAGE_ERROR) from None
    if out is None:
        write(outcome.text.rstrip("\n"))
    else:
        try:
            replace_file(out, outcome.text.encode(outcome.encoding))
        except OSError as error:
            message = _("--out {path}: cannot write there: {reason}").format(
                path=out, reason=reason(error)
            )
            raise CommandError(message, _("Choose a writable folder."), USAGE_ERROR) from None
    if outcome.without or not options.quiet:
        say(outcome.report())
    return FAILURE if outcome.without else SUCCESS


def _network(options: PredictOptions) -> Trained:
    if is_document(options.run):
        return finished_run(options.run, options.number).trained
    return read_run(options.run)


class _Bar:
    """A progress bar on stderr, made with the first share that is shown."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._bar: Any = None

    def show(self, share: float) -> None:
        """Show the share that is done, from 0 to 1."""
        if not self._shown:
            return
        if self._bar is None:
            self._bar = progress_bar(_PARTS, "‰", is_scaled=False)
        self._bar.update(int(share * _PARTS) - self._bar.n)

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
