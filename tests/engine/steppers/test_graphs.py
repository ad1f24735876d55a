"""Recorded steps: they follow EagerStepper, live and back again; on a CPU unrecorded, on a GPU too.

All but the recording itself runs on the CPU here, so that little remains to be found by those
who have a GPU to find.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnplay.catalog import (
    MSE,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    BatchNorm,
    BinaryCrossEntropy,
    Conv2d,
    Dense,
    Digits,
    Dropout,
    Flatten,
    Lion,
    MaxPool2d,
    Muon,
    NAdam,
    Optimizer,
    RAdam,
    ReLU,
    RMSprop,
    Rprop,
    Sine,
    Tanh,
)
from nnplay.engine.batches import Batches, to_device
from nnplay.engine.model.build import build_loss, build_network
from nnplay.engine.model.regularisation import Regulariser
from nnplay.engine.step import Stepper
from nnplay.engine.steppers.cuda_graph import GraphStepper, unsupported
from nnplay.engine.steppers.eager import EagerStepper
from nnplay.engine.steppers.torch_stepper import TorchTraining
from nnplay.experiment import Augmentation, Experiment, Policy, Regularisation
from nnplay.link import Started
from tests.engine.rig import Run, constant_at, digits, parts_of, small

HAS_GPU = torch.cuda.is_available()
ON_GPU = pytest.param(
    "cuda",
    marks=[pytest.mark.gpu, pytest.mark.skipif(not HAS_GPU, reason="torch finds no CUDA device")],
)
DEVICES = ["cpu", ON_GPU]
STEPS = 100
OPTIMIZERS: list[Optimizer] = [
    SGD(lr=0.05),
    SGD(lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.01),
    Adam(lr=0.003),
    Adam(lr=0.003, amsgrad=True, weight_decay=0.01),
    AdamW(lr=0.003),
    NAdam(lr=0.003),
    RAdam(lr=0.003),
    Adamax(lr=0.003),
    RMSprop(lr=0.001, momentum=0.5, centered=True),
    Adadelta(lr=0.5),
    Lion(lr=0.0003),
]
CNN = (Conv2d(4, 3), ReLU(), MaxPool2d(2), Flatten(), Dense(10))
EXPERIMENTS: dict[str, Experiment] = {
    "a smaller last batch": small(optimizer=SGD()),
    "the last batch left out": small(optimizer=SGD(), policy=Policy(drop_last=True)),
    "not shuffled": small(optimizer=SGD(), policy=Policy(shuffle=False)),
    "full batch": small(optimizer=SGD(), batch_size=None),
    "numbers": small(
        optimizer=SGD(), data=Sine(points=90), network=(Dense(8), Tanh(), Dense(1)), loss=MSE()
    ),
    "two classes": small(
        optimizer=SGD(), network=(Dense(5), Tanh(), Dense(1)), loss=BinaryCrossEntropy()
    ),
    "penalty and clipping": small(
        optimizer=SGD(),
        regularisation=Regularisation(l1=0.001, l2=0.01, clip="by norm", clip_at=0.1),
    ),
    "pictures": digits(optimizer=SGD(), network=CNN),
    "frozen": small(optimizer=SGD(), network=(Dense(6, frozen=True), Tanh(), Dense(2))),
    "normalised": small(optimizer=SGD(), network=(Dense(6), BatchNorm(), Tanh(), Dense(2))),
}


def steppers(experiment: Experiment, device: str) -> tuple[GraphStepper, EagerStepper]:
    """Return two steppers that start from the same weights."""
    made: list[Any] = []
    for kind in (GraphStepper, EagerStepper):
        torch.manual_seed(experiment.seed)
        spec, form = experiment.data.spec(), experiment.loss.target_form
        model = build_network(experiment.network, spec.in_shape).to(device)
        tensors = to_device(parts_of(experiment).train, form, torch.device(device))
        policy = experiment.policy
        batches = Batches(
            tensors, experiment.batch_size, experiment.seed,
            shuffle=policy.shuffle, drop_last=policy.drop_last,
        )  # fmt: skip
        loss: nn.Module = build_loss(experiment.loss).to(device)
        regularisation = Regulariser(model, experiment.regularisation, experiment.network)
        optimizer = experiment.optimizer
        training = TorchTraining(model, loss, optimizer, batches, form, regularisation)
        stepper = kind(training, "")
        stepper.tune(optimizer)
        made.append(stepper)
    return made[0], made[1]


def assert_same(one: Stepper, other: Stepper, logs: tuple[Any, Any]) -> None:
    for name in ("losses", "accuracies", "penalties"):
        np.testing.assert_allclose(
            getattr(logs[0], name), getattr(logs[1], name), rtol=1e-4, atol=1e-6, err_msg=name
        )
    theirs = other.model.state_dict()
    for key, tensor in one.model.state_dict().items():
        torch.testing.assert_close(tensor, theirs[key], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_it_matches_eager_steps(name: str, device: str) -> None:
    graph, eager = steppers(EXPERIMENTS[name], device)
    assert_same(graph, eager, (graph.advance(STEPS), eager.advance(STEPS)))
    assert graph.step == STEPS


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_every_optimizer_matches_its_eager_steps(optimizer: Optimizer, device: str) -> None:
    graph, eager = steppers(small(optimizer=optimizer), device)
    assert_same(graph, eager, (graph.advance(STEPS), eager.advance(STEPS)))


@pytest.mark.parametrize("device", DEVICES)
def test_sign_based_optimizers_match_on_the_full_batch(device: str) -> None:
    graph, eager = steppers(small(optimizer=Rprop(), batch_size=None), device)
    assert_same(graph, eager, (graph.advance(20), eager.advance(20)))


@pytest.mark.parametrize("device", DEVICES)
def test_the_rate_and_the_hyperparameters_change_live(device: str) -> None:
    graph, eager = steppers(small(optimizer=SGD(lr=0.05, momentum=0.5)), device)
    for optimizer, factor in (
        (SGD(lr=0.05, momentum=0.5), 0.1),
        (SGD(lr=0.2, momentum=0.5), 1.0),
        (SGD(lr=0.2, momentum=0.9), 0.5),
        (SGD(lr=0.0, momentum=0.9), 1.0),
    ):
        for one in (graph, eager):
            one.tune(optimizer, constant_at(factor))
        assert_same(graph, eager, (graph.advance(17), eager.advance(17)))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("optimizer", [SGD(momentum=0.9), Adam()], ids=repr)
def test_it_rewinds_and_repeats_the_same_steps(optimizer: Optimizer, device: str) -> None:
    network = (Dense(6), Tanh(), Dropout(0.3), Dense(2))
    graph, _eager = steppers(small(optimizer=optimizer, network=network), device)
    for lead in (0, 10):
        graph.advance(lead)
        place = graph.save()
        first = graph.advance(23)
        weights = {key: tensor.clone() for key, tensor in graph.model.state_dict().items()}
        graph.restore(place)
        assert graph.step == place.step
        again = graph.advance(23)
        np.testing.assert_allclose(again.losses, first.losses, rtol=1e-4)
        for key, tensor in graph.model.state_dict().items():
            torch.testing.assert_close(tensor, weights[key], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("device", DEVICES)
def test_recording_changes_no_weights(device: str) -> None:
    graph, eager = steppers(small(optimizer=Adam()), device)
    assert not graph.is_ready
    graph.get_ready()
    assert graph.is_ready
    assert graph.step == 0
    assert graph.name == "graph"
    assert_same(graph, eager, (graph.advance(STEPS), eager.advance(STEPS)))


@pytest.mark.parametrize("device", DEVICES)
def test_more_steps_than_the_log_holds_and_single_steps(
    device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnplay.engine.steppers.cuda_graph._ROOM", 7)
    graph, eager = steppers(small(optimizer=SGD()), device)
    assert_same(graph, eager, (graph.advance(30), eager.advance(30)))
    for _step in range(3):
        assert_same(graph, eager, (graph.advance(1), eager.advance(1)))


def test_what_cannot_be_recorded_is_named() -> None:
    assert unsupported(small(optimizer=SGD())) == ""
    assert unsupported(small(optimizer=Adagrad())) == "has Adagrad"
    assert unsupported(small(optimizer=Muon())) == "has Muon"
    changed = digits(optimizer=SGD(), augmentation=Augmentation(shift=0.1), data=Digits())
    assert "augmentation" in unsupported(changed)


@pytest.mark.gpu
@pytest.mark.skipif(not HAS_GPU, reason="torch finds no CUDA device")
def test_a_run_on_a_gpu_replays_recorded_steps() -> None:
    experiment = small(optimizer=Adam(), device="cuda", epochs=20)
    run = Run(experiment)
    (started,) = run.of(Started)
    assert started.stepper == "graph"
    eager = Run(replace(experiment, stepper="eager"))
    assert run.result.train.loss == pytest.approx(eager.result.train.loss, rel=1e-3)
