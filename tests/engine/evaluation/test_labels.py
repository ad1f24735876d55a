"""Multi-label data: the metrics of a run compared with scikit-learn."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics as sk

from nnplay.catalog import (
    SGD,
    Adam,
    Dense,
    DigitTraits,
    Discs,
    Flatten,
    LabelCrossEntropy,
    ReLU,
    Tanh,
)
from nnplay.cli.summary import summary
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.decision import DecisionMap
from nnplay.experiment import Experiment, Policy, Regularisation, Split
from nnplay.record import RunRecord
from nnplay.record.metrics_json import json_line, metrics
from tests.engine.rig import EVERYTHING, Run, map_of, parts_of

DISCS = Experiment(
    Discs(points=300, discs=4), (Dense(12), Tanh(), Dense(4)), LabelCrossEntropy(), Adam(0.05),
    split=Split(0.2, 0.3), batch_size=20, epochs=4, seed=2,
)  # fmt: skip
TRAITS = Experiment(
    DigitTraits(), (Flatten(), Dense(16), ReLU(), Dense(3)), LabelCrossEntropy(), Adam(0.003),
    split=Split(0.2, 0.3), batch_size=64, epochs=2,
)  # fmt: skip


def expected_probabilities(experiment: Experiment, run: Run, x: Any) -> Any:
    """Return the probabilities (n, labels) of the final network of a run."""
    model = prepare(RunRequest(1, experiment, threads=1)).model.eval()
    model.load_state_dict({n: torch.tensor(w) for n, w in run.result.weights.items()})
    with torch.no_grad():
        return 1 / (1 + np.exp(-model(torch.tensor(x)).numpy().astype(np.float64)))


@pytest.mark.parametrize("experiment", [DISCS, TRAITS], ids=["points", "pictures"])
def test_the_metrics_of_labels_match_scikit_learn(experiment: Experiment) -> None:
    run = Run(experiment, demand=EVERYTHING)
    parts = parts_of(experiment)
    for part in ("train", "validation", "test"):
        samples, scores = getattr(parts, part), getattr(run.result, part)
        probabilities = expected_probabilities(experiment, run, samples.x)
        labels = probabilities > 0.5
        right = [sk.accuracy_score(*pair) for pair in zip(samples.y.T, labels.T, strict=True)]
        assert scores.accuracy == pytest.approx(np.mean(right))
        assert scores.exact == pytest.approx(sk.accuracy_score(samples.y, labels))
        losses = [sk.log_loss(*pair) for pair in zip(samples.y.T, probabilities.T, strict=True)]
        assert scores.loss == pytest.approx(np.mean(losses), rel=1e-4)
        assert (scores.auc, scores.top5, scores.regression) == (None, None, None)
    assert 0.6 < run.result.test.accuracy < 1.0  # type: ignore[operator]
    predictions = run.result.label_predictions
    assert predictions is not None
    assert (predictions.part, run.result.class_predictions) == ("test", None)
    assert (predictions.count, predictions.step) == (len(parts.test), run.result.steps)
    np.testing.assert_array_equal(predictions.target, parts.test.y)
    np.testing.assert_allclose(predictions.probabilities, probabilities, atol=1e-5)
    np.testing.assert_array_equal(
        predictions.confusion, sk.multilabel_confusion_matrix(parts.test.y, labels)
    )
    one = predictions.of(1)
    np.testing.assert_array_equal(one.target, parts.test.y[:, 1])
    np.testing.assert_array_equal(one.confusion, predictions.confusion[1])
    np.testing.assert_allclose(one.probabilities[:, 1], probabilities[:, 1], atol=1e-5)
    np.testing.assert_allclose(one.probabilities.sum(1), 1, atol=1e-6)
    assert (DecisionMap in run.frames[-1].payloads) == (experiment is DISCS)

    record = RunRecord("k", experiment, run.result, run.link.steps, run.link.epochs)
    table = json.loads(json_line(metrics(record)))
    assert table["outcomes_of"] == "test"
    assert table["test_exact"] == run.result.test.exact
    assert table["confusion"] == predictions.confusion.tolist()
    for name in ("micro", "macro", "weighted"):
        precision, recall, f1, _none = sk.precision_recall_fscore_support(
            parts.test.y, labels, average=name, zero_division=0
        )
        assert table[name] == pytest.approx({"precision": precision, "recall": recall, "f1": f1})
    assert table["f1"] == pytest.approx(
        sk.f1_score(parts.test.y, labels, average=None, zero_division=0)
    )
    assert table["accuracies"] == pytest.approx(right)
    text = summary(record)
    assert f"{100 * table['test_exact']:.2f} %" in text
    assert all(name in text for name in ("micro mean", *experiment.data.spec().class_names))


def test_epoch_rows_have_the_accuracy_of_labels() -> None:
    run = Run(DISCS)
    last = run.link.epochs.read()[-1]
    assert last[5] == pytest.approx(run.result.validation.accuracy)
    assert 0.5 < last[3] < 1


def test_the_map_of_labels_matches_the_networks_predictions() -> None:
    setup = prepare(RunRequest(1, DISCS, threads=1))
    setup.stepper.advance(20)
    drawn = map_of(setup)
    assert drawn.labels is not None
    assert drawn.labels.shape == (4, *drawn.values.shape)
    corner = torch.tensor([[drawn.x_high, drawn.y_low]])
    with torch.no_grad():
        expected = setup.model.eval()(corner).sigmoid().numpy()[0]
    np.testing.assert_allclose(drawn.labels[:, 0, -1], expected, atol=1e-5)
    np.testing.assert_array_equal(drawn.of(2).values, drawn.labels[2])
    np.testing.assert_array_equal(drawn.values, drawn.labels[0])


def test_labels_can_be_noisy_and_monitored() -> None:
    rules = Policy(watch="validation accuracy", stop_at_target=True, target=0.5)
    noisy = replace(DISCS, regularisation=Regularisation(label_noise=0.5), policy=rules)
    run = Run(noisy)
    assert "Target reached" in run.result.ending
    clean = Run(replace(DISCS, optimizer=SGD(1e-9)))
    assert Run(replace(noisy, policy=Policy(), optimizer=SGD(1e-9))).result.train.loss != (
        clean.result.train.loss
    )
