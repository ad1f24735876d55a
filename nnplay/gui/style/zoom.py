"""The zoom of the window: how much larger than usual texts, icons and their surroundings are."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

ZOOMS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
_LIMITS = "limits"
"""The property of a widget with its sizes at 100 %."""
_zoom = 1.0


def zoom() -> float:
    """Return the zoom, 1.0 for the usual size."""
    return _zoom


def set_zoom(factor: float) -> None:
    """Set the zoom to the nearest one of `ZOOMS`; what is shown already changes by `resize`."""
    global _zoom  # noqa: PLW0603 - one application has one zoom
    _zoom = min(ZOOMS, key=lambda one: abs(one - factor))


def px(size: float) -> int:
    """Return a length at 100 % as pixels at the current zoom."""
    return round(size * _zoom)


def sized(widget: QWidget, **limits: int | QSize) -> None:
    """Set sizes that follow the zoom, as properties of Qt at 100 %, such as `minimumWidth=88`."""
    widget.setProperty(_LIMITS, limits)
    _apply(widget, limits)


def resize_all() -> None:
    """Give all widgets their sizes at the current zoom."""
    for widget in QApplication.allWidgets():
        limits = widget.property(_LIMITS)
        if limits:
            _apply(widget, limits)


def resize_dialogs(factor: float) -> None:
    """Make dialogs larger or smaller, as their content is now; never larger than the screen."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog):
            room = widget.screen().availableSize()
            widget.resize((widget.size() * factor).boundedTo(room))


def _apply(widget: QWidget, limits: dict[str, int | QSize]) -> None:
    for name, size in limits.items():
        widget.setProperty(name, size * _zoom if isinstance(size, QSize) else px(size))
