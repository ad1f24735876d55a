"""The icons of the window: SVG files in `resources/icons`, drawn in the colours of the theme."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnplay.assets import asset
from nnplay.gui.style.theme import theme

_FOLDER = "icons"


def icon(key: str, colour: str, disabled: str = "") -> QIcon:
    """Return an icon in a colour given as #rrggbb, and in `disabled` where its button is.

    `key` is the name of a file in `resources/icons` without its suffix; FileNotFoundError where
    there is none.
    """
    engine = _SvgEngine(_renderer(key, colour), _renderer(key, disabled or theme().muted))
    return QIcon(engine)


def tool_icon(key: str) -> QIcon:
    """Return the icon of a tool button of a panel, in the colours of the current theme."""
    look = theme()
    return icon(key, look.muted, look.border)


def icon_keys() -> tuple[str, ...]:
    """Return the keys of all icons in alphabetical order."""
    names = (file.name for file in asset(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(".svg") for name in names if name.endswith(".svg")))


class _SvgEngine(QIconEngine):
    """Draws an SVG at whatever size is requested, so that it is sharp on every screen."""

    def __init__(self, normal: QSvgRenderer, disabled: QSvgRenderer) -> None:
        super().__init__()
        self._normal, self._disabled = normal, disabled

    def clone(self) -> QIconEngine:
        """Return a copy."""
        return _SvgEngine(self._normal, self._disabled)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw the icon in the largest square in the middle of `rect`."""
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        renderer = self._disabled if mode == QIcon.Mode.Disabled else self._normal
        renderer.render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon on a transparent background."""
        # Qt's own implementation leaves the pixels behind the drawing uninitialised.
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return picture


@cache
def _renderer(key: str, colour: str) -> QSvgRenderer:
    # QtSvg ignores the palette: it would draw currentColor in black.
    text = asset(_FOLDER, f"{key}.svg").read_text("utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(text.encode()))
    assert renderer.isValid(), f"resources/icons/{key}.svg cannot be read"
    return renderer
