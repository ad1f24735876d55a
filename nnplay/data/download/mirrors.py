"""Downloads data sets from public mirrors: verified, with progress, and cancellable."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pooch
import requests
import urllib3

from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.download.archive import File
from nnplay.data.download.registry import ARCHIVES, alternatives, folder_of
from nnplay.data.folders import cannot_write
from nnplay.data.load import clear_cache
from nnplay.translation import _, n_

_CHUNK = 16_384  # bytes; a mirror that sends less than this within the timeout is given up
_POLL_S = 0.05  # how often `cancelled` is asked
# The first match counts, so subclasses come before their base classes.
_REASONS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (requests.TooManyRedirects, n_("too many redirects")),
    (requests.exceptions.SSLError, n_("no secure connection; is the system clock right?")),
    (requests.exceptions.ProxyError, n_("the network's proxy refused the connection")),
    (requests.ConnectionError, n_("the server cannot be reached")),
    ((urllib3.exceptions.HTTPError, OSError), n_("the connection was lost")),
)


@dataclass(frozen=True)
class DownloadProgress:
    """The progress of a download; bytes are summed over all files and never decrease."""

    file: str
    done_bytes: int
    total_bytes: int


class _MirrorError(Exception):
    """A mirror did not deliver a file; the message says why."""


def download(
    key: str,
    progress: Callable[[DownloadProgress], None],
    cancelled: Callable[[], bool],
    folder: Path | None = None,
    timeout: float = 15.0,
) -> Path:
    """Download the files of an archive into a folder and return it; valid files are kept.

    The mirrors are tried in turn; one that sends nothing for `timeout` seconds is given up. Both
    callables are called in the caller's thread. Raises Cancelled within 0.1 s of `cancelled`, which
    keeps complete files, and DataError, with the reason of each mirror, if a file is unavailable.
    """
    archive = ARCHIVES[key]
    folder = folder or folder_of(key)
    pooch.get_logger().setLevel(logging.WARNING)  # it prints a line for every file
    order = list(archive.mirrors)
    counter = _ByteCounter(progress, archive.files)
    for file in archive.files:
        counter.begin(file)
        reasons = _download_file(file, order, folder, timeout, counter, cancelled)
        if reasons:
            failed = _("{name} could not be downloaded.").format(name=file.name)
            raise DataError("\n".join((failed, *reasons)), alternatives(archive))
        counter.show(file.size)
    clear_cache()
    return folder


class _ByteCounter:
    """Adds up the bytes of all files and reports progress."""

    def __init__(
        self, progress: Callable[[DownloadProgress], None], files: tuple[File, ...]
    ) -> None:
        self._progress, self._total = progress, sum(file.size for file in files)
        self._base, self._most, self._file = 0, 0, files[0]

    def begin(self, file: File) -> None:
        """Start the next file."""
        self._base, self._file = self._most, file

    def show(self, done: int) -> None:
        """Report that `done` bytes of the current file have arrived."""
        # A second mirror starts the file again; progress waits until it has caught up.
        self._most = max(self._most, self._base + done)
        self._progress(DownloadProgress(self._file.name, self._most, self._total))


def _download_file(
    file: File,
    order: list[str],
    folder: Path,
    timeout: float,
    counter: _ByteCounter,
    cancelled: Callable[[], bool],
) -> list[str]:
    """Download one file; return the reason of each mirror if all failed, else nothing."""
    reasons = []
    for mirror in tuple(order):
        try:
            _retrieve(file, mirror, folder, timeout, counter, cancelled)
        except _MirrorError as error:
            reasons.append(f"{mirror}: {error}")
            # For the next file, mirrors that have not failed come first.
            order.remove(mirror)
            order.append(mirror)
        else:
            return []
    return reasons


def _retrieve(
    expected: File,
    mirror: str,
    folder: Path,
    timeout: float,
    counter: _ByteCounter,
    cancelled: Callable[[], bool],
) -> None:
    def write_chunks(url: str, output_file: str, _pooch: object) -> None:
        done = 0
        with Path(output_file).open("wb") as file:
            for chunk in _chunks(url, timeout, cancelled):
                done += len(chunk)
                if done > expected.size:
                    text = _("the file is longer than the expected {size:,} bytes")
                    raise _MirrorError(text.format(size=expected.size))
                file.write(chunk)
                counter.show(done)
        if done < expected.size:
            text = _("the file ended after {done:,} of {size:,} bytes")
            raise _MirrorError(text.format(done=done, size=expected.size))

    try:
        # pooch keeps a file with the right checksum; otherwise it moves the new one into place.
        pooch.retrieve(
            mirror + expected.name if mirror.endswith("/") else mirror,
            known_hash=f"sha256:{expected.sha256}",
            fname=expected.name,
            path=folder,
            downloader=write_chunks,
        )
    except ValueError as error:
        raise _MirrorError(_("wrong file: its checksum differs")) from error
    except OSError as error:
        raise cannot_write(folder, error) from error


def _chunks(url: str, timeout: float, cancelled: Callable[[], bool]) -> Iterator[bytes]:
    """Yield a file piece by piece; raises Cancelled or _MirrorError."""
    # Neither a blocked read nor a DNS lookup can be cancelled from its own thread. They run in a
    # second thread, so that this one never blocks for longer than _POLL_S.
    reader = _Reader(url, timeout)
    reader.start()
    last_data = time.monotonic()
    try:
        while True:
            if cancelled():
                raise Cancelled(_("The download was cancelled."))
            try:
                item = reader.items.get(timeout=_POLL_S)
            except queue.Empty:
                if time.monotonic() - last_data > timeout:
                    raise _MirrorError(_silence(timeout)) from None
                continue
            last_data = time.monotonic()
            if item is None:
                return
            if isinstance(item, Exception):
                raise _MirrorError(_reason(item, timeout)) from item
            yield item
    finally:
        reader.stop()


class _Reader(threading.Thread):
    """Reads a URL into a queue: pieces, then None or the exception that ended the download."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(name=f"download {url}", daemon=True)
        self.items: queue.SimpleQueue[bytes | Exception | None] = queue.SimpleQueue()
        self._url, self._timeout = url, timeout
        self._stopped = threading.Event()
        self._response: requests.Response | None = None

    def run(self) -> None:
        """Read until the end, an error or `stop`."""
        try:
            self._read()
        except Exception as error:
            # The waiting thread turns it into a message.
            self.items.put(error)
        else:
            self.items.put(None)

    def stop(self) -> None:
        """Stop reading; a read that waits for more of a response is interrupted."""
        self._stopped.set()
        if self._response is not None and self.is_alive():
            # Fails if reading has just ended by itself.
            with suppress(ValueError, RuntimeError, OSError):
                self._response.raw.shutdown()
        self.join(_POLL_S)

    def _read(self) -> None:
        # The file itself is compressed, so the transfer must not decompress it.
        headers = {"Accept-Encoding": "identity"}
        with requests.get(
            self._url, headers=headers, stream=True, timeout=self._timeout
        ) as self._response:
            self._response.raise_for_status()
            for chunk in self._response.raw.stream(_CHUNK, decode_content=False):
                if self._stopped.is_set():
                    return
                self.items.put(chunk)


def _reason(error: Exception, timeout: float) -> str:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return _silence(timeout)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _("the server answered {code} {reason}").format(
            code=error.response.status_code, reason=error.response.reason
        )
    for kinds, text in _REASONS:
        if isinstance(error, kinds):
            return _(text)
    return f"{type(error).__name__}: {error}"


def _silence(timeout: float) -> str:
    return _("no data for {seconds:g} seconds").format(seconds=timeout)
