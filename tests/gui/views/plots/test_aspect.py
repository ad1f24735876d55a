"""Planes are drawn to scale: a unit is as long across as up, whatever the shape of the plot."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnplay.catalog import Spiral
from nnplay.data.load import load
from nnplay.data.split import split
from nnplay.experiment import Split
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.views.plots.plot import Plot
from nnplay.gui.views.plots.point_preview import PlanePreview

POINTS = np.array([[-1.0, -3.0], [1.0, 3.0]], dtype=np.float32)


def preview() -> tuple[QWidget, Plot]:
    plot = PlanePreview()
    plot.show_points(POINTS, np.array([0, 1]))
    return plot, plot


def map_of_decisions() -> tuple[QWidget, Plot]:
    panel = DecisionPanel()
    panel.show_data(Spiral().spec(), split(load(Spiral(), 0), Split(), 0))
    return panel, panel.plot


@pytest.mark.parametrize("size", [(500, 250), (250, 500), (300, 300)])
@pytest.mark.parametrize("make", [preview, map_of_decisions])
def test_horizontal_and_vertical_units_are_equally_long(
    make: Callable[[], tuple[QWidget, Plot]], size: tuple[int, int], qtbot: QtBot
) -> None:
    widget, plot = make()
    qtbot.addWidget(widget)
    widget.resize(*size)
    with qtbot.waitExposed(widget):
        widget.show()
    QApplication.processEvents()
    box = plot.getViewBox()
    origin, right, up = (box.mapViewToScene(QPointF(*at)) for at in ((0, 0), (1, 0), (0, 1)))
    assert right.x() - origin.x() == pytest.approx(origin.y() - up.y(), rel=1e-3)
