"""A learning rate that is far too high: the step is found, reported, and can be recovered from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnplay.catalog import (
    MAE,
    MSE,
    SGD,
    Adam,
    CrossEntropy,
    Dense,
    Dropout,
    Exponential,
    Flatten,
    Line,
    ReLU,
    Tanh,
)
from nnplay.engine.model.finite import are_finite, float_tensors
from nnplay.experiment import Experiment, Split
from tests.engine.rig import Run, assert_same_weights, batches_of, initial_weights, small


@dataclass(frozen=True)
class Case:
    """An experiment that diverges, as a plain loop has it."""

    experiment: Experiment
    network: Callable[[], nn.Sequential]
    loss: Callable[..., torch.Tensor]
    optimizer: Callable[[Any], torch.optim.Optimizer]


CASES = {
    "regression": Case(
        Experiment(
            Line(points=64), (Dense(1),), MSE(), SGD(1e9), split=Split(0.1), batch_size=8, epochs=4
        ),
        lambda: nn.Sequential(nn.Linear(1, 1)),
        nn.functional.mse_loss,
        lambda p: torch.optim.SGD(p, 1e9),
    ),
    "a row per epoch": Case(
        Experiment(
            Line(points=64), (Dense(1),), MSE(), SGD(1e9), split=Split(0.1), batch_size=None,
            epochs=30, schedule=Exponential(gamma=0.99),
        ),
        lambda: nn.Sequential(nn.Linear(1, 1)),
        nn.functional.mse_loss,
        lambda p: torch.optim.SGD(p, 1e9),
    ),
    "classes": Case(
        small(optimizer=SGD(1e9, momentum=0.9), network=(Dense(6), ReLU(), Dense(6), Dense(2))),
        lambda: nn.Sequential(nn.Linear(2, 6), nn.ReLU(), nn.Linear(6, 6), nn.Linear(6, 2)),
        nn.functional.cross_entropy,
        lambda p: torch.optim.SGD(p, 1e9, momentum=0.9),
    ),
    # The weights overflow by their decay while tanh keeps every output within -1 to 1.
    "finite losses": Case(
        Experiment(
            Line(points=64), (Dense(1), Tanh()), MAE(), SGD(1e12, weight_decay=10.0),
            batch_size=None, epochs=40,
        ),
        lambda: nn.Sequential(nn.Linear(1, 1), nn.Tanh()),
        nn.functional.l1_loss,
        lambda p: torch.optim.SGD(p, 1e12, weight_decay=10.0),
    ),
    "finite losses, many steps at a time": Case(
        Experiment(
            Line(points=64), (Dense(1), Tanh()), MAE(), SGD(1e12, weight_decay=10.0),
            batch_size=1, epochs=2,
        ),
        lambda: nn.Sequential(nn.Linear(1, 1), nn.Tanh()),
        nn.functional.l1_loss,
        lambda p: torch.optim.SGD(p, 1e12, weight_decay=10.0),
    ),
    # A thousand good steps first, so that it must rewind through a long chunk.
    "late": Case(
        Experiment(
            Line(points=64), (Dense(4), ReLU(), Dense(1)), MSE(), Adam(0.01), batch_size=4,
            epochs=100,
        ),
        lambda: nn.Sequential(nn.Linear(1, 4), nn.ReLU(), nn.Linear(4, 1)),
        nn.functional.mse_loss,
        lambda p: torch.optim.Adam(p, 0.01),
    ),
}  # fmt: skip


def plain(
    case: Case, rate: Callable[[int], float | None] = lambda step: None
) -> tuple[int, int, nn.Sequential, bool]:
    """Step until a number is not finite; return that step from 1, the step and the network to go
    back to, and whether its loss was finite.

    The run goes back to the last weights whose loss is at most 10 times the first one; once a loss
    was higher, only after a whole epoch without another.
    """
    model = initial_weights(case.experiment, case.network)
    optimizer = case.optimizer(model.parameters())
    batches = batches_of(case.experiment)
    schedule, epochs = case.experiment.schedule, case.experiment.epochs
    base = optimizer.param_groups[0]["lr"]
    states: list[dict[str, torch.Tensor]] = []
    losses: list[float] = []
    for step in range(10_000):
        states.append({name: tensor.clone() for name, tensor in model.state_dict().items()})
        base = rate(step) or base
        optimizer.param_groups[0]["lr"] = base * schedule.factor(step // batches.per_epoch, epochs)
        x, y = batches.get(step)
        loss = case.loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        finite = bool(torch.isfinite(loss))
        if not finite or not all(bool(torch.isfinite(p).all()) for p in model.parameters()):
            back = last_good(losses, batches.per_epoch)
            model.load_state_dict(states[back])
            return step + 1, back, model, finite
    raise AssertionError("it does not diverge")


def last_good(losses: list[float], per_epoch: int) -> int:
    """Return the step, counted from 0, of the last weights that were good."""
    high = [not one <= 10 * losses[0] for one in losses]
    for step in reversed(range(len(losses))):
        since = next((at for at in reversed(range(step)) if high[at]), None)
        if not high[step] and (since is None or step - 1 - since >= per_epoch):
            return step
    return 0


@pytest.mark.parametrize("name", CASES)
def test_the_run_pauses_before_the_step_that_diverges_and_goes_on_when_fixed(name: str) -> None:
    case = CASES[name]
    late = name == "late"
    rate = {1000: 1e12} if late else {}
    step, back, model, loss_is_finite = plain(case, rate.get)
    assert loss_is_finite == name.startswith("finite")
    seen: list[np.ndarray] = []

    def blow_up(link: Any) -> None:
        link.control.edit("optimizer.lr", 1e12)
        link.control.run()

    def fix_all(link: Any) -> None:
        seen.append(link.steps.read().copy())
        link.control.edit("optimizer.lr", 1e-12)
        if any(p.name == "weight_decay" for p in case.experiment.optimizer.params()):
            link.control.edit("optimizer.weight_decay", 0.0)
        link.control.run()

    def look(link: Any) -> None:
        seen.append(link.steps.read().copy())
        link.control.stop()

    first = (lambda link: link.control.step(1000)) if late else None
    commands = [blow_up] if late else []
    stopped = Run(case.experiment, *commands, look, first=first)
    (paused,) = stopped.divergences
    assert paused.step == back
    assert f"diverged in step {step:,} " in paused.divergence
    assert "learning rate" in paused.divergence
    assert len(seen[-1]) == step - 1, "a row for every step that was good, and no other"
    result = stopped.result
    assert (result.steps, result.stopped) == (back, True)
    assert all(np.isfinite(array).all() for array in result.weights.values())
    assert result.train.loss is not None
    assert np.isfinite(result.train.loss)
    # Adam's quotients amplify rounding for gradients near 0.
    rough = late or name.endswith("at a time")
    assert_same_weights(result.weights, model, 1e-3 if rough else 1e-5)

    fixed = Run(case.experiment, *commands, fix_all, first=first)
    assert len(fixed.divergences) == 1
    result = fixed.result
    steps = batches_of(case.experiment).per_epoch * case.experiment.epochs
    assert (result.steps, result.stopped) == (steps, False)
    assert all(np.isfinite(array).all() for array in result.weights.values())
    rows = fixed.link.steps.read()
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, steps + 1))
    assert np.isfinite(rows[:, 2]).all()
    # The rows of the divergence are gone, and those before it are as they were.
    np.testing.assert_array_equal(rows[:back], seen[-1][:back])
    if back + 1 < step - 1:
        assert not np.array_equal(rows[back + 1 : step - 1, 2], seen[-1][back + 1 :, 2])
    epochs = fixed.link.epochs.read()
    np.testing.assert_array_equal(epochs[:, 0], np.arange(1, case.experiment.epochs + 1))
    assert np.isfinite(epochs[:, 2]).all()
    sizes = batches_of(case.experiment).sizes(0, steps).reshape(case.experiment.epochs, -1)
    means = (rows[:, 2].reshape(sizes.shape) * sizes).sum(1) / sizes.sum(1)
    np.testing.assert_allclose(epochs[:, 2], means, rtol=1e-9)
    kinds = fixed.kinds
    assert kinds.count("Paused") == kinds.count("Resumed") == (2 if late else 1)
    assert kinds[-1] == "Finished"


def test_it_pauses_again_if_nothing_is_fixed() -> None:
    experiment = CASES["regression"].experiment
    run = Run(
        experiment,
        lambda link: link.control.run(),
        lambda link: link.control.run(),
        lambda link: link.control.stop(),
    )
    assert len(run.divergences) == 3
    assert set(run.divergences) == {run.divergences[0]}
    assert run.divergences[0].step == run.result.steps
    step, back, _model, _finite = plain(CASES["regression"])
    assert run.result.steps == back
    assert len(run.link.steps) == step - 1, "the curves show what happened"


DEEP = Case(
    Experiment(
        Line(points=8),
        (Dense(3), Dense(3), Dense(3), Dense(1)),
        MSE(),
        SGD(1e3),
        batch_size=None,
        epochs=9,
    ),
    lambda: nn.Sequential(nn.Linear(1, 3), nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 1)),
    nn.functional.mse_loss,
    lambda p: torch.optim.SGD(p, 1e3),
)


def test_the_first_layer_that_overflows_is_named() -> None:
    # The network before the diverging step of a plain loop, evaluated layer by layer.
    model = initial_weights(DEEP.experiment, DEEP.network)
    optimizer = DEEP.optimizer(model.parameters())
    x, y = batches_of(DEEP.experiment).get(0)
    finite = [True]
    while all(finite):
        outputs = [x]
        for module in model:
            outputs.append(module(outputs[-1]))
        finite = [bool(torch.isfinite(one).all()) for one in outputs[1:]]
        optimizer.zero_grad()
        DEEP.loss(outputs[-1], y).backward()
        optimizer.step()
    layer = finite.index(False)
    assert layer > 0
    (paused,) = Run(DEEP.experiment, lambda link: link.control.stop()).divergences
    assert f"(layer {layer + 1}, Dense, overflowed first)" in paused.divergence


def test_a_loss_that_overflows_is_named_with_the_layer_before_it() -> None:
    (paused,) = Run(CASES["regression"].experiment, lambda link: link.control.stop()).divergences
    assert "(the loss overflowed first, after layer 1, Dense)" in paused.divergence


def test_a_layer_whose_weights_overflow_is_named() -> None:
    experiment = replace(CASES["finite losses"].experiment, network=(Flatten(), Dense(1), Tanh()))
    (paused,) = Run(experiment, lambda link: link.control.stop()).divergences
    assert "(layer 2, Dense, overflowed first)" in paused.divergence


def test_a_validation_that_overflows_writes_no_row() -> None:
    # One epoch whose last step diverges, so that only the validation shows it.
    case = CASES["a row per epoch"]
    step, back, model, _finite = plain(case)
    experiment = replace(case.experiment, epochs=step - 1)
    run = Run(experiment, lambda link: link.control.stop())
    (paused,) = run.divergences
    assert (paused.step, run.result.steps) == (back, back)
    assert_same_weights(run.result.weights, model)
    assert len(run.link.epochs) == step - 2
    assert np.isfinite(run.link.epochs.column("val_loss")).all()


@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_a_last_step_that_goes_too_far_is_reported(stepper: str) -> None:
    # Without validation only the final evaluation can tell.
    case = CASES["a row per epoch"]
    case = replace(case, experiment=replace(case.experiment, split=Split()))
    step, back, model, _finite = plain(case)
    run = Run(replace(case.experiment, epochs=step - 1, stepper=stepper))
    assert not run.divergences
    result = run.result
    assert f"diverged in step {step - 1} " in result.divergence
    assert "initial weights" in result.divergence
    assert (result.steps, back) == (0, 0)
    assert result.train.loss is not None
    assert np.isfinite(result.train.loss)
    assert_same_weights(result.weights, model)
    fine = Run(replace(case.experiment, epochs=3, optimizer=SGD(0.01), stepper=stepper)).result
    assert not fine.divergence


@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_an_epoch_taken_back_for_its_validation_gets_its_row_later(stepper: str) -> None:
    case = CASES["a row per epoch"]
    step, _back, _model, _finite = plain(case)
    experiment = replace(case.experiment, epochs=step + 2, stepper=stepper)

    def calm(link: Any) -> None:
        link.control.edit("optimizer.lr", 1e-30)
        link.control.run()

    run = Run(experiment, calm)
    assert len(run.divergences) == 1
    epochs = run.link.epochs
    np.testing.assert_array_equal(epochs.column("epoch"), np.arange(1, step + 3))
    assert np.isfinite(epochs.column("val_loss")).all()


def test_dropout_uses_the_same_masks_after_rewinding() -> None:
    experiment = small(
        optimizer=SGD(0.1), network=(Dense(6), Dropout(0.5), Dense(6), Dense(2)), batch_size=4
    )

    def blow_up(link: Any) -> None:
        link.control.edit("optimizer.lr", 1e12)
        link.control.run()

    def calm(link: Any) -> None:
        link.control.edit("optimizer.lr", 1e-30)
        link.control.run()

    first = Run(experiment, blow_up, calm, first=lambda link: link.control.step(10))
    (paused,) = first.divergences
    assert paused.step == 10
    # The same without divergence: the rate falls before the step that would diverge.
    second = Run(experiment, calm, first=lambda link: link.control.step(10))
    assert not second.divergences
    assert second.result.weights_sha256 == first.result.weights_sha256


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("place", ["weight", "bias", "running_mean"])
def test_a_single_infinite_number_is_found(bad: float, place: str) -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    assert are_finite(float_tensors(model))
    tensor = getattr(model[1], place)
    with torch.no_grad():
        tensor[2] = bad
    assert not are_finite(float_tensors(model))


def test_large_numbers_do_not_count_as_infinite() -> None:
    model = nn.Sequential(nn.Linear(3, 4))
    with torch.no_grad():
        model[0].weight.fill_(3e38)
    assert are_finite(float_tensors(model))
    assert are_finite(float_tensors(nn.ReLU()))


def test_the_classifier_that_diverges_keeps_its_predictions() -> None:
    case = CASES["classes"]
    assert isinstance(case.experiment.loss, CrossEntropy)
    run = Run(replace(case.experiment, seed=3), lambda link: link.control.stop())
    predictions = run.result.class_predictions
    assert predictions is not None
    assert int(predictions.confusion.sum()) == len(predictions.target)


def test_slow_growth_goes_back_to_before_the_loss_was_ten_times_the_first() -> None:
    case = Case(
        Experiment(
            Line(points=64, noise=0.0), (Dense(1),), MSE(), SGD(0.34), batch_size=None, epochs=3000
        ),
        lambda: nn.Sequential(nn.Linear(1, 1)),
        nn.functional.mse_loss,
        lambda p: torch.optim.SGD(p, 0.34),
    )
    step, back, model, _finite = plain(case)
    assert 10 < back < step - 100
    run = Run(case.experiment, lambda link: link.control.stop())
    (paused,) = run.divergences
    assert paused.step == run.result.steps == back
    assert f"weights of step {back} have been restored" in paused.divergence
    assert_same_weights(run.result.weights, model, 1e-4)
