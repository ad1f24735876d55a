"""The lessons' claims are true."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnplay.catalog import MNIST
from nnplay.experiment import chapters, preset
from nnplay.link import Result
from tests.engine.rig import Run


@pytest.fixture
def mnist(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs find the MNIST files."""
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))


def run(key: str) -> Run:
    return Run(preset(key).experiment, threads=1)


def accuracy(result: Result) -> float:
    assert result.test.accuracy is not None
    return result.test.accuracy


def losses(key: str) -> list[float]:
    """Return the validation loss after each epoch."""
    done = run(key)
    names = done.link.epochs.columns
    return [float(row[names.index("val_loss")]) for row in done.link.epochs.read()]


def test_a_few_outliers_pull_the_squared_error_and_not_the_absolute() -> None:
    """The tail 4 (x + 3) u¹² has the mean 4 (x + 3) / 13 and a median of almost nothing."""
    squared = run("outliers-mse").result.weights["0.weight"].item()
    absolute = run("outliers-mae").result.weights["0.weight"].item()
    assert squared == pytest.approx(0.5 + 4 / 13, abs=0.1)
    assert absolute == pytest.approx(0.5, abs=0.05)


@pytest.mark.slow
def test_the_lstm_continues_the_wave_almost_down_to_the_noise() -> None:
    loss = run("lstm-wave").result.test.loss
    assert loss is not None
    assert 0.05**2 < loss < 4 * 0.05**2


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
def test_each_remedy_for_overfitting_works() -> None:
    memorised = losses("overfit")
    best = min(memorised)
    assert memorised[-1] > 1.2 * best
    chapter = next(one for one in chapters() if one.title == "Overfitting")
    for remedy in chapter.presets[1:]:
        assert losses(remedy.key)[-1] < memorised[-1], remedy.key


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
def test_ten_sigmoid_layers_learn_nothing_until_fixed() -> None:
    assert accuracy(run("vanishing").result) < 0.15
    assert accuracy(run("vanishing-relu").result) > 0.93
    assert accuracy(run("vanishing-batch-norm").result) > 0.93


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
def test_rates_batch_sizes_and_optimizers_do_what_the_lessons_say() -> None:
    usual = losses("batch-16"), losses("batch-128"), losses("batch-1024")
    assert usual[0][0] < usual[1][0] < usual[2][0]
    assert usual[2][-1] > usual[0][0]
    adam = losses("optimizer-adam")
    assert min(losses("rate-high")) > 0.5
    assert losses("rate-low")[-1] > adam[0]
    plain, rolling = losses("optimizer-sgd"), losses("optimizer-momentum")
    assert rolling[0] < plain[-1]
    assert losses("optimizer-rmsprop")[0] < plain[0]


@pytest.mark.slow
@pytest.mark.usefixtures("mnist")
def test_features_learnt_on_digits_beat_random_ones() -> None:
    """On digits, as the clothes of the lessons take a download."""
    results = [
        Run(replace(preset(key).experiment, data=MNIST(samples=2000), epochs=5), threads=1).result
        for key in ("transfer", "transfer-chance")
    ]
    assert accuracy(results[0]) > accuracy(results[1]) + 0.1
    taken, drawn = (one.weights["0.weight"] for one in results)
    assert (taken != drawn).any()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("mnist")
def test_a_gru_reads_digits_row_by_row() -> None:
    assert accuracy(run("gru-rows").result) >= 0.97
