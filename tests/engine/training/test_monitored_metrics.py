"""Every metric that a policy can monitor, compared with scikit-learn after the last epoch."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics

from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    BinaryCrossEntropy,
    Dense,
    Discs,
    LabelCrossEntropy,
    Line,
    Tanh,
)
from nnplay.engine.model.build import build_network
from nnplay.experiment import MONITORED_METRICS, Experiment, Policy, Split, check
from tests.engine.rig import Run, digits, parts_of, small

NUMBERS = Experiment(
    Line(points=90), (Dense(3), Tanh(), Dense(1)), MSE(), SGD(0.05), split=Split(0.3), epochs=3
)
PLANE = small(optimizer=SGD(0.3))
BINARY = replace(PLANE, network=(Dense(4), Tanh(), Dense(1)), loss=BinaryCrossEntropy())
TEN = digits(optimizer=Adam(0.003), epochs=2)
LABELS = replace(PLANE, data=Discs(points=200, discs=2), loss=LabelCrossEntropy())


def macro(name: str) -> Any:
    score = getattr(metrics, name)
    return lambda y, p, _s: score(y, p, average="macro", zero_division=0)


EXPECTED: dict[str, Any] = {
    "validation accuracy": lambda y, p, _s: metrics.accuracy_score(y, p),
    "validation top-5": lambda y, _p, s: metrics.top_k_accuracy_score(y, s, k=5),
    "validation precision": macro("precision_score"),
    "validation recall": macro("recall_score"),
    "validation F1": macro("f1_score"),
    "validation AUC": lambda y, _p, s: metrics.roc_auc_score(y, s[:, 1]),
    "validation RMSE": lambda y, p, _s: metrics.root_mean_squared_error(y, p),
    "validation MAE": lambda y, p, _s: metrics.mean_absolute_error(y, p),
    "validation R²": lambda y, p, _s: metrics.r2_score(y, p),
    "validation all labels right": lambda y, p, _s: metrics.accuracy_score(y, p),
}
CASES = [
    *(("numbers", NUMBERS, f"validation {name}") for name in ("RMSE", "MAE", "R²")),
    *(
        (name, one, f"validation {metric}")
        for name, one in (("plane", PLANE), ("binary", BINARY), ("ten", TEN))
        for metric in ("accuracy", "precision", "recall", "F1")
    ),
    ("plane", PLANE, "validation AUC"),
    ("binary", BINARY, "validation AUC"),
    ("ten", TEN, "validation top-5"),
    ("labels", LABELS, "validation all labels right"),
]


@pytest.mark.parametrize(("name", "base", "watch"), CASES, ids=lambda one: str(one)[:30])
def test_the_monitored_metric_matches_scikit_learn(name: str, base: Experiment, watch: str) -> None:
    experiment = replace(base, policy=Policy(watch=watch, keep_best=True))
    assert not check(experiment)
    run = Run(replace(experiment, policy=Policy(watch=watch)))
    spec, validation = experiment.data.spec(), parts_of(experiment).validation
    model = build_network(experiment.network, spec.in_shape).eval()
    model.load_state_dict({k: torch.tensor(v) for k, v in run.result.weights.items()})
    with torch.no_grad():
        logits = model(torch.tensor(validation.x))
    if name == "numbers":
        predicted, scores = logits.numpy(), logits.numpy()
    elif name == "labels":
        predicted, scores = (logits > 0).numpy(), logits.numpy()
    elif name == "binary":
        ones = logits.sigmoid().numpy()
        predicted, scores = (ones[:, 0] > 0.5).astype(int), np.hstack([1 - ones, ones])
    else:
        predicted, scores = logits.argmax(1).numpy(), logits.softmax(1).numpy()
    expected = EXPECTED[watch](validation.y, predicted, scores)
    assert run.link.epochs.column("watched")[-1] == pytest.approx(expected, rel=1e-5)


def test_every_metric_of_the_validation_part_is_compared() -> None:
    compared = {watch for _name, _base, watch in CASES}
    names = {name for name, one in MONITORED_METRICS.items() if one.part == "validation"}
    assert compared == names - {"validation loss"}


@pytest.mark.parametrize(
    ("watch", "column"),
    [
        ("validation loss", "val_loss"),
        ("training loss", "train_loss"),
        ("training accuracy", "train_accuracy"),
    ],
)
def test_metrics_with_a_column_are_read_from_it(watch: str, column: str) -> None:
    epochs = Run(replace(PLANE, policy=Policy(watch=watch))).link.epochs
    np.testing.assert_array_equal(epochs.column("watched"), epochs.column(column))
    assert np.isfinite(epochs.column("watched")).all()


def test_the_best_weights_follow_any_metric() -> None:
    policy = Policy(watch="validation recall", keep_best=True)
    run = Run(replace(PLANE, optimizer=SGD(2.0), epochs=12, policy=policy))
    recall = run.link.epochs.column("watched")
    best = int(recall.argmax()) + 1
    assert run.result.ending.startswith(
        f"Restored the best weights, of epoch {best}: validation recall"
    )
    shorter = Run(replace(PLANE, optimizer=SGD(2.0), epochs=best))
    assert shorter.result.weights_sha256 == run.result.weights_sha256
    assert best < 12
