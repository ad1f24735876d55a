"""The same sample is predicted by several recorded runs, without training."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt

from nnplay.catalog import (
    MSE,
    SGD,
    Circle,
    CrossEntropy,
    Dense,
    Digits,
    Dropout,
    Flatten,
    Line,
    Sine,
    Spiral,
)  # fmt: skip
from nnplay.engine.recorded_network import recorded_network
from nnplay.experiment import Experiment, Split
from nnplay.gui.panels.predict import PredictPanel
from nnplay.gui.panels.predict_values import PredictValuesPanel
from nnplay.gui.panels.runs import RunsPanel
from nnplay.gui.predicting.same_samples import why_not_same_samples
from nnplay.gui.runs.comparison import agreement, value_range
from tests.gui.piloting import Pilot
from tests.gui.test_shelf import choose, train

CIRCLE = Experiment(
    Circle(points=100), (Dense(4), Dense(2)), CrossEntropy(), SGD(0.1),
    split=Split(0.2, scaling="standardised"), epochs=3, device="cpu", stepper="eager",
)  # fmt: skip
LINE = Experiment(
    Line(points=40), (Dense(1),), MSE(), SGD(0.01), split=Split(0.25), epochs=5, device="cpu",
    stepper="eager",
)  # fmt: skip
DIGITS = Experiment(
    Digits(), (Flatten(), Dense(10)), CrossEntropy(), SGD(0.1), split=Split(0.2), batch_size=100,
    epochs=1, device="cpu", stepper="eager",
)  # fmt: skip


def check_run(pilot: Pilot, number: int) -> None:
    panel = pilot.window.workspace.panel(RunsPanel)
    choose(panel, number)
    pilot.qtbot.keyClick(panel.list, Qt.Key.Key_Space)


def by_hand(pilot: Pilot, number: int, inputs: np.ndarray) -> np.ndarray:
    """Return the outputs of a network of dense layers without activations, in plain NumPy."""
    run = next(one for one in pilot.window.live.shelf.runs if one.number == number)
    assert run.result is not None
    scaling = run.result.scaling.inputs
    x = inputs if scaling is None else (inputs - scaling.shift) / scaling.size
    weights = run.result.weights
    for layer in sorted({name.split(".")[0] for name in weights}):
        x = weights[f"{layer}.weight"] @ x + weights[f"{layer}.bias"]
    return x


def softmax(x: np.ndarray) -> np.ndarray:
    odds = np.exp(x - x.max())
    return odds / odds.sum()


def wait_known(pilot: Pilot, panel: PredictValuesPanel | PredictPanel, count: int) -> None:
    bars = panel.comparison.bars
    pilot.wait(lambda: len(bars.columns) == count and all(len(c.values) for c in bars.columns))


def test_a_typed_point_is_predicted_by_all_checked_runs(pilot: Pilot) -> None:
    train(pilot, CIRCLE)
    train(pilot, replace(CIRCLE, optimizer=SGD(0.5), split=Split(0.3)))
    train(pilot, replace(CIRCLE, network=(Dense(2),)))
    pilot.window.workspace.bring_up(PredictValuesPanel)
    panel = pilot.window.workspace.panel(PredictValuesPanel)
    assert panel.comparison.isHidden()
    assert not panel.bars.isHidden()
    for number in (1, 2):
        check_run(pilot, number)
    pilot.window.workspace.bring_up(PredictValuesPanel)
    assert panel.bars.isHidden(), "the bars of the run shown are among those compared"
    field = panel.form.fields[0]
    field.clear()
    pilot.qtbot.keyClicks(field, "0.25")
    wait_known(pilot, panel, 3)
    inputs = panel.form.inputs()
    assert inputs is not None
    columns = panel.comparison.bars.columns
    assert [one.place for one in columns] == [None, 0, 1]
    pilot.wait(
        lambda: np.allclose(
            panel.comparison.bars.columns[1].values,
            softmax(by_hand(pilot, 1, np.array(inputs))), atol=1e-5,
        )
    )  # fmt: skip
    for column, number in zip(panel.comparison.bars.columns, (3, 1, 2), strict=True):
        expected = softmax(by_hand(pilot, number, np.array(inputs)))
        np.testing.assert_allclose(column.values, expected, atol=1e-5)
    for number in (1, 2):
        check_run(pilot, number)
    assert panel.comparison.isHidden()
    assert not panel.bars.isHidden()


def test_a_run_that_is_trained_on_is_not_compared_with_itself(pilot: Pilot) -> None:
    train(pilot, CIRCLE)
    check_run(pilot, 1)
    block = pilot.window.workspace.panel(PredictValuesPanel).comparison
    assert not block.is_needed
    pilot.window.controller.train_on(9_000_000)
    pilot.wait_phase("running")
    assert not block.is_needed
    pilot.window.controller.reset()
    assert block.is_needed


def test_values_of_a_regression_and_runs_of_other_data_are_named(pilot: Pilot) -> None:
    train(pilot, CIRCLE)
    train(pilot, LINE)
    train(pilot, replace(LINE, epochs=1))
    for number in (1, 2):
        check_run(pilot, number)
    pilot.window.workspace.bring_up(PredictValuesPanel)
    panel = pilot.window.workspace.panel(PredictValuesPanel)
    wait_known(pilot, panel, 2)
    inputs = np.array(panel.form.inputs())
    for column, number in zip(panel.comparison.bars.columns, (3, 2), strict=True):
        np.testing.assert_allclose(column.values, by_hand(pilot, number, inputs), rtol=1e-5)
    assert panel.comparison.verdict.text().startswith("From ")
    assert "run 1" in panel.comparison.refused.text()
    assert "shape 2, not 1" in panel.comparison.refused.text()


def test_a_sample_of_the_data_is_predicted_by_a_run_without_a_result(pilot: Pilot) -> None:
    train(pilot, DIGITS)
    run = pilot.window.live.shelf.runs[0]
    pilot.window.live.shelf.put(replace(run, id="other", number=2, result=None))
    check_run(pilot, 2)
    pilot.window.workspace.bring_up(PredictPanel)
    panel = pilot.window.workspace.panel(PredictPanel)
    wait_known(pilot, panel, 2)
    panel.next()
    wait_known(pilot, panel, 2)
    own, other = (one.values for one in panel.comparison.bars.columns)
    np.testing.assert_allclose(own, other, atol=1e-5)
    assert panel.comparison.verdict.text().startswith("All 2 predict ")


def test_agreement_in_words() -> None:
    assert agreement(["7"]) == ""
    assert agreement(["7", "7", "7"]) == "All 3 predict 7"
    assert agreement(["7", "1", "7"]) == "2 of 3 predict 7, 1 predicts 1"
    assert value_range([1.5, -2.0]) == "From \u22122 to 1.5, 3.5 apart"


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (CIRCLE, ""),
        (replace(CIRCLE, data=Spiral(points=60)), "Spiral"),
        (DIGITS, "1×8×8, not 2"),
        (LINE, "shape 1, not 2"),
    ],
)
def test_why_a_run_is_not_compared(run: Experiment, words: str) -> None:
    why = why_not_same_samples(run, CIRCLE)
    assert bool(why) == bool(words)
    assert words in why


def test_curves_of_other_data_are_not_compared() -> None:
    assert "other data: Line" in why_not_same_samples(LINE, replace(LINE, data=Sine()))


def test_a_network_is_built_without_drawing_from_the_generator_of_a_training(
    pilot: Pilot,
) -> None:
    network = (Flatten(), Dense(8), Dropout(0.5), Dense(10))
    train(pilot, replace(DIGITS, network=network))
    run = pilot.window.live.shelf.runs[0]
    before = torch.get_rng_state()
    recorded_network(run)
    assert torch.equal(torch.get_rng_state(), before)
