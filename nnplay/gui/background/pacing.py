"""How often a window may draw a run: drawing takes the interpreter from the training."""

from __future__ import annotations

from time import perf_counter, process_time, thread_time

DRAW_SHARE = 0.06
"""Largest share of the time for drawing while a run trains."""
FREE_SHARE = 0.25
"""The same where the steps do not need the interpreter, so that drawing does not delay them."""
LONGEST_REST = 0.5
"""Longest pause in seconds, however long drawing took, as with a menu opened meanwhile."""


class Pacing:
    """Spaces the rounds of drawing by what they cost.

    The cost of a round is known only when everything has been painted: it is the processor time of
    this thread from the start of the round to the first call of `rest` after it. Waiting does not
    count, as it does not delay the training. The share is one of the processor time that the whole
    process gets, which is far less than the time that passes where other processes are busy.
    """

    def __init__(self) -> None:
        self.share = DRAW_SHARE
        self._began = self._worked = self._all_worked = 0.0
        self._needed: float | None = 0.0

    def begin(self) -> None:
        """Begin a round of drawing."""
        self._began, self._worked = perf_counter(), thread_time()
        self._all_worked = process_time()
        self._needed = None

    def rest(self) -> float:
        """Return the seconds until the next round may begin, 0 if it may now."""
        if self._needed is None:
            self._needed = (thread_time() - self._worked) / self.share
        passed = perf_counter() - self._began
        # Several cores still share one interpreter.
        got = min(passed, process_time() - self._all_worked)
        return max(0.0, min(self._needed - got, LONGEST_REST - passed))
