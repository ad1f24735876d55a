"""What is drawn for scaled inputs is in the units of the data."""

import numpy as np
import pytest
import torch

from nnplay.catalog import MSE, SGD, Dense, Hills, Line, Tanh
from nnplay.data import load, split
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.fit import FitProbe
from nnplay.experiment import Experiment, Split
from tests.engine.rig import map_of

SCALINGS = ["none", "0 to 1", "standardised"]


def shift_and_size(x: np.ndarray, scaling: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the shift and size of scaling, from the training samples."""
    if scaling == "none":
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    if scaling == "0 to 1":
        return x.min(0), np.ptp(x, 0)
    return x.mean(0, dtype=float), x.std(0, dtype=float)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("hidden", [(), (Dense(3), Tanh())], ids=["line", "curve"])
def test_a_curve_over_scaled_inputs(scaling: str, hidden: tuple[Dense, ...]) -> None:
    shares = Split(0.3, scaling=scaling)
    line = Experiment(Line(points=50), (*hidden, Dense(1)), MSE(), SGD(0.01), split=shares)
    setup = prepare(RunRequest(1, line, threads=1))
    plain = split(load(line.data, line.seed), Split(0.3), line.seed)
    shift, size = shift_and_size(plain.train.x, scaling)
    fit = FitProbe(setup).take()
    assert fit.x.min() == pytest.approx(plain.train.x.min(), abs=1e-5)
    assert fit.x.max() == pytest.approx(plain.train.x.max(), abs=1e-5)
    with torch.no_grad():
        inputs = torch.tensor((fit.x[:, None] - shift) / size, dtype=torch.float32)
        expected = setup.model(inputs).numpy()[:, 0]
    np.testing.assert_allclose(fit.y, expected, atol=1e-5)
    if hidden:
        assert fit.weight is None
    else:
        assert fit.weight is not None and fit.bias is not None
        np.testing.assert_allclose(fit.weight * fit.x + fit.bias, fit.y, atol=1e-5)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_map_over_scaled_inputs(scaling: str) -> None:
    shares = Split(0.3, scaling=scaling)
    hills = Experiment(
        Hills(points=80), (Dense(4), Tanh(), Dense(1)), MSE(), SGD(0.01), split=shares
    )
    setup = prepare(RunRequest(1, hills, threads=1))
    plain = split(load(hills.data, hills.seed), Split(0.3), hills.seed)
    shift, size = shift_and_size(plain.train.x, scaling)
    found = map_of(setup)
    low, high = plain.train.x.min(0), plain.train.x.max(0)
    margin = 0.1 * (high - low)
    edges = [found.x_low, found.x_high, found.y_low, found.y_high]
    (left, bottom), (right, top) = low - margin, high + margin
    np.testing.assert_allclose(edges, [left, right, bottom, top], atol=1e-4)
    x = np.linspace(found.x_low, found.x_high, found.values.shape[1])
    y = np.linspace(found.y_low, found.y_high, found.values.shape[0])
    at = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    with torch.no_grad():
        expected = setup.model(torch.tensor((at - shift) / size, dtype=torch.float32))[:, 0]
    np.testing.assert_allclose(found.values.reshape(-1), expected.numpy(), atol=1e-4)
