"""Layers, losses and optimizers of the kernels other than Dense, compared with PyTorch."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from nnplay.catalog import (
    SGD,
    BatchNorm,
    Circle,
    Cosine,
    CrossEntropy,
    Dense,
    Digits,
    Dropout,
    Flatten,
    Layer,
    LayerNorm,
    Lion,
    MultiHinge,
    OneCycle,
    PReLU,
    ReLU,
    Schedule,
    Sigmoid,
    Softmax,
    Tanh,
)
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.experiment import Experiment, Regularisation, Split
from tests.engine.kernels.test_compiled import CLASSES, assert_matches_eager_steps, stepper_of
from tests.engine.rig import Run

NETWORKS: dict[str, tuple[Layer, ...]] = {
    "PReLU": (Dense(7), PReLU(), Dense(5), PReLU(init=-0.5), Dense(2)),
    "PReLU per feature": (Dense(7), PReLU(shared=False), Dense(20), PReLU(shared=False), Dense(2)),
    "PReLU first": (PReLU(), Dense(5), Tanh(), Dense(2)),
    "Softmax": (Dense(7), Softmax(), Dense(20), Softmax(), Dense(2)),
    "LayerNorm": (Dense(7), LayerNorm(), Tanh(), Dense(20), LayerNorm(eps=0.1), Dense(2)),
    "LayerNorm first": (LayerNorm(), Dense(5), Tanh(), Dense(2)),
    "BatchNorm": (Dense(7), BatchNorm(), Tanh(), Dense(20), BatchNorm(0.1, 0.3), Dense(2)),
    "BatchNorm first": (BatchNorm(), Dense(5), Tanh(), Dense(2)),
    "BatchNorm behind what drops": (Dense(9), Dropout(0.3), BatchNorm(), Sigmoid(), Dense(2)),
    "wide": (Dense(70), BatchNorm(), ReLU(), Dense(80), LayerNorm(), PReLU(), Dense(2)),
    "a frozen layer": (Dense(7), Tanh(), Dense(5, frozen=True), Sigmoid(), Dense(2)),
    "a frozen first layer": (Dense(7, frozen=True), Tanh(), Dense(5), Sigmoid(), Dense(2)),
    "a frozen last layer": (Dense(7), Tanh(), Dense(5), Sigmoid(), Dense(2, frozen=True)),
    "a frozen wide layer": (Dense(70), ReLU(), Dense(70, frozen=True), ReLU(), Dense(2)),
    "frozen normalisations": (
        Dense(7), BatchNorm(frozen=True), LayerNorm(frozen=True), PReLU(frozen=True), Dense(2)
    ),
    "all but a PReLU frozen": (Dense(7, frozen=True), PReLU(), Dense(2, frozen=True)),
}  # fmt: skip
SIZES = {"one": 1, "part of a vector": 11, "whole vectors": 32, "all": None}


def with_network(name: str, batch_size: int | None = 11) -> Experiment:
    return replace(CLASSES, network=NETWORKS[name], batch_size=batch_size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NETWORKS)
def test_each_layer_matches_eager_steps(name: str, size: str) -> None:
    has_batches = any(isinstance(layer, BatchNorm) for layer in NETWORKS[name])
    if size == "one" and has_batches and name != "frozen normalisations":
        pytest.skip("one sample has no variance")
    assert_matches_eager_steps(with_network(name, SIZES[size]))


@pytest.mark.parametrize("name", ["PReLU", "LayerNorm", "BatchNorm", "a frozen layer"])
def test_each_layer_matches_eager_steps_in_several_blocks(name: str) -> None:
    many = replace(with_network(name, None), data=Circle(points=5000))
    assert_matches_eager_steps(many, steps=20)


@pytest.mark.parametrize("name", ["BatchNorm", "a frozen layer", "PReLU"])
def test_penalty_and_clipping_leave_out_what_they_should(name: str) -> None:
    rules = Regularisation(l1=0.001, l2=0.01, clip="by norm", clip_at=0.5)
    assert_matches_eager_steps(replace(with_network(name), regularisation=rules))


def test_a_prelu_on_pictures_has_one_slope_for_each_channel() -> None:
    network = (PReLU(shared=False), Flatten(), Dense(9), PReLU(), Dense(10))
    assert_matches_eager_steps(replace(CLASSES, data=Digits(), network=network))


@pytest.mark.parametrize("name", ["BatchNorm", "frozen normalisations"])
def test_running_statistics_follow_as_pytorchs_do(name: str) -> None:
    buffers = []
    for stepper in ("auto", "eager"):
        made = prepare(RunRequest(1, replace(with_network(name), stepper=stepper), threads=1))
        assert made.stepper.name == ("compiled" if stepper == "auto" else "eager")
        made.stepper.advance(30)
        buffers.append(dict(made.model.named_buffers()))
    for key, value in buffers[0].items():
        torch.testing.assert_close(value, buffers[1][key], rtol=1e-4, atol=1e-5)


def test_running_statistics_go_back_with_the_weights() -> None:
    stepper = stepper_of(with_network("BatchNorm"), "compiled")
    stepper.advance(5)
    place = stepper.save()
    before = {name: b.clone() for name, b in stepper.model.named_buffers()}
    first = stepper.advance(20).losses
    stepper.restore(place)
    assert all(torch.equal(before[name], b) for name, b in stepper.model.named_buffers())
    np.testing.assert_array_equal(stepper.advance(20).losses, first)


@pytest.mark.parametrize("name", ["BatchNorm", "LayerNorm", "PReLU", "Softmax"])
def test_it_predicts_and_validates_as_the_network_does(name: str) -> None:
    run = Run(replace(with_network(name, 20), split=Split(validation=0.3), epochs=3))
    assert run.result.stepper == "compiled"
    row = dict(zip(run.link.epochs.columns, run.link.epochs.read()[-1], strict=True))
    assert row["val_loss"] == pytest.approx(run.result.validation.loss, rel=1e-5)
    stepper = stepper_of(with_network(name), "compiled")
    stepper.advance(10)
    x = torch.rand(37, 2)
    with torch.no_grad():
        expected = stepper.model.eval()(x)
    torch.testing.assert_close(stepper.predictions(x), expected)


def test_infinite_running_statistics_are_noticed() -> None:
    stepper = stepper_of(with_network("BatchNorm"), "compiled")
    assert stepper.is_finite()
    next(stepper.model.buffers())[0] = float("inf")
    assert not stepper.is_finite()


WEIGHTED = {
    "typed": CrossEntropy(class_weights="typed", typed_weights="1, 5"),
    "balanced": CrossEntropy(class_weights="balanced"),
    "smoothed": CrossEntropy(class_weights="typed", typed_weights="3, 0.2", label_smoothing=0.3),
    "hinge": MultiHinge(class_weights="typed", typed_weights="1, 5"),
    "squared hinge": MultiHinge(class_weights="typed", typed_weights="2, 0.3", p=2),
}


@pytest.mark.parametrize("batch_size", [11, None])
@pytest.mark.parametrize("name", WEIGHTED)
def test_class_weights_match_eager_steps(name: str, batch_size: int | None) -> None:
    data = Circle(points=1500 if batch_size is None else 150)
    assert_matches_eager_steps(
        replace(CLASSES, loss=WEIGHTED[name], batch_size=batch_size, data=data), 60
    )


@pytest.mark.parametrize("name", WEIGHTED)
def test_class_weights_count_for_validation_too(name: str) -> None:
    run = Run(replace(CLASSES, loss=WEIGHTED[name], split=Split(validation=0.3), epochs=3))
    assert run.result.stepper == "compiled"
    row = dict(zip(run.link.epochs.columns, run.link.epochs.read()[-1], strict=True))
    assert row["val_loss"] == pytest.approx(run.result.validation.loss, rel=1e-5)


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_lion_matches_eager_steps(decay: float) -> None:
    # Rounding may flip the sign of an average near 0: few steps, long ones.
    optimizer = Lion(0.01, beta1=0.8, beta2=0.95, weight_decay=decay)
    assert_matches_eager_steps(replace(CLASSES, optimizer=optimizer), steps=25)


@pytest.mark.parametrize("schedule", [Cosine(by="step"), OneCycle(by="step", warmup=0)])
def test_a_rate_that_changes_every_step_matches_eager_steps(schedule: Schedule) -> None:
    runs = [
        Run(replace(CLASSES, schedule=schedule, optimizer=SGD(0.5), epochs=6, stepper=stepper))
        for stepper in ("auto", "eager")
    ]
    assert [run.result.stepper for run in runs] == ["compiled", "eager"]
    compiled, eager = (run.link.steps.column("lr") for run in runs)
    np.testing.assert_array_equal(compiled, eager)
    assert len(set(compiled)) == len(compiled)
    for name, mine in runs[0].result.weights.items():
        np.testing.assert_allclose(mine, runs[1].result.weights[name], rtol=1e-4, atol=1e-5)
