"""Live predictions: of one set of weights, of a stated fixed subset, and of all in a pause."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix

import nnplay.engine.evaluation.running_predictions as module
from nnplay.catalog import Adam
from nnplay.engine import RunRequest
from nnplay.engine.evaluation.evaluate import evaluate
from nnplay.engine.evaluation.running_predictions import RunningPredictions
from nnplay.engine.prepare import prepare
from nnplay.engine.setup import Setup
from nnplay.link import ClassPredictions
from tests.engine.rig import digits

LONG = 3600.0


@pytest.fixture
def setup() -> Setup:
    return prepare(RunRequest(1, digits(optimizer=Adam(0.01), epochs=9), threads=1))


def running_of(setup: Setup) -> RunningPredictions:
    assert setup.running_predictions is not None
    return setup.running_predictions


def payload_of(running: RunningPredictions) -> ClassPredictions:
    assert isinstance(running.payload, ClassPredictions)
    return running.payload


def predicted_now(setup: Setup) -> np.ndarray:
    """Return the probabilities of all test samples by the weights of the moment."""
    model = deepcopy(setup.model).eval()
    with torch.no_grad():
        return model(torch.tensor(setup.parts.test.x)).softmax(1).numpy()


def known(payload: ClassPredictions) -> np.ndarray:
    return np.flatnonzero(np.isfinite(payload.probabilities[:, 0]))


def test_nothing_is_shown_before_the_first_round_is_complete(setup: Setup) -> None:
    running = running_of(setup)
    assert running.payload is None
    pieces = 0
    while not running.refresh(setup.model, 0, 0.0):
        assert running.payload is None
        pieces += 1
    assert pieces > 1
    running.refresh(setup.model, 0, LONG)
    payload = payload_of(running)
    assert (payload.count, payload.step) == (len(setup.parts.test), 0)
    np.testing.assert_allclose(payload.probabilities, predicted_now(setup), atol=1e-6)
    labels = payload.probabilities.argmax(1)
    expected = confusion_matrix(setup.parts.test.y, labels, labels=range(10))
    np.testing.assert_array_equal(payload.confusion, expected)
    assert not running.refresh(setup.model, 0, LONG), "there is nothing left to predict"


def test_all_figures_come_from_one_set_of_weights_and_one_subset(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A network so slow that a round is about the smallest subset.
    monkeypatch.setattr(module, "ROUND_SECONDS", 0.0)
    running = running_of(setup)
    at_step, seen = {0: predicted_now(setup)}, dict[int, ClassPredictions]()
    for step in range(1, 1000):
        if running.refresh(setup.model, step - 1, 0.0):
            payload = payload_of(running)
            seen[payload.step] = payload
        if len(seen) == 5:
            break
        setup.stepper.advance(1)
        at_step[step] = predicted_now(setup)
    assert len(seen) == 5
    subset = known(next(iter(seen.values())))
    assert len(subset) == module.SUBSETS[0]
    assert not np.array_equal(subset, np.arange(len(subset))), "a random subset"
    for step, payload in seen.items():
        np.testing.assert_array_equal(known(payload), subset)
        assert payload.count == len(subset)
        np.testing.assert_allclose(payload.probabilities[subset], at_step[step][subset], atol=1e-6)
        labels = at_step[step][subset].argmax(1)
        expected = confusion_matrix(setup.parts.test.y[subset], labels, labels=range(10))
        np.testing.assert_array_equal(payload.confusion, expected)


def test_in_a_pause_the_subset_grows_to_all_samples(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROUND_SECONDS", 0.0)
    running = running_of(setup)
    while not running.refresh(setup.model, 0, 0.0):
        pass
    assert payload_of(running).count == module.SUBSETS[0]
    setup.stepper.advance(5)
    sizes = set()
    for _piece in range(10_000):
        running.refresh(setup.model, 5, 0.0)
        if payload_of(running).step == 5:
            sizes.add(payload_of(running).count)
    assert sizes == {module.SUBSETS[0], len(setup.parts.test)}
    np.testing.assert_allclose(payload_of(running).probabilities, predicted_now(setup), atol=1e-6)


def test_the_final_evaluation_replaces_all(setup: Setup) -> None:
    running = running_of(setup)
    running.refresh(setup.model, 0, 0.0)
    setup.stepper.advance(5)
    samples = setup.tensors["test"]
    logits = evaluate(setup.model, setup.loss_function, samples, setup.target_form, lambda: None)[1]
    running.set_all(logits, 5)
    assert (payload_of(running).count, payload_of(running).step) == (len(samples), 5)
    np.testing.assert_allclose(payload_of(running).probabilities, predicted_now(setup), atol=1e-6)


def test_a_step_that_comes_again_with_other_weights_is_predicted_again(setup: Setup) -> None:
    running = running_of(setup)
    setup.stepper.advance(5)
    running.refresh(setup.model, 5, LONG)
    with torch.no_grad():
        for parameter in setup.model.parameters():
            parameter.mul_(0.5)
    running.forget_weights()
    assert running.refresh(setup.model, 5, LONG)
    running.refresh(setup.model, 5, LONG)
    np.testing.assert_allclose(payload_of(running).probabilities, predicted_now(setup), atol=1e-6)


def test_the_training_is_left_alone(setup: Setup) -> None:
    before = {name: one.clone() for name, one in setup.model.state_dict().items()}
    random = torch.get_rng_state()
    modes = [one.training for one in setup.model.modules()]
    running_of(setup).refresh(setup.model, 0, LONG)
    assert torch.equal(torch.get_rng_state(), random)
    assert [one.training for one in setup.model.modules()] == modes
    for name, one in setup.model.state_dict().items():
        assert torch.equal(one, before[name])
    assert all(one.grad is None for one in setup.model.parameters())
