"""Which resume points are kept: a bounded number, and always a new one."""

import numpy as np

from nnplay.link import ResumePoint, ResumePoints
from nnplay.link.resume_point import FRESH_SECONDS


def point(step: int, seconds: float) -> ResumePoint:
    return ResumePoint(step, seconds, None, {"0.weight": np.zeros(250, np.float32)}, {}, {})


def recorded(seconds: float, limit: int) -> tuple[ResumePoints, float]:
    """Offer points as a run does, each 0.1 s; return them, and the longest time without one."""
    points, longest = ResumePoints(limit), 0.0
    for tick in range(round(10 * seconds)):
        now = tick / 10
        if points.is_due(now):
            points.add(point(tick, now))
        newest = points.newest
        assert newest is not None
        longest = max(longest, now - newest.seconds)
    return points, longest


def test_newest_point_is_never_old_however_far_apart_the_others_are() -> None:
    points, longest = recorded(500, 10_000)
    assert longest <= FRESH_SECONDS + 0.1
    assert sum(one.size for one in points.all) <= 10_000
    seconds = [one.seconds for one in points.all]
    assert seconds[0] == 0
    gaps = np.diff(seconds[:-1])
    assert gaps.min() > 10 * FRESH_SECONDS, "those between are not as near as the newest"
    assert gaps.max() < 4 * gaps.min()


def test_points_near_each_other_are_all_kept_while_there_is_room() -> None:
    points, _longest = recorded(20, 1_000_000)
    gaps = np.diff([one.seconds for one in points.all])
    assert np.allclose(gaps, 0.5)
