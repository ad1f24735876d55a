"""Runs spread over eight seconds, simulated with losses of known shape."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from nnplay.engine.training.loss_pace import LossPace
from nnplay.link.speed_limit import Spread

TICK = 0.02
Losses = npt.NDArray[np.float64]
Shape = Callable[[Losses], Losses]

SHAPES: dict[str, Shape] = {
    "learns in the first percent": lambda at: 0.01 + np.exp(-at / 0.002),
    "falls all the time": lambda at: np.exp(-at),
    "begins to learn after half of the steps": lambda at: (
        0.02 + 1 / (1 + np.exp((at - 0.5) / 0.02))
    ),
    "begins to learn near the end": lambda at: 0.02 + 1 / (1 + np.exp((at - 0.8) / 0.01)),
    "falls ever more slowly": lambda at: (1 + 300 * at) ** -0.6,
    "learns nothing": np.ones_like,
}
# Shares of the time for the fall from 10 to 90 % and for its first half, at least. With the same
# time for the same share of the steps these would be 0.01 and 0.01 for the first of them.
LEAST = {
    "learns in the first percent": (0.3, 0.15),
    "falls all the time": (0.7, 0.5),
    "begins to learn after half of the steps": (0.35, 0.7),
    "begins to learn near the end": (0.3, 0.8),
    "falls ever more slowly": (0.6, 0.4),
}


def simulated(losses: Losses, first: int = 0) -> Losses:
    """Return when each step is taken."""
    pace, spread, steps = LossPace(), Spread(8.0), len(losses)
    times = np.zeros(steps)
    step, seconds, due = first, 0.0, 0.0
    while step < steps:
        assert seconds < 60
        due += TICK * pace.steps_per_second(spread, step, steps, first, seconds)
        seconds += TICK
        count = min(int(due), steps - step)
        due -= count
        times[step : step + count] = seconds
        if count:
            pace.record(losses[step : step + count], steps)
        step += count
    return times


@pytest.mark.parametrize("steps", [300, 3000, 100_000])
@pytest.mark.parametrize("name", SHAPES)
def test_time_goes_where_the_loss_falls(name: str, steps: int) -> None:
    losses = SHAPES[name](np.arange(steps) / steps)
    times = simulated(losses)
    assert 6 < times[-1] < 12
    if name not in LEAST:
        return
    logs = np.log(losses)
    fall = (logs[0] - logs) / (logs[0] - logs[-1])
    tenth, half, most = (int(np.argmax(fall >= share)) for share in (0.1, 0.5, 0.9))
    middle, first_half = LEAST[name]
    assert (times[most] - times[tenth]) / times[-1] > middle
    assert times[half] / times[-1] > first_half


@pytest.mark.parametrize("name", SHAPES)
def test_noise_does_not_make_a_run_longer(name: str) -> None:
    steps = 10_000
    noise = np.exp(0.3 * np.random.default_rng(1).standard_normal(steps))
    times = simulated(SHAPES[name](np.arange(steps) / steps) * noise)
    assert 6 < times[-1] < 12


def test_training_on_takes_the_time_of_the_steps_that_are_left() -> None:
    losses = SHAPES["falls all the time"](np.arange(2000) / 2000)
    left = Spread(8.0).seconds_left(1000, 2000)
    assert simulated(losses, 1000)[-1] == pytest.approx(left, rel=0.3)


def test_losses_of_zero_and_many_at_once_are_taken() -> None:
    pace, spread = LossPace(), Spread(8.0)
    pace.record(np.zeros(100_000), 1_000_000)
    pace.record(np.empty(0), 1_000_000)
    assert np.isfinite(pace.steps_per_second(spread, 100_000, 1_000_000, 0, 1.0))
