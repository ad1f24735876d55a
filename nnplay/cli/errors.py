"""Exit statuses, and how errors become one."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from nnplay.translation import _

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters except tab and line feed, and marks that change the direction of writing."""
SUCCESS, FAILURE, USAGE_ERROR = 0, 1, 2


class CommandError(Exception):
    """A command failed: the message, what to do about it, and the exit status."""

    def __init__(self, message: str, hint: str = "", status: int = FAILURE) -> None:
        super().__init__(message)
        self.hint = hint
        self.status = status


def say(text: str) -> None:
    """Print a line to stderr; results go to stdout."""
    # Whoever has closed it wants to read no more, which is no reason to stop.
    with suppress(BrokenPipeError):
        print(printable(text), file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Print a result to stdout; a reader that closes it early, such as `head`, is no error."""
    try:
        print(printable(text), flush=True)
    except BrokenPipeError:
        _drop_output()


def printable(text: str) -> str:
    """Return a text with what controls a terminal written as in JSON, such as `\\u001b`.

    Names in files could otherwise recolour the terminal, move its cursor or reverse a line.
    """
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def guarded(action: Callable[[], int]) -> int:
    """Run a command and return its exit status; foreseeable errors become a message."""
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal cannot encode, such as ×, becomes a question mark.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        status = action()
        sys.stdout.flush()
    except CommandError as error:
        say(_("nnplay: {message}").format(message=error))
        if error.hint:
            say(error.hint)
        status = error.status
    except KeyboardInterrupt:
        say(_("nnplay: cancelled."))
        status = FAILURE
    except BrokenPipeError:
        _drop_output()
        status = SUCCESS
    except MemoryError:
        say(_("nnplay: not enough memory. Try fewer points or units."))
        status = FAILURE
    except OSError as error:
        say(_("nnplay: {message}").format(message=reason(error)))
        _drop_output()
        status = FAILURE
    return status


@contextmanager
def on_interrupt(action: Callable[[], None]) -> Iterator[None]:
    """Call `action` on the first Ctrl+C, for an orderly end; the second one interrupts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def handle(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        action()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def reason(error: OSError) -> str:
    """Return the reason for a system error, with the file it concerns."""
    where = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return where + _("the disk is full.")
    return where + (error.strerror or str(error))


def _drop_output() -> None:
    """Discard the rest of stdout, so that Python's final flush does not fail as well."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):  # stdout is not a file, so there is nothing to flush
        return
