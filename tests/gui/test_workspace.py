"""What the panels of the window draw: only visible ones, once, and the last frame."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnplay.catalog import Sigmoid, Tanh
from nnplay.experiment import insert_layer
from nnplay.gui.forms import ProblemStack
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.data_table import DataPanel
from nnplay.gui.panels.roc import RocPanel
from nnplay.gui.workspace import Workspace
from nnplay.link import Frame
from nnplay.session import Change
from tests.gui.piloting import Pilot


def workspace_of(pilot: Pilot) -> Workspace:
    """Return the panels of a window with pictures in it; no fixture, which would outlive it."""
    pilot.open("digits-offline")
    one = pilot.window.workspace
    pilot.wait(lambda: one.panel(DataPanel).table.rowCount() > 0)
    return one


def shown(panel: Any) -> list[Frame]:
    """Keep what a panel is given, in place of showing it; the panel goes with its window."""
    frames: list[Frame] = []
    panel.show_frame = frames.append
    return frames


def frames(count: int) -> list[Frame]:
    one = example_run("images").frame
    return [replace(one, step=step) for step in range(count)]


def test_the_last_of_many_frames_is_shown_even_if_others_are_skipped(
    pilot: Pilot, qtbot: QtBot
) -> None:
    workspace = workspace_of(pilot)
    seen = shown(workspace.panel(ConfusionPanel))
    confusion: Any = workspace.panel(ConfusionPanel)
    confusion.entry = replace(confusion.entry, min_interval_ms=10**9)
    given = frames(20)
    for frame in given:
        workspace.show_frame(frame)
    assert seen == given[:1]
    qtbot.waitUntil(lambda: len(seen) > 1)
    assert seen == [given[0], given[-1]]
    workspace.show_last_frame()
    assert len(seen) == 2, "what is there already is not drawn again"


def test_hidden_panels_draw_nothing_and_are_complete_when_shown(
    pilot: Pilot,
) -> None:
    workspace = workspace_of(pilot)
    curves: list[object] = []
    panel: Any = workspace.panel(CurvesPanel)
    panel.show_traces = lambda *traces: curves.append(traces)
    seen = shown(workspace.panel(ConfusionPanel))
    behind = shown(workspace.panel(RocPanel))
    now = example_run("images")
    workspace.set_hidden(True)
    workspace.show_frame(now.frame)
    workspace.show_traces(now.steps, now.epochs)
    assert not seen
    assert not curves
    workspace.set_hidden(False)
    assert seen == [now.frame]
    assert curves == [(now.steps, now.epochs)]
    assert not behind
    workspace.bring_up(DataPanel)
    workspace.show_frame(frames(1)[0])
    assert len(seen) == 1
    workspace.bring_up(ConfusionPanel)
    assert len(seen) == 2


def lines_of(pilot: Pilot) -> list[Any]:
    """Return the problems and remarks below the rows of the layer list."""
    view = pilot.window.workspace.network_editor.view
    stacks = [one for one in view.findChildren(ProblemStack) if not one.isHidden()]
    return [line for stack in stacks for line in stack.lines()]


def test_a_remark_is_shown_at_its_layer_and_does_not_block(pilot: Pilot) -> None:
    workspace_of(pilot)
    document = pilot.window.document
    experiment = document.experiment
    changed = insert_layer(experiment, len(experiment.network), Tanh())
    document.edit(Change(changed, "Add Tanh"))
    (line,) = lines_of(pilot)
    assert "Tanh before Cross-entropy" in line._what.text()
    assert not pilot.window.controller.problems
    pilot.qtbot.keyClick(line.button, Qt.Key.Key_Space)
    assert document.experiment == experiment
    assert not lines_of(pilot)


def test_targets_that_the_outputs_cannot_reach_are_remarked_on_once_the_data_are_there(
    pilot: Pilot,
) -> None:
    pilot.open("linear-regression")
    pilot.wait(lambda: bool(pilot.window.workspace.built))
    document = pilot.window.document
    line = document.experiment
    document.edit(Change(insert_layer(line, len(line.network), Sigmoid()), "Add Sigmoid"))
    pilot.wait(lambda: bool(lines_of(pilot)))
    (shown,) = lines_of(pilot)
    assert "limits the outputs to 0 to 1" in shown._what.text()
    pilot.qtbot.keyClick(shown.button, Qt.Key.Key_Space)
    assert document.experiment == line
