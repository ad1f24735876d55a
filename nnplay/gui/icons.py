"""The icons of the window, by what they mean."""

from __future__ import annotations

import qtawesome
from PySide6.QtGui import QIcon

_GLYPHS = {
    "play": "mdi6.play",
    "pause": "mdi6.pause",
    "step": "mdi6.skip-next",
    "epoch": "mdi6.fast-forward",
    "stop": "mdi6.stop",
    "reset": "mdi6.restart",
    "dice": "mdi6.dice-5-outline",
    "open": "mdi6.folder-open-outline",
    "save": "mdi6.content-save-outline",
    "undo": "mdi6.undo",
    "redo": "mdi6.redo",
    "frozen": "mdi6.snowflake",
    "weights": "mdi6.tray-arrow-down",
    "clear": "mdi6.close",
    "compare": "mdi6.speedometer",
    "rates": "mdi6.chart-bell-curve-cumulative",
    "problem": "mdi6.alert-circle-outline",
    "good": "mdi6.check-circle-outline",
}


def icon(key: str, colour: str) -> QIcon:
    """Return an icon in a colour given as #rrggbb."""
    made: QIcon = qtawesome.icon(_GLYPHS[key], color=colour)
    return made
