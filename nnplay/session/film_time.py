"""The pace at which a film is played: the more changes, the more time it gets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, log

from nnplay.link import WeightFrame

PLAY_SECONDS = 8.0
"""Duration of a film at normal speed."""
EVEN_SHARE = 0.5
"""Share of the duration that is divided evenly, so that nothing is skipped; the rest goes where
the loss changes."""


def frame_times(frames: Sequence[WeightFrame], seconds: float = PLAY_SECONDS) -> list[float]:
    """Return when each frame is shown, in seconds from the start of the film."""
    if len(frames) < 2:
        return [0.0] * len(frames)
    changes = [_change(one.loss, other.loss) for one, other in pairwise(frames)]
    total, even = sum(changes), 1 / len(changes)
    shares = [
        EVEN_SHARE * even + (1 - EVEN_SHARE) * change / total if total else even
        for change in changes
    ]
    times = [0.0]
    for share in shares:
        times.append(times[-1] + share * seconds)
    return times


def rebuild_seconds(frames: Sequence[WeightFrame], start: int, step: int) -> float:
    """Return how long it takes to train from one step to another, at the fastest speed of a film.

    A run may have been slowed down, to be watched or by the window; repeating it is not.
    """
    speeds = [
        (later.step - one.step) / (later.seconds - one.seconds)
        for one, later in pairwise(frames)
        if later.seconds > one.seconds
    ]
    return (step - start) / max(speeds) if speeds and step > start else 0.0


def _change(before: float, after: float) -> float:
    """Return how much a loss changed: by its logarithm, or as a number where it has none."""
    if not (isfinite(before) and isfinite(after)):
        return 0.0
    if before > 0 and after > 0:
        return abs(log(after / before))
    return abs(after - before)
