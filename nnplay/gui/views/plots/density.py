"""Any number of points as one image of counts per pixel: light for few, dark for many."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.colours import ramp

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]
SETTLE_MS = 80
"""Wait after the last pan or zoom before counting again; the old image is stretched meanwhile."""
_FAINTEST = 0.3
"""Share of the colour that a single point gets, so that it is visible among many."""
_DABS = 60_000
"""Number of pixels that may be used to draw few points larger."""


def count_pixels(x: Floats, y: Floats, rect: QRectF, columns: int, rows: int) -> Counts:
    """Return the number of points on each pixel, (rows, columns), row 0 at the smallest y.

    The last column and row include the points on their outer edge, as in `numpy.histogram2d`.
    """
    column, row = _pixels(x, y, rect, columns, rows)
    return _count(column, row, columns, rows)


def _pixels(
    x: Floats, y: Floats, rect: QRectF, columns: int, rows: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    across = (x - np.float64(rect.left())) * (columns / rect.width())
    up = (y - np.float64(rect.top())) * (rows / rect.height())
    inside = (across >= 0) & (across <= columns) & (up >= 0) & (up <= rows)
    if not inside.all():
        across, up = across[inside], up[inside]
    column = np.minimum(across.astype(np.int32), columns - 1)
    row = np.minimum(up.astype(np.int32), rows - 1)
    return column, row


def _count(
    column: npt.NDArray[np.int32], row: npt.NDArray[np.int32], columns: int, rows: int
) -> Counts:
    return np.bincount(row * columns + column, minlength=rows * columns).reshape(rows, columns)


def _dab(points: int, scale: float) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the pixels of a disc around a point, larger the fewer points there are."""
    radius = 3.3 * scale
    while radius > 1 and points * np.pi * radius**2 > _DABS * scale**2:
        radius -= 0.5
    reach = int(radius)
    offsets = np.arange(-reach, reach + 1)
    dx, dy = np.meshgrid(offsets, offsets)
    near = dx**2 + dy**2 <= radius**2
    return dx[near].astype(np.int32), dy[near].astype(np.int32)


def density_picture(
    x: Floats, y: Floats, rect: QRectF, columns: int, rows: int, *, colour: str, ground: str,
    scale: float = 1.0,
) -> QImage:  # fmt: skip
    """Return the points in `rect` as an image whose first row is at the smallest y.

    The intensity grows with the logarithm of the count; pixels without points are transparent.
    `scale` is device pixels per logical pixel.
    """
    column, row = _pixels(x, y, rect, columns, rows)
    dx, dy = _dab(len(column), scale)
    if len(dx) > 1:
        column = (column[:, None] + dx).ravel()
        row = (row[:, None] + dy).ravel()
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        column, row = column[inside], row[inside]
    counts = _count(column, row, columns, rows)
    if len(dx) == 1:
        # A point also colours two neighbouring pixels, which smooths an even distribution.
        counts[1:] += counts[:-1].copy()
        counts[:, 1:] += counts[:, :-1].copy()
    # A few pixels hold far more than the rest: the 99.9th percentile keeps the rest visible.
    seen = counts[counts > 0]
    top = max(2, int(np.quantile(seen, 0.999))) if len(seen) else 2
    table = np.zeros(top + 1, dtype=np.uint32)
    strength = np.log1p(np.arange(1, top + 1)) / np.log1p(top)
    if len(dx) > 1:
        strength = 0.6 + 0.4 * strength  # few points: each of them must be visible
    else:
        strength = _FAINTEST + (1 - _FAINTEST) * strength
    rgb = ramp((ground, colour)).astype(np.uint32)[(255 * strength).astype(int)]
    table[1:] = 0xFF000000 | rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]
    pixels = table[np.minimum(counts, top)]
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32)
    return image.copy()  # the copy owns its memory


class DensityItem(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no annotations
    """Points in a plot, counted again for the visible range when a pan or zoom has ended."""

    def __init__(self) -> None:
        super().__init__()
        self._x = np.empty(0, dtype=np.float32)
        self._y = np.empty(0, dtype=np.float32)
        self._bounds = QRectF()
        self._picture: QImage | None = None
        self._at = QRectF()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.count_now)
        bus.changed.connect(self._recolour)

    def set_points(self, x: Floats, y: Floats) -> None:
        """Show these points; both of shape (n,)."""
        real = np.isfinite(x) & np.isfinite(y)
        self._x, self._y = x[real], y[real]
        self.prepareGeometryChange()
        if len(self._x):
            left, right = float(self._x.min()), float(self._x.max())
            low, high = float(self._y.min()), float(self._y.max())
            self._bounds = QRectF(left, low, right - left, high - low)
        else:
            self._bounds = QRectF()
        self._picture = None
        self.update()

    def _recolour(self) -> None:
        self._picture = None
        self.update()

    def count_now(self) -> None:
        """Count the points in the visible range."""
        self.prepareGeometryChange()
        self._make_picture()
        self.update()

    def _make_picture(self) -> None:
        view = self.getViewBox()
        if view is None or not len(self._x):
            return
        rect, screen = view.viewRect(), view.screenGeometry()
        if screen is None or rect.width() <= 0 or rect.height() <= 0:
            return
        scale = self._scale()
        columns = max(1, round(screen.width() * scale))
        rows = max(1, round(screen.height() * scale))
        look = theme()
        self._picture = density_picture(
            self._x, self._y, rect, columns, rows,
            colour=look.points, ground=look.surface, scale=scale,
        )  # fmt: skip
        self._at = QRectF(rect)

    def _scale(self) -> float:
        widget = self.getViewWidget()
        return float(widget.devicePixelRatioF()) if widget is not None else 1.0

    def viewRangeChanged(self, *_: object) -> None:
        """Count again soon."""
        self._settle.start()

    def dataBounds(
        self, ax: int, frac: float = 1.0, orthoRange: object = None
    ) -> tuple[float, float] | None:
        """Return the range of the points along an axis, for the plot's automatic range."""
        if not len(self._x):
            return None
        box = self._bounds
        return (box.left(), box.right()) if ax == 0 else (box.top(), box.bottom())

    def boundingRect(self) -> QRectF:
        """Return the rectangle of the image and of the points."""
        return self._bounds.united(self._at) if self._picture is not None else self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget) -> None:
        """Draw the image, stretched if the view has changed since it was made."""
        if self._picture is None:
            self._make_picture()
        if self._picture is not None:
            painter.drawImage(self._at, self._picture)
