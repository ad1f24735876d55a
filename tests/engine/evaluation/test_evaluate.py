"""Metrics of a network compared with scikit-learn and with direct calls of the network."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    mean_squared_error,
    r2_score,
    roc_auc_score,
    top_k_accuracy_score,
)
from torch import nn

import nnplay.engine.evaluation.evaluate
from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    BatchNorm,
    BinaryCrossEntropy,
    Blobs,
    Dataset,
    Dense,
    Dropout,
    Gauss,
    Hills,
    Line,
    Spiral,
    Tanh,
)
from nnplay.engine import RunRequest
from nnplay.engine.evaluation.evaluate import evaluate
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitProbe
from nnplay.engine.setup import Setup
from nnplay.experiment import Experiment, Split
from tests.engine.rig import Run, digits, map_of, parts_of, small

CASES = {
    "classes": digits(optimizer=Adam(0.002)),
    "two classes, two outputs": small(optimizer=Adam(0.05), data=Gauss(points=300, noise=3.0)),
    "two classes, one output": small(
        optimizer=Adam(0.05),
        data=Gauss(points=300, noise=3.0),
        network=(Dense(6), BatchNorm(), Tanh(), Dropout(0.5), Dense(1)),
        loss=BinaryCrossEntropy(),
    ),
}


def set_up(experiment: Experiment) -> Setup:
    return prepare(RunRequest(1, experiment, threads=1))


def trained(experiment: Experiment, run: Run) -> nn.Sequential:
    """Return the network of a result, rebuilt from its weights, in evaluation mode."""
    model = set_up(experiment).model
    model.load_state_dict({n: torch.tensor(w) for n, w in run.result.weights.items()})
    return model.eval()


def predictions(experiment: Experiment, model: nn.Sequential, x: Any) -> Any:
    """Return probabilities (n, classes) by NumPy."""
    with torch.no_grad():
        logits = model(torch.tensor(x)).numpy().astype(np.float64)
    if experiment.loss.target_form == "binary":
        one = 1 / (1 + np.exp(-logits))
        return np.hstack([1 - one, one])
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


@pytest.mark.parametrize("pieces", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_the_final_metrics_match_scikit_learn(
    name: str, pieces: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if pieces:
        monkeypatch.setattr(nnplay.engine.evaluation.evaluate, "CHUNK_NUMBERS", 640)
    experiment = CASES[name]
    run = Run(experiment)
    model, parts = trained(experiment, run), parts_of(experiment)
    classes = range(experiment.data.spec().outputs)
    for part in ("train", "validation", "test"):
        samples, scores = getattr(parts, part), getattr(run.result, part)
        assert len(samples) > 0
        predicted = predictions(experiment, model, samples.x)
        assert scores.accuracy == pytest.approx(accuracy_score(samples.y, predicted.argmax(1)))
        expected = log_loss(samples.y, predicted, labels=list(classes))
        assert scores.loss == pytest.approx(expected, rel=1e-4)
        if len(classes) == 2:
            auc = roc_auc_score(samples.y, predicted[:, 1])
            assert (scores.auc, scores.top5) == (pytest.approx(auc, abs=1e-3), None)
        else:
            top = top_k_accuracy_score(samples.y, predicted, k=5, labels=list(classes))
            assert (scores.auc, scores.top5) == (None, pytest.approx(top))
        assert scores.regression is None
    assert run.result.test.accuracy is not None
    assert 0.5 < run.result.test.accuracy < 1.0

    evaluated = run.result.class_predictions
    assert evaluated is not None
    assert (evaluated.part, evaluated.count) == ("test", len(parts.test))
    np.testing.assert_array_equal(evaluated.target, parts.test.y)
    predicted = predictions(experiment, model, parts.test.x)
    np.testing.assert_allclose(evaluated.probabilities, predicted, atol=1e-5)
    expected = confusion_matrix(parts.test.y, predicted.argmax(1), labels=list(classes))
    np.testing.assert_array_equal(evaluated.confusion, expected)


def test_a_regression_keeps_its_predictions_and_metrics() -> None:
    experiment = Experiment(
        Line(points=60), (Dense(4), Tanh(), Dense(1)), MSE(), SGD(0.05),
        split=Split(0.2, 0.1), batch_size=5, epochs=2,
    )  # fmt: skip
    run = Run(experiment)
    model, parts = trained(experiment, run), parts_of(experiment)
    for part in ("train", "validation", "test"):
        samples, scores = getattr(parts, part), getattr(run.result, part)
        with torch.no_grad():
            predicted = model(torch.tensor(samples.x)).numpy()
        assert scores.regression.mse == pytest.approx(
            mean_squared_error(samples.y, predicted), rel=1e-4
        )
        assert scores.regression.mse == pytest.approx(scores.loss, rel=1e-4)
        assert scores.regression.r2 == pytest.approx(r2_score(samples.y, predicted), abs=1e-4)
        assert (scores.auc, scores.top5, scores.accuracy) == (None, None, None)
    predictions = run.result.regression_predictions
    assert predictions is not None
    assert predictions.part == "test"
    np.testing.assert_array_equal(predictions.target, parts.test.y)
    np.testing.assert_allclose(predictions.predicted, predicted, atol=1e-6)
    assert not predictions.predicted.flags.writeable
    assert Run(small(optimizer=SGD(0.1))).result.regression_predictions is None


def test_the_epochs_row_has_the_scores_of_the_validation_part() -> None:
    experiment = CASES["classes"]
    run = Run(experiment)
    last = run.link.epochs.read()[-1]
    assert last[4] == pytest.approx(run.result.validation.loss)
    assert last[5] == pytest.approx(run.result.validation.accuracy)


def test_a_part_without_samples_has_no_scores() -> None:
    run = Run(small(optimizer=SGD(0.1), split=Split()))
    assert run.result.validation.loss is None
    assert run.result.test.accuracy is None
    assert run.result.class_predictions is not None
    assert run.result.class_predictions.part == "train"
    assert np.isnan(run.link.epochs.read()[:, 4:]).all()
    run = Run(small(optimizer=SGD(0.1), split=Split(0.3)))
    assert run.result.class_predictions is not None
    assert run.result.class_predictions.part == "validation"


def test_an_evaluation_can_be_cancelled_between_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nnplay.engine.evaluation.evaluate, "CHUNK_NUMBERS", 20)
    setup = set_up(CASES["two classes, one output"])
    breaths = []

    def poll() -> None:
        breaths.append(setup.model.training)
        if len(breaths) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        evaluate(setup.model, setup.loss_function, setup.tensors["train"], setup.target_form, poll)
    # Between chunks training may go on: dropout and batch statistics are as before.
    assert breaths == [True, True, True]
    assert setup.model.training


@pytest.mark.parametrize("name", ["two classes, two outputs", "two classes, one output"])
def test_a_decision_map_matches_the_networks_predictions(name: str) -> None:
    experiment = CASES[name]
    setup = set_up(experiment)
    setup.stepper.advance(9)
    drawn = map_of(setup)
    assert setup.model.training
    setup.model.eval()
    rows, columns = drawn.values.shape
    x = setup.parts.train.x
    assert drawn.x_low < x[:, 0].min() < x[:, 0].max() < drawn.x_high
    assert drawn.y_low < x[:, 1].min() < x[:, 1].max() < drawn.y_high
    for row, column in [(0, 0), (0, columns - 1), (rows - 1, 0), (17, 61)]:
        place = [
            drawn.x_low + (drawn.x_high - drawn.x_low) * column / (columns - 1),
            drawn.y_low + (drawn.y_high - drawn.y_low) * row / (rows - 1),
        ]
        expected = predictions(experiment, setup.model, np.array([place], dtype=np.float32))[0, 1]
        assert drawn.values[row, column] == pytest.approx(expected, abs=1e-4)
    assert drawn.values.std() > 0
    with pytest.raises(ValueError, match="read-only"):
        drawn.values[0, 0] = 0


def grid_of(drawn: DecisionMap) -> Any:
    """Return the places of a map as (rows * columns, 2)."""
    rows, columns = drawn.values.shape
    across = np.linspace(drawn.x_low, drawn.x_high, columns)
    up = np.linspace(drawn.y_low, drawn.y_high, rows)
    places = [(x, y) for y in up for x in across]
    return np.array(places, dtype=np.float32)


@pytest.mark.parametrize("data", [Spiral(points=120, arms=3), Blobs(points=120, classes=10)])
def test_a_map_of_many_classes_has_the_most_probable_and_its_probability(data: Dataset) -> None:
    classes = data.spec().outputs
    experiment = small(optimizer=Adam(0.05), data=data, network=(Dense(8), Tanh(), Dense(classes)))
    setup = set_up(experiment)
    setup.stepper.advance(20)
    drawn = map_of(setup)
    expected = predictions(experiment, setup.model.eval(), grid_of(drawn))
    assert drawn.winners is not None
    assert drawn.winners.shape == drawn.values.shape
    np.testing.assert_allclose(drawn.values.reshape(-1), expected.max(1), atol=1e-4)
    # Where two classes are equally likely, rounding may choose either.
    sure = np.diff(np.sort(expected, axis=1)[:, -2:], axis=1)[:, 0] > 1e-3
    assert sure.mean() > 0.9
    np.testing.assert_array_equal(drawn.winners.reshape(-1)[sure], expected.argmax(1)[sure])
    assert len(np.unique(drawn.winners)) > 2
    assert not drawn.winners.flags.writeable


def test_a_map_of_heights_matches_the_networks_predictions() -> None:
    network = (Dense(4), Tanh(), Dense(1))
    setup = set_up(Experiment(Hills(points=50), network, MSE(), SGD(0.1), batch_size=5))
    setup.stepper.advance(3)
    drawn = map_of(setup)
    assert drawn.winners is None
    with torch.no_grad():
        expected = setup.model.eval()(torch.tensor(grid_of(drawn))).numpy()[:, 0]
    np.testing.assert_allclose(drawn.values.reshape(-1), expected, atol=1e-4)
    assert drawn.values.std() > 0


def test_a_fit_curve_matches_the_networks_predictions() -> None:
    experiment = Experiment(
        Line(points=50), (Dense(4), Tanh(), Dense(1)), MSE(), SGD(0.1), batch_size=5
    )
    setup = set_up(experiment)
    setup.stepper.advance(3)
    fit = FitProbe(setup).take()
    assert (fit.x[0], fit.x[-1]) == (-3.0, 3.0)
    assert (np.diff(fit.x) > 0).all()
    with torch.no_grad():
        expected = setup.model(torch.tensor(fit.x).reshape(-1, 1)).numpy()[:, 0]
    np.testing.assert_allclose(fit.y, expected, atol=1e-6)
    assert fit.weight is None
    assert fit.bias is None


@pytest.mark.parametrize("bias", [True, False])
def test_the_curve_of_one_dense_layer_has_weight_and_bias(bias: bool) -> None:
    setup = set_up(Experiment(Line(points=50), (Dense(1, bias),), MSE(), SGD(0.1)))
    fit = FitProbe(setup).take()
    assert fit.weight == setup.model[0].weight.item()  # type: ignore[union-attr, operator]
    assert fit.bias is not None
    assert bool(fit.bias) == bias
    np.testing.assert_allclose(fit.y, fit.weight * fit.x + fit.bias, atol=1e-6)
