"""Schedules that change the rate in every step, compared with torch, in every stepper."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.optim import lr_scheduler as of_torch

from nnplay.catalog import (
    MSE,
    SGD,
    AdamW,
    Constant,
    Cosine,
    CosineRestarts,
    Dense,
    Exponential,
    InverseTime,
    Line,
    MultiStep,
    OneCycle,
    Polynomial,
    ReduceOnPlateau,
    Schedule,
    Step,
    kinds,
)
from nnplay.engine.training.lr_schedule import LearningRateSchedule
from nnplay.experiment import Experiment, Policy
from tests.engine.rig import (
    Run,
    assert_same_weights,
    batches_of,
    initial_weights,
    plain_loop,
    small,
)

PER_EPOCH, EPOCHS = 6, 4
STEPS = PER_EPOCH * EPOCHS
LR = 0.2
SCHEDULES: list[tuple[Schedule, Callable[[Any], Any]]] = [
    (
        Constant(warmup=2, by="step"),
        lambda o: of_torch.LinearLR(o, 1 / 13, total_iters=12),
    ),
    (Step(2, 0.5, by="step"), lambda o: of_torch.StepLR(o, 12, 0.5)),
    (MultiStep(1, 2, 9, 0.3, by="step"), lambda o: of_torch.MultiStepLR(o, [6, 12, 54], 0.3)),
    (Exponential(0.5, by="step"), lambda o: of_torch.ExponentialLR(o, 0.5 ** (1 / 6))),
    (InverseTime(0.6, by="step"), lambda o: of_torch.LambdaLR(o, lambda n: 10 / (10 + n))),
    (Polynomial(2.0, by="step"), lambda o: of_torch.PolynomialLR(o, STEPS, 2.0)),
    (Cosine(0.1, by="step"), lambda o: of_torch.CosineAnnealingLR(o, STEPS, 0.1 * LR)),
    (
        CosineRestarts(1, 2, 0.1, by="step"),
        lambda o: of_torch.CosineAnnealingWarmRestarts(o, 6, 2, 0.1 * LR),
    ),
    (
        OneCycle(by="step"),
        lambda o: of_torch.OneCycleLR(o, LR, STEPS, cycle_momentum=False),
    ),
    (
        OneCycle(0.4, 10.0, 100.0, by="step"),
        lambda o: of_torch.OneCycleLR(
            o, LR, epochs=EPOCHS, steps_per_epoch=PER_EPOCH, pct_start=0.4, div_factor=10.0,
            final_div_factor=100.0, cycle_momentum=False,
        ),
    ),
]  # fmt: skip


def tiny() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 2))


def one_line() -> nn.Sequential:
    return nn.Sequential(nn.Linear(1, 1))


def rates_of(run: Run) -> np.ndarray:
    return run.link.steps.column("lr")


def test_every_schedule_is_tested_here() -> None:
    keys = {type(schedule).key for schedule, _make in SCHEDULES}
    assert keys | {"ReduceOnPlateau"} == kinds("schedule").keys()


@pytest.mark.parametrize("stepper", ["eager", "auto"])
@pytest.mark.parametrize(("schedule", "make"), SCHEDULES, ids=lambda one: type(one).__name__)
def test_each_schedule_by_step_matches_torch(
    schedule: Schedule, make: Callable[[Any], Any], stepper: str
) -> None:
    # Decoupled weight decay depends on the rate too.
    optimizer = AdamW(LR, weight_decay=0.3)
    experiment = small(optimizer=optimizer, schedule=schedule, epochs=EPOCHS, stepper=stepper)
    run = Run(experiment)
    assert run.result.stepper == ("eager" if stepper == "eager" else "compiled")
    model = initial_weights(experiment, tiny)
    plain = torch.optim.AdamW(model.parameters(), LR, weight_decay=0.3)
    scheduler, rates = make(plain), list[float]()

    def before(step: int) -> None:
        if step:
            scheduler.step()
        rates.append(plain.param_groups[0]["lr"])

    loss = nn.functional.cross_entropy
    plain_loop(model, loss, plain, batches_of(experiment), range(STEPS), before)
    np.testing.assert_allclose(rates_of(run), rates, rtol=1e-9, atol=1e-15)
    assert_same_weights(run.result.weights, model, 1e-5 if stepper == "eager" else 1e-3)
    # Schedules that jump at the end of an epoch do so in both modes.
    if schedule.is_constant_within_epochs and not schedule.warmup:
        by_epoch = Run(replace(experiment, schedule=schedule.changed(by="epoch")))
        np.testing.assert_array_equal(rates_of(run), rates_of(by_epoch))
    else:
        assert len(set(rates)) > EPOCHS


@settings(max_examples=60)
@given(
    schedule=st.sampled_from([schedule for schedule, _make in SCHEDULES] + [Cosine(warmup=2)]),
    by=st.sampled_from(["epoch", "step"]),
    per_epoch=st.integers(1, 9),
    first=st.integers(0, 30),
    cuts=st.lists(st.integers(1, 12), min_size=1, max_size=5),
)
def test_factors_do_not_depend_on_how_steps_are_grouped(
    schedule: Schedule, by: str, per_epoch: int, first: int, cuts: list[int]
) -> None:
    experiment = small(optimizer=SGD(LR), schedule=schedule.changed(by=by), epochs=90)
    lr_schedule = LearningRateSchedule(experiment, per_epoch)
    whole = lr_schedule.factors(first, sum(cuts))
    starts = first + np.cumsum([0, *cuts])
    parts = [lr_schedule.factors(int(start), cut) for start, cut in zip(starts, cuts, strict=False)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    singly = [lr_schedule.factor(step) for step in range(first, first + sum(cuts))]
    np.testing.assert_array_equal(singly, whole)
    if by == "epoch":
        epochs = [
            schedule.factor(step // per_epoch, 90) for step in range(first, first + len(whole))
        ]
        np.testing.assert_array_equal(epochs, whole)


def test_a_live_rate_is_multiplied_by_the_factors_of_the_steps_still_to_come() -> None:
    experiment = small(optimizer=SGD(LR), schedule=Polynomial(by="step"))

    def edit(link: Any) -> None:
        link.control.edit("optimizer.lr", 0.1)
        link.control.run()

    for stepper in ("eager", "auto"):
        run = Run(
            replace(experiment, stepper=stepper), edit, first=lambda link: link.control.step(9)
        )
        left = 1 - np.arange(STEPS) / STEPS
        np.testing.assert_allclose(rates_of(run), np.where(np.arange(STEPS) < 9, LR, 0.1) * left)


@pytest.mark.parametrize("stepper", ["eager", "auto"])
def test_repeated_steps_after_a_divergence_have_their_original_rates(stepper: str) -> None:
    """The rate climbs until it is far too large; what is kept is what a plain loop has there."""
    experiment = Experiment(
        Line(points=60), (Dense(1),), MSE(), SGD(20.0), Constant(warmup=100, by="step"),
        batch_size=10, epochs=100, stepper=stepper,
    )  # fmt: skip
    run = Run(experiment)
    assert run.divergences
    kept = run.result.steps
    model = initial_weights(experiment, one_line)
    optimizer = torch.optim.SGD(model.parameters(), 1.0)

    def before(step: int) -> None:
        optimizer.param_groups[0]["lr"] = 20.0 * (step + 1) / 601

    batches = batches_of(experiment)
    plain_loop(model, nn.functional.mse_loss, optimizer, batches, range(kept), before)
    assert all(bool(torch.isfinite(p).all()) for p in model.parameters())
    assert_same_weights(run.result.weights, model, 1e-3)
    np.testing.assert_allclose(rates_of(run), 20.0 * np.arange(1, len(rates_of(run)) + 1) / 601)


def test_a_warm_up_by_step_leads_to_a_plateau_that_goes_by_the_epoch() -> None:
    experiment = small(
        optimizer=SGD(3.0), epochs=20, policy=Policy(watch="validation loss"),
        schedule=ReduceOnPlateau(0.5, 0, warmup=2, by="step"),
    )  # fmt: skip
    rates = rates_of(Run(experiment))
    climb = np.minimum(1, np.arange(1, 121) / 13)
    by_epoch = rates_of(Run(replace(experiment, schedule=experiment.schedule.changed(by="epoch"))))
    assert rates[:12] == pytest.approx(3.0 * climb[:12])
    assert by_epoch[:12] == pytest.approx(np.repeat([1.0, 2.0], 6))
    # Every drop is a half, at the end of an epoch.
    falls = np.flatnonzero(np.diff(rates[12:]))
    assert len(falls) and all((fall + 1) % PER_EPOCH == 0 for fall in falls)
    assert {math.log2(3.0 / rate) % 1 for rate in rates[12:]} == {0.0}


def test_a_run_of_two_epochs_has_its_whole_cycle() -> None:
    experiment: Experiment = small(optimizer=SGD(1.0), schedule=OneCycle(by="step"), epochs=2)
    rates = rates_of(Run(experiment))
    assert rates[0] == pytest.approx(1 / 25)
    assert rates.max() > 0.9
    assert rates[-1] == pytest.approx(1 / 25 / 1e4)
    assert len(set(rates)) == 12
