"""How a command may end, and one guard that turns every end into an exit status."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from nnplay.translation import _

FINE, FAILED, MISUSED = 0, 1, 2


class CommandError(Exception):
    """A command cannot go on: what happened, what to do, and the exit status."""

    def __init__(self, message: str, hint: str = "", status: int = FAILED) -> None:
        super().__init__(message)
        self.hint = hint
        self.status = status


def say(text: str) -> None:
    """Print a line to the user beside the results, which go to stdout."""
    print(text, file=sys.stderr, flush=True)


def guarded(action: Callable[[], int]) -> int:
    """Run a command and return its exit status; what a user can cause ends in a message."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a sign, such as ×, shows a stand-in instead of ending the command.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        status = action()
        sys.stdout.flush()
    except CommandError as trouble:
        say(_("nnplay: {message}").format(message=trouble))
        if trouble.hint:
            say(trouble.hint)
        status = trouble.status
    except KeyboardInterrupt:
        say(_("nnplay: cancelled."))
        status = FAILED
    except BrokenPipeError:
        _drop_output()
        status = FAILED
    except MemoryError:
        say(_("nnplay: the memory of this machine is not enough. Try fewer points or units."))
        status = FAILED
    except OSError as error:
        say(_("nnplay: {message}").format(message=reason(error)))
        _drop_output()
        status = FAILED
    return status


@contextmanager
def on_interrupt(action: Callable[[], None]) -> Iterator[None]:
    """Answer the first Ctrl+C by `action`, so that work can end in order; the second one cuts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def answer(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        action()

    signal.signal(signal.SIGINT, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def reason(error: OSError) -> str:
    """Say in words why the system refused something."""
    where = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return where + _("the disk is full.")
    return where + (error.strerror or str(error))


def _drop_output() -> None:
    """Send the rest of stdout nowhere, so that Python's last flush does not complain as well."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # a stdout without a file behind it has nothing to flush
        return
