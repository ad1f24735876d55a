"""Which moments of a run the pictures of a GIF or a video show, and how large they are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from nnplay.exports.film_formats import Picture
from nnplay.gui.style.theme import theme
from nnplay.link import WeightFrame
from nnplay.session.film_time import frame_times


def picture_moments(
    frames: Sequence[WeightFrame], seconds: float, rate: int, samples: int
) -> list[WeightFrame]:
    """Return the moment of each picture: first some samples over the run, then the film itself."""
    times = frame_times(frames, seconds)
    count = max(2, round(seconds * rate))
    shown = [frames[bisect_right(times, seconds * i / (count - 1)) - 1] for i in range(count)]
    # The sum of the times is rounded, and the end must be seen.
    shown[-1] = frames[-1]
    places = np.linspace(len(frames) - 1, 0, samples).round().astype(int).tolist()
    return [frames[place] for place in places] + shown


def pixels_of(widget: QWidget, limit: QSize | None) -> QSize:
    """Return the size of pictures: as on the screen, or the largest that fits into a limit.

    Both numbers are even, as videos require.
    """
    factor = widget.devicePixelRatioF() if limit is None else _factor(widget, limit)
    return QSize(*(max(2, 2 * round(side * factor / 2)) for side in widget.size().toTuple()))


def _factor(widget: QWidget, limit: QSize) -> float:
    return min(limit.width() / widget.width(), limit.height() / widget.height())


def picture(widget: QWidget, size: QSize) -> Picture:
    """Return a picture of a widget, painted again in that size and not magnified."""
    image = QImage(size, QImage.Format.Format_RGB32)
    # Rounded to even numbers, the two sides may have slightly different factors.
    image.setDevicePixelRatio(max(size.width() / widget.width(), size.height() / widget.height()))
    image.fill(QColor(theme().surface))
    widget.render(image)
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    height, width = plain.height(), plain.width()
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(height, plain.bytesPerLine())
    return rows[:, : 3 * width].reshape(height, width, 3).copy()
