"""Predictions of typed samples, in frames and by a finished network."""

import numpy as np
import pytest
import torch

from nnplay.catalog import (
    MSE,
    Adam,
    BinaryCrossEntropy,
    CrossEntropy,
    Dense,
    Diabetes,
    Digits,
    Flatten,
    Line,
    Spiral,
)
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.typed import TypedPrediction, TypedProbe, typed_prediction
from nnplay.engine.trained_network import TrainedNetwork
from nnplay.experiment import Experiment, Split
from nnplay.link import Selection, Trained

SCALED = Split(scaling="standardised")


def setup_of(experiment: Experiment):
    return prepare(RunRequest(1, experiment, threads=1))


def asked(probe: TypedProbe, typed: tuple[float, ...] | None) -> TypedPrediction | None:
    probe.select(Selection(typed=typed))
    return probe.take()


def test_a_number_is_in_the_units_of_the_data() -> None:
    setup = setup_of(Experiment(Diabetes(), (Dense(1),), MSE(), Adam(), split=SCALED, epochs=1))
    raw = tuple(float(one) for one in range(1, 11))
    found = asked(TypedProbe(setup), raw)
    scaling, targets = setup.parts.scaling, setup.parts.target_scaling
    assert scaling is not None and targets is not None
    x = (np.array(raw) - scaling.shift) / scaling.size
    weight, bias = (one.detach().numpy() for one in setup.model.parameters())
    expected = (x @ weight[0] + bias[0]) * targets.std[0] + targets.mean[0]
    assert found.values == pytest.approx([expected], rel=1e-5)
    assert found.probabilities is None
    assert found.inputs == raw


def test_classes_have_probabilities() -> None:
    setup = setup_of(Experiment(Spiral(), (Dense(1),), BinaryCrossEntropy(), Adam(), epochs=1))
    found = asked(TypedProbe(setup), (0.5, -2.0))
    weight, bias = (one.detach().numpy() for one in setup.model.parameters())
    second = 1 / (1 + np.exp(-(weight[0] @ [0.5, -2.0] + bias[0])))
    np.testing.assert_allclose(found.probabilities, [1 - second, second], rtol=1e-5)
    assert found.values is None


def test_nothing_typed_or_for_other_data_gives_nothing() -> None:
    probe = TypedProbe(setup_of(Experiment(Line(), (Dense(1),), MSE(), Adam(), epochs=1)))
    assert asked(probe, None) is None
    assert asked(probe, (1.0, 2.0)) is None


def test_the_training_is_left_alone() -> None:
    network = (Flatten(), Dense(10))
    setup = setup_of(Experiment(Digits(), network, CrossEntropy(), Adam(), epochs=1))
    before, state = [one.clone() for one in setup.model.parameters()], torch.get_rng_state()
    asked(TypedProbe(setup), (0.5,) * 64)
    assert all(torch.equal(a, b) for a, b in zip(before, setup.model.parameters(), strict=True))
    assert torch.equal(state, torch.get_rng_state())
    assert all(module.training for module in setup.model.modules())


def test_a_finished_network_predicts_the_same() -> None:
    setup = setup_of(Experiment(Diabetes(), (Dense(1),), MSE(), Adam(), split=SCALED, epochs=1))
    weights = {name: one.numpy() for name, one in setup.model.state_dict().items()}
    trained = Trained(setup.experiment, weights, setup.scaling, setup.parts.columns)
    raw = tuple(float(one) for one in range(1, 11))
    network = TrainedNetwork(trained)
    later = typed_prediction(raw, network.spec, network.predict)
    assert asked(TypedProbe(setup), raw).values == pytest.approx(later.values, rel=1e-5)
    assert typed_prediction((1.0,), network.spec, network.predict) is None
