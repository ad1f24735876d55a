"""Comparisons of learning rates: what is trained, what is reported, and the verdicts."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import psutil
import pytest
import torch

from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    Conv2d,
    Dense,
    Dropout,
    Exponential,
    Flatten,
    Formula,
    Line,
    ReduceOnPlateau,
    Tanh,
)
from nnplay.data import load, split
from nnplay.data.load import _lock as loading
from nnplay.engine.comparing.devices import Cancelled
from nnplay.engine.comparing.learning_rates import compare_rates
from nnplay.engine.prepare import RunError
from nnplay.engine.step import StepLog
from nnplay.engine.steppers.eager import EagerStepper
from nnplay.experiment import Experiment, Policy, Split, memory_bytes
from nnplay.experiment.lr_range import ends_around, lr_range
from nnplay.link import RateResult, RatesResult, Scores, learning_rate_curves
from nnplay.link.rates import ROWS
from tests.engine.rig import PATIENCE_S, Run, digits, small

RATES = (0.5, 0.01, 0.1)
STACKED = digits(
    optimizer=SGD(0.1), network=(Conv2d(2), Tanh(), Flatten(), Dropout(0.2), Dense(10)), epochs=2
)


def single(experiment: Experiment, rate: float) -> Any:
    """Return the run that one of the networks must equal."""
    return Run(replace(experiment, optimizer=experiment.optimizer.changed(lr=rate)))


@pytest.mark.parametrize(
    "experiment",
    [small(optimizer=SGD()), small(optimizer=SGD(), stepper="eager"), STACKED],
    ids=["compiled", "eager", "vmapped"],
)
def test_each_rate_matches_a_run_with_it(experiment: Experiment) -> None:
    curves, reported = learning_rate_curves(3), []
    found = compare_rates(
        experiment,
        RATES,
        curves,
        threads=1,
        tell=lambda step, steps: reported.append((step, steps)),
    )
    assert [one.rate for one in found.rates] == sorted(RATES)
    assert not found.stopped
    assert found.stepper
    for at, one in enumerate(found.rates):
        run = single(experiment, one.rate)
        assert one.diverged is None
        for mine, theirs in (
            (one.train, run.result.train),
            (one.validation, run.result.validation),
        ):
            assert mine.loss == pytest.approx(theirs.loss, rel=1e-3)
            assert mine.accuracy == pytest.approx(theirs.accuracy, abs=0.02)
        steps = run.link.steps
        np.testing.assert_allclose(
            curves.column(f"loss {at}"), steps.column("loss"), rtol=1e-3, atol=1e-6
        )
        np.testing.assert_array_equal(curves.column("step"), steps.column("step"))
        np.testing.assert_allclose(curves.column("epoch"), steps.column("epoch"))
        assert found.steps == run.result.steps
    assert reported[-1] == (found.steps, found.steps)
    assert reported == sorted(reported)


@pytest.mark.parametrize("schedule", [Exponential(gamma=0.3), Exponential(gamma=0.5, warmup=2)])
def test_a_schedule_multiplies_each_rate(schedule: Any) -> None:
    experiment = small(optimizer=SGD(), schedule=schedule)
    found = compare_rates(experiment, RATES, learning_rate_curves(3), threads=1)
    for one in found.rates:
        assert one.train.loss == pytest.approx(
            single(experiment, one.rate).result.train.loss, rel=1e-4
        )


@pytest.mark.parametrize("watch", ["validation loss", "training accuracy", "validation F1"])
@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_a_plateau_schedule_observes_each_network_separately(watch: str, stepper: str) -> None:
    schedule = ReduceOnPlateau(drop=0.2, patience=0, threshold=0.02)
    experiment = small(
        optimizer=SGD(), schedule=schedule, policy=Policy(watch=watch), epochs=8, stepper=stepper
    )
    rates, drops = (0.001, 0.3, 3.0), set()
    found = compare_rates(experiment, rates, learning_rate_curves(3), threads=1)
    for one in found.rates:
        run = single(experiment, one.rate)
        assert one.train.loss == pytest.approx(run.result.train.loss, rel=1e-4)
        drops.add(run.link.steps.column("lr")[-1] / one.rate)
    assert len(drops) > 1, "all dropped alike, so that one could have used another's metrics"


PARABOLA = Experiment(
    Line(points=64), (Dense(1),), MSE(), SGD(), split=Split(0.1), batch_size=8, epochs=4
)


@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_a_diverged_run_is_marked_with_its_step_and_the_others_continue(stepper: str) -> None:
    experiment = replace(PARABOLA, stepper=stepper)
    curves = learning_rate_curves(3)
    found = compare_rates(experiment, (0.01, 1e9, 0.001), curves, threads=1)
    bad = found.rates[2]
    (paused,) = single(experiment, 1e9).divergences
    assert bad.diverged is not None
    assert f"diverged in step {bad.diverged} " in paused.divergence
    assert bad.loss is None
    assert found.word(2) == f"diverged in step {bad.diverged}"
    line = curves.column("loss 2")
    assert np.isfinite(line[: bad.diverged - 1]).all()
    assert np.isnan(line[bad.diverged - 1 :]).all()
    assert np.isfinite(curves.column("loss 0")).all()
    assert found.steps == 32


def test_it_ends_early_if_all_diverge() -> None:
    long = replace(PARABOLA, epochs=10_000_000, stepper="eager")
    found = compare_rates(long, (1e9, 1e10), learning_rate_curves(2), threads=1)
    assert found.steps < 1000
    assert found.best is None
    assert [found.verdict(at) for at in range(2)] == ["diverged"] * 2


def test_long_curves_are_thinned_to_means() -> None:
    experiment = small(optimizer=SGD(), epochs=100)  # 6 steps each
    curves = learning_rate_curves(2)
    compare_rates(experiment, (0.01, 0.1), curves, threads=1)
    every = -(-100 * 6 // ROWS)
    assert ROWS / 2 < len(curves) <= ROWS
    losses = single(experiment, 0.1).link.steps.column("loss")
    means = losses.reshape(-1, every).mean(1)
    np.testing.assert_allclose(curves.column("loss 1"), means, rtol=1e-6)
    np.testing.assert_array_equal(curves.column("step"), every * np.arange(1, len(means) + 1))


@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_a_stop_ends_it_with_the_results_so_far(stepper: str) -> None:
    endless = small(optimizer=SGD(), epochs=10_000_000, stepper=stepper)
    curves, done = learning_rate_curves(2), 0

    def tell(step: int, _steps: int) -> None:
        nonlocal done
        done = step

    found = compare_rates(
        endless, (0.01, 0.1), curves, threads=1, tell=tell, stop=lambda: done >= 20
    )
    assert found.stopped
    assert found.steps >= 20
    assert [one.loss for one in found.rates] == list(curves.read()[-1, 2:])
    assert {one.validation.loss for one in found.rates} == {None}


def test_a_stop_between_first_steps_counts_as_before_the_first_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stepped, advance = 0, EagerStepper.advance

    def counted(stepper: EagerStepper, steps: int) -> StepLog:
        nonlocal stepped
        stepped += 1
        return advance(stepper, steps)

    monkeypatch.setattr(EagerStepper, "advance", counted)
    endless = small(optimizer=SGD(), epochs=10_000_000, stepper="eager")
    with pytest.raises(Cancelled):
        compare_rates(
            endless, [0.01] * 9, learning_rate_curves(9), threads=1, stop=lambda: stepped > 0
        )
    assert stepped == 1


def test_a_stop_is_obeyed_while_data_are_loaded() -> None:
    stopped, asked = threading.Event(), threading.Event()

    def stop() -> bool:
        asked.set()
        return stopped.is_set()

    def compare() -> None:
        with pytest.raises(Cancelled):
            compare_rates(
                small(optimizer=SGD(), seed=4_321),
                RATES,
                learning_rate_curves(3),
                threads=1,
                stop=stop,
            )

    thread = threading.Thread(target=compare)
    with loading:  # loading has to wait
        thread.start()
        assert asked.wait(PATIENCE_S)
        stopped.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_a_stop_during_validation_falls_back_to_the_last_steps() -> None:
    experiment, over = small(optimizer=SGD()), False

    def tell(step: int, steps: int) -> None:
        nonlocal over
        over = step == steps

    found = compare_rates(
        experiment, (0.01, 0.1), learning_rate_curves(2), threads=1, tell=tell, stop=lambda: over
    )
    assert found.stopped
    assert found.steps == 24
    assert {one.validation.loss for one in found.rates} == {None}


def test_stopped_before_the_first_step_there_is_no_result() -> None:
    threads, chance = torch.get_num_threads(), torch.get_rng_state()
    others = threading.active_count()
    with pytest.raises(Cancelled):
        compare_rates(
            STACKED, RATES, learning_rate_curves(3), threads=threads + 1, stop=lambda: True
        )
    compare_rates(replace(STACKED, epochs=1), RATES, learning_rate_curves(3), threads=threads + 1)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), chance)
    assert threading.active_count() == others


def test_networks_that_do_not_fit_together_in_memory_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wide = small(optimizer=SGD(0.1), network=(Dense(2000), Tanh(), Dense(2000), Dense(2)))
    one, four = memory_bytes(wide), memory_bytes(wide, copies=4)
    assert four == pytest.approx(4 * one, rel=0.02), "the weights dominate the memory here"

    class Free:
        available = (one + four) // 2

    monkeypatch.setattr(psutil, "virtual_memory", Free)
    with pytest.raises(RunError, match="memory") as caught:
        compare_rates(wide, (0.1, 0.2, 0.3, 0.4), learning_rate_curves(4), threads=1)
    assert "fewer networks" in caught.value.hint
    compare_rates(replace(wide, epochs=1), (0.1,), learning_rate_curves(1), threads=1)


def made(first: float, *losses: float | None) -> RatesResult:
    rates = tuple(
        RateResult(0.1 * (at + 1), 17 if loss is None else None, Scores(loss), Scores())
        for at, loss in enumerate(losses)
    )
    return RatesResult(rates, first, 100, 10, 1.0, "eager", "why", False)


@pytest.mark.parametrize(
    ("low", "high", "count", "rates"),
    [
        (0.001, 1.0, 4, (0.001, 0.01, 0.1, 1.0)),
        (0.001, 0.32, 6, (0.001, 0.0032, 0.01, 0.032, 0.1, 0.32)),
        (0.5, 2.0, 2, (0.5, 2.0)),
        (0.123456, 7.0, 3, (0.123456, 0.93, 7.0)),
    ],
)
def test_rates_are_spaced_at_equal_ratios(
    low: float, high: float, count: int, rates: tuple[float, ...]
) -> None:
    assert lr_range(low, high, count) == pytest.approx(rates)


def test_rates_close_together_stay_apart() -> None:
    rates = lr_range(0.1, 0.101, 16)
    assert len(set(rates)) == 16
    assert list(rates) == sorted(rates)
    assert (rates[0], rates[-1]) == (0.1, 0.101)
    assert ends_around(0.01) == (0.0001, 0.32)
    assert ends_around(0.0) == ends_around(0.01)


def test_verdicts_follow_the_rule() -> None:
    # From 2.0 down to 1.0, of which 90 % ends at 1.1.
    found = made(2.0, 1.9, 1.11, 1.09, 1.0, 1.09, 1.5, 3.0, None)
    assert found.best == 3
    assert [found.word(at) for at in range(8)] == [
        "too slow", "too slow", "good", "best", "good", "too large", "too large",
        "diverged in step 17",
    ]  # fmt: skip
    assert made(2.0, 2.0, 3.0).best is None
    assert [made(2.0, 2.0, None).verdict(at) for at in range(2)] == ["learns nothing", "diverged"]
    evaluated = RateResult(0.1, None, Scores(0.1), Scores(0.7))
    assert evaluated.loss == 0.7, "validation samples decide, where there are some"


@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_targets_far_from_zero_have_a_best_rate_like_the_same_targets_scaled(stepper: str) -> None:
    rates = [1e-5, 0.003, 0.03, 0.3]
    near = Experiment(
        Formula(points=120, expression="sin(2*x)"),
        (Dense(16), Tanh(), Dense(1)),
        MSE(),
        Adam(0.01),
        split=Split(0.2),
        epochs=30,
        stepper=stepper,
    )
    far = replace(near, data=Formula(points=120, expression="9000 + 400*sin(2*x)"))
    found = compare_rates(far, rates, learning_rate_curves(4), threads=1)
    plain = compare_rates(near, rates, learning_rate_curves(4), threads=1)
    assert [found.verdict(at) for at in range(4)] == [plain.verdict(at) for at in range(4)]
    assert found.verdict(0) == "too slow"
    assert found.best not in (None, 0)
    std = split(load(far.data, 0), far.split, 0).train.y.std(dtype=float)
    assert found.loss_unit == pytest.approx(std**2, rel=1e-6)
    assert f"{std**2:.4g}" in found.unit_note
    assert (plain.loss_unit, plain.unit_note) == (None, "")
    assert found.first_loss == pytest.approx(1, abs=0.5)
