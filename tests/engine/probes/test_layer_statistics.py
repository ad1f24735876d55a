"""Distributions, gradients and updates of layers equal what torch and NumPy compute."""

import copy
from dataclasses import replace
from math import asinh

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from nnplay.catalog import (
    LSTM,
    MSE,
    SGD,
    Adam,
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
    Wave,
)  # fmt: skip
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.layer_statistics import (
    BINS,
    Distribution,
    LayerStatistics,
    LayerStatisticsProbe,
)  # fmt: skip
from nnplay.engine.setup import Setup
from nnplay.experiment import Experiment, Regularisation
from tests.engine.rig import digits, small


def prepared(experiment: Experiment, steps: int = 5) -> Setup:
    setup = prepare(RunRequest(1, experiment, threads=1))
    setup.stepper.advance(steps)
    return setup


def chosen(setup: Setup) -> tuple[Tensor, Tensor]:
    """Return the fixed training samples."""
    parts = setup.parts.train
    index = np.sort(np.random.default_rng(0).permutation(len(parts))[:256])
    return torch.tensor(parts.x[index]), torch.tensor(parts.y[index])


def assert_distribution(found: Distribution, values: Tensor) -> None:
    """Compare with a count, number by number, in bins that divide asinh(x / 0.02) evenly."""
    numbers = values.detach().double().flatten().tolist()
    end = asinh(200 / 0.02)
    counts = [0] * 91
    for number in numbers:
        place = int((asinh(number / 0.02) + end) / (2 * end) * 91)
        counts[min(max(place, 0), 90)] += 1
    # A number on the edge of a bin may be in either.
    np.testing.assert_allclose(found.shares, np.array(counts) / len(numbers), atol=2 / len(numbers))
    assert found.mean == pytest.approx(np.mean(numbers), rel=1e-4, abs=1e-6)
    assert found.std == pytest.approx(np.std(numbers), rel=1e-4)
    assert found.zeros == pytest.approx(numbers.count(0.0) / len(numbers))
    assert not found.shares.flags.writeable


def gradient_of(module: nn.Module) -> float:
    """Return the norm of the gradients that `backward` left at the weights of a layer."""
    squares = [
        float(one.grad.double().square().sum())
        for name, one in module.named_parameters()
        if "bias" not in name and one.grad is not None
    ]
    return sum(squares) ** 0.5


def test_dense_layers() -> None:
    setup = prepared(small(optimizer=Adam(0.05)))
    statistics = LayerStatisticsProbe(setup).take()
    assert statistics.samples == len(setup.parts.train) < 256
    x, y = chosen(setup)
    first, second = setup.model[0], setup.model[2]
    w1, w2 = (one.weight.detach().clone().requires_grad_() for one in (first, second))
    hidden = torch.tanh(x @ w1.T + first.bias.detach())
    logits = hidden @ w2.T + second.bias.detach()
    loss = -(logits - logits.logsumexp(1, keepdim=True))[torch.arange(len(y)), y].mean()
    loss.backward()  # type: ignore[no-untyped-call]
    for layer, weights, outputs in zip(statistics.layers, (w1, w2), (hidden, logits), strict=True):
        assert_distribution(layer.weights, weights)
        assert_distribution(layer.activations, outputs)
        assert weights.grad is not None
        assert layer.gradient == pytest.approx(float(weights.grad.norm()), rel=1e-4)
        assert layer.update is layer.dead is None
    assert [(one.layer, one.kind, one.activation) for one in statistics.layers] == [
        (0, "Dense", "Tanh"),
        (2, "Dense", ""),
    ]


def test_the_update_is_the_mean_change_per_step_as_a_share_of_the_weights() -> None:
    setup = prepared(small(optimizer=Adam(0.05)), 2)
    probe = LayerStatisticsProbe(setup)
    probe.take()
    before = [setup.model[at].weight.detach().double().numpy().copy() for at in (0, 2)]
    setup.stepper.advance(7)
    probe.refine(1.0)
    statistics = probe.take()
    assert (statistics.step, statistics.update_steps) == (9, 7)
    for layer, at, earlier in zip(statistics.layers, (0, 2), before, strict=True):
        now = setup.model[at].weight.detach().double().numpy()
        expected = np.linalg.norm(now - earlier) / 7 / np.linalg.norm(now)
        assert layer.update == pytest.approx(expected, rel=1e-4)
        assert expected > 1e-3


CONVOLUTION = (
    Conv2d(4, 3), MaxPool2d(2), ReLU(), Flatten(), Dropout(0.5), Dense(12), BatchNorm(), Sigmoid(),
    Dense(10),
)  # fmt: skip


def test_convolution_and_batch_normalisation() -> None:
    setup = prepared(digits(optimizer=Adam(0.01), network=CONVOLUTION), 12)
    conv = setup.model[0]
    with torch.no_grad():
        conv.bias[1] = -1e6  # ReLU follows
        setup.model[6].bias[3], setup.model[6].bias[7] = 1e3, -1e3  # Sigmoid follows
        # Constant outputs of Sigmoid, whose slope is 4 % and 6 % of its largest.
        setup.model[6].weight[:2] = 0.0
        for unit, output in ((0, 0.0102), (1, 0.0152)):
            setup.model[6].bias[unit] = float(np.log(output / (1 - output)))
    statistics = LayerStatisticsProbe(setup).take()
    x, y = chosen(setup)
    model = copy.deepcopy(setup.model)
    norm = model[6]
    maps = functional.relu(
        functional.max_pool2d(functional.conv2d(x, model[0].weight, model[0].bias), 2)
    )
    sums = maps.flatten(1) @ model[5].weight.T + model[5].bias
    scaled = (sums - norm.running_mean) / (norm.running_var + norm.eps).sqrt()
    hidden = torch.sigmoid(scaled * norm.weight + norm.bias)
    logits = hidden @ model[8].weight.T + model[8].bias
    functional.cross_entropy(logits, y).backward()  # type: ignore[no-untyped-call]
    first, second, last = statistics.layers
    assert [first.layer, second.layer, last.layer] == [0, 5, 8]
    for layer, outputs in ((second, hidden), (last, logits)):
        assert_distribution(layer.activations, outputs)
    # More numbers than are counted.
    assert first.activations.mean == pytest.approx(float(maps.detach().mean()), rel=1e-4)
    assert first.activations.std == pytest.approx(float(maps.detach().std()), rel=1e-3)
    for layer in statistics.layers:
        assert layer.gradient == pytest.approx(gradient_of(model[layer.layer]), rel=1e-3)
    dead = [bool((maps[:, channel] == 0).all()) for channel in range(4)]
    assert dead[1] and first.dead == sum(dead) / 4
    near = [
        float(np.mean([4 * s * (1 - s) < 0.05 for s in hidden[:, unit].tolist()]))
        for unit in range(12)
    ]
    expected = sum(share > 0.5 for share in near) / 12
    assert near[0] == 1.0 and near[1] == 0.0
    assert near[3] == near[7] == 1.0 and second.saturated == pytest.approx(expected)
    assert first.saturated is second.dead is last.dead is last.saturated is None


def test_a_recurrent_layer() -> None:
    experiment = Experiment(Wave(samples=80), (LSTM(4), Dense(1)), MSE(), Adam(0.01))
    setup = prepared(experiment)
    statistics = LayerStatisticsProbe(setup).take()
    model = copy.deepcopy(setup.model)
    x, _y = chosen(setup)
    y = setup.tensors["train"].y
    rnn = model[0].rnn
    h = c = torch.zeros(len(x), 4)
    for step in range(x.shape[1]):
        gates = x[:, step] @ rnn.weight_ih_l0.T + h @ rnn.weight_hh_l0.T
        i, f, g, o = (gates + rnn.bias_ih_l0 + rnn.bias_hh_l0).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    (h @ model[1].weight.T + model[1].bias - y).square().mean().backward()
    first, last = statistics.layers
    assert_distribution(first.activations, h)
    both = torch.cat([rnn.weight_ih_l0.flatten(), rnn.weight_hh_l0.flatten()])
    assert_distribution(first.weights, both)
    assert first.gradient == pytest.approx(gradient_of(model[0]), rel=1e-3)
    assert last.gradient == pytest.approx(gradient_of(model[1]), rel=1e-3)


def test_regularisation_is_left_out_and_a_frozen_layer_has_no_gradient() -> None:
    plain = small(optimizer=SGD(0.0), network=(Dense(6, frozen=True), Tanh(), Dense(2)))
    with_penalty = replace(plain, regularisation=Regularisation(l2=10.0))
    found = [LayerStatisticsProbe(prepared(one, 0)).take().layers for one in (plain, with_penalty)]
    assert found[0][0].gradient is found[1][0].gradient is None
    assert found[0][0].frozen and not found[0][1].frozen
    assert found[0][1].gradient == found[1][1].gradient
    assert found[0][1].gradient > 0


def test_statistics_are_renewed_by_time_and_at_once_for_a_film() -> None:
    setup = prepared(small(optimizer=Adam(0.05)), 1)
    probe = LayerStatisticsProbe(setup)
    assert probe.advance(0.0) and probe.take().step == 1
    assert not probe.advance(60.0)  # the same step
    setup.stepper.advance(1)
    probe._cost, probe._not_before = 1.0, float("inf")
    assert not probe.advance(0.004) and probe.take().step == 1
    assert probe.advance(0.004) and probe.take().step == 2  # the network is not being trained
    setup.stepper.advance(1)
    probe._cost, probe._not_before = 0.001, float("inf")
    assert probe.advance(0.02) and probe.take().step == 3
    assert isinstance(probe.take(), LayerStatistics)


def test_the_bin_of_zero_is_in_the_middle() -> None:
    setup = prepared(small(optimizer=SGD(0.1)), 0)
    with torch.no_grad():
        setup.model[0].weight.zero_()
    weights = LayerStatisticsProbe(setup).take().layers[0].weights
    assert weights.shares[BINS // 2] == 1.0 == weights.zeros
