"""`nnplay fetch mnist`: downloads MNIST, or takes it from files that are already there."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from nnplay.cli.endings import FAILED, FINE, MISUSED, Trouble, on_interrupt
from nnplay.cli.watch import progress_bar
from nnplay.data import DataError
from nnplay.data.adopt import adopt
from nnplay.data.fetch import MIRRORS, FetchProgress, fetch
from nnplay.data.mnist import is_present, mnist_folder, read
from nnplay.words import _


def fetch_mnist(source: Path | None) -> int:
    """Put MNIST where experiments look for it; raises Trouble where that cannot be."""
    try:
        if source is not None:
            print(_("MNIST was copied to {folder}").format(folder=adopt(source)))
        elif _is_sound():
            print(_("MNIST is already in {folder}").format(folder=mnist_folder()))
        else:
            print(_("MNIST was downloaded to {folder}").format(folder=_download()))
    except DataError as error:
        raise Trouble(str(error), error.hint, FAILED if source is None else MISUSED) from None
    return FINE


def _is_sound() -> bool:
    try:
        return is_present() and bool(read())
    except DataError:  # a damaged file is downloaded anew
        return False


def _download() -> Path:
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
            return fetch(show, cancelled.is_set, MIRRORS)
        finally:
            if bar is not None:
                bar.close()
