"""The presets reach the promised metrics."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnplay.experiment import Experiment, preset
from nnplay.link import Result
from tests.engine.rig import Run


def trained(experiment: Experiment, threads: int | None = 1) -> Result:
    result = Run(experiment, threads=threads).result
    assert not result.stopped
    return result


@pytest.fixture
def mnist(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs find the MNIST files."""
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))


def test_the_spiral_is_classified() -> None:
    accuracy = trained(preset("spiral").experiment).train.accuracy
    assert accuracy is not None
    assert accuracy >= 0.98


def test_the_offline_digits_are_classified() -> None:
    accuracy = trained(preset("digits-offline").experiment).test.accuracy
    assert accuracy is not None
    assert accuracy >= 0.95


@pytest.mark.usefixtures("mnist")
def test_one_epoch_classifies_most_of_mnist() -> None:
    experiment = replace(preset("mnist-first-net").experiment, epochs=1)
    result = trained(experiment)
    assert result.test.accuracy is not None
    assert result.test.accuracy >= 0.93
    assert result.class_predictions is not None
    assert len(result.class_predictions.target) == 10_000


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
@pytest.mark.parametrize(
    ("key", "epochs", "promised"),
    [
        ("mnist-mlp", 10, 0.93),
        ("mnist-first-net", 10, 0.97),
        ("mnist-deeper", 10, 0.975),
        ("mnist-cnn", 3, 0.985),
        # Five seeds gave 0.9931 to 0.9939; 0.99 is promised for their mean.
        ("mnist-speedrun", 2, 0.991),
    ],
)
def test_mnist_reaches_the_promised_accuracy(key: str, epochs: int, promised: float) -> None:
    experiment = preset(key).experiment
    assert experiment.epochs == epochs
    accuracy = trained(experiment, threads=None).test.accuracy
    print(f"{key}: {accuracy}")
    assert accuracy is not None
    assert accuracy >= promised
