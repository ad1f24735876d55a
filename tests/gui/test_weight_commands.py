"""A weight that is typed in the drawing changes the run, and every view shows it."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnplay.gui.panels.network import NetworkPanel
from nnplay.gui.views.network.geometry import EdgePaths
from nnplay.link import LiveEdit
from tests.gui.piloting import NONE, opening_windows


def test_a_typed_weight_changes_the_paused_run(qtbot: QtBot, nnplay_home: Path) -> None:
    with opening_windows(qtbot, nnplay_home) as open_window:
        pilot = open_window()
        pilot.open("spiral")
        workspace = pilot.window.workspace
        pilot.window.controller.step()
        pilot.wait_phase("paused")
        workspace.bring_up(NetworkPanel)
        panel = workspace.panel(NetworkPanel)
        view = panel.view
        pilot.wait(lambda: view.drawn is not None and view.layout_now is not None)

        def weight() -> float:
            assert view.drawn is not None
            weights = view.drawn.stages[1].weights
            assert weights is not None
            return float(weights[3, 0])

        before = weight()
        assert view.layout_now is not None
        path = EdgePaths(view.layout_now).path(0, 0, 3)
        points = [path.pointAtPercent(share / 20).toPoint() for share in range(2, 19)]
        # Where no other edge crosses it.
        at = next(one for one in points if view.edge_at(QPointF(one)) == (0, 0, 3))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, NONE, at)
        QTest.keyClicks(view.editor, "2,5")
        QTest.keyClick(view.editor, Qt.Key.Key_Return)
        pilot.wait(lambda: weight() == 2.5)
        link = pilot.window.live.run.link
        assert link is not None
        assert link.edits == [LiveEdit(1, "weight.0.weight[3,0]", 2.5)]
        QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        pilot.wait(lambda: weight() == np.float32(before))
        assert [edit.path for edit in link.edits] == ["weight.0.weight[3,0]"] * 2
