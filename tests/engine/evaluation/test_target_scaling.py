"""Targets are standardised for learning, and every metric is in the units of the data."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from nnplay.catalog import (
    MAE,
    MSE,
    SGD,
    Adam,
    Dense,
    Diabetes,
    Flatten,
    Formula,
    Hills,
    Huber,
    Line,
    Loss,
    Poisson,
    ReLU,
    Sigmoid,
    Table,
    Tanh,
    Wave,
)
from nnplay.data import load, split
from nnplay.data.importing.table import import_table
from nnplay.data.scaling import target_scaling
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.fit import FitCurve
from nnplay.engine.probes.forecast import ForecastProbe
from nnplay.experiment import Experiment, Policy, Split
from nnplay.experiment.storage.starter import starter
from tests.engine.rig import Run, map_of

ANYWHERE = (-np.inf, np.inf)
FAR = Formula(points=200, expression="5000 + 300*sin(x)")


def far(loss: Loss | None = None, **changes: object) -> Experiment:
    """Return a curve around 5000 that changes by hundreds."""
    base = Experiment(
        FAR, (Dense(16), Tanh(), Dense(1)), loss or MSE(), Adam(0.02), split=Split(0.3), epochs=40
    )
    return replace(base, **changes)


@pytest.mark.parametrize("loss", [MSE(), MAE(), Huber(0.5)])
@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_every_metric_is_in_the_units_of_the_data(loss: Loss, stepper: str) -> None:
    experiment = far(loss, stepper=stepper)
    run = Run(experiment, demand=frozenset({FitCurve}))
    result = run.result
    plain = split(load(FAR, 0), experiment.split, 0)
    mean, std = plain.train.y.mean(dtype=float), plain.train.y.std(dtype=float)
    assert std > 100
    model = torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    model.load_state_dict({name: torch.tensor(one) for name, one in result.weights.items()})
    with torch.no_grad():
        outputs = model(torch.tensor(plain.validation.x)).numpy().astype(float)
    predicted, target = outputs * std + mean, plain.validation.y
    assert result.regression_predictions is not None
    np.testing.assert_array_equal(result.regression_predictions.target, target)
    np.testing.assert_allclose(result.regression_predictions.predicted, predicted, atol=1e-5 * std)
    off = result.validation.regression
    assert off is not None
    assert off.rmse == pytest.approx(root_mean_squared_error(target, predicted), rel=1e-4)
    assert off.mae == pytest.approx(mean_absolute_error(target, predicted), rel=1e-4)
    assert off.r2 == pytest.approx(r2_score(target, predicted), abs=1e-5)
    assert off.r2 > 0.9
    # The loss in both units, by torch itself.
    scaled = torch.tensor((target - mean) / std)
    criterion = {
        "MSE": torch.nn.MSELoss(), "MAE": torch.nn.L1Loss(), "Huber": torch.nn.HuberLoss(delta=0.5),
    }[loss.key]  # fmt: skip
    in_data = {
        "MSE": torch.nn.MSELoss(),
        "MAE": torch.nn.L1Loss(),
        "Huber": torch.nn.HuberLoss(delta=0.5 * std),
    }[loss.key]
    small = criterion(torch.tensor(outputs), scaled).item()
    large = in_data(torch.tensor(predicted), torch.tensor(target, dtype=torch.float64)).item()
    assert result.validation.loss == pytest.approx(small, rel=1e-4)
    assert result.validation.loss_in_units == pytest.approx(large, rel=1e-4)
    curve = run.frames[-1].get(FitCurve)
    assert curve is not None
    with torch.no_grad():
        along = model(torch.tensor(curve.x[:, None])).numpy()[:, 0].astype(float) * std + mean
    np.testing.assert_allclose(curve.y, along, rtol=1e-5)


def test_a_line_is_shown_with_its_slope_and_offset_in_the_units_of_the_data() -> None:
    data = Line(points=400, slope=50.0, offset=-70.0, noise=0.0)
    shares = Split(scaling="standardised")
    line = Experiment(data, (Dense(1),), MSE(), SGD(0.2), split=shares, epochs=60)
    run = Run(line, demand=frozenset({FitCurve}))
    curve = run.frames[-1].get(FitCurve)
    assert curve is not None
    assert curve.weight == pytest.approx(50, rel=1e-3)
    assert curve.bias == pytest.approx(-70, rel=1e-3)


def test_early_stopping_listens_in_the_units_of_the_data() -> None:
    policy = Policy(watch="validation RMSE", stop_at_target=True, target=60.0)
    result = Run(far(epochs=400, policy=policy)).result
    assert result.stopped
    assert result.validation.regression is not None
    assert 20 < result.validation.regression.rmse <= 60


@pytest.mark.parametrize(
    ("mean", "std", "is_scaled"),
    [
        (0, 1, False),
        (2, 3, False),
        (0.5, 0.3, False),
        (5000, 1, True),
        (0, 40, True),
        (0, 0.01, True),
    ],
)
def test_automatic_scales_what_a_network_would_not_learn(
    mean: float, std: float, is_scaled: bool
) -> None:
    y = np.random.default_rng(0).normal(mean, std, (500, 1))
    found = target_scaling(y, "automatic", ANYWHERE)
    assert (found is not None) == is_scaled
    assert target_scaling(y, "none", ANYWHERE) is None
    always = target_scaling(y, "standardised", ANYWHERE)
    assert always is not None
    assert always.mean[0] == pytest.approx(y.mean())
    assert always.std[0] == pytest.approx(y.std())
    back = always.inverse(always.transform(y))
    np.testing.assert_allclose(back, y, atol=1e-6 * std)


def test_large_targets_that_differ_little_keep_their_digits() -> None:
    y = 1.7e12 + np.arange(100.0)[:, None]
    found = target_scaling(y, "automatic", ANYWHERE)
    assert found is not None
    expected = (np.arange(100) - 49.5) / np.arange(100).std()
    np.testing.assert_allclose(found.transform(y)[:, 0], expected, atol=1e-6)


def test_a_constant_target_is_only_shifted() -> None:
    found = target_scaling(np.full((9, 1), 7000.0), "automatic", ANYWHERE)
    assert found is not None
    assert found.std == (1.0,)
    assert not found.transform(np.full((9, 1), 7000.0)).any()


def test_a_bounded_output_that_reaches_the_targets_is_left_alone() -> None:
    shares = np.random.default_rng(0).uniform(0, 1, (300, 1)) * 0.02
    assert target_scaling(shares, "automatic", (0.0, 1.0)) is None
    assert target_scaling(shares, "automatic", ANYWHERE) is not None
    assert target_scaling(10_000 * shares, "automatic", (0.0, 1.0)) is not None
    # Bounded on one side alone: the size of the targets decides.
    prices = 300_000 + 1e7 * shares
    assert target_scaling(prices, "automatic", (0.0, np.inf)) is not None
    assert target_scaling(100 * shares, "automatic", (0.0, np.inf)) is None
    curve = Formula(points=50, expression="0.01 + 0.01*x**2", low=0.0, high=1.0)
    reached = Experiment(curve, (Dense(1), Sigmoid()), MSE(), SGD(0.1))
    assert prepare(RunRequest(1, reached, threads=1)).parts.target_scaling is None


def test_counts_are_never_scaled() -> None:
    counts = far(Poisson(), split=Split(0.3, target_scaling="standardised"))
    assert prepare(RunRequest(1, counts, threads=1)).parts.target_scaling is None


def test_only_the_training_part_counts() -> None:
    setup = prepare(RunRequest(1, far(), threads=1))
    train = split(load(FAR, 0), Split(0.3), 0).train.y
    assert setup.parts.target_scaling is not None
    assert setup.parts.target_scaling.mean[0] == pytest.approx(train.mean(dtype=float))
    assert setup.tensors["train"].y.mean().item() == pytest.approx(0, abs=1e-5)
    assert setup.tensors["train"].y.std(correction=0).item() == pytest.approx(1, abs=1e-5)


def test_diabetes_is_learned_by_a_network_for_something_else() -> None:
    shares = Split(0.2, scaling="standardised")
    experiment = Experiment(
        Diabetes(), (Dense(32), ReLU(), Dense(1)), MSE(), Adam(0.003), split=shares, epochs=30
    )
    found = Run(experiment).result.validation.regression
    assert found is not None
    assert found.r2 > 0.35


def test_the_table_of_a_flat_is_learned_as_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    rng = np.random.default_rng(3)
    area, rooms = rng.uniform(30, 200, 300), rng.integers(1, 8, 300)
    price = 1500 * area + 12_000 * rooms + rng.normal(0, 8000, 300)
    lines = [f"{a:.1f},{r},{p:.0f}" for a, r, p in zip(area, rooms, price, strict=True)]
    file = tmp_path / "flats.csv"
    file.write_text("\n".join(["area,rooms,price", *lines]), "utf-8")
    table = import_table(file).table
    assert isinstance(table, Table)
    found = Run(starter(table)).result.validation.regression
    assert found is not None
    assert found.r2 > 0.9
    assert found.rmse < 30_000


SCALED = Split(0.3, target_scaling="standardised")


def test_a_map_is_in_the_units_of_the_data() -> None:
    hills = Experiment(
        Hills(points=80), (Dense(4), Tanh(), Dense(1)), MSE(), SGD(0.01), split=SCALED
    )
    setup = prepare(RunRequest(1, hills, threads=1))
    y = split(load(hills.data, 0), Split(0.3), 0).train.y
    found = map_of(setup)
    x, up = (
        np.linspace(low, high, 100)
        for low, high in ((found.x_low, found.x_high), (found.y_low, found.y_high))
    )
    at = torch.tensor(np.stack(np.meshgrid(x, up), -1).reshape(-1, 2), dtype=torch.float32)
    with torch.no_grad():
        outputs = setup.model(at)[:, 0].numpy()
    expected = outputs * y.std() + y.mean()
    np.testing.assert_allclose(found.values.reshape(-1), expected, atol=1e-4)


def test_a_forecast_is_in_the_units_of_the_data() -> None:
    wave = Experiment(
        Wave(samples=300, steps=5),
        (Flatten(), Dense(1)),
        MSE(),
        SGD(0.01),
        split=replace(SCALED, scaling="standardised"),
    )
    setup = prepare(RunRequest(1, wave, threads=1))
    plain = split(load(wave.data, 0), Split(0.3), 0).train
    found = ForecastProbe(setup).take()
    assert found is not None
    window = found.known.astype(float)
    with torch.no_grad():
        for value in found.predicted:
            inputs = torch.tensor((window - plain.x.mean()) / plain.x.std(), dtype=torch.float32)
            output = setup.model(inputs.reshape(1, 5, 1)).item()
            assert value == pytest.approx(output * plain.y.std() + plain.y.mean(), abs=1e-4)
            window = np.append(window[1:], value)
