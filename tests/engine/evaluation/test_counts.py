"""With the Poisson loss every figure is of the expected count, not of its logarithm."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from nnplay.catalog import Adam, Dense, Formula, Poisson, Tanh
from nnplay.data import load, split
from nnplay.data.importing.table import import_table
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitCurve
from nnplay.experiment import Experiment, Policy, Split
from tests.engine.rig import Run


@pytest.fixture
def visits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Experiment:
    """Return visits per hour, which depend on the hour and on how warm it is."""
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    rng = np.random.default_rng(1)
    hour, warm = rng.integers(0, 24, 300), rng.uniform(0, 1, 300)
    count = rng.poisson(np.exp(2 + 0.8 * np.sin(hour * np.pi / 12) + 0.7 * warm))
    lines = [f"{h},{w:.3f},{c}" for h, w, c in zip(hour, warm, count, strict=True)]
    file = tmp_path / "visits.csv"
    file.write_text("\n".join(["hour,warm,visits", *lines]), "utf-8")
    return Experiment(
        import_table(file, task="numbers").table,
        (Dense(16), Tanh(), Dense(1)),
        Poisson(),
        Adam(0.02),
        split=Split(0.2, scaling="standardised"),
        epochs=60,
    )


def expected_counts(run: Run, x: np.ndarray) -> np.ndarray:
    model = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    weights = run.result.weights
    model.load_state_dict({name: torch.tensor(one) for name, one in weights.items()})
    with torch.no_grad():
        logarithms = model(torch.tensor(x, dtype=torch.float32)).numpy()
    return np.exp(logarithms.astype(float))


def test_metrics_residuals_and_map(visits: Experiment) -> None:
    run = Run(visits, demand=frozenset({DecisionMap}))
    plain = split(load(visits.data, 0), replace(visits.split, scaling="none"), 0)
    mean, std = plain.train.x.mean(0, dtype=float), plain.train.x.std(0, dtype=float)
    predicted = expected_counts(run, (plain.validation.x - mean) / std)
    target = plain.validation.y
    off = run.result.validation.regression
    assert off is not None
    assert off.rmse == pytest.approx(root_mean_squared_error(target, predicted), rel=1e-4)
    assert off.mae == pytest.approx(mean_absolute_error(target, predicted), rel=1e-4)
    assert off.r2 == pytest.approx(r2_score(target, predicted), abs=1e-4)
    assert off.r2 > 0.4
    shown = run.result.regression_predictions
    assert shown is not None
    np.testing.assert_allclose(shown.predicted, predicted, rtol=1e-4)
    np.testing.assert_array_equal(shown.target, target)
    drawn = run.frames[-1].get(DecisionMap)
    assert drawn is not None
    side = len(drawn.values)
    x = np.linspace(drawn.x_low, drawn.x_high, side)
    up = np.linspace(drawn.y_low, drawn.y_high, side)
    at = np.stack(np.meshgrid(x, up), -1).reshape(-1, 2)
    np.testing.assert_allclose(
        drawn.values.reshape(-1), expected_counts(run, (at - mean) / std)[:, 0], rtol=1e-3
    )


def test_early_stopping_is_of_the_count(visits: Experiment) -> None:
    # The mean of the counts is about 12: an RMSE of 5 says nothing about their logarithms.
    policy = Policy(watch="validation RMSE", stop_at_target=True, target=6.0)
    run = Run(replace(visits, policy=policy, epochs=300))
    assert run.result.stopped
    epochs = run.link.epochs.column("watched")
    off = run.result.validation.regression
    assert off is not None
    assert epochs[-1] == pytest.approx(off.rmse, rel=1e-6)
    assert (epochs[:-1] > 6).all()
    assert 3 < off.rmse <= 6


def test_a_curve_of_counts_has_no_weight_and_bias() -> None:
    data = Formula(points=60, expression="round(exp(1 + 0.3*x))")
    counts = Experiment(data, (Dense(1),), Poisson(), Adam(0.05), epochs=80)
    run = Run(counts, demand=frozenset({FitCurve}))
    curve = run.frames[-1].get(FitCurve)
    assert curve is not None
    assert (curve.weight, curve.bias) == (None, None)
    weight, bias = run.result.weights["0.weight"].item(), run.result.weights["0.bias"].item()
    np.testing.assert_allclose(curve.y, np.exp(weight * curve.x + bias), rtol=1e-4)
