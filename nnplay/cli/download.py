"""`nnplay download KEY`: downloads a data set, or imports it from local files."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from nnplay.cli.errors import FAILURE, SUCCESS, USAGE_ERROR, CommandError, on_interrupt, write
from nnplay.cli.progress import progress_bar
from nnplay.data import DataError
from nnplay.data.download.import_local import import_local
from nnplay.data.download.mirrors import DownloadProgress, download
from nnplay.data.download.registry import ARCHIVES, folder_of, is_present, read
from nnplay.translation import _


def download_data(key: str, source: Path | None) -> int:
    """Put a data set where experiments find it; raises CommandError."""
    try:
        if source is not None:
            text = _("{data} was copied to {folder}")
            folder = import_local(key, source)
        elif _is_valid(key):
            text = _("{data} is already in {folder}")
            folder = folder_of(key)
        else:
            text = _("{data} was downloaded to {folder}")
            folder = _download(key)
    except DataError as error:
        status = FAILURE if source is None else USAGE_ERROR
        raise CommandError(str(error), error.hint, status) from None
    write(text.format(data=_(ARCHIVES[key].label), folder=folder))
    return SUCCESS


def _is_valid(key: str) -> bool:
    try:
        return is_present(key) and bool(read(key))
    except DataError:  # a damaged file is downloaded again
        return False


def _download(key: str) -> Path:
    cancelled = threading.Event()
    bar: Any = None

    def show(progress: DownloadProgress) -> None:
        nonlocal bar
        if bar is None:
            bar = progress_bar(progress.total_bytes, "B", is_scaled=True)
        bar.set_description(progress.file, refresh=False)
        bar.update(progress.done_bytes - bar.n)

    with on_interrupt(cancelled.set):
        try:
            return download(key, show, cancelled.is_set)
        finally:
            if bar is not None:
                bar.close()
