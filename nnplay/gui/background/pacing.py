"""How often a window may show what trains: drawing takes the interpreter from the training."""

from __future__ import annotations

from time import perf_counter, process_time, thread_time

DRAW_SHARE = 0.06
"""Share of the time that the window's thread may draw while a run trains."""
FREE_SHARE = 0.25
"""The same where the steps need no interpreter, so that drawing keeps none from being taken."""
MOST_REST = 0.5
"""Seconds: whatever a round cost, such as one with a menu opened meanwhile, the next one comes."""


class Pacing:
    """Spaces rounds of showing by what they cost.

    That is known only after all that a round asked for has been painted, so it is the time that
    this thread has worked between the round and the first question after it: of the processor, as
    waiting keeps nobody from training. What it is a share of is the time that the whole program
    gets: on a machine that others keep busy that is far less than what passes.
    """

    def __init__(self) -> None:
        self.share = DRAW_SHARE
        self._began = self._worked = self._all_worked = 0.0
        self._needed: float | None = 0.0

    def begin(self) -> None:
        """Begin a round."""
        self._began, self._worked = perf_counter(), thread_time()
        self._all_worked = process_time()
        self._needed = None

    def rest(self) -> float:
        """Return how many seconds are left until the next round may begin, 0 where it may now."""
        if self._needed is None:
            self._needed = (thread_time() - self._worked) / self.share
        passed = perf_counter() - self._began
        # Several cores do not make more of the one interpreter.
        got = min(passed, process_time() - self._all_worked)
        return max(0.0, min(self._needed - got, MOST_REST - passed))
