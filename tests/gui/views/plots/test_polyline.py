"""A polyline joins neighbours that are numbers, and nothing else."""

import numpy as np
import pytest
from pyqtgraph.Qt.QtWidgets import QStyleOptionGraphicsItem
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from pytestqt.qtbot import QtBot

from nnplay.gui.views.plots.polyline import Polyline

GAP = np.nan


def painted(y: list[float]) -> list[bool]:
    """Return for each column of ten pixels whether anything is drawn; points are at tens."""
    line = Polyline()
    line.set_pen(QPen(QColor("black"), 1))
    line.set_points(10.0 * np.arange(len(y)), np.array(y))
    image = QImage(10 * (len(y) - 1), 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    line.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(40, -1)
    # The middle of each column, as a point on its edge may touch the next one.
    return [bool((pixels[:, x + 5] != 0xFFFFFFFF).any()) for x in range(0, image.width(), 10)]


@pytest.mark.parametrize(
    ("y", "joined"),
    [
        ([5, 20, 10], [True, True]),
        ([5, 20, GAP, 10, 12, np.inf], [True, False, False, True, False]),
        ([GAP, 20, 10, -np.inf], [False, True, False]),
        ([5, GAP, 5, GAP, 5], [False] * 4),
    ],
)
def test_only_neighbours_that_are_numbers_are_joined(
    qtbot: QtBot, y: list[float], joined: list[bool]
) -> None:
    assert painted(y) == joined


def test_its_rectangle_holds_all_its_points(qtbot: QtBot) -> None:
    line = Polyline()
    assert line.boundingRect().isEmpty()
    line.set_points(np.array([3.0, 7.0, 9.0]), np.array([1.0, GAP, -4.0]))
    assert line.boundingRect().isEmpty()
    line.set_points(np.array([3.0, 7.0, 9.0]), np.array([1.0, 2.0, -4.0]))
    assert line.points[1].tolist() == [1, 2, -4]
    bounds = line.boundingRect()
    assert (bounds.left() <= 3, bounds.right() >= 9) == (True, True)
    assert (bounds.top() <= -4, bounds.bottom() >= 2) == (True, True)
    line.set_points(np.empty(0), np.empty(0))
    assert line.boundingRect().isEmpty()
