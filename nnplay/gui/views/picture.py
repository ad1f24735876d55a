"""One sample as large as there is room for: an image with sharp pixels, or a sequence."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnplay.gui.style.theme import bus, theme
from nnplay.gui.style.zoom import px, sized
from nnplay.gui.views.gallery import Floats, picture_of
from nnplay.gui.views.plots.sequence_plot import paint_steps


class PictureView(QWidget):
    """An image as large as there is room for, scaled by nearest neighbour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: QImage | None = None
        self._steps: Floats | None = None
        sized(self, minimumSize=QSize(72, 72))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        bus.changed.connect(self.update)

    @property
    def picture(self) -> QImage | None:
        """The image shown, one pixel per pixel of the sample."""
        return self._picture

    def show_sample(self, sample: Floats) -> None:
        """Show a sample (channels, height, width) or a sequence (steps, features).

        Of a sequence of several features each step is a row, the first on top.
        """
        self._steps = None
        if sample.ndim == 2 and sample.shape[1] == 1:
            self._picture, self._steps = None, sample[:, 0]
        else:
            self._picture = picture_of(sample if sample.ndim == 3 else sample[np.newaxis])
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size at which 28 pixels are four pixels each, at 100 %."""
        return QSize(px(112), px(112))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the image in the middle, with its aspect ratio."""
        painter = QPainter(self)
        if self._steps is not None:
            paint_steps(painter, QRectF(self.rect()), self._steps)
        if self._picture is None:
            return
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        place = QRectF(left, top, size.width(), size.height())
        painter.drawImage(place, self._picture)
        painter.setPen(QPen(QColor(theme().border), 1))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()
