"""Looking back at a run: the slider moves all views, while training and afterwards."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from nnplay.gui.bars.film_slider import RANGE
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.session import Change
from nnplay.session.film_time import rebuild_seconds
from tests.gui.piloting import OpenWindow, Pilot

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def pilot(open_window: OpenWindow) -> Pilot:
    return open_window()


def line_of(pilot: Pilot) -> np.ndarray:
    """Return the line that the fit panel draws."""
    return np.array(pilot.window.workspace.panel(FitPanel).curve.yData, copy=True)


def trained_line(pilot: Pilot, epochs: int = 300) -> np.ndarray:
    """Train the first example to its end; return its line."""
    pilot.type_epochs(epochs)
    pilot.click_train()
    pilot.wait_phase("finished")
    pilot.wait(lambda: pilot.window.workspace.film.isEnabled())
    return line_of(pilot)


def test_bar_is_enabled_by_the_first_run(pilot: Pilot) -> None:
    bar = pilot.window.workspace.film
    assert not bar.isEnabled()
    trained_line(pilot)
    assert bar.slider.value() == RANGE
    assert bar.text.text() == "epoch 300"
    assert not bar.newest.isEnabled()
    pilot.window.controller.reset()
    assert not bar.isEnabled()
    assert bar.slider.value() == 0


def test_slider_shows_the_line_of_an_earlier_moment(pilot: Pilot) -> None:
    last = trained_line(pilot)
    bar = pilot.window.workspace.film
    bar.slider.setFocus()
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    pilot.wait(lambda: not np.allclose(line_of(pilot), last))
    first = line_of(pilot)
    assert bar.text.text() == "epoch 0"
    assert "step 0" in bar.text.toolTip()
    curves = pilot.window.workspace.panel(CurvesPanel)
    assert curves.loss.position.isVisible()
    assert curves.loss.position.value() == 0
    # The untrained line, as the film has its weights.
    link = pilot.window.live.run.link
    assert link is not None
    weights = link.film.layout.weights(link.film.frames[0])
    panel = pilot.window.workspace.panel(FitPanel)
    expected = panel.curve.xData * weights["0.weight"].item() + weights["0.bias"].item()
    assert np.ptp(first) > 0 or np.allclose(expected, expected[0])
    pilot.click(bar.newest)
    pilot.wait(lambda: np.allclose(line_of(pilot), last))
    assert not curves.loss.position.isVisible()
    assert bar.slider.value() == RANGE


def test_arrow_keys_go_to_the_neighbouring_frame(pilot: Pilot) -> None:
    trained_line(pilot)
    link, bar = pilot.window.live.run.link, pilot.window.workspace.film
    assert link is not None
    steps = [frame.step for frame in link.film.frames]
    display = pilot.window.display.film
    bar.slider.setFocus()
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Left)
    assert display.step == steps[-2]
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Left)
    assert display.step == steps[-3]
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Right)
    assert display.step == steps[-2]


def test_film_plays_to_its_end_and_follows_again(pilot: Pilot) -> None:
    trained_line(pilot)
    bar, display = pilot.window.workspace.film, pilot.window.display.film
    bar.speeds.actions()[-1].trigger()
    assert bar.options.text() == "4×"
    seen: list[int | None] = []
    bar.slider.setFocus()
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Space)
    assert bar.play.isChecked()

    def is_over() -> bool:
        seen.append(display.step)
        return not bar.play.isChecked()

    pilot.wait(is_over)
    steps = [step for step in seen if step is not None]
    assert len(set(steps)) > 5
    assert steps == sorted(steps)
    assert display.is_following


def test_slider_works_while_the_training_goes_on(pilot: Pilot) -> None:
    pilot.type_epochs(1_000_000)
    pilot.click_train()
    bar, display = pilot.window.workspace.film, pilot.window.display.film
    pilot.wait(lambda: bar.isEnabled() and len(pilot.steps) > 500)
    bar.slider.setFocus()
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    assert display.step == 0
    before = len(pilot.steps)
    pilot.wait(lambda: len(pilot.steps) > before + 100)
    assert display.step == 0
    assert pilot.state.phase == "running"
    pilot.click(bar.newest)
    frames = len(pilot.frames)
    pilot.wait(lambda: len(pilot.frames) > frames + 1)
    assert display.is_following


def test_continue_from_here_begins_a_run_with_the_same_past(pilot: Pilot) -> None:
    trained_line(pilot, 100)
    bar = pilot.window.workspace.film
    old = pilot.steps.read().copy()
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    for _again in range(30):
        pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Right)
    step = pilot.window.display.film.step
    assert step
    pilot.type_lr("0.01")
    pilot.click(bar.branch)
    pilot.wait(lambda: pilot.state.run_id == 2 and pilot.state.phase == "finished")
    new = pilot.steps.read()
    np.testing.assert_array_equal(new[:step], old[:step])
    assert set(new[step:, 4]) == {0.01}
    first, second = pilot.window.live.shelf.runs
    assert second.parent is not None
    assert (second.parent.id, second.parent.step) == (first.id, step)


def test_training_on_follows_the_run_again(pilot: Pilot) -> None:
    trained_line(pilot, 50)
    bar, display = pilot.window.workspace.film, pilot.window.display.film
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    assert not display.is_following
    pilot.click_train()
    pilot.wait(lambda: pilot.state.phase == "finished" and len(pilot.steps) == 100)
    assert display.is_following
    assert bar.text.text() == "epoch 100"
    edits = [mark.text for mark in bar.slider.marks if mark.kind == "edit"]
    assert edits == ["epochs changed to 100 at step 50"]


@pytest.mark.parametrize(("axis", "text"), [(0, "epoch 0"), (1, "step 0"), (2, "0.00 s")])
def test_slider_by_epochs_steps_and_time(axis: int, text: str, pilot: Pilot) -> None:
    trained_line(pilot, 50)
    bar = pilot.window.workspace.film
    bar.axes.actions()[axis].trigger()
    assert bar.slider.value() == RANGE
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    assert bar.text.text() == text
    assert bar.slider.value() == 0


def test_map_of_an_earlier_moment(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=30)
    pilot.click_train()
    pilot.wait_phase("finished")
    panel = pilot.window.workspace.panel(DecisionPanel)
    pilot.wait(panel.map.isVisible)
    last = panel.map.image.copy()
    bar = pilot.window.workspace.film
    pilot.wait(bar.isEnabled)
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    pilot.wait(lambda: panel.map.image.shape != last.shape or bool((panel.map.image != last).any()))


def test_recorded_run_is_shown_again_after_a_reset(pilot: Pilot) -> None:
    last = trained_line(pilot)
    (run,) = pilot.window.live.shelf.runs
    pilot.window.controller.reset()
    pilot.window.controller.show_run(run)
    assert pilot.state.phase == "finished"
    pilot.wait(lambda: len(line_of(pilot)) == len(last) and np.allclose(line_of(pilot), last))
    assert len(pilot.steps) == run.last_step
    assert pilot.window.transport.train_action.text() == "Train on"


def test_branch_of_an_edited_network_says_which_weights_it_keeps(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=30)
    pilot.click_train()
    pilot.wait_phase("finished")
    bar = pilot.window.workspace.film
    pilot.wait(bar.isEnabled)
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Left)
    assert bar.branch.text() == "Continue from here"
    editor = pilot.window.workspace.network_editor
    editor.view.setFocus()
    editor.view.setCurrentIndex(editor.model.index(1))
    pilot.qtbot.keyClick(editor.view, Qt.Key.Key_D, CTRL)
    assert len(pilot.window.document.experiment.network) == 6
    assert bar.branch.text() == "Branch from here"
    pilot.click(bar.branch)
    pilot.wait(lambda: pilot.state.run_id == 2 and pilot.state.phase == "finished")
    assert pilot.state.started is not None
    assert pilot.state.started.start.startswith("Layers 1, 2, 6 have the weights of step ")
    assert len(pilot.window.live.shelf.runs) == 2


def test_divergence_is_marked_and_stays_marked(pilot: Pilot) -> None:
    pilot.type_epochs(300)
    pilot.type_lr("50")
    pilot.click_train()
    pilot.wait(lambda: pilot.state.has_diverged)
    pilot.type_lr("0.001")
    pilot.click_train()
    pilot.wait_phase("finished")
    slider = pilot.window.workspace.film.slider
    link = pilot.window.live.run.link
    assert link is not None
    (one,) = link.diverged
    (mark,) = [mark for mark in slider.marks if mark.kind == "diverged"]
    assert mark.share == pytest.approx(one.step / len(pilot.steps))
    assert mark.text.startswith(f"Training diverged in step {one.step:,}; the weights of step")
    (run,) = pilot.window.live.shelf.runs
    assert run.diverged == (one,)
    pilot.window.controller.reset()
    pilot.window.controller.show_run(run)
    assert mark in slider.marks


def test_bar_says_how_long_a_step_takes_to_rebuild(pilot: Pilot) -> None:
    bar = pilot.window.workspace.film
    trained_line(pilot, 50)
    bar.show_rebuilding(0.31)
    assert bar.text.text() == "Rebuilding 0.3 s"
    bar.show_branch(is_possible=True, is_outdated=False, seconds=0.31)
    assert "Rebuilding these weights takes about 0.3 s." in bar.branch.toolTip()
    bar.show_branch(is_possible=True, is_outdated=False, seconds=0.01)
    assert "Rebuilding" not in bar.branch.toolTip()


def test_continuing_between_two_saved_states_says_that_it_rebuilds(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=100)
    eager = replace(pilot.window.document.experiment, stepper="eager")
    pilot.window.document.edit(Change(eager, "Eager"))
    pilot.click_train()
    pilot.wait_phase("finished")
    bar, display, link = (
        pilot.window.workspace.film, pilot.window.display.film, pilot.window.live.run.link
    )  # fmt: skip
    assert link is not None

    def repeated(step: int) -> int:
        point = link.points.before(step)
        assert point is not None
        return step - point.step

    farthest = max(display.moments[:-1], key=lambda one: repeated(one.step))
    seconds = rebuild_seconds(display.moments, 0, repeated(farthest.step))
    assert seconds > 0.1
    display.show_moment(farthest)
    assert f"about {seconds:.1f} s" in bar.branch.toolTip()
    pilot.click(bar.branch)
    assert bar.text.text() == f"Rebuilding {seconds:.1f} s"
    pilot.wait(lambda: not bar.text.text().startswith("Rebuilding"))
    assert len(pilot.steps) >= farthest.step or pilot.state.phase == "running"
    pilot.wait_phase("finished")
    assert bar.text.text() == "epoch 100"


def test_slider_can_be_used_in_the_smallest_window(pilot: Pilot) -> None:
    trained_line(pilot, 50)
    pilot.window.resize(960, 600)
    bar = pilot.window.workspace.film
    pilot.wait(lambda: pilot.window.width() <= 1000)
    pilot.qtbot.keyClick(bar.slider, Qt.Key.Key_Left)
    assert bar.branch.isVisible()
    assert bar.branch.text() == "Continue"
    pilot.qtbot.waitUntil(lambda: bar.slider.width() >= 60)
    pilot.window.resize(1600, 800)
    pilot.wait(bar.text.isVisible)
