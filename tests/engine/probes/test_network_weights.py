"""What the drawing of a network shows equals what torch computes by itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from nnplay.catalog import (
    GRU,
    LSTM,
    MSE,
    RNN,
    SGD,
    Adam,
    Circle,
    Conv1d,
    Conv2d,
    CrossEntropy,
    Dense,
    Digits,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    PictureRows,
    ReLU,
    ResidualBlock,
    SelfAttention,
    Shape,
    Tanh,
    Wave,
)  # fmt: skip
from nnplay.engine import RunRequest
from nnplay.engine.model.build import build_network
from nnplay.engine.model.layer_matrix import downsampled, layer_matrix, per_source, tiles_of
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.network_weights import NetworkWeights, NetworkWeightsProbe
from nnplay.engine.probes.unit_maps import SIDE, UnitMapsProbe
from nnplay.engine.setup import Setup
from nnplay.experiment import Experiment, Split
from nnplay.link import Selection
from tests.engine.rig import digits, small


def prepared(experiment: Experiment, steps: int = 5) -> Setup:
    setup = prepare(RunRequest(1, experiment, threads=1))
    setup.stepper.advance(steps)
    return setup


def of_largest_magnitude(values: np.ndarray) -> float:
    """Return the number of largest magnitude with its sign, by a loop."""
    best = 0.0
    for value in values.ravel().tolist():
        best = value if abs(value) > abs(best) else best
    return best


def test_a_dense_network_is_shown_as_torch_computes_it() -> None:
    setup = prepared(small(optimizer=Adam(0.05)))
    probe = NetworkWeightsProbe(setup)
    probe.select(Selection(4))
    shown = probe.take()
    first, second = setup.model[0], setup.model[2]
    assert isinstance(first, nn.Linear) and isinstance(second, nn.Linear)
    x = torch.tensor(setup.parts.train.x)  # fewer than 256, so all of them
    with torch.no_grad():
        hidden = torch.tanh(x @ first.weight.T + first.bias)
        logits = hidden @ second.weight.T + second.bias
        one = torch.tensor(getattr(setup.parts, setup.evaluated_part).x[4])
        own_hidden = torch.tanh(first.weight @ one + first.bias)
        own = second.weight @ own_hidden + second.bias
    inputs, middle, last = shown.stages
    for stage, values in ((inputs, x), (middle, hidden), (last, logits)):
        np.testing.assert_allclose(stage.std, values.std(0, correction=0), atol=1e-5)
    for stage, layer in ((middle, first), (last, second)):
        np.testing.assert_array_equal(stage.weights, layer.weight.detach())
        np.testing.assert_array_equal(stage.bias, layer.bias.detach())
        expected = np.quantile(np.abs(layer.weight.detach().numpy()), 0.95)
        assert stage.scale == pytest.approx(float(expected))
        assert stage.connections == layer.weight.numel()
    for stage, values in ((inputs, one), (middle, own_hidden), (last, own)):
        np.testing.assert_allclose(stage.activation, values, atol=1e-5)
    np.testing.assert_allclose(shown.predicted, own.softmax(0), atol=1e-5)
    np.testing.assert_array_equal(shown.sample, one)
    expected_loss = nn.functional.cross_entropy(logits, torch.tensor(setup.parts.train.y))
    assert shown.loss == pytest.approx(float(expected_loss), rel=1e-5)
    assert shown.samples == len(x)
    probe.select(Selection(10**6))
    missing = probe.take()
    assert missing.sample is missing.predicted is missing.stages[1].activation is None


def test_outputs_whose_squares_overflow_have_a_standard_deviation() -> None:
    setup = prepared(small(optimizer=Adam(0.05)))
    first, second = setup.model[0], setup.model[2]
    assert isinstance(first, nn.Linear) and isinstance(second, nn.Linear)
    with torch.no_grad():
        second.weight *= 1e30
        x = torch.tensor(setup.parts.train.x)
        logits = torch.tanh(x @ first.weight.T + first.bias) @ second.weight.T + second.bias
    shown = NetworkWeightsProbe(setup).take()
    expected = logits.double().std(0, correction=0)
    np.testing.assert_allclose(shown.stages[2].std, expected, rtol=1e-4)


def test_silent_units_are_dead() -> None:
    setup = prepared(digits(optimizer=SGD(0.01)), 0)
    layer = setup.model[1]
    assert isinstance(layer, nn.Linear)
    with torch.no_grad():
        layer.bias[3] = -1e6  # ReLU follows
        layer.bias[5] = 1e6
    dead = NetworkWeightsProbe(setup).take().stages[1].dead
    x = torch.tensor(setup.parts.train.x).flatten(1)
    chosen = np.sort(np.random.default_rng(0).permutation(len(x))[:256])
    with torch.no_grad():
        silent = (layer(x[chosen]) <= 0).all(0)
    np.testing.assert_array_equal(dead, silent)
    assert dead[3] and not dead[5]


def test_it_follows_the_training_and_leaves_it_alone() -> None:
    experiment = digits(optimizer=Adam(0.01))
    experiment = replace(
        experiment, network=(Flatten(), Dense(16), ReLU(), Dropout(0.5), Dense(10))
    )
    alone = prepared(experiment, 7)
    setup = prepared(experiment, 1)
    probe = NetworkWeightsProbe(setup)
    before = probe.take()
    for _ in range(3):
        state = torch.get_rng_state()
        probe.advance(1.0)
        probe.take()
        probe.refine(1.0)
        assert torch.equal(torch.get_rng_state(), state)
        assert setup.model.training
        setup.stepper.advance(2)
    for name, weight in alone.model.state_dict().items():
        torch.testing.assert_close(setup.model.state_dict()[name], weight, rtol=0, atol=0)
    assert probe.advance(1.0)  # the first look at these weights
    assert not probe.advance(1.0)
    after = probe.take()
    assert not np.array_equal(before.stages[1].std, after.stages[1].std)
    with torch.no_grad():
        setup.model[1].bias.add_(1.0)  # other weights at the same step, as in a film
    assert probe.advance(1.0)
    assert probe.take().loss != after.loss
    assert not after.stages[1].std.flags.writeable


KINDS: list[tuple[Layer, Shape]] = [
    (Dense(3), (5,)),
    (Conv2d(4, 3), (2, 6, 6)),
    (Conv2d(4, 3, groups=2), (2, 6, 6)),
    (Conv1d(4, 3), (8, 2)),
    (ResidualBlock(4), (2, 6, 6)),
    (RNN(4), (6, 3)),
    (LSTM(4, bidirectional=True), (6, 3)),
    (GRU(4), (6, 3)),
    (SelfAttention(), (6, 4)),
    (Embedding(9, 3), (5,)),
]


def expected_matrix(layer: Layer, module: nn.Module, in_shape: Shape) -> np.ndarray:
    """Return the matrix of a layer from its parameters, by loops."""
    weights = {name: one.detach().numpy() for name, one in module.named_parameters()}
    if isinstance(layer, Dense):
        return weights["weight"]
    if isinstance(layer, Embedding):
        return weights["weight"].T
    if isinstance(layer, SelfAttention):
        # The effect on the outputs of each number that attention gathers.
        eye = np.eye(in_shape[1], dtype=np.float32)
        values = weights["attention.in_proj_weight"][2 * in_shape[1] :]
        return np.stack([weights["attention.out_proj.weight"] @ (values @ one) for one in eye], 1)
    if isinstance(layer, RNN | LSTM | GRU):
        found = []
        ends = ["", "_reverse"] if layer.bidirectional else [""]
        for end in ends:
            gates = weights[f"rnn.weight_ih_l0{end}"].reshape(-1, layer.units, in_shape[1])
            found += [
                [of_largest_magnitude(gates[:, u, s]) for s in range(in_shape[1])]
                for u in range(layer.units)
            ]
        return np.array(found, np.float32)
    kernel = weights["conv1.weight"] if isinstance(layer, ResidualBlock) else weights["weight"]
    channels = in_shape[0] if len(in_shape) == 3 else in_shape[1]
    groups = getattr(layer, "groups", 1)
    matrix = np.zeros((len(kernel), channels), np.float32)
    for unit in range(len(kernel)):
        first = unit // (len(kernel) // groups) * (channels // groups)
        for at in range(kernel.shape[1]):
            matrix[unit, first + at] = of_largest_magnitude(kernel[unit, at])
    return matrix


@pytest.mark.parametrize(("layer", "in_shape"), KINDS, ids=lambda one: repr(one)[:24])
def test_the_matrix_of_each_kind(layer: Layer, in_shape: Shape) -> None:
    torch.manual_seed(2)
    module = build_network((layer,), in_shape)[0]
    matrix = layer_matrix(module)
    assert matrix is not None
    shape = (in_shape[1],) if layer.key == "SelfAttention" or "rnn" in str(module) else in_shape
    raw = matrix.weights.detach().numpy()
    found = raw if isinstance(layer, Embedding) else per_source(raw, shape)
    np.testing.assert_allclose(found, expected_matrix(layer, module, in_shape), atol=1e-6)


NETWORKS = [
    Experiment(Wave(samples=80), (LSTM(4), Dense(1)), MSE(), Adam()),
    digits(optimizer=Adam(), network=(PictureRows(), GRU(4), Dense(10))),
    digits(optimizer=Adam(), network=(Conv2d(4, 3), ReLU(), Flatten(), Dense(10))),
    digits(optimizer=Adam(), network=(ResidualBlock(4), Flatten(), Dense(70), Tanh(), Dense(10))),
    digits(optimizer=Adam(), network=(Flatten(), Embedding(20, 3), Flatten(), Dense(10))),
    digits(optimizer=Adam(), network=(PictureRows(), SelfAttention(), Flatten(), Dense(10))),
]


@pytest.mark.parametrize(
    "experiment", NETWORKS, ids=lambda one: "+".join(layer.key for layer in one.network)
)
def test_every_network_has_a_drawing(experiment: Experiment) -> None:
    shown = NetworkWeightsProbe(prepared(experiment, 1)).take()
    for stage in shown.stages:
        units = stage.stage.units
        assert stage.std.shape == stage.dead.shape == (units,)
        assert stage.activation is not None and stage.activation.shape == (units,)
        assert np.isfinite(stage.std).all()
        if stage.weights is not None:
            assert len(stage.weights) == units
    assert shown.predicted is not None


def test_a_flattened_convolution_has_one_weight_per_channel() -> None:
    network = (Conv2d(4, 3), ReLU(), Flatten(), Dense(10))
    setup = prepared(digits(optimizer=Adam(), network=network), 1)
    shown = NetworkWeightsProbe(setup).take()
    conv, dense = setup.model[0], setup.model[3]
    assert isinstance(conv, nn.Conv2d) and isinstance(dense, nn.Linear)
    weight = dense.weight.detach().numpy().reshape(10, 4, -1)
    expected = [[of_largest_magnitude(weight[u, c]) for c in range(4)] for u in range(10)]
    np.testing.assert_allclose(shown.stages[2].weights, expected)
    np.testing.assert_allclose(shown.stages[1].tiles, conv.weight.detach()[:, 0])
    x = torch.tensor(getattr(setup.parts, setup.evaluated_part).x[:1])
    with torch.no_grad():
        expected_mean = conv(x).relu().mean((0, 2, 3))
    np.testing.assert_allclose(shown.stages[1].activation, expected_mean, atol=1e-6)


def test_tiles_of_a_dense_layer_over_images() -> None:
    weights = np.arange(2 * 2 * 3 * 4, dtype=np.float32).reshape(2, 24) - 9.75
    tiles = tiles_of(weights, (2, 3, 4), 64)
    assert tiles is not None
    pixels = weights.reshape(2, 2, 3, 4)
    for unit, row, column in np.ndindex(2, 3, 4):
        assert tiles[unit, row, column] == of_largest_magnitude(pixels[unit, :, row, column])
    assert tiles_of(weights, (24,), 64) is None


def test_a_large_matrix_is_reduced_to_the_largest_of_each_block() -> None:
    matrix = np.random.default_rng(3).normal(0, 1, (7, 10)).astype(np.float32)
    small_one = downsampled(matrix, 3)
    rows, columns = [0, 2, 4, 7], [0, 3, 6, 10]
    for r, c in np.ndindex(3, 3):
        block = matrix[rows[r] : rows[r + 1], columns[c] : columns[c + 1]]
        assert small_one[r, c] == np.float32(of_largest_magnitude(block))
    np.testing.assert_array_equal(downsampled(matrix, 64), matrix)


@pytest.mark.parametrize("scaling", ["none", "standardised"])
def test_the_maps_of_units(scaling: str) -> None:
    experiment = replace(
        small(optimizer=Adam(0.05)), data=Circle(points=100), split=Split(0.2, 0.1, scaling=scaling)
    )
    setup = prepared(experiment)
    maps = UnitMapsProbe(setup).take().maps
    x = setup.parts.train.x
    low, high = x.min(0), x.max(0)
    margin = 0.1 * (high - low)
    across = np.linspace(low[0] - margin[0], high[0] + margin[0], SIDE)
    up = np.linspace(low[1] - margin[1], high[1] + margin[1], SIDE)
    points = np.array([[a, u] for u in up for a in across], np.float32)
    hidden = torch.tanh(setup.model[0](torch.tensor(points)))
    for found, expected in zip(
        maps, (torch.tensor(points), hidden, setup.model[2](hidden)), strict=True
    ):
        assert found is not None
        by_unit = expected.detach().numpy().T.reshape(-1, SIDE, SIDE)
        np.testing.assert_allclose(found, by_unit, atol=1e-5)
    assert not UnitMapsProbe.is_possible(replace(experiment, data=Digits(), loss=CrossEntropy()))
    assert isinstance(NetworkWeightsProbe(setup).take(), NetworkWeights)
