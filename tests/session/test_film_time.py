"""When each frame of a film is shown, and how long a step takes to compute again."""

import numpy as np
import pytest

from nnplay.link import WeightFrame
from nnplay.session.film_time import rebuild_seconds


def film(*moments: tuple[int, float]) -> list[WeightFrame]:
    return [WeightFrame(step, seconds, 1.0, 0.1, np.empty(0)) for step, seconds in moments]


def test_rebuilding_is_as_fast_as_the_run_ever_was() -> None:
    # The first 100 steps were slowed down to 50 a second, the others took a millisecond each.
    frames = film((0, 0.0), (100, 2.0), (600, 2.5))
    assert rebuild_seconds(frames, 200, 500) == pytest.approx(0.3)
    assert rebuild_seconds(frames, 500, 500) == 0


def test_nothing_is_known_of_a_film_without_times() -> None:
    assert rebuild_seconds(film((0, 0.0)), 0, 100) == 0
    assert rebuild_seconds([], 0, 100) == 0
