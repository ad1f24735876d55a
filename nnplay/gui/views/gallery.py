"""Many small images in one widget: samples as tiles, with a tool tip for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.plain import show_tip
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import px

Floats = npt.NDArray[np.float32]
MOST_TILES = 60
_GAP = 3
_BEST_TILE = 44.0
"""Side at 100 % of a tile that is large enough to be recognised, where there is room."""


def picture_of(sample: Floats) -> QImage:
    """Return a sample (channels, height, width) as an image, stretched to the full range."""
    low, high = float(np.min(sample)), float(np.max(sample))
    grey = (sample - low) * (255 / (high - low) if high > low else 0)
    pixels = np.ascontiguousarray(np.moveaxis(grey, 0, -1).round().astype(np.uint8))
    height, width, channels = pixels.shape
    if channels == 3:
        form = QImage.Format.Format_RGB888
    else:
        pixels, form = np.ascontiguousarray(pixels[:, :, :1]), QImage.Format.Format_Grayscale8
    line = width * pixels.shape[2]
    return QImage(pixels.data, width, height, line, form).copy()  # the copy owns its memory


class SampleGallery(QWidget):
    """Up to 60 samples in tiles as large as there is room for."""

    sample_chosen = Signal(object)
    """The index of the sample that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._indices: tuple[int, ...] = ()
        self._pictures: tuple[QImage, ...] = ()
        self._captions: tuple[str, ...] = ()
        self.setMouseTracking(True)
        self.setMinimumSize(96, 64)
        bus.changed.connect(self.update)

    @property
    def indices(self) -> tuple[int, ...]:
        """The indices of the samples shown, in order."""
        return self._indices

    def show_samples(self, x: Floats, indices: Sequence[int], captions: Sequence[str]) -> None:
        """Show samples, x (n, channels, height, width), that have these indices.

        Each caption is the tool tip of its image.
        """
        self._indices = tuple(int(index) for index in indices[:MOST_TILES])
        self._pictures = tuple(picture_of(sample) for sample in x[:MOST_TILES])
        self._captions = tuple(captions[:MOST_TILES])
        self.update()

    def tile_rect(self, position: int) -> QRectF:
        """Return the rectangle of the image at a position."""
        columns, side = self._layout()
        row, column = divmod(position, columns)
        stride = side + px(_GAP)
        return QRectF(column * stride, row * stride, side, side)

    def position_at(self, point: QPointF) -> int | None:
        """Return the position of the image at a point, or None."""
        for position in range(len(self._indices)):
            if self.tile_rect(position).contains(point):
                return position
        return None

    def sizeHint(self) -> QSize:
        """Return room for five images side by side."""
        return QSize(px(5 * (_BEST_TILE + _GAP)), px(200))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the mouse."""
        position = self.position_at(event.position())
        if position is not None and event.button() == Qt.MouseButton.LeftButton:
            self.sample_chosen.emit(self._indices[position])

    def event(self, event: QEvent) -> bool:
        """Show the caption of the image under the mouse as a tool tip."""
        if isinstance(event, QHelpEvent):
            position = self.position_at(QPointF(event.pos()))
            text = self._captions[position] if position is not None else ""
            show_tip(event.globalPos() + QPoint(SPACE, SPACE), text, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the tiles, with sharp pixels."""
        painter = QPainter(self)
        edge = QPen(QColor(theme().border), 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(edge)
        for position, picture in enumerate(self._pictures):
            place = self.tile_rect(position)
            painter.drawImage(place, picture)
            painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()

    def _layout(self) -> tuple[int, float]:
        """Return the number of columns and the side at which all tiles fit and are largest."""
        count = max(1, len(self._indices))
        best = (1, 1.0)
        for columns in range(1, count + 1):
            rows = -(-count // columns)
            side = min(
                (self.width() - (columns - 1) * px(_GAP)) / columns,
                (self.height() - (rows - 1) * px(_GAP)) / rows,
                px(1.5 * _BEST_TILE),
            )
            if side > best[1]:
                best = (columns, float(int(side)))
        return best
