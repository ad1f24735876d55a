"""ONNX models predict what the networks predict."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnplay.catalog import (
    GRU,
    LSTM,
    MAE,
    MSE,
    RNN,
    SGD,
    Adam,
    AvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    CrossEntropy,
    Dense,
    Diabetes,
    Dropout,
    Embedding,
    Features,
    Flatten,
    GlobalAverage,
    LayerNorm,
    MaxPool1d,
    MaxPool2d,
    Parity,
    PictureRows,
    Poisson,
    ReLU,
    Reshape,
    ResidualBlock,
    SelfAttention,
    Tanh,
    kinds,
)  # fmt: skip
from nnplay.data import load
from nnplay.engine.trained_network import TrainedNetwork
from nnplay.experiment import Experiment, Split, WeightsError
from nnplay.exports import ExportError, ExportSource, export_formats
from nnplay.record.finished_run import FinishedRun
from tests.engine.rig import Run, digits, small

(ONNX,) = [one for one in export_formats() if one.key == "onnx"]
BEST = Experiment(
    Diabetes(), (Dense(6), Tanh(), Dense(1)), MSE(), Adam(0.01), split=Split(0.2, 0.2), epochs=2
)
SEQUENCES = Experiment(Parity(samples=60), (), CrossEntropy(), SGD(0.1), epochs=1)
NETWORKS: dict[str, Experiment] = {
    "dense": small(optimizer=SGD(0.1), network=(Dense(6), BatchNorm(), Dropout(), Dense(2))),
    "features": small(
        optimizer=SGD(0.1), network=(Features(x2=True, sin_y=True, typed="x*y"), Dense(2))
    ),
    "standardised": replace(BEST, split=Split(0.2, 0.2, scaling="standardised")),
    "0 to 1": replace(BEST, split=Split(0.2, scaling="0 to 1"), loss=MAE()),
    "counts": replace(BEST, loss=Poisson(), split=Split(0.2, scaling="standardised")),
    "convolutions": digits(
        optimizer=SGD(0.1),
        network=(
            Conv2d(4),
            BatchNorm(),
            ReLU(),
            MaxPool2d(),
            ResidualBlock(4),
            AvgPool2d(1, 1),
            GlobalAverage(),
            Dense(10),
        ),
        epochs=1,
    ),
    "rows": digits(
        optimizer=SGD(0.1), network=(PictureRows(), GRU(5), LayerNorm(), Dense(10)), epochs=1
    ),
    "reshaped": digits(
        optimizer=SGD(0.1),
        network=(Flatten(), Reshape(8, 8), Conv1d(4), MaxPool1d(), Flatten(), Dense(10)),
        epochs=1,
    ),
    "lstm": replace(
        SEQUENCES, network=(LSTM(5, whole=True), LSTM(4, bidirectional=True), Dense(2))
    ),
    "rnn": replace(SEQUENCES, network=(RNN(5, layers=2), Dense(2))),
    "attention": replace(
        SEQUENCES, network=(Conv1d(4), SelfAttention(heads=2), GlobalAverage(), Dense(2))
    ),
    "embedding": replace(SEQUENCES, network=(Flatten(), Embedding(2, 4), Flatten(), Dense(2))),
}


def finished(experiment: Experiment) -> ExportSource:
    run = Run(experiment)
    return ExportSource(experiment, FinishedRun.of(run.result, run.link.steps, run.link.epochs))


def predicted(source: ExportSource) -> tuple[Any, Any]:
    """Return what the network and what its ONNX model predict for some samples."""
    runtime = pytest.importorskip("onnxruntime")
    assert source.run is not None
    (content,) = ONNX.files(source, "any.onnx").values()
    session = runtime.InferenceSession(content)
    raw = load(source.experiment.data, source.experiment.seed).samples.subset(slice(0, 7))
    (found,) = session.run(None, {"samples": raw.x})
    expected = TrainedNetwork(source.run.trained).predict(np.array(raw.raw))
    if session.get_outputs()[0].name == "values":
        return expected.values, found
    return expected.probabilities, np.exp(found) / np.exp(found).sum(1, keepdims=True)


@pytest.mark.parametrize("case", NETWORKS)
def test_the_model_predicts_the_same(case: str) -> None:
    pytest.importorskip("onnx")
    expected, found = predicted(finished(NETWORKS[case]))
    assert len(found) == 7
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", kinds("activation").values(), ids=lambda kind: kind.key)
def test_every_activation_has_a_counterpart_or_is_refused(kind: Any) -> None:
    pytest.importorskip("onnx")
    source = finished(small(optimizer=SGD(0.1), network=(Dense(6), kind(), Dense(2)), epochs=1))
    try:
        expected, found = predicted(source)
    except WeightsError as error:
        assert "cannot be exported" in str(error) and error.hint
        return
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnplay.engine.model.onnx_file.PACKAGE", "not_installed_at_all")
    with pytest.raises(ExportError, match="not installed") as caught:
        ONNX.files(finished(NETWORKS["dense"]), "any.onnx")
    assert "pip install nnplay[onnx]" in caught.value.hint
