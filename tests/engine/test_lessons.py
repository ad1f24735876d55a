"""The lessons' claims are true."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from nnplay.catalog import (
    GRU,
    MNIST,
    Constant,
    Dense,
    Digits,
    Dropout,
    ReLU,
    Schedule,
    Sigmoid,
)
from nnplay.experiment import chapters, get_value, preset, set_value, trace_shapes
from nnplay.experiment.sizes import part_sizes, steps_per_epoch
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
def test_the_line_gets_to_the_slope_and_the_mean_of_the_noise() -> None:
    experiment = preset("linear-regression").experiment
    assert "0.6" in experiment.about
    weights = run("linear-regression").result.weights
    assert weights["0.bias"].item() == pytest.approx(0.6, abs=0.005)
    assert weights["0.weight"].item() == pytest.approx(1.0, abs=0.005)


def test_the_sizes_that_the_lessons_name_are_those_of_the_presets() -> None:
    def sizes(key: str) -> tuple[int, int]:
        experiment = preset(key).experiment
        spec = experiment.data.spec()
        rows = trace_shapes(spec.in_shape, experiment.network)
        return part_sizes(spec, experiment.split)[0], sum(row.parameters or 0 for row in rows)

    def hidden_units(key: str) -> int:
        dense = [layer for layer in preset(key).experiment.network if isinstance(layer, Dense)]
        return sum(layer.units for layer in dense[:-1])

    steps = steps_per_epoch(sizes("batch-1024")[0], 1024, False)
    assert f"Only {steps} steps per epoch" in preset("batch-1024").experiment.about
    assert round(sizes("mnist-speedrun")[1], -3) == 29_000
    assert "29,000 weights" in preset("mnist-speedrun").experiment.about
    assert hidden_units("spiral") == 16
    assert "16 hidden units" in preset("spiral").experiment.about
    assert sizes("overfit")[0] == 500
    assert sizes("transfer")[0] == 1600
    assert "1,600 images" in preset("transfer").experiment.about


def test_the_settings_that_the_lessons_name_are_those_of_the_presets() -> None:
    def value(key: str, path: str) -> object:
        return get_value(preset(key).experiment, path)

    def named(key: str, words: str) -> bool:
        return words in preset(key).experiment.about

    usual = float(str(value("mnist-first-net", "optimizer.lr")))
    assert named("rate-high", "a hundred times as high")
    assert value("rate-high", "optimizer.lr") == pytest.approx(100 * usual)
    assert named("rate-low", "a tenth of the usual learning rate")
    assert value("rate-low", "optimizer.lr") == pytest.approx(usual / 10)
    assert named("rate-low", "after five epochs") and value("rate-low", "epochs") == 5
    assert named("batch-16", "Sixteen images") and value("batch-16", "batch_size") == 16
    assert named("batch-128", "Eight times as many") and value("batch-128", "batch_size") == 8 * 16
    assert named("outliers-mse", "a slope of 0.5")
    assert str(value("outliers-mse", "data.expression")).startswith("0.5*x ")
    network = preset("overfit-dropout").experiment.network
    dropped = [layer.p for layer in network if type(layer) is Dropout]
    assert named("overfit-dropout", "half of the units") and set(dropped) == {0.5}
    assert named("overfit-stopping", "for five epochs")
    assert value("overfit-stopping", "policy.patience") == 5
    assert named("optimizer-momentum", "nine tenths")
    assert value("optimizer-momentum", "optimizer.momentum") == 0.9
    for key in ("vanishing", "vanishing-relu", "vanishing-batch-norm"):
        network = preset(key).experiment.network
        assert sum(type(layer) in (Sigmoid, ReLU) for layer in network) == 10
    assert named("lstm-wave", "20 steps") and value("lstm-wave", "data.steps") == 20
    assert named("lstm-wave", "0.0025") and value("lstm-wave", "data.noise") == 0.05
    gru = next(one for one in preset("gru-rows").experiment.network if type(one) is GRU)
    assert named("gru-rows", "128 numbers") and gru.units == 128
    assert named("mnist-speedrun", "a third of the run")
    assert value("mnist-speedrun", "schedule.rise") == pytest.approx(1 / 3, abs=0.05)
    assert named("digits-offline", "1,797") and Digits().spec().samples == 1797


def test_ten_sigmoids_shrink_the_gradient_by_more_than_a_million() -> None:
    assert "by a factor of more than a million" in preset("vanishing").experiment.about
    torch.manual_seed(0)
    layers = [nn.Linear(784, 64), nn.Sigmoid()]
    for _layer in range(9):
        layers += [nn.Linear(64, 64), nn.Sigmoid()]
    model = nn.Sequential(*layers, nn.Linear(64, 10))
    x, y = torch.rand(256, 784), torch.randint(10, (256,))
    nn.functional.cross_entropy(model(x), y).backward()
    norms = [one.weight.grad.norm().item() for one in model if isinstance(one, nn.Linear)]
    assert norms[-1] > 1e6 * norms[0]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
def test_a_cnn_makes_fewer_mistakes_after_three_epochs_than_dense_networks_after_ten() -> None:
    cnn = preset("mnist-cnn").experiment
    assert "After three epochs" in cnn.about and cnn.epochs == 3
    best = accuracy(run("mnist-cnn").result)
    for key in ("mnist-mlp", "mnist-first-net", "mnist-deeper"):
        assert preset(key).experiment.epochs == 10
        assert accuracy(run(key).result) < best, key


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
def test_the_speedrun_misclassifies_seven_in_a_thousand_and_a_constant_rate_half_as_many_more() -> (
    None
):
    experiment = preset("mnist-speedrun").experiment
    assert "seven digits in a thousand" in experiment.about
    assert "half as many mistakes again" in experiment.about

    def mistakes(schedule: Schedule) -> float:
        # A mean, as single runs differ by a fifth.
        changed = replace(experiment, schedule=schedule)
        runs = [Run(replace(changed, seed=seed), threads=2) for seed in range(3)]
        return float(np.mean([1 - accuracy(one.result) for one in runs]))

    cycled = mistakes(experiment.schedule)
    assert cycled == pytest.approx(0.007, abs=0.001)
    assert mistakes(Constant()) / cycled == pytest.approx(1.5, abs=0.4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
def test_large_batches_do_better_with_the_rate_that_the_lesson_suggests() -> None:
    experiment = preset("batch-1024").experiment
    assert "try 0.005" in experiment.about
    faster = Run(set_value(experiment, "optimizer.lr", 0.005), threads=1)
    assert faster.link.epochs.column("val_loss")[-1] < losses("batch-1024")[-1]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
def test_the_first_net_ends_with_three_times_the_training_loss() -> None:
    done = run("mnist-first-net")
    names, rows = done.link.epochs.columns, done.link.epochs.read()
    train, validation = (rows[:, names.index(name)] for name in ("train_loss", "val_loss"))
    assert "about three times" in preset("mnist-first-net").experiment.about
    assert validation[-1] / train[-1] == pytest.approx(3, abs=1)
    assert validation[1] / train[1] < 1.2, "they fall together at first"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("mnist")
def test_early_stopping_ends_when_the_lesson_says() -> None:
    about = preset("overfit-stopping").experiment.about
    assert "about 16 of the 60 epochs" in about and "about the eleventh" in about
    done = run("overfit-stopping")
    assert done.result.epochs == pytest.approx(16, abs=4)
    validation = done.link.epochs.column("val_loss")
    assert int(validation.argmin()) + 1 == done.result.epochs - 5


@pytest.mark.slow
def test_the_lstm_continues_the_wave_almost_down_to_the_noise() -> None:
    loss = run("lstm-wave").result.test.loss
    assert loss is not None
    assert 0.05**2 < loss < 4 * 0.05**2


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("mnist")
def test_each_remedy_for_overfitting_works() -> None:
    assert run("overfit").result.train.accuracy == 1.0, "every training image"
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
    vanishing = run("vanishing").result
    assert vanishing.test.loss == pytest.approx(2.30, abs=0.02)
    assert accuracy(vanishing) < 0.15
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
    too_high = run("rate-high")
    assert too_high.link.epochs.column("val_loss").min() > 0.5
    assert 1 - accuracy(too_high.result) == pytest.approx(0.2, abs=0.1), "one digit in five"
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
