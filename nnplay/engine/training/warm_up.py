"""Waiting for what must be there before the first step, while orders are heard."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Thread
from typing import TypeVar

from nnplay.engine.step import Stepper
from nnplay.link import Link, WarmingUp

_TELL_SECONDS = 0.3
"""A wait that is shorter than this is not worth a word."""
_LOOK_SECONDS = 0.02
T = TypeVar("T")
Poll = Callable[[], None]
"""Called while something lasts; may raise to break it off."""


def run_in_background(work: Callable[[], T], poll: Poll) -> T:
    """Return what `work` returns, or raise what it raises; `poll` is called meanwhile.

    Work that is broken off goes on to its end, unseen: so it must do no more than fetch what is
    kept for the next who asks.
    """
    poll()
    thread = ThreadPoolExecutor(1)
    fetched = thread.submit(work)
    thread.shutdown(wait=False)
    while not fetched.done():
        wait((fetched,), _LOOK_SECONDS)
        poll()
    thread.shutdown()
    return fetched.result()


def warm_up(stepper: Stepper, run_id: int, link: Link) -> None:
    """Return when the stepper is ready, or as soon as the run is told to end.

    Only the steps of a GPU need it: one of them is recorded, which goes on where the run ends.
    """
    if stepper.is_ready:
        return
    worker = Thread(target=_get_ready, args=(stepper,), name="warming up")
    worker.start()
    worker.join(_TELL_SECONDS)
    if worker.is_alive():
        link.announce(WarmingUp(run_id))
    while worker.is_alive() and not link.control.ending:
        worker.join(_LOOK_SECONDS)


def _get_ready(stepper: Stepper) -> None:
    # What goes wrong does so again in the first step, in the run's own thread, and is told there.
    with suppress(Exception):
        stepper.get_ready()
