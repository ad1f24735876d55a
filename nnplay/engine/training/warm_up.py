"""Waiting for what the first step needs, without missing a command."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Thread
from typing import TypeVar

from nnplay.engine.step import Stepper
from nnplay.link import Link, WarmingUp

_ANNOUNCE_SECONDS = 0.3
"""A shorter wait is not announced."""
_POLL_SECONDS = 0.02
T = TypeVar("T")
Poll = Callable[[], None]
"""Called repeatedly during long work; may raise to cancel it."""


def run_in_background(work: Callable[[], T], poll: Poll) -> T:
    """Return what `work` returns, or raise what it raises; `poll` is called meanwhile.

    Python cannot stop a thread, so cancelled work continues to its end with nobody to take its
    result: it must not do more than load something that is cached for the next caller.
    """
    poll()
    executor = ThreadPoolExecutor(1)
    future = executor.submit(work)
    executor.shutdown(wait=False)
    while not future.done():
        wait((future,), _POLL_SECONDS)
        poll()
    executor.shutdown()
    return future.result()


def warm_up(stepper: Stepper, run_id: int, link: Link) -> None:
    """Return when the stepper is ready, or as soon as the run is commanded to end.

    Only a GPU needs it: a step is recorded, which continues in the background if the run ends.
    """
    if stepper.is_ready:
        return
    worker = Thread(target=_get_ready, args=(stepper,), name="warming up")
    worker.start()
    worker.join(_ANNOUNCE_SECONDS)
    if worker.is_alive():
        link.announce(WarmingUp(run_id))
    while worker.is_alive() and not link.control.ending:
        worker.join(_POLL_SECONDS)


def _get_ready(stepper: Stepper) -> None:
    # An error here occurs again in the first step, in the training thread, which reports it.
    with suppress(Exception):
        stepper.get_ready()
