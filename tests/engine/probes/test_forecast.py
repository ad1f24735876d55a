"""The forecast: a network fed its own predictions, against what they must be."""

import numpy as np
import pytest
import torch
from torch import nn

from nnplay.catalog import MSE, SGD, Dense, Flatten, Parity, Wave
from nnplay.data import Samples, Scaling, load
from nnplay.data.synthetic.windows import MAX_STEPS, end_of_series, series_tail, windows_of
from nnplay.engine import RunRequest
from nnplay.engine.evaluation.output import Output
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.forecast import forecast
from nnplay.experiment import Experiment, Split

STEP = 0.4
PLAIN = Output(MSE())
SINE = (3.0 + 2.0 * np.sin(STEP * np.arange(200))).astype(np.float32)
"""Around 3, so that a shift counts."""


def follower(scaling: Scaling | None) -> nn.Sequential:
    """Return a network with the recurrence of SINE: y' = 2 cos(step) (y - 3) - (y'' - 3) + 3."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 1))
    size, shift = (1.0, 0.0) if scaling is None else (2.5, 1.5)
    weights = np.array([0.0, 0.0, -1.0, 2 * np.cos(STEP)])
    constant = 3 * (1 - weights.sum())
    with torch.no_grad():
        # With z = (y - shift) / size as inputs and y as the prediction.
        model[1].weight.copy_(torch.tensor(weights * size).reshape(1, 4))
        model[1].bias.copy_(torch.tensor([constant + weights.sum() * shift]))
    return model


@pytest.mark.parametrize("scaled", [False, True])
def test_a_network_with_the_exact_recurrence_continues_the_series(scaled: bool) -> None:
    scaling = Scaling(np.full((1, 1), 1.5), np.full((1, 1), 2.5)) if scaled else None
    found = forecast(follower(scaling), SINE[100:150], 4, scaling, PLAIN)
    np.testing.assert_array_equal(found.known, SINE[100:104])
    np.testing.assert_array_equal(found.target, SINE[104:150])
    np.testing.assert_allclose(found.predicted, SINE[104:150], atol=2e-3)


def test_it_does_not_see_the_values_to_predict() -> None:
    spoiled = SINE[100:150].copy()
    spoiled[4:] = 1e6
    plain = forecast(follower(None), SINE[100:150], 4, None, PLAIN)
    np.testing.assert_array_equal(
        forecast(follower(None), spoiled, 4, None, PLAIN).predicted, plain.predicted
    )


def test_the_network_trains_on_as_before() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 1), nn.Dropout(0.9))
    one, two = (forecast(model, SINE[:20], 4, None, PLAIN) for _ in range(2))
    np.testing.assert_array_equal(one.predicted, two.predicted)
    assert model.training


@pytest.mark.parametrize("count", [1, 7, 60])
def test_the_tail_of_windows_is_the_end_of_their_series(count: int) -> None:
    x, y = windows_of(SINE, 9)
    np.testing.assert_array_equal(series_tail(x, y, count), SINE[-9 - count :])


def test_windows_of_another_series_have_no_tail() -> None:
    x, y = windows_of(SINE, 9)
    order = np.random.default_rng(0).permutation(len(x))
    assert series_tail(x[order], y[order], 20) is None
    assert series_tail(x[:5], y[:5], 20) is None
    bits = load(Parity(samples=50), 0).samples
    assert end_of_series(Parity(samples=50).spec(), bits) is None
    assert end_of_series(Wave(samples=50).spec(), Samples(x[:3], y[:3])) is None


@pytest.mark.parametrize("scaling", ["none", "standardised"])
def test_a_run_keeps_the_end_of_the_series_in_its_own_units(scaling: str) -> None:
    data = Wave(samples=500, steps=12)
    wave = Experiment(
        data, (Flatten(), Dense(1)), MSE(), SGD(0.01), split=Split(0.2, 0.2, scaling=scaling)
    )
    setup = prepare(RunRequest(1, wave, threads=1))
    assert setup.tail is not None
    assert len(setup.tail) == 12 + MAX_STEPS
    samples = load(data, wave.seed).samples
    np.testing.assert_array_equal(setup.tail[12:], samples.y[-MAX_STEPS:, 0])
