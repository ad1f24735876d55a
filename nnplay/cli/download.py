"""`nnplay fetch KEY`: downloads a data set, or takes it from files that are already there."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from nnplay.cli.endings import FAILED, FINE, MISUSED, CommandError, on_interrupt
from nnplay.cli.watch import progress_bar
from nnplay.data import DataError
from nnplay.data.download.adopt import adopt
from nnplay.data.download.fetch import FetchProgress, fetch
from nnplay.data.download.registry import ARCHIVES, folder_of, is_present, read
from nnplay.translation import _


def fetch_data(key: str, source: Path | None) -> int:
    """Put a data set where experiments look for it; raises Trouble where that cannot be."""
    try:
        if source is not None:
            said = _("{data} was copied to {folder}")
            folder = adopt(key, source)
        elif _is_sound(key):
            said = _("{data} is already in {folder}")
            folder = folder_of(key)
        else:
            said = _("{data} was downloaded to {folder}")
            folder = _download(key)
    except DataError as error:
        raise CommandError(str(error), error.hint, FAILED if source is None else MISUSED) from None
    print(said.format(data=_(ARCHIVES[key].label), folder=folder))
    return FINE


def _is_sound(key: str) -> bool:
    try:
        return is_present(key) and bool(read(key))
    except DataError:  # a damaged file is downloaded anew
        return False


def _download(key: str) -> Path:
    cancelled = threading.Event()
    bar: Any = None

    def show(progress: FetchProgress) -> None:
        nonlocal bar
        if bar is None:
            bar = progress_bar(progress.total_bytes, "B", is_scaled=True)
        bar.set_description(progress.file, refresh=False)
        bar.update(progress.done_bytes - bar.n)

    with on_interrupt(cancelled.set):
        try:
            return fetch(key, show, cancelled.is_set)
        finally:
            if bar is not None:
                bar.close()
