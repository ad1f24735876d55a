"""Networks of the literature reach on MNIST what was reported of them.

LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998:
LeNet-5 with subsampling layers 0.95 % error, fully connected networks of 300 units 4.7 %. With the
optimizers and initial weights of today, the latter is below 2 %.
"""

from pathlib import Path
from statistics import mean

import pytest

from nnplay.catalog import (
    MNIST,
    Adam,
    AvgPool2d,
    Conv2d,
    CrossEntropy,
    Dense,
    Flatten,
    Layer,
    OneCycle,
    ReLU,
)
from nnplay.experiment import Experiment
from tests.engine.rig import Run

LENET_5: tuple[Layer, ...] = (
    Conv2d(6, kernel_size=5, padding=2), ReLU(), AvgPool2d(),
    Conv2d(16, kernel_size=5), ReLU(), AvgPool2d(),
    Flatten(), Dense(120), ReLU(), Dense(84), ReLU(), Dense(10),
)  # fmt: skip
DENSE_300: tuple[Layer, ...] = (Flatten(), Dense(300), ReLU(), Dense(10))


@pytest.fixture
def mnist(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs find the MNIST files."""
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))


def error(network: tuple[Layer, ...], seed: int, epochs: int = 6) -> float:
    """Return the share of the 10,000 test images that is wrong after training on all 60,000."""
    experiment = Experiment(
        MNIST(), network, CrossEntropy(), Adam(0.004), batch_size=64, epochs=epochs,
        schedule=OneCycle(by="step"), seed=seed, device="cpu",
    )  # fmt: skip
    result = Run(experiment).result
    assert result.test.accuracy is not None
    return 1 - result.test.accuracy


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("mnist")
def test_lenet_5_with_average_pooling_is_wrong_about_one_image_in_a_hundred() -> None:
    assert mean(error(LENET_5, seed) for seed in (1, 2, 3)) <= 0.010


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("mnist")
def test_300_hidden_units_are_wrong_about_two_images_in_a_hundred() -> None:
    assert mean(error(DENSE_300, seed) for seed in (1, 2, 3)) <= 0.020
