"""How often a window may show what trains: drawing takes the interpreter from the training."""

from __future__ import annotations

from time import perf_counter, thread_time

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
    waiting keeps nobody from training.
    """

    def __init__(self) -> None:
        self.share = DRAW_SHARE
        self._began, self._worked = 0.0, 0.0
        self._due: float | None = 0.0

    def begin(self) -> None:
        """Begin a round."""
        self._began, self._worked = perf_counter(), thread_time()
        self._due = None

    def rest(self) -> float:
        """Return how many seconds are left until the next round may begin, 0 where it may now."""
        if self._due is None:
            cost = thread_time() - self._worked
            self._due = self._began + min(cost / self.share, MOST_REST)
        return max(0.0, self._due - perf_counter())
