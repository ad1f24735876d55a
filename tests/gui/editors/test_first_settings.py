"""What a beginner changes first is at the top of Training, and the rest opens into view."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from nnplay.catalog import MNIST, SGD, CrossEntropy, Dense, Flatten
from nnplay.experiment import Experiment
from nnplay.gui.editors.training import TrainingEditor
from tests.gui.piloting import Pilot

Open = Callable[[type[TrainingEditor], Experiment], Any]
GOOD = Experiment(MNIST(), (Flatten(), Dense(10)), CrossEntropy(), SGD(lr=1e-4), batch_size=128)


def is_in_sight(widget: QWidget, within: QWidget) -> bool:
    """Return whether a widget is visible and not scrolled out of a widget around it."""
    place = QRect(widget.mapTo(within, QPoint()), widget.size())
    return widget.isVisible() and within.rect().contains(place)


def column(editor: TrainingEditor) -> QScrollArea:
    return editor.findChild(QScrollArea)


def test_rate_epochs_and_batch_are_in_sight_without_scrolling(pilot: Pilot) -> None:
    pilot.window.resize(1280, 720)
    pilot.open("mnist-cnn")
    training = pilot.window.workspace.training_editor
    view = column(training).viewport()
    fields = (training.rate.field("lr"), training.epochs, training.batch)
    pilot.wait(lambda: all(is_in_sight(field, view) for field in fields))
    tops = [field.mapTo(view, QPoint()).y() for field in fields]
    assert tops == sorted(tops)
    assert max(tops) < training.loss.box.mapTo(view, QPoint()).y()


def test_how_a_run_computes_is_behind_a_closed_fold(open_editor: Open) -> None:
    editor = open_editor(TrainingEditor, GOOD).editor
    assert not editor.device.isVisible()
    assert editor.computing.button.text() == "Computing"
    assert "automatic" in editor.computing.button.accessibleName()


@pytest.mark.parametrize("name", ["rules", "computing"])
def test_a_section_that_is_opened_scrolls_into_view(
    name: str, qtbot: QtBot, open_editor: Open
) -> None:
    editor = open_editor(TrainingEditor, GOOD).editor
    editor.resize(320, 330)
    area = column(editor)
    section = getattr(editor, name)
    area.ensureWidgetVisible(section.button, 0, 0)
    qtbot.mouseClick(section.button, Qt.MouseButton.LeftButton)
    first = section.findChildren(QWidget, options=Qt.FindChildOption.FindChildrenRecursively)
    fields = [w for w in first if w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.isVisible()]
    qtbot.waitUntil(lambda: all(is_in_sight(w, area.viewport()) for w in fields[:3]))


def test_the_bar_writes_the_learning_rate_as_its_field_does(pilot: Pilot) -> None:
    pilot.open("linear-regression", 20)
    pilot.type_lr("1e-4")
    pilot.click_train()
    pilot.wait_phase("finished")
    field = pilot.window.workspace.training_editor.rate.field("lr")
    assert pilot.metric("learning rate") == field.text() == "1e-4"
