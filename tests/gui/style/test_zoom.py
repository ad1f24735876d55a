"""The zoom: texts, icons and plots follow at once, and the next window begins with it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnplay.gui.dialogs.guide import GuideDialog
from nnplay.gui.shell.settings import WindowSettings
from nnplay.gui.style import theme
from nnplay.gui.style.zoom import ZOOMS, px, set_zoom, zoom
from nnplay.gui.views.confusion_matrix import MatrixView
from nnplay.gui.views.gallery import SampleGallery
from tests.gui.piloting import Pilot

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _usual_again(qapp: QApplication) -> Iterator[None]:
    yield
    set_zoom(1.0)
    theme.apply(theme.LIGHT)


def test_keys_zoom_in_out_and_back(pilot: Pilot, nnplay_home: Path) -> None:
    pilot.key(Qt.Key.Key_Plus, CTRL)
    assert zoom() == 1.1
    pilot.key(Qt.Key.Key_Plus, CTRL)
    assert zoom() == 1.25
    pilot.window.settings.write()
    assert WindowSettings(nnplay_home).zoom == 1.25
    pilot.key(Qt.Key.Key_Minus, CTRL)
    assert zoom() == 1.1
    pilot.key(Qt.Key.Key_0, CTRL)
    assert zoom() == 1.0
    for _more in range(len(ZOOMS)):
        pilot.key(Qt.Key.Key_Minus, CTRL)
    assert zoom() == 0.8


def test_everything_that_is_shown_follows(pilot: Pilot) -> None:
    from nnplay.gui.panels.curves import CurvesPanel

    window, workspace = pilot.window, pilot.window.workspace
    pilot.open("spiral")
    training, curves = workspace.training_editor, workspace.panel(CurvesPanel)
    window.settings.choose_zoom(1.5)
    assert QApplication.font().pixelSize() == px(13) == round(13 * 1.5)
    field = training.rate.field("lr")
    assert field.fontInfo().pixelSize() == px(13)
    assert field.minimumWidth() == 132
    assert window.transport._step.fontInfo().pixelSize() == px(13)
    assert workspace.lesson.title.fontInfo().pixelSize() == px(15)
    hint = training.steps
    assert hint.fontInfo().pixelSize() == px(11)
    assert pilot.button(window.transport.step_action).iconSize().width() == 21
    axis = curves.loss.getAxis("bottom")
    assert axis.style["tickFont"].pixelSize() == px(11)
    pilot.wait(lambda: axis.height() == 51)
    view = workspace.network_editor.view
    assert view.head_height(view._model.row(view._model.index(0))) >= px(24)
    window.settings.choose_zoom(1.0)
    assert field.fontInfo().pixelSize() == 13
    assert field.minimumWidth() == 88


def test_open_dialogs_follow(pilot: Pilot) -> None:
    pilot.key(Qt.Key.Key_F1)
    (guide,) = pilot.window.findChildren(GuideDialog)
    guide.resize(480, 400)
    zoom_to = pilot.window.settings.choose_zoom
    zoom_to(1.25)
    assert guide.size() == QSize(600, 500)
    zoom_to(0.8)
    assert guide.size() == QSize(384, 320)
    zoom_to(2.0)
    room = guide.screen().availableSize()
    assert guide.width() <= room.width() and guide.height() <= room.height()


def test_the_margins_of_the_matrix_and_the_tiles_of_a_gallery_follow(qtbot: QtBot) -> None:
    matrix, gallery = MatrixView(), SampleGallery()
    for view in (matrix, gallery):
        qtbot.addWidget(view)
        view.resize(900, 800)
    matrix.set_counts(np.eye(3, dtype=np.int64), ("a", "b", "c"))
    gallery.show_samples(np.zeros((2, 1, 8, 8), np.float32), (0, 1), ("", ""))
    corner, tile = matrix.cell_rect((0, 0)).topLeft(), gallery.tile_rect(1)
    theme.zoom_to(2.0)
    twice = matrix.cell_rect((0, 0)).topLeft()
    assert twice.x() == pytest.approx(2 * corner.x(), rel=0.1)
    assert twice.y() == pytest.approx(2 * corner.y(), rel=0.1)
    assert gallery.tile_rect(1).width() == 2 * tile.width()
    assert gallery.tile_rect(1).left() == 2 * tile.left()


def test_a_setting_that_is_no_zoom_is_the_usual_size(nnplay_home: Path) -> None:
    settings = WindowSettings(nnplay_home)
    settings._store.setValue("zoom", "huge")
    assert settings.zoom == 1.0
    set_zoom(17.0)
    assert zoom() == ZOOMS[-1]
