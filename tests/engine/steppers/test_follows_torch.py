"""Every loss and every schedule over 50 steps, against torch's own or a reference of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as fn
from torch.optim import lr_scheduler as of_torch

from nnplay.catalog import (
    MAE,
    MSE,
    SGD,
    BinaryCrossEntropy,
    BinaryHinge,
    Constant,
    Cosine,
    CosineRestarts,
    CrossEntropy,
    Dense,
    Discs,
    Exponential,
    Huber,
    InverseTime,
    KLDivergence,
    LabelCrossEntropy,
    Line,
    Loss,
    MultiHinge,
    MultiStep,
    OneCycle,
    PlateauState,
    Poisson,
    Polynomial,
    ReduceOnPlateau,
    Schedule,
    Step,
    Tanh,
    kinds,
)
from nnplay.engine.model.build import resolve
from nnplay.experiment import Experiment, Policy
from tests.engine.rig import (
    Run,
    assert_same_weights,
    batches_of,
    initial_weights,
    plain_loop,
    small,
)

HEAVY = torch.tensor([1.0, 3.0])


def kl_divergence(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    smoothed = torch.full_like(logits, 0.1).scatter(1, target[:, None], 0.8 + 0.1)
    return fn.kl_div(logits.log_softmax(1), smoothed, reduction="batchmean")


LOSSES: list[tuple[Loss, Callable[..., torch.Tensor]]] = [
    (MSE(), fn.mse_loss),
    (MAE(), fn.l1_loss),
    (Huber(0.3), lambda a, b: fn.huber_loss(a, b, delta=0.3)),
    (Poisson(full=True), lambda a, b: fn.poisson_nll_loss(a, b, full=True)),
    (CrossEntropy(0.2), lambda a, b: fn.cross_entropy(a, b, label_smoothing=0.2)),
    (
        CrossEntropy(class_weights="typed", typed_weights="1, 3"),
        lambda a, b: fn.cross_entropy(a, b, weight=HEAVY),
    ),
    (KLDivergence(0.2), kl_divergence),
    (MultiHinge(0.5, 2), lambda a, b: fn.multi_margin_loss(a, b, p=2, margin=0.5)),
    (BinaryCrossEntropy(), fn.binary_cross_entropy_with_logits),
    (
        BinaryCrossEntropy(positive_weight=3.0),
        lambda a, b: fn.binary_cross_entropy_with_logits(a, b, pos_weight=HEAVY[1:]),
    ),
    (LabelCrossEntropy(), fn.binary_cross_entropy_with_logits),
    (BinaryHinge(0.7), lambda a, b: fn.relu(0.7 - torch.where(b > 0, a, -a)).mean()),
    (
        BinaryHinge(0.7, squared=True),
        lambda a, b: fn.relu(0.7 - torch.where(b > 0, a, -a)).square().mean(),
    ),
]


def test_every_loss_is_tested_here() -> None:
    assert {type(loss).key for loss, _plain in LOSSES} == kinds("loss").keys()


@pytest.mark.parametrize(("loss", "plain"), LOSSES, ids=lambda one: type(one).__name__)
def test_each_loss_matches_torch_over_50_steps(
    loss: Loss, plain: Callable[..., torch.Tensor]
) -> None:
    inputs, outputs = (1, 1) if loss.target_form == "values" else (2, 2)
    outputs = 1 if loss.target_form == "binary" else outputs
    network = (Dense(6), Tanh(), Dense(outputs))
    experiment = small(optimizer=SGD(0.03), loss=loss, network=network, epochs=9)
    if loss.target_form == "values":
        experiment = Experiment(
            Line(points=80, offset=4.0), network, loss, SGD(0.03), batch_size=14, epochs=9
        )
    if loss.target_form == "labels":
        experiment = replace(experiment, data=Discs(points=100, discs=2))
    # The compiled stepper rounds slightly differently; torch's own path is compared.
    run = Run(replace(experiment, stepper="eager"))
    model = initial_weights(
        experiment, lambda: nn.Sequential(nn.Linear(inputs, 6), nn.Tanh(), nn.Linear(6, outputs))
    )
    optimizer = torch.optim.SGD(model.parameters(), 0.03, fused=True)
    losses = plain_loop(model, plain, optimizer, batches_of(experiment), range(54))
    # Torch's own operations are equal to the last bit; nnplay's own round similarly.
    tolerance = 0.0 if type(loss).target.startswith("torch.") else 1e-6
    assert_same_weights(run.result.weights, model, tolerance)
    written = run.link.steps.column("loss")
    np.testing.assert_allclose(written, losses, rtol=tolerance, atol=tolerance)


LR = 0.2
SCHEDULES: list[tuple[Schedule, Callable[[Any], Any]]] = [
    (Constant(), lambda o: of_torch.ConstantLR(o, 1.0)),
    (Step(7, 0.5), lambda o: of_torch.StepLR(o, 7, 0.5)),
    (MultiStep(5, 20, 35, 0.3), lambda o: of_torch.MultiStepLR(o, [5, 20, 35], 0.3)),
    (Exponential(0.93), lambda o: of_torch.ExponentialLR(o, 0.93)),
    (InverseTime(0.25), lambda o: of_torch.LambdaLR(o, lambda n: 4 / (4 + n))),
    (Polynomial(2.0), lambda o: of_torch.PolynomialLR(o, 50, 2.0)),
    (Cosine(0.1), lambda o: of_torch.CosineAnnealingLR(o, 50, 0.1 * LR)),
    (
        CosineRestarts(5, 2, 0.1),
        lambda o: of_torch.CosineAnnealingWarmRestarts(o, 5, 2, 0.1 * LR),
    ),
    (
        OneCycle(0.4, 10.0, 100.0),
        lambda o: of_torch.OneCycleLR(
            o, LR, 50, pct_start=0.4, div_factor=10.0, final_div_factor=100.0, cycle_momentum=False
        ),
    ),
]


def test_every_schedule_is_tested_here() -> None:
    keys = {type(schedule).key for schedule, _make in SCHEDULES}
    assert keys | {"ReduceOnPlateau"} == kinds("schedule").keys()


@pytest.mark.parametrize(("schedule", "make"), SCHEDULES, ids=lambda one: type(one).__name__)
def test_each_schedule_matches_the_rates_of_torch(
    schedule: Schedule, make: Callable[[Any], Any]
) -> None:
    run = Run(small(optimizer=SGD(LR), schedule=schedule, epochs=50, batch_size=None))
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], LR)
    scheduler = make(optimizer)
    rates = []
    for _epoch in range(50):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose(run.link.steps.column("lr"), rates, rtol=1e-12, atol=1e-16)


def rates_of_torch(schedule: ReduceOnPlateau, metrics: list[float], higher: bool) -> list[float]:
    """Return the rate of each epoch, of which torch sees the metrics after the warm-up."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], LR)
    scheduler = of_torch.ReduceLROnPlateau(
        optimizer,
        "max" if higher else "min",
        schedule.drop,
        schedule.patience,
        schedule.threshold,
        "rel" if schedule.measure == "relative" else "abs",
        schedule.cooldown,
        schedule.lowest * LR,
        eps=0.0,
    )
    rates = []
    for epoch, metric in enumerate(metrics):
        climb = min(1.0, (epoch + 1) / (schedule.warmup + 1))
        rates.append(optimizer.param_groups[0]["lr"] * climb)
        if epoch >= schedule.warmup:
            scheduler.step(metric)
    return rates


PLATEAUS = [
    (ReduceOnPlateau(0.5, patience=0), "validation loss"),
    (ReduceOnPlateau(0.5, patience=2, cooldown=3, lowest=0.1), "validation loss"),
    (ReduceOnPlateau(0.3, 1, 0.01, "absolute", warmup=4), "validation accuracy"),
    (ReduceOnPlateau(0.3, 2, 0.05, "relative"), "validation F1"),
]


@pytest.mark.parametrize(("schedule", "watch"), PLATEAUS, ids=lambda one: str(one)[:15])
def test_a_run_reduces_on_plateau_as_torch_does(schedule: ReduceOnPlateau, watch: str) -> None:
    run = Run(small(optimizer=SGD(LR), schedule=schedule, policy=Policy(watch=watch), epochs=50))
    metrics = run.link.epochs.column("watched").tolist()
    assert len(metrics) == 50
    expected = np.repeat(rates_of_torch(schedule, metrics, watch != "validation loss"), 6)
    rates = run.link.steps.column("lr")
    np.testing.assert_allclose(rates, expected, rtol=1e-12)
    assert len(set(rates)) > 2


@settings(max_examples=40)
@given(
    metrics=st.lists(st.integers(0, 12).map(lambda n: n / 4), min_size=50, max_size=50),
    are_negative=st.booleans(),
    patience=st.integers(0, 4),
    cooldown=st.integers(0, 4),
    threshold=st.sampled_from([0.0, 1e-4, 0.25, 0.5]),
    measure=st.sampled_from(["relative", "absolute"]),
    lowest=st.sampled_from([0.0, 0.02]),
    higher=st.booleans(),
)
def test_it_reduces_the_rate_where_torch_does_for_any_metric(
    metrics: list[float], are_negative: bool, higher: bool, **hyperparameters: Any
) -> None:
    schedule = ReduceOnPlateau(0.5, **hyperparameters)
    expected = rates_of_torch(schedule, metrics, higher)
    if are_negative:
        # torch's relative threshold is wrong for negative metrics; these mirror positive ones.
        metrics, higher = [-metric for metric in metrics], not higher
    heard, rates = PlateauState(), []
    for metric in metrics:
        rates.append(LR * heard.share)
        heard = schedule.after_epoch(heard, metric, higher)
    np.testing.assert_allclose(rates, expected, rtol=1e-12)
    # The exported script follows the same rule.
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], LR)
    (call,) = schedule.calls(len(metrics), LR, higher)
    scheduler, in_script = resolve(call)(optimizer, **call.args), []
    for metric in metrics:
        in_script.append(optimizer.param_groups[0]["lr"])
        scheduler.step(metric)
    np.testing.assert_allclose(in_script, expected, rtol=1e-12)


def test_rates_repeat_despite_pauses_and_edits_without_changes() -> None:
    experiment = small(optimizer=SGD(3.0), schedule=ReduceOnPlateau(0.5, 0), epochs=12)

    def one_step(link: Any) -> None:
        link.control.step(1)

    whole = Run(experiment)
    pieces = Run(experiment, *[one_step] * 40, first=one_step)
    rates = whole.link.steps.column("lr")
    np.testing.assert_array_equal(pieces.link.steps.column("lr"), rates)
    assert whole.result.weights_sha256 == pieces.result.weights_sha256
    assert len(set(rates)) > 2


def test_the_rates_stay_the_same_after_a_divergence() -> None:
    schedule = ReduceOnPlateau(0.5, 0, 1e3, "absolute")
    policy = Policy(watch="training loss")
    experiment = Experiment(
        Line(points=60), (Dense(1),), MSE(), SGD(0.01), schedule, policy=policy, batch_size=10
    )

    def explode(link: Any) -> None:
        link.control.edit("optimizer.lr", 1e12)
        link.control.run()

    def calm(link: Any) -> None:
        link.control.edit("optimizer.lr", 0.01)
        link.control.run()

    run = Run(experiment, explode, calm, first=lambda link: link.control.step(31))
    assert len(run.divergences) == 1
    rates = run.link.steps.column("lr")
    # Each epoch after the first brings no improvement of 1000, so that each halves the rate.
    calm_rates = 0.01 * 0.5 ** np.maximum(0, np.arange(60) // 6 - 1)
    np.testing.assert_allclose(rates[rates < 1e3], calm_rates[rates < 1e3], rtol=1e-12)
    assert np.count_nonzero(rates < 1e3) > 40 and len(rates) == 60
