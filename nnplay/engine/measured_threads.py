"""Whether a run is faster with many threads or with one, found by timing its own steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from nnplay.engine.model.threads import multiplications
from nnplay.engine.run_request import RunRequest
from nnplay.engine.setup import Setup
from nnplay.engine.step import Stepper

SLICE_SECONDS = 0.012
"""How long each number of threads is timed before the other takes its turn."""
ROUNDS = 3
"""They take turns, as what else the machine does may begin or end at any moment."""
LONG = 2_000_000_000
"""Multiplications per forward pass of a batch from which steps take tenths of a second: too long
for a measurement that nobody notices, and so long that waiting for threads costs little."""
TIMINGS = 2 * (ROUNDS + 1)
"""With the first step of each number."""
MOST_SECONDS = 0.25
"""After this time no round begins."""
MOST_SHARE = 0.05
"""The largest share of the expected duration of a run that the measurement may take."""


def with_fastest_threads(setup: Setup, request: RunRequest, poll: Callable[[], None]) -> Setup:
    """Return the setup with the number of threads that its steps are faster with.

    Threads wait for each other after every product, so where another program keeps a core busy,
    one thread is often faster than two. The number is part of the result: with the same one the
    same weights come out again, as the order of the sums in a product depends on it. The number
    that a request names is not changed, nor is that of a run too short for measuring to pay.

    Must be called in the thread that trains, as the number of threads is a setting of each.
    `poll` is called between timings and may raise to cancel.
    """
    if request.threads is not None or setup.threads == 1 or setup.device.type != "cpu":
        return setup
    if setup.steps * MOST_SHARE < TIMINGS or multiplications(request.experiment) > LONG:
        return setup
    stepper = setup.stepper
    stepper.get_ready()
    # Nothing that the timed steps change may remain: weights, optimizer and random numbers are
    # those of the first step again, and batches depend on the step alone.
    state = stepper.save()
    try:
        fastest = _fastest(stepper, setup.threads, setup.steps, poll)
        stepper.use_threads(fastest)
    finally:
        stepper.restore(state)
    return replace(setup, threads=fastest)


def _fastest(stepper: Stepper, most: int, run_steps: int, poll: Callable[[], None]) -> int:
    """Return 1 or `most`; leaves the stepper some steps further."""
    deadline = perf_counter() + MOST_SECONDS
    # The first step with each number of threads starts them and fills caches.
    seconds = {threads: _time_steps(stepper, threads, 0.0) for threads in (1, most)}
    cost = TIMINGS * max(SLICE_SECONDS, *seconds.values())
    if cost > MOST_SHARE * run_steps * min(seconds.values()):
        return most
    spent = dict.fromkeys(seconds, 0.0)
    for _round in range(ROUNDS):
        # On a machine that is very busy, threads can slow a step down by a factor of five and more.
        if perf_counter() > deadline:
            break
        for threads in spent:
            poll()
            spent[threads] += _time_steps(stepper, threads, SLICE_SECONDS)
    measured = spent if any(spent.values()) else seconds
    return min(measured, key=measured.__getitem__)


def _time_steps(stepper: Stepper, threads: int, seconds: float) -> float:
    """Return the mean duration of a step, taken over about that long and at least one step."""
    stepper.use_threads(threads)
    start, steps = perf_counter(), 0
    while True:
        stepper.advance(1)
        steps += 1
        spent = perf_counter() - start
        if spent >= seconds:
            return spent / steps
