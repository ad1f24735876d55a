"""The drawn schedule: the plan before training, the rate of the run over it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    SGD,
    Circle,
    Constant,
    Cosine,
    CrossEntropy,
    Dense,
    ReduceOnPlateau,
    Schedule,
    Step,
)
from nnplay.experiment import Experiment, Policy, Split
from nnplay.gui.editors.schedule_plot import RunRates, SchedulePlot
from nnplay.link import STEP_COLUMNS, Trace

BASE = Experiment(Circle(), (Dense(2),), CrossEntropy(), SGD(0.2), split=Split(0.2), epochs=20)
POINTS = Circle(points=250)


@pytest.fixture
def shown(qtbot: QtBot) -> Any:
    def show(schedule: Schedule, **changes: Any) -> SchedulePlot:
        plot = SchedulePlot()
        qtbot.addWidget(plot)
        plot.resize(300, 160)
        plot.show_experiment(replace(BASE, schedule=schedule, **changes))
        if not plot.isHidden():
            with qtbot.waitExposed(plot):
                plot.show()
        return plot

    return show


def trace(rates: list[float], per_epoch: int = 2) -> Trace:
    made = Trace(STEP_COLUMNS)
    rows = np.zeros((len(rates), len(STEP_COLUMNS)))
    rows[:, 1] = np.arange(1, len(rates) + 1) / per_epoch
    rows[:, 4] = rates
    made.extend(rows)
    return made


def test_the_plan_has_the_rate_of_every_epoch(shown: Any) -> None:
    schedule = Cosine(warmup=4)
    (planned,) = shown(schedule).plot.lines
    expected = [0.2 * schedule.factor(epoch, 20) for epoch in range(20)]
    np.testing.assert_allclose(planned.y, np.repeat(expected, 2))
    np.testing.assert_allclose(planned.x[::2], np.arange(20))
    np.testing.assert_allclose(planned.x[1::2], np.arange(1, 21))
    assert planned.y[0] == pytest.approx(0.04)  # the warm-up is in it


def test_a_constant_rate_needs_no_plot(shown: Any) -> None:
    assert shown(Constant()).isHidden()
    assert not shown(Constant(warmup=2)).isHidden()


def test_millions_of_epochs_are_drawn_by_few_points(shown: Any) -> None:
    (planned,) = shown(Cosine(), epochs=10_000_000).plot.lines
    assert len(planned.x) <= 1000 and planned.x[-1] == 10_000_000


def test_drops_over_decades_have_a_logarithmic_axis(shown: Any) -> None:
    assert shown(Step(4, 0.1)).plot.scale.log
    assert not shown(Cosine()).plot.scale.log
    zero = shown(Step(4, 0.0))
    zero.grab()
    assert zero.plot.scale.y[0] >= 0


def test_a_plateau_says_that_it_depends_on_the_run(shown: Any) -> None:
    plot = shown(ReduceOnPlateau(), policy=Policy(watch="validation F1"))
    assert plot.words.isVisible() and "validation F1" in plot.words.text()
    assert not shown(Cosine()).words.isVisible()


def test_the_run_is_drawn_over_the_plan(shown: Any) -> None:
    plot = shown(Step(2, 0.5))
    steps = trace([0.2, 0.2, 0.2, 0.1])
    plot.show_rates(steps)
    plot.grab()
    _planned, run = plot.plot.lines
    np.testing.assert_allclose(run.x, [0, 1.5, 1.5, 2])
    np.testing.assert_allclose(run.y, [0.2, 0.2, 0.1, 0.1])
    assert plot.plot.marker == 2
    assert "Now 0.1 in epoch 2.00." in plot.plot.accessibleName()
    plot.show_rates(None)
    plot.grab()
    assert len(plot.plot.lines) == 1 and plot.plot.marker is None


def test_chunks_of_a_trace_are_read_once() -> None:
    rates = [0.4] * 7 + [0.2] * 9 + [0.4] * 3 + [0.1]
    whole, pieces, grown = RunRates(), RunRates(), Trace(STEP_COLUMNS)
    full = trace(rates)
    whole.follow(full)
    assert whole.read() and not whole.read()
    for cut in np.array_split(full.read(), [1, 6, 8, 15]):
        grown.extend(cut)
        assert pieces.follow(grown) and pieces.read()
    for one, other in zip(whole.line(), pieces.line(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert set(whole.line()[1]) == set(rates)


def test_many_changes_are_thinned_and_the_newest_stays() -> None:
    run = RunRates()
    run.follow(trace(list(np.linspace(1, 2, 20_001))))
    run.read()
    x, y = run.line()
    assert y[-1] == 2 and x[-1] == 10_000.5


def test_nothing_is_read_while_hidden(shown: Any) -> None:
    plot = shown(Cosine())
    plot.hide()
    plot.show_rates(trace([0.2] * 8))
    assert len(plot.plot.lines) == 1
    plot.show()
    plot.grab()
    assert len(plot.plot.lines) == 2


def test_a_plan_by_step_changes_within_an_epoch(shown: Any) -> None:
    by_step = Cosine(by="step")
    (planned,) = shown(by_step, data=POINTS, epochs=2, batch_size=40).plot.lines
    # 200 samples are left to train with, five batches to an epoch.
    share = np.arange(10) / 10
    np.testing.assert_allclose(planned.y[::2], 0.1 * (1 + np.cos(np.pi * share)))
    np.testing.assert_allclose(planned.x[::2], np.arange(10) / 5)
    np.testing.assert_allclose(planned.x[1::2], np.arange(1, 11) / 5)
    (many,) = shown(by_step, epochs=10_000_000).plot.lines
    assert len(many.x) <= 1000 and many.x[-1] == 10_000_000


def test_a_plan_by_step_follows_the_batch_size(shown: Any) -> None:
    changes = {"data": POINTS, "schedule": Cosine(by="step"), "epochs": 2}
    plot = shown(Cosine(by="step"), data=POINTS, epochs=2, batch_size=40)
    plot.show_experiment(replace(BASE, batch_size=100, **changes))
    assert len(plot.plot.lines[0].x) == 2 * 4
