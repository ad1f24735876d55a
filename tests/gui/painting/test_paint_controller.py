"""Painting in the window: by the mouse, by the keys, undone, and on the points of other data."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnplay.catalog import (
    MSE,
    SGD,
    Blobs,
    CrossEntropy,
    Dense,
    Hills,
    Iris,
    Painted,
    PaintedCurve,
    Sine,
    Spiral,
)
from nnplay.data import load
from nnplay.experiment import Experiment, Split
from nnplay.gui.painting.canvas import PaintCanvas
from nnplay.gui.painting.paint_controller import PaintController
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.session import Change
from tests.gui.piloting import Pilot

LEFT = Qt.MouseButton.LeftButton
FOUR = ((-2.0, 0.0, 0.0), (2.0, 0.0, 1.0), (0.0, 2.0, 0.0), (0.0, -2.0, 1.0))
PLANE = Experiment(Painted(FOUR), (Dense(2),), CrossEntropy(), SGD())
CURVE = Experiment(PaintedCurve(((-2.0, 0.0), (2.0, 1.0))), (Dense(1),), MSE(), SGD())


class Hand:
    """A user who paints in the window."""

    def __init__(self, pilot: Pilot, paint_controller: PaintController) -> None:
        self.pilot, self.paint_controller = pilot, paint_controller
        self.canvas: PaintCanvas = paint_controller.canvas
        self.plot = self.canvas._plot

    @property
    def points(self) -> tuple[tuple[float, ...], ...]:
        data = self.pilot.window.document.experiment.data
        assert isinstance(data, Painted | PaintedCurve)
        return data.points

    def pixel(self, x: float, y: float) -> QPoint:
        scene = self.plot.getViewBox().mapViewToScene(QPointF(x, y))
        return self.plot.mapFromScene(scene)

    def drag(self, *places: tuple[float, float]) -> None:
        """Press at the first position, move along the others, and release at the last."""
        qtbot, viewport = self.pilot.qtbot, self.plot.viewport()
        at = [self.pixel(*place) for place in places]
        qtbot.mousePress(viewport, LEFT, pos=at[0])
        for one in at[1:]:
            _move(viewport, one)
        qtbot.mouseRelease(viewport, LEFT, pos=at[-1])

    def key(self, key: Any, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> None:
        self.pilot.qtbot.keyClick(self.plot, key, modifiers)

    def shown(self) -> int:
        """Return how many points the panel draws, without those of a stroke."""
        return len(self.canvas._base.places()[0])


def _move(viewport: Any, at: QPoint) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    place = QPointF(at)
    there = QPointF(viewport.mapToGlobal(at))
    kind, none = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, place, there, Qt.MouseButton.NoButton, LEFT, none)
    QApplication.sendEvent(viewport, event)


@pytest.fixture
def paint(pilot: Pilot) -> Callable[[Experiment], Hand]:
    def make(experiment: Experiment) -> Hand:
        window = pilot.window
        window.document.edit(Change(experiment, "Begin"))
        curve = experiment.data.spec().in_shape == (1,)
        panel = window.workspace.panel(FitPanel) if curve else window.workspace.panel(DecisionPanel)
        hand = Hand(pilot, panel.paint_controller)
        count = experiment.data.spec().samples
        pilot.wait(lambda: panel.isVisible() and hand.shown() == count)
        panel.plot.setFocus()
        panel.reset_view()
        QApplication.processEvents()
        return hand

    return make


def near(row: tuple[float, ...], x: float, y: float, room: float = 0.1) -> bool:
    return bool(np.hypot(row[0] - x, row[1] - y) < room)


def test_a_click_paints_a_point_of_the_class_of_the_key(paint, pilot: Pilot) -> None:
    hand = paint(PLANE)
    assert hand.paint_controller.isVisible()
    assert hand.canvas.tool == "brush"
    hand.drag((0.0, 0.0))
    assert hand.points[:4] == FOUR
    assert near(hand.points[4], 0.0, 0.0) and hand.points[4][2] == 0
    hand.key(Qt.Key.Key_1)
    hand.drag((1.0, 1.0))
    assert near(hand.points[5], 1.0, 1.0) and hand.points[5][2] == 1
    hand.key(Qt.Key.Key_7)  # there is no such class
    hand.drag((1.0, -1.0))
    assert hand.points[6][2] == 1
    pilot.wait(lambda: hand.shown() == 7)
    assert len(hand.canvas.laid.points()) == 0, "the panel shows the points now"


def test_a_stroke_is_one_step_of_undo_and_the_document_changes_at_its_end(
    paint, pilot: Pilot, qtbot: QtBot
) -> None:
    hand = paint(PLANE)
    document, viewport = pilot.window.document, hand.plot.viewport()
    box = hand.plot.getViewBox()
    box.setRange(QRectF(-2.2, -2.2, 4.4, 4.4), padding=0)
    QApplication.processEvents()
    view = box.viewRect()
    qtbot.mousePress(viewport, LEFT, pos=hand.pixel(-1.0, 1.0))
    _move(viewport, hand.pixel(0.0, 1.0))
    _move(viewport, hand.pixel(1.0, 1.0))
    drawn = len(hand.canvas.laid.points())
    assert drawn > 5 and hand.canvas.laid.isVisible()
    assert document.experiment == PLANE
    qtbot.mouseRelease(viewport, LEFT, pos=hand.pixel(1.0, 1.0))
    assert len(hand.points) == 4 + drawn
    assert all(abs(row[1] - 1.0) < 0.05 for row in hand.points[4:])
    assert document.undo_label == "Paint points"
    pilot.wait(lambda: hand.shown() == 4 + drawn)
    assert box.viewRect().height() == pytest.approx(view.height(), rel=0.1), "it does not jump"
    document.undo()
    assert document.experiment == PLANE
    pilot.wait(lambda: hand.shown() == 4)


def test_the_spray_goes_on_while_it_is_pressed(paint, pilot: Pilot, qtbot: QtBot) -> None:
    hand = paint(PLANE)
    hand.key(Qt.Key.Key_S)
    hand.paint_controller.bar.rate.setValue(6)
    qtbot.mousePress(hand.plot.viewport(), LEFT, pos=hand.pixel(0.5, 0.5))
    pilot.wait(lambda: len(hand.canvas.laid.points()) > 40)
    qtbot.mouseRelease(hand.plot.viewport(), LEFT, pos=hand.pixel(0.5, 0.5))
    new = hand.points[4:]
    reach = hand.canvas._reach()
    assert len(new) > 40
    assert len(set(new)) > 30
    assert all(reach.distance(row[:2], (0.5, 0.5)) < 1.1 for row in new)
    assert pilot.window.document.undo_label == "Spray points"


def test_the_eraser_removes_points_on_its_path(paint, pilot: Pilot, qtbot: QtBot) -> None:
    hand = paint(PLANE)
    hand.key(Qt.Key.Key_E)
    viewport = hand.plot.viewport()
    qtbot.mousePress(viewport, LEFT, pos=hand.pixel(-2.4, 0.0))
    _move(viewport, hand.pixel(2.4, 0.0))
    visible = hand.pilot.window.workspace.panel(DecisionPanel).points.data["visible"]
    assert sorted(visible) == [False, False, True, True]
    hand.key(Qt.Key.Key_Escape)
    assert all(hand.pilot.window.workspace.panel(DecisionPanel).points.data["visible"])
    qtbot.mouseRelease(viewport, LEFT, pos=hand.pixel(2.4, 0.0))
    assert hand.points == FOUR, "Escape cancelled it"
    hand.drag((-2.4, 0.0), (2.4, 0.0))
    assert hand.points == FOUR[2:]


def test_points_can_be_dragged(paint) -> None:
    hand = paint(PLANE)
    hand.key(Qt.Key.Key_M)
    hand.drag((2.0, 0.0), (1.0, 0.5), (1.0, 1.0))
    assert [row[2] for row in hand.points] == [row[2] for row in FOUR]
    assert near(hand.points[1], 1.0, 1.0)
    assert (hand.points[0], *hand.points[2:]) == (FOUR[0], *FOUR[2:])
    before = hand.pilot.window.document.experiment
    hand.drag((1.6, -1.6), (0.0, 0.0))
    assert hand.pilot.window.document.experiment is before, "there was nothing to move"


def test_everything_works_by_keyboard(paint, pilot: Pilot) -> None:
    hand = paint(PLANE)
    wide, high = hand.plot.getViewBox().viewPixelSize()
    centre = hand.plot.getViewBox().viewRect().center()
    hand.key(Qt.Key.Key_B)  # the brush was in use, and is put away
    assert hand.canvas.tool is None
    hand.key(Qt.Key.Key_B)
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    hand.key(Qt.Key.Key_Space)
    at = centre.x() + 8 * wide, centre.y() + 40 * high
    assert near(hand.points[4], *at, room=1e-3)
    hand.key(Qt.Key.Key_M)
    hand.key(Qt.Key.Key_Space)
    for _press in range(5):
        hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Space)
    assert near(hand.points[4], at[0] + 40 * wide, at[1], room=1e-3)
    assert pilot.window.document.undo_label == "Move points"
    hand.key(Qt.Key.Key_BracketRight)
    assert hand.canvas.radius == 20
    hand.key(Qt.Key.Key_S)
    hand.key(Qt.Key.Key_Space)
    assert len(hand.points) > 10


def test_clear_removes_all_points_and_the_next_stroke_starts_over(paint, pilot: Pilot) -> None:
    hand = paint(PLANE)
    pilot.click(hand.paint_controller.bar.clear)
    assert hand.points == ()
    assert hand.shown() == 0
    assert pilot.window.controller.problems[0].what == "There are no points yet."
    assert hand.paint_controller.isVisible()
    hand.drag((1.0, 1.0))
    assert len(hand.points) == 1
    pilot.wait(lambda: hand.shown() == 1)
    pilot.window.document.undo()
    pilot.window.document.undo()
    assert pilot.window.document.experiment == PLANE
    pilot.wait(lambda: hand.shown() == 4)


def test_another_class_adds_an_output(paint, pilot: Pilot) -> None:
    hand = paint(PLANE)
    pilot.click(hand.paint_controller.bar.more)
    experiment = pilot.window.document.experiment
    assert experiment.data == Painted(FOUR, classes=3)
    assert experiment.network == (Dense(3),)
    hand.drag((0.0, 0.0))
    assert hand.points[4][2] == 2
    assert pilot.window.controller.problems == ()


def test_a_curve_is_painted_too(paint, pilot: Pilot, qtbot: QtBot) -> None:
    hand = paint(CURVE)
    assert hand.paint_controller.isVisible()
    hand.drag((0.0, 0.5))
    assert near(hand.points[2], 0.0, 0.5) and len(hand.points[2]) == 2
    pilot.wait(lambda: hand.shown() == 3)
    hand.key(Qt.Key.Key_E)
    viewport = hand.plot.viewport()
    qtbot.mousePress(viewport, LEFT, pos=hand.pixel(-2.0, 0.0))
    assert len(pilot.window.workspace.panel(FitPanel).points._x) == 2
    qtbot.mouseRelease(viewport, LEFT, pos=hand.pixel(-2.0, 0.0))
    assert [row[0] for row in hand.points] == [2.0, pytest.approx(0.0, abs=0.05)]
    pilot.click(hand.paint_controller.bar.clear)
    assert (hand.points, hand.shown()) == ((), 0)


def test_painting_continues_from_the_points_of_other_data(pilot: Pilot) -> None:
    blobs = replace(PLANE, data=Blobs(points=90, classes=3), network=(Dense(3),))
    scaled = replace(blobs, split=Split(scaling="standardised"))
    pilot.window.document.edit(Change(scaled, "Begin"))
    panel = pilot.window.workspace.panel(DecisionPanel)
    pilot.wait(lambda: panel.isVisible() and len(panel.places()[0]) == 90)
    assert panel.paint_controller.isHidden()
    panel.plot.setFocus()
    pilot.qtbot.keyClick(panel.plot, Qt.Key.Key_P)
    data = pilot.window.document.experiment.data
    assert isinstance(data, Painted) and data.classes == 3
    samples = load(scaled.data, scaled.seed).samples
    np.testing.assert_allclose(np.array(data.points)[:, :2], samples.x)
    assert [row[2] for row in data.points] == samples.y.tolist()
    assert pilot.window.document.experiment.split == Split()
    assert panel.paint_controller.isVisible()
    pilot.window.document.edit(Change(replace(CURVE, data=Sine(points=60)), "Begin"))
    fit = pilot.window.workspace.panel(FitPanel)
    pilot.wait(lambda: fit.isVisible() and len(fit.places()[0]) == 60)
    fit.paint_controller.copy_points()
    data = pilot.window.document.experiment.data
    assert isinstance(data, PaintedCurve) and len(data.points) == 60


def test_more_points_than_fit_are_thinned_and_the_label_says_so(pilot: Pilot) -> None:
    many = replace(PLANE, data=Spiral(points=30_000))
    pilot.window.document.edit(Change(many, "Begin"))
    panel = pilot.window.workspace.panel(DecisionPanel)
    pilot.wait(lambda: "of 30,000" in panel.note)
    panel.paint_controller.copy_points()
    data = pilot.window.document.experiment.data
    assert isinstance(data, Painted) and len(data.points) == 20_000
    assert pilot.window.document.undo_label == "Copy 20,000 of 30,000 points for painting"
    hand = Hand(pilot, panel.paint_controller)
    pilot.wait(lambda: hand.shown() == 20_000)
    hand.drag((0.0, 0.0))
    assert pilot.window.document.experiment.data is data
    assert "maximum is 20,000" in panel.note


def test_only_points_with_classes_or_curves_can_be_painted_on(pilot: Pilot) -> None:
    workspace = pilot.window.workspace
    for data in (Hills(), Iris()):
        for paint_controller in (
            workspace.panel(FitPanel).paint_controller,
            workspace.panel(DecisionPanel).paint_controller,
        ):
            paint_controller.show_experiment(replace(PLANE, data=data))
            assert paint_controller._copy_button is not None
            assert paint_controller._copy_button.isHidden()
            assert paint_controller.isHidden()


def test_scaled_inputs_are_not_painted_on_until_scaling_is_off(paint, pilot: Pilot) -> None:
    hand = paint(replace(PLANE, split=Split(scaling="0 to 1")))
    assert hand.canvas.tool is None
    hand.drag((0.5, 0.5))
    assert hand.points == FOUR
    pilot.click(hand.paint_controller.bar.unscale)
    pilot.wait(lambda: hand.canvas.tool == "brush")
    assert pilot.window.document.experiment == PLANE
    hand.drag((0.5, 0.5))
    assert len(hand.points) == 5
