"""Every probe reads the network of a run, and changes nothing."""

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from math import prod
from typing import Any

import numpy as np
import pytest
import torch

from nnplay.catalog import (
    LSTM,
    MSE,
    SGD,
    Adam,
    BatchNorm,
    Circle,
    CrossEntropy,
    Dense,
    Digits,
    Discs,
    Dropout,
    Flatten,
    LabelCrossEntropy,
    Line,
    ReLU,
    Wave,
)
from nnplay.engine import RunRequest
from nnplay.engine.frames import FrameMaker
from nnplay.engine.prepare import prepare
from nnplay.engine.probes import probe as registry
from nnplay.engine.probes.probe import Probe, possible_probes, probe, probes
from nnplay.engine.setup import Setup
from nnplay.engine.training.clock import Clock
from nnplay.experiment import Experiment, Split
from nnplay.link import Link, Payload, Selection
from tests.engine.rig import Keeper

SPLIT = Split(0.2, 0.2, scaling="standardised")
HIDDEN = (Dense(8), BatchNorm(), ReLU(), Dropout(0.5))
EXPERIMENTS = {
    "curve": Experiment(Line(points=60), (*HIDDEN, Dense(1)), MSE(), SGD(0.01), split=SPLIT),
    "plane": Experiment(
        Circle(points=80), (*HIDDEN, Dense(2)), CrossEntropy(), Adam(0.01), split=SPLIT
    ),
    "labels": Experiment(
        Discs(points=80), (*HIDDEN, Dense(3)), LabelCrossEntropy(), Adam(0.01), split=SPLIT
    ),
    "images": Experiment(
        Digits(samples=100),
        (Flatten(), *HIDDEN, Dense(10)),
        CrossEntropy(),
        Adam(0.01),
        split=SPLIT,
    ),
    "series": Experiment(
        Wave(samples=60, steps=5), (LSTM(4), Dropout(0.5), Dense(1)), MSE(), SGD(0.01), split=SPLIT
    ),
}
CASES = [
    (kind, name)
    for kind in probes().values()
    for name, experiment in EXPERIMENTS.items()
    if kind.is_possible(experiment)
]


def state_of(setup: Setup) -> dict[str, Any]:
    """Return a copy of everything that training reads or writes, and of all random states."""
    model = setup.model
    return {
        "step": setup.stepper.step,
        "weights": {k: v.clone() for k, v in model.state_dict().items()},
        "gradients": [None if p.grad is None else p.grad.clone() for p in model.parameters()],
        "requires grad": [p.requires_grad for p in model.parameters()],
        "modes": [module.training for module in model.modules()],
        "hooks": [len(m._forward_hooks) + len(m._backward_hooks) for m in model.modules()],
        "grad mode": torch.is_grad_enabled(),
        "torch": torch.get_rng_state(),
        "numpy": np.random.get_state()[1].tolist(),
        "python": random.getstate(),
        "optimizer": copy.deepcopy(setup.stepper.save().optimizer),
    }


def assert_same(found: Any, expected: Any, where: str = "") -> None:
    """Compare nested values, with tensors and arrays by their numbers."""
    if isinstance(expected, torch.Tensor):
        assert torch.equal(found, expected), where
    elif isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(found, expected, where)
    elif isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key, value in expected.items():
            assert_same(found[key], value, f"{where}/{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for index, value in enumerate(expected):
            assert_same(found[index], value, f"{where}/{index}")
    else:
        assert found == expected, where


def test_every_probe_is_possible_for_some_experiment_here() -> None:
    assert {kind for kind, _name in CASES} == set(probes().values())


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_probe_leaves_the_training_as_it_was(kind: type[Probe[Payload]], name: str) -> None:
    setup = prepare(RunRequest(1, EXPERIMENTS[name], threads=1))
    setup.stepper.advance(2)
    for parameter in setup.model.parameters():
        parameter.grad = torch.full_like(parameter, 0.25)
    before = state_of(setup)
    one = kind(setup)
    one.select(Selection(typed=(0.5,) * prod(setup.spec.in_shape)))
    for _round in range(2):
        one.advance(60.0)
        assert type(one.take()) is kind.payload
    assert_same(state_of(setup), before)


@pytest.mark.parametrize("payload", probes(), ids=lambda payload: payload.__name__)
def test_payloads_are_frozen(payload: type[Payload]) -> None:
    assert is_dataclass(payload)
    assert payload.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert fields(payload)


@dataclass(frozen=True)
class Steps(Payload):
    """The step at which it was taken."""

    step: int


@dataclass(frozen=True)
class MoreSteps(Payload):
    """Another payload of the same content."""

    step: int


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add two expensive probes during a test."""
    monkeypatch.setattr(registry, "_registry", probes())

    class StepProbe(Probe[Steps]):
        """Reads the step."""

        def __init__(self, setup: Setup) -> None:
            self._setup = setup

        @staticmethod
        def is_possible(experiment: Experiment) -> bool:
            return experiment.batch_size == 32

        def take(self) -> Any:
            return self.payload(self._setup.stepper.step)

    class OtherProbe(StepProbe):
        """Reads the step for the other payload."""

    probe(Steps, cost="high")(StepProbe)
    probe(MoreSteps, cost="high")(OtherProbe)
    yield


def test_a_payload_comes_from_one_probe_only(toys: None) -> None:
    with pytest.raises(ValueError, match="Steps already comes from StepProbe"):
        probe(Steps)(type("Second", (Probe,), {}))


def test_a_probe_is_left_out_where_it_is_not_possible(toys: None) -> None:
    assert Steps in possible_probes(EXPERIMENTS["plane"])
    assert Steps not in possible_probes(
        Experiment(Circle(), (Dense(2),), CrossEntropy(), Adam(), batch_size=16)
    )


def test_expensive_probes_take_turns_and_a_forced_frame_has_all(toys: None) -> None:
    setup = prepare(RunRequest(1, EXPERIMENTS["plane"], threads=1))
    mailbox = Keeper()
    mailbox.demand, mailbox.selection = frozenset(probes()), Selection(typed=(0.5, 0.5))
    maker = FrameMaker(1, setup, Link(lambda event: None, mailbox), Clock())
    cheap = set(possible_probes(EXPERIMENTS["plane"])) - {Steps, MoreSteps}
    for _frame in range(4):
        maker.add_idle_time(60.0)  # or the share of the time would not allow the next one
        maker.make(0.1)
    taken = [set(frame.payloads) for frame in mailbox.frames]
    assert all(cheap <= kinds for kinds in taken)
    assert [kinds - cheap for kinds in taken] in (
        [{Steps}, {MoreSteps}] * 2,
        [{MoreSteps}, {Steps}] * 2,
    )
    maker.make(0.1, force=True)
    assert set(mailbox.frames[-1].payloads) == cheap | {Steps, MoreSteps}
