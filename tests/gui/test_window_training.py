"""Training in the real window: by button and by key, and the same as without a window."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

import nnplay.engine.evaluation.evaluate
from nnplay.catalog import (
    SGD,
    Circle,
    CrossEntropy,
    Dense,
    Digits,
    Dropout,
    Flatten,
    ReLU,
    RReLU,
    Tanh,
)
from nnplay.engine import RunRequest, train
from nnplay.engine.probes.fit import FitCurve
from nnplay.experiment import Experiment, Split, insert_layer, preset, save, set_value
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.results import ResultsPanel
from nnplay.link import Finished, Link, Result
from nnplay.session import Change, is_compatible
from tests.gui.piloting import Pilot

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def without_a_window(experiment: Experiment, threads: int) -> Result:
    """Train in this thread and return the result."""
    events: list[object] = []
    train(RunRequest(1, experiment, threads=threads), Link(events.append))
    (finished,) = [event for event in events if isinstance(event, Finished)]
    return finished.result


def results_text(pilot: Pilot) -> str:
    return pilot.window.workspace.panel(ResultsPanel).as_text()


def finish(pilot: Pilot) -> Result:
    state = pilot.wait_phase("finished", "failed")
    assert state.result is not None, state.message
    return state.result


WITH_LAYERS = {
    name: set_value(insert_layer(preset("digits-offline").experiment, 3, layer), "epochs", 2)
    for name, layer in {"dropout": Dropout(p=0.3), "randomised": RReLU()}.items()
}


def has_title(pilot: Pilot, title: str) -> bool:
    """Return whether a value in the bar has that name."""
    titles = pilot.window.transport.findChildren(QLabel, "hint")
    return any(label.text() == title for label in titles)


def titled(pilot: Pilot, title: str) -> QWidget:
    """Return a value in the bar, with its name."""
    titles = pilot.window.transport.findChildren(QLabel, "hint")
    box = next(label for label in titles if label.text() == title).parentWidget()
    assert box is not None
    return box


def test_the_speed_of_a_finished_run_is_that_of_its_results(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=1_000_000)
    pilot.window.transport.speed.set_speed(1000)
    pilot.click_train()
    pilot.wait_phase("running")
    pilot.wait_steps(1)
    pilot.wait(lambda: has_title(pilot, "samples/s, slowed"))
    slowed = titled(pilot, "samples/s, slowed").toolTip()
    assert "as set by the speed slider" in slowed
    pilot.window.transport.speed.set_speed(None)
    pilot.wait(lambda: has_title(pilot, "samples/s, compiled"))
    assert "Current speed" in titled(pilot, "samples/s, compiled").toolTip()
    pilot.window.transport.speed.set_speed(1000)
    pilot.click(pilot.button(pilot.window.transport.stop_action))
    result = finish(pilot)
    summary = pilot.window.workspace.panel(ResultsPanel).summary
    # The speed limit was 32,000 samples per second lately; the steps themselves are faster.
    assert result.samples_per_second != pilot.frames[-1].progress.samples_per_second
    assert pilot.metric("samples per second") == dict(summary.pairs)["mean samples/s"]
    assert "speed slider" in titled(pilot, "mean samples/s").toolTip()
    assert "speed slider" in summary.toolTip()


@pytest.mark.parametrize(
    "which",
    [
        pytest.param("linear-regression", marks=pytest.mark.slow),
        "spiral",
        pytest.param("dropout", marks=pytest.mark.slow),
        "randomised",
    ],
)
def test_a_click_trains_as_the_engine_does_without_a_window(
    which: str, pilot: Pilot, tmp_path: object
) -> None:
    if which in WITH_LAYERS:
        path = tmp_path / "layers.json"  # type: ignore[operator]
        save(path, WITH_LAYERS[which])
        pilot.window.files.open_path(path)
    else:
        pilot.open(which, epochs=5)
    experiment = pilot.window.document.experiment
    pilot.click_train()
    result = finish(pilot)
    phases = [
        s.phase for s in pilot.states if not s.message and s.phase != "evaluating"
    ]  # these take a while or not
    assert phases == ["starting", "running", "finished"]
    started = pilot.state.started
    assert started is not None
    expected = (
        ("eager", "has Randomised ReLU")
        if which == "randomised"
        else ("compiled", "dense network of")
    )
    assert started.stepper == expected[0]
    assert started.stepper_why.startswith(expected[1])
    assert started.stepper_why in titled(pilot, "mean samples/s").toolTip()
    alone = without_a_window(experiment, started.threads)
    assert result.weights_sha256 == alone.weights_sha256
    assert result.test == alone.test
    assert len(pilot.steps) == alone.steps == result.steps
    assert pilot.steps.column("step").tolist() == list(range(1, alone.steps + 1))
    assert pilot.window.workspace.panel(ResultsPanel).isVisible()
    assert f"{result.steps:,}" in results_text(pilot)
    assert pilot.metric("state") == "finished"
    assert pilot.metric("step") == f"{result.steps:,} / {result.steps:,}"
    assert pilot.frames[-1].step == result.steps
    assert pilot.window.transport.train_action.text() == "Train on"
    # The same again, from the same initial weights.
    pilot.key(Qt.Key.Key_F5, CTRL)
    assert pilot.state.run_id == 2
    assert finish(pilot).weights_sha256 == alone.weights_sha256


LARGE = Experiment(
    Circle(points=100_000), (Dense(6), Tanh(), Dense(2)), CrossEntropy(), SGD(0.02),
    split=Split(0.0), batch_size=1000, epochs=1_000_000, device="cpu",
)  # fmt: skip


@pytest.fixture
def evaluating(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    """Return the user of a window whose stopped run is slowly evaluated."""
    monkeypatch.setattr(nnplay.engine.evaluation.evaluate, "CHUNK_NUMBERS", 20)
    pilot.window.document.restore(LARGE, None, "")
    pilot.click_train()
    pilot.wait_steps(3)
    pilot.click(pilot.button(pilot.window.transport.stop_action))
    assert pilot.metric("state") == "evaluating", "said at once"
    assert pilot.metric("time left") == "–"
    pilot.wait(lambda: pilot.state.evaluated is not None)
    assert 0 < pilot.window.transport._bar.share < 1
    return pilot


@pytest.mark.parametrize(
    "way",
    ["button", *(pytest.param(way, marks=pytest.mark.slow) for way in ("key", "Escape"))],
)
def test_a_second_stop_cancels_the_evaluation_and_keeps_the_run(
    evaluating: Pilot, way: str
) -> None:
    pilot = evaluating
    if way == "button":
        pilot.click(pilot.button(pilot.window.transport.stop_action))
    else:
        pilot.key(*((Qt.Key.Key_F5, SHIFT) if way == "key" else (Qt.Key.Key_Escape,)))
    result = finish(pilot)
    assert result.stopped
    assert result.train.loss is None
    assert result.weights
    assert result.steps == len(pilot.steps)
    assert "cancelled" in results_text(pilot)
    assert pilot.metric("state") == "stopped"


def test_a_run_starts_over_during_the_evaluation(evaluating: Pilot) -> None:
    pilot = evaluating
    assert pilot.window.transport.train_action.text() == "Train on"
    assert not pilot.window.transport.train_action.isEnabled()
    pilot.key(Qt.Key.Key_F5, CTRL)
    pilot.wait(lambda: pilot.state.run_id == 2 and pilot.state.phase == "running")
    assert not any(state.result for state in pilot.states)


def test_a_double_click_on_stop_is_one_command(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_steps(3)
    for _click in range(2):
        pilot.click(pilot.button(pilot.window.transport.stop_action))
    assert pilot.state.phase == "evaluating"
    assert finish(pilot).train.loss is not None


EPOCHS = 1_000_000
"""More than are trained before a key is pressed, however fast the machine."""


def test_keys_drive_the_run_and_the_counters_agree_with_the_trace(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=EPOCHS)
    per_epoch = 13  # 400 training points in batches of 32
    pilot.key(Qt.Key.Key_F8)
    pilot.wait_phase("paused")
    assert len(pilot.steps) == 1
    assert pilot.metric("step") == f"1 / {EPOCHS * per_epoch:,}"
    pilot.key(Qt.Key.Key_F8)
    pilot.wait_steps(2)
    pilot.wait_phase("paused")
    pilot.key(Qt.Key.Key_F9)
    pilot.wait_steps(per_epoch)
    pilot.wait(lambda: pilot.state.phase == "paused" and len(pilot.epochs) == 1)
    assert len(pilot.steps) == per_epoch
    assert pilot.metric("epoch") == f"1 / {EPOCHS:,}"
    assert pilot.metric("state") == "paused"
    assert pilot.window.transport.train_action.text() == "Resume"
    pilot.key(Qt.Key.Key_F5)
    pilot.wait_steps(per_epoch + 5)
    assert pilot.window.transport.train_action.text() == "Pause"
    pilot.key(Qt.Key.Key_F5)
    pilot.wait_phase("paused")
    steps = len(pilot.steps)
    assert per_epoch + 5 <= steps < EPOCHS * per_epoch
    assert pilot.metric("step") == f"{steps:,} / {EPOCHS * per_epoch:,}"
    assert pilot.frames[-1].step == steps
    pilot.key(Qt.Key.Key_F5, SHIFT)
    result = finish(pilot)
    assert result.stopped
    assert result.steps == steps == len(pilot.steps)
    assert pilot.metric("state") == "stopped"
    assert pilot.metric("time left") == "–"
    assert pilot.window.workspace.panel(ResultsPanel).isVisible()
    # One run throughout: pausing and stepping started no new one.
    assert {state.run_id for state in pilot.states} == {1}


def test_an_epoch_by_key_from_the_start_is_the_first_epoch_of_a_whole_run(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=2)
    pilot.key(Qt.Key.Key_F9)
    pilot.wait_phase("paused")
    assert len(pilot.steps) == 13
    pilot.key(Qt.Key.Key_F9)
    pilot.wait(lambda: pilot.state.phase == "finished")
    started = pilot.state.started
    assert started is not None
    alone = without_a_window(pilot.window.document.experiment, started.threads)
    assert finish(pilot).weights_sha256 == alone.weights_sha256


def test_reset_restores_the_initial_weights_and_new_weights_draws_others(pilot: Pilot) -> None:
    def first_step() -> tuple[float, ...]:
        pilot.key(Qt.Key.Key_F8)
        pilot.wait_phase("paused")
        return tuple(pilot.steps.read()[0, :-1])  # all but the penalty, which is off

    pilot.open("spiral", epochs=3)
    first = first_step()
    pilot.key(Qt.Key.Key_R, CTRL)
    assert pilot.state.phase == "idle"
    assert pilot.metric("step") == "–"
    assert first_step() == first
    draw = pilot.window.document.experiment.draw
    pilot.key(Qt.Key.Key_R, CTRL | SHIFT)
    assert pilot.state.phase == "idle"
    assert pilot.window.document.experiment.draw == draw + 1
    assert pilot.window.document.undo_label == "New initial weights"
    other = first_step()
    assert other[2] != first[2]
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert pilot.window.document.experiment.draw == draw
    pilot.click_train()
    pilot.wait_phase("finished")
    assert tuple(pilot.steps.read()[0, :-1]) == first


def test_a_learning_rate_typed_while_training_arrives_in_the_trace(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_steps(20)
    pilot.type_lr("0.005")
    pilot.wait(lambda: bool(pilot.steps.column("lr")[-1] == 0.005))
    assert pilot.state.phase == "running"
    pilot.key(Qt.Key.Key_Z, CTRL)
    pilot.wait(lambda: bool(pilot.steps.column("lr")[-1] == 0.02))
    lrs = pilot.steps.column("lr")
    assert lrs[0] == 0.02
    changes = lrs[np.flatnonzero(np.diff(lrs)) + 1]
    assert changes.tolist() == [0.005, 0.02]
    pilot.wait(lambda: pilot.metric("learning rate") == "0.02")
    # A run with live changes of the rate is still the run of this experiment.
    pilot.key(Qt.Key.Key_F5)
    pilot.wait_phase("paused")
    assert pilot.window.transport.train_action.text() == "Resume"
    assert len({state.run_id for state in pilot.states}) == 1


def test_a_learning_rate_typed_after_trying_another_optimizer_arrives(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=1_000_000)
    pilot.click_train()
    pilot.wait_steps(5)
    box = pilot.window.workspace.training_editor.optimizer.box
    box.setFocus()
    adam = box.currentIndex()
    pilot.qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() != adam
    pilot.qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.currentIndex() == adam
    lr = pilot.window.document.experiment.optimizer.lr
    assert lr == 0.001  # the default of Adam: going there and back again is an edit
    pilot.wait(lambda: bool(pilot.steps.column("lr")[-1] == lr))


def test_an_edit_of_the_network_while_paused_asks_for_a_new_run(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=50)
    pilot.key(Qt.Key.Key_F9)
    pilot.wait_phase("paused")
    train_action = pilot.window.transport.train_action
    assert train_action.text() == "Resume"
    editor = pilot.window.workspace.network_editor
    editor.view.setFocus()
    editor.view.setCurrentIndex(editor.model.index(1))
    pilot.qtbot.keyClick(editor.view, Qt.Key.Key_D, CTRL)
    assert len(pilot.window.document.experiment.network) == 6
    assert train_action.text() == "Train"
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert train_action.text() == "Resume"
    pilot.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert train_action.text() == "Train"
    pilot.click_train()
    pilot.wait(lambda: pilot.state.run_id == 2)
    result = finish(pilot)
    assert len(result.experiment.network) == 6
    assert len(result.weights) == 8
    assert is_compatible(result.experiment, pilot.window.document.experiment)


def test_a_step_after_an_edit_begins_a_new_run(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=50)
    pilot.key(Qt.Key.Key_F9)
    pilot.wait_phase("paused")
    pilot.type(pilot.window.workspace.data_editor.seed, "7")
    pilot.key(Qt.Key.Key_F8)
    pilot.wait(lambda: pilot.state.run_id != 1 and pilot.state.phase == "paused")
    assert len(pilot.steps) == 1
    assert pilot.state.experiment is not None
    assert pilot.state.experiment.seed == 7


def test_a_diverging_run_pauses_says_where_and_continues_with_a_smaller_rate(
    pilot: Pilot,
) -> None:
    pilot.open("linear-regression", epochs=400)
    pilot.type_lr("1e9")
    pilot.click_train()
    pilot.wait(lambda: pilot.state.phase == "paused" and bool(pilot.state.message))
    steps = len(pilot.steps)
    assert 1 <= steps < 20
    assert f"diverged in step {steps + 1} " in pilot.notice
    # The square of the predictions overflows before the predictions do.
    assert "the loss overflowed first" in pilot.notice
    assert "smaller learning rate" in pilot.notice
    assert np.isfinite(pilot.steps.column("loss")).all()
    fit = pilot.frames[-1].payloads[FitCurve]
    assert np.isfinite([fit.weight, fit.bias]).all()
    kept = (fit.weight, fit.bias)
    # The curves show what happened, until the run continues from before the divergence.
    assert set(pilot.steps.column("lr")) == {1e9}
    assert "initial weights have been restored" in pilot.notice
    assert pilot.frames[-1].step == 0
    pilot.type_lr("0.1")
    assert pilot.state.phase == "paused"
    assert pilot.window.transport.train_action.text() == "Resume"
    fit = pilot.frames[-1].payloads[FitCurve]
    assert (fit.weight, fit.bias) == kept
    pilot.click_train()
    result = finish(pilot)
    assert pilot.state.run_id == 1
    assert result.steps == 400
    assert pilot.notice == "", "the message is about a divergence that is over"
    lrs = pilot.steps.column("lr")
    assert len(lrs) == 400
    assert set(lrs) == {0.1}
    # Gradient descent on a quadratic converges from any initial weights.
    assert result.train.loss is not None
    assert result.train.loss == pytest.approx(1.2**2 / 12, rel=0.02)


def offer_button(pilot: Pilot) -> QPushButton:
    return pilot.window.notice.findChild(QPushButton)


def test_after_a_divergence_one_click_continues_with_a_tenth_of_the_rate(pilot: Pilot) -> None:
    pilot.open("linear-regression", epochs=400)
    pilot.type_lr("30")
    rates = [30.0]
    pilot.click_train()
    while pilot.wait_phase("paused", "finished").phase == "paused":
        pilot.wait(lambda: bool(pilot.notice))
        rates.append(rates[-1] / 10)
        assert len(rates) < 5
        assert offer_button(pilot).text() == f"Continue with learning rate {rates[-1]:g}"
        count = len(pilot.states)
        pilot.click(offer_button(pilot))
        assert pilot.window.document.experiment.optimizer.lr == pytest.approx(rates[-1])
        pilot.wait(lambda count=count: len(pilot.states) > count)
        pilot.wait(lambda: pilot.state.phase != "paused" or bool(pilot.state.message))
    assert len(rates) > 1
    assert pilot.state.run_id == 1
    assert pilot.state.result is not None
    assert pilot.state.result.train.loss == pytest.approx(1.2**2 / 12, rel=0.02)
    pilot.window.document.undo()
    assert pilot.window.document.experiment.optimizer.lr == pytest.approx(rates[-2])


def test_after_a_divergence_in_the_last_step_the_button_trains_again(pilot: Pilot) -> None:
    pilot.open("linear-regression", epochs=2)
    document = pilot.window.document
    # A full batch: each step multiplies the weights by about -1e9, and the loss by the square.
    document.edit(Change(replace(document.experiment, batch_size=None), "Full batch"))
    pilot.type_lr("1e9")
    pilot.click_train()
    assert pilot.wait_phase("finished", "paused").phase == "finished"
    pilot.wait(lambda: "diverged" in pilot.notice)
    assert offer_button(pilot).text() == "Train again with learning rate 1e+08"
    pilot.click(offer_button(pilot))
    assert pilot.state.run_id == 2
    assert pilot.state.experiment is not None
    assert pilot.state.experiment.optimizer.lr == pytest.approx(1e8)
    pilot.wait_phase("finished", "paused")


def test_an_edit_removes_the_button_but_not_the_message_of_a_divergence(pilot: Pilot) -> None:
    pilot.open("linear-regression", epochs=400)
    pilot.type_lr("1e9")
    pilot.click_train()
    pilot.wait(lambda: pilot.state.has_diverged)
    assert offer_button(pilot).isVisible()
    pilot.type_lr("0.1")
    assert "diverged" in pilot.notice
    assert not offer_button(pilot).isVisible()


def test_the_layer_that_overflowed_is_named(pilot: Pilot) -> None:
    pilot.open("digits-offline")
    box = pilot.window.workspace.training_editor.optimizer.box
    box.setFocus()
    while box.currentData() != "SGD":
        pilot.qtbot.keyClick(box, Qt.Key.Key_Up)
    pilot.type_lr("1e9")
    pilot.click_train()
    pilot.wait(lambda: pilot.state.phase == "paused" and bool(pilot.state.message))
    assert f"diverged in step {len(pilot.steps) + 1} " in pilot.notice
    assert re.search(r"\(layer [24], Dense, overflowed first\)", pilot.notice)
    pilot.key(Qt.Key.Key_F5, SHIFT)
    result = finish(pilot)
    assert all(np.isfinite(weights).all() for weights in result.weights.values())


def test_digits_with_every_part_of_a_result(pilot: Pilot) -> None:
    pilot.open("digits-offline", epochs=2)
    assert pilot.window.document.experiment.data == Digits()
    assert pilot.window.document.experiment.network[:3] == (Flatten(), Dense(64), ReLU())
    pilot.click_train()
    result = finish(pilot)
    text = results_text(pilot)
    assert result.test.accuracy is not None
    assert f"{100 * result.test.accuracy:.2f}" in text
    assert pilot.window.workspace.panel(ConfusionPanel).isVisible()
    assert result.class_predictions is not None
    assert int(result.class_predictions.confusion.sum()) == len(result.class_predictions.target)
