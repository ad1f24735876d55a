"""Downloads data sets from public mirrors, checked, with progress, cancelled when asked to."""

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

from nnplay.data.arrays import DataError
from nnplay.data.download.adopt import cannot_write
from nnplay.data.download.archive import File
from nnplay.data.download.registry import ARCHIVES, folder_of, ways_out
from nnplay.data.load import forget
from nnplay.translation import _, n_

_CHUNK = 16_384  # bytes; less than this in the timeout counts as silence
_POLL_S = 0.05  # how soon a cancel is seen
# The first that fits counts, so the narrow kinds of error stand before the wide ones.
_WORDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (requests.TooManyRedirects, n_("it sends from one address to the next without end")),
    (requests.exceptions.SSLError, n_("no secure connection; is the clock of this machine right?")),
    (requests.exceptions.ProxyError, n_("the proxy of this network refused")),
    (requests.ConnectionError, n_("it cannot be reached")),
    ((urllib3.exceptions.HTTPError, OSError), n_("the connection broke off")),
)


@dataclass(frozen=True)
class FetchProgress:
    """How far a download has come; the bytes are over all files, and never go back."""

    file: str
    done_bytes: int
    total_bytes: int


class FetchCancelled(DataError):
    """The user stopped the download; files that were complete are kept."""


class _MirrorError(Exception):
    """A mirror did not give a file; says why in plain words."""


def fetch(
    key: str,
    progress: Callable[[FetchProgress], None],
    cancelled: Callable[[], bool],
    folder: Path | None = None,
    timeout: float = 15.0,
) -> Path:
    """Put the files of an archive into a folder, and return it; those that are right are kept.

    Each mirror is tried in turn and given up after `timeout` seconds of silence. Both callables are
    called in the caller's thread. Raises FetchCancelled within a tenth of a second of `cancelled`,
    and DataError, with what each mirror said, where a file is not to be had.
    """
    archive = ARCHIVES[key]
    folder = folder or folder_of(key)
    pooch.get_logger().setLevel(logging.WARNING)  # it tells every file on the terminal
    order = list(archive.mirrors)
    tally = _Tally(progress, archive.files)
    for file in archive.files:
        tally.begin(file)
        said = _fetch_file(file, order, folder, timeout, tally, cancelled)
        if said:
            failed = _("{name} could not be downloaded.").format(name=file.name)
            raise DataError("\n".join((failed, *said)), ways_out(archive))
        tally.show(file.size)
    forget()
    return folder


class _Tally:
    """Adds up the bytes of all files and tells of each advance."""

    def __init__(self, progress: Callable[[FetchProgress], None], files: tuple[File, ...]) -> None:
        self._progress, self._total = progress, sum(file.size for file in files)
        self._base, self._most, self._file = 0, 0, files[0]

    def begin(self, file: File) -> None:
        """Turn to the next file."""
        self._base, self._file = self._most, file

    def show(self, done: int) -> None:
        """Tell that so many bytes of the current file are there."""
        # A second mirror starts the file again; the bar waits until it is as far as the first was.
        self._most = max(self._most, self._base + done)
        self._progress(FetchProgress(self._file.name, self._most, self._total))


def _fetch_file(
    file: File,
    order: list[str],
    folder: Path,
    timeout: float,
    tally: _Tally,
    cancelled: Callable[[], bool],
) -> list[str]:
    """Get one file; return what the mirrors said where none has it, else nothing."""
    said = []
    for mirror in tuple(order):
        try:
            _retrieve(file, mirror, folder, timeout, tally, cancelled)
        except _MirrorError as error:
            said.append(f"{mirror}: {error}")
            # The next file is first asked of mirrors that have not failed.
            order.remove(mirror)
            order.append(mirror)
        else:
            return []
    return said


def _retrieve(
    wanted: File,
    mirror: str,
    folder: Path,
    timeout: float,
    tally: _Tally,
    cancelled: Callable[[], bool],
) -> None:
    def download(url: str, output_file: str, _pooch: object) -> None:
        done = 0
        with Path(output_file).open("wb") as file:
            for chunk in _chunks(url, timeout, cancelled):
                done += len(chunk)
                if done > wanted.size:
                    text = _("the file is longer than the {size:,} bytes it should have")
                    raise _MirrorError(text.format(size=wanted.size))
                file.write(chunk)
                tally.show(done)
        if done < wanted.size:
            text = _("the file ended after {done:,} of {size:,} bytes")
            raise _MirrorError(text.format(done=done, size=wanted.size))

    try:
        # pooch keeps a file that is right, and else moves the new one into place when it is.
        pooch.retrieve(
            mirror + wanted.name if mirror.endswith("/") else mirror,
            known_hash=f"sha256:{wanted.sha256}",
            fname=wanted.name,
            path=folder,
            downloader=download,
        )
    except ValueError as error:
        raise _MirrorError(_("the file is not the right one: its checksum differs")) from error
    except OSError as error:
        raise cannot_write(folder, error) from error


def _chunks(url: str, timeout: float, cancelled: Callable[[], bool]) -> Iterator[bytes]:
    """Yield a file piece by piece; raises FetchCancelled or _MirrorError."""
    # A blocked read cannot be cancelled from its own thread, nor can a look-up of a name; so they
    # have a thread of their own, and this one is never blocked for longer than _POLL_S.
    reader = _Reader(url, timeout)
    reader.start()
    heard = time.monotonic()
    try:
        while True:
            if cancelled():
                raise FetchCancelled(_("The download was cancelled."))
            try:
                item = reader.items.get(timeout=_POLL_S)
            except queue.Empty:
                if time.monotonic() - heard > timeout:
                    raise _MirrorError(_silence(timeout)) from None
                continue
            heard = time.monotonic()
            if item is None:
                return
            if isinstance(item, Exception):
                raise _MirrorError(_plain(item, timeout)) from item
            yield item
    finally:
        reader.stop()


class _Reader(threading.Thread):
    """Reads a URL into a queue: pieces, and at the end None or the exception that ended it."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(name=f"fetch {url}", daemon=True)
        self.items: queue.SimpleQueue[bytes | Exception | None] = queue.SimpleQueue()
        self._url, self._timeout = url, timeout
        self._stopped = threading.Event()
        self._response: requests.Response | None = None

    def run(self) -> None:
        """Read until the end, an error or a stop."""
        try:
            self._read()
        except Exception as error:
            # Whatever it was, the waiting side turns it into words.
            self.items.put(error)
        else:
            self.items.put(None)

    def stop(self) -> None:
        """End the reading, at once where it waits for more of an answer that has begun."""
        self._stopped.set()
        if self._response is not None and self.is_alive():
            # Fails where the reading has just ended by itself.
            with suppress(ValueError, RuntimeError, OSError):
                self._response.raw.shutdown()
        self.join(_POLL_S)

    def _read(self) -> None:
        # A packed file must come as it is, and not be unpacked on the way as a web page may be.
        headers = {"Accept-Encoding": "identity"}
        with requests.get(
            self._url, headers=headers, stream=True, timeout=self._timeout
        ) as self._response:
            self._response.raise_for_status()
            for chunk in self._response.raw.stream(_CHUNK, decode_content=False):
                if self._stopped.is_set():
                    return
                self.items.put(chunk)


def _plain(error: Exception, timeout: float) -> str:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return _silence(timeout)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _("it answered {code} {words}").format(
            code=error.response.status_code, words=error.response.reason
        )
    for kinds, text in _WORDS:
        if isinstance(error, kinds):
            return _(text)
    return f"{type(error).__name__}: {error}"


def _silence(timeout: float) -> str:
    return _("it was silent for {seconds:g} seconds").format(seconds=timeout)
