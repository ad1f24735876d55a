"""Every metric of a result, for any predictions, compared with scikit-learn."""

import json
import math
import warnings
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sk
from torch import nn

from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    BinaryCrossEntropy,
    CrossEntropy,
    Dense,
    Formula,
    Hills,
    Poisson,
)
from nnplay.engine.batches import Tensors
from nnplay.engine.evaluation.evaluate import evaluate, with_metrics
from nnplay.engine.evaluation.output import Output
from nnplay.engine.evaluation.running_predictions import RunningPredictions
from nnplay.experiment import Experiment, Split, check
from nnplay.link import ClassPredictions, Result
from nnplay.record import RunRecord
from nnplay.record.metrics_json import json_line, metrics
from tests.engine.rig import Run, small

LOSSES = {
    "classes": nn.CrossEntropyLoss(),
    "binary": nn.BCEWithLogitsLoss(),
    "values": nn.MSELoss(),
}
KINDS = {"classes": CrossEntropy(), "binary": BinaryCrossEntropy(), "values": MSE()}


@cache
def base() -> tuple[Experiment, Run]:
    experiment = small(optimizer=SGD(0.1), epochs=1)
    return experiment, Run(experiment)


def table_of(form: str, logits: Any, target: Any) -> dict[str, Any]:
    """Return metrics.json of a network with these logits on the test part."""
    experiment, run = base()
    x, y = torch.tensor(logits), torch.tensor(target)
    if form == "binary":
        y = y.float().reshape(-1, 1)
    samples = Tensors(x, y)
    plain, predicted = evaluate(nn.Identity(), LOSSES[form], samples, form, lambda: None)
    scores = with_metrics(plain, predicted, samples, Output(KINDS[form]))
    result: Result = replace(run.result, test=scores, class_predictions=None)
    if form != "values":
        classes = 2 if form == "binary" else logits.shape[1]
        running_predictions = RunningPredictions("test", samples, form, np.asarray(target), classes)
        running_predictions.set_all(predicted, 1)
        predictions = running_predictions.payload
        assert isinstance(predictions, ClassPredictions)
        result = replace(result, class_predictions=predictions)
    record = RunRecord("any", experiment, result, run.link.steps, run.link.epochs)
    table: dict[str, Any] = json.loads(json_line(metrics(record)))
    return table


# Few values, so that classes are never predicted, and many logits the same.
FEW = st.integers(-3, 3).map(float)


@settings(max_examples=25)
@given(st.integers(2, 8), st.integers(1, 12), st.booleans(), st.data())
def test_the_metrics_of_classes(classes: int, rows: int, one: bool, data: st.DataObject) -> None:
    logits = data.draw(arrays(np.float32, (rows, classes), elements=FEW))
    target = data.draw(arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    target = target[:1].repeat(rows) if one else target
    table = table_of("classes", logits, target)
    compare(table, target, logits.argmax(1), classes)
    probabilities = np.exp(logits.astype(np.float64))
    probabilities /= probabilities.sum(1, keepdims=True)
    assert table["test_loss"] == pytest.approx(
        sk.log_loss(target, probabilities, labels=range(classes)), rel=1e-5, abs=1e-6
    )
    if classes < 6:
        assert table["test_top5"] is None
    else:
        # Of ties scikit-learn takes the last and the prediction the first: hence the mirror.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = sk.top_k_accuracy_score(
                classes - 1 - target, logits[:, ::-1], k=5, labels=range(classes)
            )
        assert table["test_top5"] == pytest.approx(top)
    if classes == 2:
        compare_roc(table, target, logits[:, 1] - logits[:, 0])
    else:
        assert (table["test_auc"], table["roc"]) == (None, None)


@settings(max_examples=20)
@given(st.integers(1, 15), st.booleans(), st.data())
def test_the_metrics_of_two_classes_and_one_output(
    rows: int, one: bool, data: st.DataObject
) -> None:
    logits = data.draw(arrays(np.float32, (rows, 1), elements=FEW))
    target = data.draw(arrays(np.int64, rows, elements=st.integers(0, 1)))
    target = target[:1].repeat(rows) if one else target
    table = table_of("binary", logits, target)
    compare(table, target, (logits[:, 0] > 0).astype(np.int64), 2)
    compare_roc(table, target, logits[:, 0])


def compare(table: dict[str, Any], target: Any, predicted: Any, classes: int) -> None:
    labels = list(range(classes))
    assert table["test_accuracy"] == pytest.approx(sk.accuracy_score(target, predicted))
    assert table["confusion"] == sk.confusion_matrix(target, predicted, labels=labels).tolist()
    names = ("precision", "recall", "f1")
    for average in (None, "macro", "weighted"):
        listed = None if average == "macro" else labels
        scores = sk.precision_recall_fscore_support(
            target, predicted, labels=listed, average=average, zero_division=0
        )
        for name, score in zip(names, scores, strict=False):
            found = table[average][name] if average else table[name]
            assert found == pytest.approx(score)


def compare_roc(table: dict[str, Any], target: Any, scores: Any) -> None:
    if len(set(target.tolist())) < 2:
        assert (table["test_auc"], table["roc"]) == (None, None)
        return
    assert table["test_auc"] == pytest.approx(sk.roc_auc_score(target, scores))
    false_rate, true_rate, _at = sk.roc_curve(target, scores, drop_intermediate=False)
    roc = table["roc"]
    # The corner points are points of the curve, and determine it completely.
    points = set(zip(false_rate.round(9), true_rate.round(9), strict=True))
    kept = list(zip(np.round(roc["false_rate"], 9), np.round(roc["true_rate"], 9), strict=True))
    assert set(kept) <= points
    assert (kept[0], kept[-1]) == ((0, 0), (1, 1))
    assert sk.auc(roc["false_rate"], roc["true_rate"]) == pytest.approx(table["test_auc"])
    assert len(kept) <= len(sk.roc_curve(target, scores)[0])


NUMBERS = st.floats(-1e3, 1e3, width=32)


@settings(max_examples=25)
@given(st.integers(1, 12), st.integers(1, 3), st.booleans(), st.data())
def test_the_metrics_of_a_regression(
    rows: int, outputs: int, same: bool, data: st.DataObject
) -> None:
    target, predicted = (
        data.draw(arrays(np.float32, (rows, outputs), elements=NUMBERS)) for _ in range(2)
    )
    target = target[:1].repeat(rows, 0) if same else target
    table = table_of("values", predicted, target)
    found = table["test_errors"]
    target, predicted = target.astype(np.float64), predicted.astype(np.float64)
    assert found["mse"] == pytest.approx(sk.mean_squared_error(target, predicted))
    assert found["rmse"] == pytest.approx(math.sqrt(sk.mean_squared_error(target, predicted)))
    assert found["mae"] == pytest.approx(sk.mean_absolute_error(target, predicted))
    worst = max(sk.max_error(*pair) for pair in zip(target.T, predicted.T, strict=True))
    assert found["largest"] == pytest.approx(worst)
    assert found["bias"] == pytest.approx((target - predicted).mean(), abs=1e-9)
    if rows == 1:
        assert found["r2"] is None
    else:
        assert found["r2"] == pytest.approx(sk.r2_score(target, predicted), rel=1e-6, abs=1e-9)
    for name in ("accuracy", "top5", "auc", "exact"):
        assert table[f"test_{name}"] is None
    assert table["confusion"] is None


def test_the_poisson_loss_refuses_numbers_below_0_once_it_has_seen_them() -> None:
    for data in (Hills(points=50), Formula(points=50, expression="sin(3*x)")):
        experiment = Experiment(data, (Dense(1),), Poisson(), Adam(), split=Split(0.2, 0.2))
        assert check(experiment) == ()
        run = Run(experiment)
        assert run.kinds == ["Failed"]
        assert "targets of 0 or more" in run.failure.message
        assert "mean squared error" in run.failure.hint
        assert Run(Experiment(data, (Dense(1),), MSE(), Adam(), epochs=1)).kinds[-1] == "Finished"
