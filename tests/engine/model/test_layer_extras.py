"""Layers that are frozen, initialised and regularised individually."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nnplay.catalog import SGD, BatchNorm, Conv2d, Dense, PReLU, SelfAttention, Tanh, Weighted
from nnplay.catalog.initialisers import INITIALISERS
from nnplay.engine import build_network
from nnplay.experiment import Policy, Regularisation, pytorch_source
from tests.engine.rig import (
    Run,
    assert_same_weights,
    batches_of,
    initial_weights,
    parts_of,
    small,
)

EVERYTHING = (
    Dense(6, initialiser="He normal", l2=0.01, name="first"),
    BatchNorm(frozen=True),
    Tanh(),
    Dense(5, initialiser="orthogonal", l1=0.5, frozen=True),
    PReLU(frozen=True),
    Dense(2, initialiser="uniform", l1=0.02),
)


def test_frozen_and_regularised_layers_match_a_plain_loop() -> None:
    network = (Dense(6, l1=0.02, l2=0.01), Tanh(), Dense(4, frozen=True, l2=9.0), Dense(2))
    experiment = small(
        optimizer=SGD(0.3, weight_decay=0.1), network=network, regularisation=Regularisation(l2=0.1)
    )
    run = Run(experiment)
    model = initial_weights(
        experiment,
        lambda: nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 4), nn.Linear(4, 2)),
    )
    first, frozen, last = (model[index] for index in (0, 2, 3))
    learnt = [*first.parameters(), *last.parameters()]
    optimizer = torch.optim.SGD(learnt, lr=0.3, weight_decay=0.1)
    before = frozen.weight.detach().clone()
    batches, penalties = batches_of(experiment), []
    for step in range(batches.per_epoch * experiment.epochs):
        x, y = batches.get(step)
        squares: Tensor = 0.11 * first.weight.pow(2).sum() + 0.1 * last.weight.pow(2).sum()
        penalty = squares + 0.02 * first.weight.abs().sum()
        optimizer.zero_grad()
        (nn.functional.cross_entropy(model(x), y) + penalty).backward()
        optimizer.step()
        penalties.append(penalty.item())
    assert_same_weights(run.result.weights, model, 1e-5)
    np.testing.assert_array_equal(run.result.weights["2.weight"], before.numpy())
    np.testing.assert_allclose(run.link.steps.column("penalty"), penalties, rtol=1e-4)


def test_a_frozen_normalisation_keeps_and_uses_its_statistics() -> None:
    network = (Dense(6), BatchNorm(frozen=True), Tanh(), Dense(2))
    free = (Dense(6), BatchNorm(), Tanh(), Dense(2))
    run, moved = (Run(small(optimizer=SGD(0.3), network=one)) for one in (network, free))
    kept = {"1.weight": 1.0, "1.bias": 0.0, "1.running_mean": 0.0, "1.running_var": 1.0}
    for name, value in kept.items():
        np.testing.assert_array_equal(run.result.weights[name], np.float32(value))
        assert (moved.result.weights[name] != np.float32(value)).any()
    assert run.result.weights["1.num_batches_tracked"] == 0
    # With mean 0 and variance 1 it only divides by the root of 1 + 1e-5: it is as good as absent.
    bare = (Dense(6), Tanh(), Dense(2))
    plain = Run(small(optimizer=SGD(0.3), network=bare, stepper="eager"))
    np.testing.assert_allclose(
        run.link.steps.column("loss"), plain.link.steps.column("loss"), rtol=1e-3
    )


def test_the_exported_script_does_all_of_it() -> None:
    experiment = small(
        optimizer=SGD(0.3),
        network=EVERYTHING,
        regularisation=Regularisation(l1=0.003),
        policy=Policy(shuffle=False, drop_last=True),
    )
    names: dict[str, Any] = {}
    exec(pytorch_source(experiment), names)
    train = parts_of(experiment).train
    names["train"](torch.tensor(train.x), torch.tensor(train.y))
    result = Run(experiment).result
    assert_same_weights(result.weights, names["model"], 1e-5)
    start = initial_weights(experiment, lambda: build_network(experiment.network, (2,)))
    for name, before in start.state_dict().items():
        stays = name.startswith(("1.", "3.", "4."))
        assert np.array_equal(result.weights[name], before.numpy()) == stays, name


def build(network: Any, seed: int = 7, shape: tuple[int, ...] = (2,)) -> nn.Sequential:
    torch.manual_seed(seed)
    return build_network(network, shape)


# The literature's values for a matrix with 300 columns (inputs) and 200 rows (units).
LAWS: dict[str, Callable[[Tensor], bool]] = {
    # Glorot and Bengio 2010: variance 2 / (inputs + units); a uniform one ends at √3 deviations.
    "Xavier uniform": lambda w: ends_at(w, sqrt(6 / 500)),
    "Xavier normal": lambda w: has_deviation(w, sqrt(2 / 500)),
    # He et al. 2015: variance 2 / inputs.
    "He uniform": lambda w: ends_at(w, sqrt(6 / 300)),
    "He normal": lambda w: has_deviation(w, sqrt(2 / 300)),
    "orthogonal": lambda w: bool(torch.allclose(w @ w.T, torch.eye(200), atol=1e-5)),
    "normal": lambda w: has_deviation(w, 0.05),
    "uniform": lambda w: ends_at(w, 0.05),
    "zeros": lambda w: not w.any(),
    # torch.nn.Linear: uniform up to 1 / √inputs.
    "default": lambda w: ends_at(w, 1 / sqrt(300)),
}


def ends_at(w: Tensor, end: float) -> bool:
    return 0.99 * end < w.abs().max().item() <= end * 1.0001


def has_deviation(w: Tensor, deviation: float) -> bool:
    # 60,000 numbers give their deviation to about 0.3 %; normal ones exceed three deviations.
    reaches = w.abs().max().item() > 3 * deviation
    return reaches and abs(w.std().item() / deviation - 1) < 0.02


@pytest.mark.parametrize("key", INITIALISERS)
def test_initial_weights_follow_their_distribution(key: str) -> None:
    (layer,) = build((Dense(200, initialiser=key),), shape=(300,))
    assert LAWS[key](layer.weight.detach())
    assert bool(layer.bias.any()) == (key == "default")


def test_a_convolution_kernels_fan_in_counts_all_its_inputs() -> None:
    (layer,) = build((Conv2d(64, kernel_size=3, initialiser="He normal"),), shape=(32, 5, 5))
    assert has_deviation(layer.weight.detach(), sqrt(2 / (32 * 3 * 3)))


def test_gains_inside_a_layer_stay_at_1() -> None:
    (layer,) = build((SelfAttention(initialiser="zeros"),), shape=(5, 4))
    assert not layer.attention.in_proj_weight.any() and not layer.attention.out_proj.weight.any()
    assert (layer.norm.weight == 1).all()


def test_initial_weights_come_from_the_seed_and_leave_other_layers_alone() -> None:
    usual, drawn = (Dense(3), Dense(3)), (Dense(3, initialiser="normal"), Dense(3))
    one, again, plain, other = build(drawn), build(drawn), build(usual), build(drawn, seed=8)
    assert one[0].weight.equal(again[0].weight)
    assert one[1].weight.equal(plain[1].weight)
    assert not one[0].weight.equal(plain[0].weight) and not one[0].weight.equal(other[0].weight)


def test_extras_cost_nothing_where_they_are_off() -> None:
    source = pytorch_source(small(optimizer=SGD(0.1)))
    assert not any(
        word in source for word in ("initialise", "freeze", "penalised_weights", "take_")
    )
    assert isinstance(Dense(), Weighted) and not hasattr(Tanh(), "initialiser")
