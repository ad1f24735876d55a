"""Before Train is pressed, the views show the untrained network."""

from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.panels.network import NetworkPanel
from nnplay.link import Frame
from tests.gui.piloting import Pilot


def preloaded(pilot: Pilot) -> list[Frame]:
    """Load torch as the program does behind its first picture; return the frames that come."""
    frames: list[Frame] = []
    pilot.window.initial.ready.connect(frames.append)
    pilot.window.preloading.start()
    return frames


def test_the_untrained_line_map_and_matrix_are_drawn(pilot: Pilot) -> None:
    frames = preloaded(pilot)
    workspace = pilot.window.workspace
    curve = workspace.panel(FitPanel).curve
    pilot.wait(lambda: curve.xData is not None and len(curve.xData) > 1)
    assert pilot.state.phase == "idle"
    pilot.open("spiral")
    pilot.wait(lambda: "step 0" in workspace.panel(DecisionPanel).note)
    pilot.open("digits-offline")
    pilot.wait(lambda: "step 0" in workspace.panel(ConfusionPanel).note)
    assert all(frame.step == 0 for frame in frames)
    assert pilot.frames == [], "nothing was trained"


def test_the_untrained_network_is_drawn(pilot: Pilot) -> None:
    preloaded(pilot)
    pilot.open("spiral")
    workspace = pilot.window.workspace
    workspace.bring_up(NetworkPanel)
    panel = workspace.panel(NetworkPanel)
    pilot.wait(lambda: panel.view.drawn is not None)
    drawn = panel.view.drawn
    assert drawn is not None and [one.stage.units for one in drawn.stages] == [2, 8, 8, 1]
    assert drawn.maps is not None and pilot.state.phase == "idle"


def test_the_map_fills_the_plot_also_after_zooming_out(pilot: Pilot) -> None:
    preloaded(pilot)
    pilot.open("spiral")
    panel = pilot.window.workspace.panel(DecisionPanel)
    box = panel.plot.getViewBox()

    def is_filled() -> bool:
        drawn = panel.map.mapRectToParent(panel.map.boundingRect())
        return panel.map.isVisible() and drawn.contains(
            box.viewRect().adjusted(1e-6, 1e-6, -1e-6, -1e-6)
        )

    pilot.wait(is_filled)
    before = box.viewRect().width()
    box.scaleBy((1.4, 1.4))
    assert box.viewRect().width() > 1.3 * before
    pilot.wait(is_filled)


def test_it_follows_edits_and_comes_back_after_a_reset(pilot: Pilot) -> None:
    frames = preloaded(pilot)
    pilot.wait(lambda: len(frames) == 1)
    pilot.window.controller.redraw_weights()
    pilot.wait(lambda: len(frames) == 2)
    fit = pilot.window.workspace.panel(FitPanel)
    untrained = fit.curve.yData.copy()
    pilot.type_epochs(50)
    pilot.click_train()
    pilot.wait_phase("finished")
    trained = fit.curve.yData.copy()
    assert abs(trained - untrained).max() > 0.01
    count = len(frames)
    pilot.window.controller.reset()
    pilot.wait(lambda: len(frames) > count)
    assert abs(fit.curve.yData - untrained).max() < 1e-5


def test_a_network_with_a_problem_shows_nothing(pilot: Pilot) -> None:
    preloaded(pilot)
    pilot.open("digits-offline")
    confusion = pilot.window.workspace.panel(ConfusionPanel)
    pilot.wait(lambda: confusion.empty_text == "")
    network = pilot.window.document.experiment.network
    broken = pilot.window.document.experiment
    from dataclasses import replace

    from nnplay.session import Change

    pilot.window.document.edit(Change(replace(broken, network=network[1:]), "without Flatten"))
    pilot.wait(lambda: confusion.empty_text != "")
    pilot.window.document.undo()
    pilot.wait(lambda: confusion.empty_text == "")
