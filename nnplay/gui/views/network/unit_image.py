"""Numbers as images: negative ones orange, positive ones blue, 0 in the colour of the surface."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from nnplay.gui.style.theme import Theme, theme
from nnplay.gui.views.colours import mix
from nnplay.link.frames import Floats

_MIDDLE = 127


def sign_colours(look: Theme) -> tuple[str, str]:
    """Return the colours of negative and positive numbers."""
    return look.classes[0], look.classes[1]


def value_colour(value: float, largest: float, look: Theme, least: float = 0.0) -> str:
    """Return the colour of a number between -largest and largest; `least` is the palest share."""
    # A number that is not finite is as pale as 0.
    share = min(1.0, abs(value) / largest) if largest > 0 and isfinite(value) else 0.0
    negative, positive = sign_colours(look)
    shade = round(least + (1 - least) * share, 2)
    return mix(negative if value < 0 else positive, look.surface, shade)


def value_images(values: Floats, largest: float, *, flipped: bool = False) -> tuple[QImage, ...]:
    """Return an image of each of the arrays (n, rows, columns), as `value_image` does."""
    scaled = np.nan_to_num(values / largest if largest > 0 else values * 0.0)
    levels = (np.clip(scaled, -1, 1) * _MIDDLE + _MIDDLE).round().astype(np.uint8)
    if flipped:
        levels = levels[:, ::-1]
    pixels = np.ascontiguousarray(_table(theme())[levels])
    _count, height, width = pixels.shape
    form = QImage.Format.Format_RGB32
    # Each copy owns its memory.
    return tuple(QImage(one.data, width, height, 4 * width, form).copy() for one in pixels)


def value_image(values: Floats, largest: float, *, flipped: bool = False) -> QImage:
    """Return an image of numbers (rows, columns), a pixel each, between -largest and largest.

    `flipped` puts row 0 at the bottom, as on a map.
    """
    return value_images(values[np.newaxis], largest, flipped=flipped)[0]


@lru_cache(maxsize=4)
def _table(look: Theme) -> npt.NDArray[np.uint32]:
    negative, positive = sign_colours(look)
    colours = [
        QColor(
            mix(negative if at < _MIDDLE else positive, look.surface, abs(at - _MIDDLE) / _MIDDLE)
        ).rgb()
        for at in range(2 * _MIDDLE + 1)
    ]
    return np.array(colours, np.uint32)
