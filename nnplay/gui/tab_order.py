"""The order in which Tab visits a window: the one that is seen, computed from the layouts.

Qt visits widgets in the order in which they were created, so that fields of a form that is built
again, and panels that are built late, would come last.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLayout,
    QLineEdit,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QWidget,
)

_WHOLE = (QAbstractSpinBox, QComboBox, QLineEdit)
"""Widgets whose parts take no focus of their own."""


def move_focus(window: QWidget, forward: bool) -> bool:
    """Move the focus to the next or the previous widget; return False where there is none."""
    seen = list(_inside(window))
    now = QApplication.focusWidget()
    at = seen.index(now) if now in seen else -1
    later, earlier = seen[at + 1 :], seen[: max(at, 0)]
    others = later + earlier if forward else earlier[::-1] + later[::-1]
    target = next((widget for widget in others if _takes_tab(widget)), None)
    if target is None:
        return False
    reasons = Qt.FocusReason
    target.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
    _scroll_to(target)
    return True


def _inside(widget: QWidget) -> Iterator[QWidget]:
    for child in _children(widget):
        if child.isVisible() and not child.isWindow():
            yield child
            if not isinstance(child, _WHOLE):
                yield from _inside(child)


def _children(widget: QWidget) -> list[QWidget]:
    """Return the children of a widget as they are seen: from left to right, from top to bottom."""
    if isinstance(widget, QMainWindow):
        return _known(widget.menuBar(), widget.centralWidget())
    if isinstance(widget, QSplitter):
        return _known(*map(widget.widget, range(widget.count())))
    if isinstance(widget, QStackedWidget):
        return _known(widget.currentWidget())
    if isinstance(widget, QAbstractScrollArea):
        return [widget.viewport()]
    layout = widget.layout()
    arranged = [] if layout is None else list(_arranged(layout))
    known = set(map(id, arranged))
    free = [
        child
        for child in widget.children()
        if isinstance(child, QWidget) and id(child) not in known
    ]
    return [*arranged, *sorted(free, key=_place)]


def _known(*widgets: QWidget | None) -> list[QWidget]:
    return [widget for widget in widgets if widget is not None]


def _arranged(layout: QLayout) -> Iterator[QWidget]:
    for index in range(layout.count()):
        item = layout.itemAt(index)
        assert item is not None
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _arranged(inner)


def _place(widget: QWidget) -> tuple[int, int]:
    return widget.y(), widget.x()


def _takes_tab(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isEnabled() and widget.focusProxy() is None


def _scroll_to(widget: QWidget) -> None:
    area = widget.parentWidget()
    while area is not None:
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget)
        area = area.parentWidget()
