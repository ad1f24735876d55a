"""After an edit, the views say that they show the run before it, and nothing vanishes."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage

from nnplay.catalog import Dense, Line
from nnplay.experiment import Experiment
from nnplay.gui.panel.veil import Veil
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.panels.results import ResultsPanel
from nnplay.session import Change
from tests.gui.piloting import Pilot

CTRL = Qt.KeyboardModifier.ControlModifier


def edit(pilot: Pilot, **fields: object) -> Experiment:
    changed = replace(pilot.window.document.experiment, **fields)  # type: ignore[arg-type]
    pilot.window.document.edit(Change(changed, "Change"))
    return changed


def trained(pilot: Pilot) -> FitPanel:
    """Train the default experiment for a moment; return the panel with its line."""
    fit = pilot.window.workspace.panel(FitPanel)
    pilot.wait(lambda: fit.note == "100,000 points")
    pilot.type_epochs(50)
    pilot.click_train()
    pilot.wait_phase("finished")
    assert len(fit.curve.yData) > 1
    return fit


def is_pale(pilot: Pilot) -> bool:
    workspace = pilot.window.workspace
    preview = workspace.stacks["data"].findChild(Veil)
    assert preview is None, "the preview belongs to the editor"
    covered = set()
    for part in (workspace.stage, workspace.stacks["side"]):
        veil = part.findChild(Veil)
        assert veil is not None
        covered.add(veil.isVisible())
        assert veil.geometry() == part.rect() or not veil.isVisible()
    assert len(covered) == 1
    return covered.pop()


def test_an_edited_network_leaves_the_results_of_the_run_and_marks_them(pilot: Pilot) -> None:
    fit, bar = trained(pilot), pilot.window.workspace.outdated
    assert bar.text == ""
    assert not is_pale(pilot)
    line = fit.curve.yData.copy()
    edit(pilot, network=(Dense(4), Dense(1)))
    assert bar.text.startswith("Shown: run 1; ")
    assert is_pale(pilot)
    np.testing.assert_array_equal(fit.curve.yData, line)
    assert pilot.window.workspace.panel(ResultsPanel).empty_text == ""
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert bar.text == ""
    assert not is_pale(pilot)
    np.testing.assert_array_equal(fit.curve.yData, line)


def test_edited_data_leave_the_results_of_the_run_too(pilot: Pilot) -> None:
    fit, workspace = trained(pilot), pilot.window.workspace
    line = fit.curve.yData.copy()
    loaded: list[object] = []
    pilot.window.loading.loaded.connect(loaded.append)
    edit(pilot, data=Line(points=70))
    pilot.wait(lambda: len(loaded) == 1)
    assert workspace.outdated.text == (
        "Shown: run 1; the experiment has been edited since: Train starts run 2."
    )
    assert fit.note == "100,000 points"
    np.testing.assert_array_equal(fit.curve.yData, line)
    assert len(workspace._data[True][1].train) == 70, "the preview follows the edit"
    assert workspace.panel(DataPreview).empty_text == ""
    # Undo leads back to the run, and nothing was lost.
    pilot.key(Qt.Key.Key_Z, CTRL)
    pilot.wait(lambda: len(loaded) == 2)
    assert workspace.outdated.text == ""
    np.testing.assert_array_equal(fit.curve.yData, line)


def test_train_and_the_button_show_the_edited_data(pilot: Pilot) -> None:
    fit, workspace = trained(pilot), pilot.window.workspace
    edit(pilot, data=Line(points=70))
    pilot.wait(lambda: len(workspace._data[True][1].train) == 70)
    pilot.click(workspace.outdated.button)
    assert pilot.state.phase == "idle"
    assert workspace.outdated.text == ""
    assert fit.note == "70 points"
    assert fit.curve.yData is None or len(fit.curve.yData) == 0
    pilot.click_train()
    pilot.wait_phase("finished")
    edit(pilot, data=Line(points=80))
    pilot.wait(lambda: len(workspace._data[True][1].train) == 80)
    assert fit.note == "70 points"
    pilot.click_train()
    pilot.wait(lambda: pilot.state.phase == "finished" and pilot.state.run_id >= 4)
    assert fit.note == "80 points"
    assert workspace.outdated.text == ""


def test_other_kinds_of_data_keep_the_panels_of_the_run(pilot: Pilot) -> None:
    fit, workspace = trained(pilot), pilot.window.workspace
    pilot.window.controller.use_data("Spiral")
    pilot.wait(lambda: workspace._data[True][0].task == "classification")
    assert fit.isVisible()
    pilot.click(workspace.outdated.button)
    assert not fit.isVisible()


def test_a_run_that_is_edited_continues_and_says_so(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=10_000_000)
    pilot.click_train()
    pilot.wait_phase("running")
    edit(pilot, network=(Dense(1),))
    bar = pilot.window.workspace.outdated
    assert bar.text == (
        "Run 1 continues as it was before the edit: Train ends it and starts run 2."
    )
    assert not is_pale(pilot)
    pilot.key(Qt.Key.Key_F5)
    pilot.wait(lambda: is_pale(pilot) or pilot.state.run_id > 1)


def pixels(image: QImage) -> np.ndarray:
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    assert not rgb.isNull()
    return np.frombuffer(rgb.constBits(), dtype=np.uint8).copy()


def test_reset_leaves_nothing_of_the_run_on_the_screen(pilot: Pilot) -> None:
    window = pilot.window
    fit = window.workspace.panel(FitPanel)
    pilot.wait(lambda: fit.note == "100,000 points")
    pilot.type_lr("0.1")
    window._set_speed(20)
    # A part that the pointer or the focus cannot change.
    plot = fit.plot
    place = QRect(plot.mapTo(window, QPoint()), plot.size())

    def screen() -> np.ndarray:
        return pixels(window.screen().grabWindow(window.winId()).toImage().copy(place))

    for _round in range(3):
        pilot.click_train()
        pilot.wait(lambda: len(pilot.steps) >= 8)
        window.controller.reset()
        pilot.wait(lambda: not fit.points._settle.isActive())
        # What is still on the screen of what the plot no longer has.
        pilot.wait(lambda: bool((screen() == pixels(plot.grab().toImage())).all()))
