"""The icons of the window, by what they mean."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from nnplay.gui.style.theme import theme

GLYPHS = {
    "play": ("play", 0xF040A),
    "pause": ("pause", 0xF03E4),
    "step": ("skip-next", 0xF04AD),
    "epoch": ("fast-forward", 0xF0211),
    "stop": ("stop", 0xF04DB),
    "reset": ("restart", 0xF0709),
    "dice": ("dice-5-outline", 0xF114E),
    "open": ("folder-open-outline", 0xF0DCF),
    "save": ("content-save-outline", 0xF0818),
    "undo": ("undo", 0xF054C),
    "redo": ("redo", 0xF044E),
    "frozen": ("snowflake", 0xF0717),
    "weights": ("tray-arrow-down", 0xF0120),
    "clear": ("close", 0xF0156),
    "compare": ("speedometer", 0xF04C5),
    "rates": ("chart-bell-curve-cumulative", 0xF0FA7),
    "problem": ("alert-circle-outline", 0xF05D6),
    "good": ("check-circle-outline", 0xF05E1),
    "under way": ("timer-sand", 0xF051F),
    "complaint": ("alert-circle", 0xF0028),
    "mend": ("auto-fix", 0xF0068),
    "add": ("plus", 0xF0415),
    "whole": ("fit-to-screen-outline", 0xF18F5),
    "previous": ("chevron-left", 0xF0141),
    "next": ("chevron-right", 0xF0142),
    "copy": ("content-copy", 0xF018F),
    "brush": ("brush", 0xF00E3),
    "spray": ("spray-bottle", 0xF0AE0),
    "eraser": ("eraser", 0xF01FE),
    "move": ("cursor-move", 0xF01BE),
    "sweep": ("delete-sweep-outline", 0xF0C62),
}
"""The name of each in the Material Design font, and the number of its letter there."""
_HIGH = 0.875
"""Height of the letters as a share of the icon's, which leaves room for what surrounds them."""


def icon(key: str, colour: str, off: str = "") -> QIcon:
    """Return an icon in a colour given as #rrggbb, and in `off` where its button is disabled."""
    _name, number = GLYPHS[key]
    return QIcon(_Letter(chr(number), colour, off or theme().muted))


def tool_icon(key: str) -> QIcon:
    """Return the icon of a tool of a panel, in the colours of the look in force."""
    look = theme()
    return icon(key, look.muted, look.border)


class _Letter(QIconEngine):
    """A letter of the font of icons, drawn in the size that is asked for."""

    def __init__(self, letter: str, colour: str, off: str) -> None:
        super().__init__()
        self._letter, self._colour, self._off = letter, colour, off

    def clone(self) -> QIconEngine:
        """Return another one like it."""
        return _Letter(self._letter, self._colour, self._off)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw the letter in the middle."""
        painter.save()
        painter.setPen(QColor(self._off if mode == QIcon.Mode.Disabled else self._colour))
        font = QFont(icon_family())
        font.setPixelSize(round(_HIGH * rect.height()))
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._letter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the letter on nothing."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return picture


@cache
def icon_family() -> str:
    """Load the font of icons, once, and return the name of its family."""
    families = QFontDatabase.applicationFontFamilies(
        QFontDatabase.addApplicationFont(str(icon_font("ttf")))
    )
    return families[0] if families else ""


def icon_font(suffix: str) -> Path:
    """Return the file of the font that comes with qtawesome.

    The package itself stays unused: it would load twelve fonts, and all that Qt has.
    """
    found = find_spec("qtawesome")
    assert found is not None and found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0]) / "fonts"
    return next(folder.glob(f"materialdesignicons6-webfont-*.{suffix}"))
