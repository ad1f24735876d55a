"""A field over the drawing, in which a weight or a bias is typed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from nnplay.catalog.formula import FormulaError, parse
from nnplay.gui.style.plain import show_tip
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import px
from nnplay.translation import _

_WIDTH = 96


def typed_value(text: str) -> float | None:
    """Return the number that was typed, as `0.5`, `0,5` or `1/3`; None if it is none."""
    plain = text.strip().replace("−", "-").replace("\u00a0", "")
    if plain.count(",") == 1 and "(" not in plain:
        plain = plain.replace(",", ".")
    try:
        return _finite(float(plain))
    except ValueError:
        pass
    try:
        parse(plain, ())
    except FormulaError:
        return None
    # Late, as it is seldom needed.
    from nnplay.data.synthetic.formulas import evaluate

    try:
        found = evaluate(plain, {"x": np.zeros(1)}, np.random.default_rng(0))
    except (FormulaError, ArithmeticError, ValueError):
        return None
    return _finite(float(np.ravel(found)[0]))


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


class ValueEditor(QLineEdit):
    """Emits the number on Enter; Esc and a click elsewhere close it."""

    entered = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.hide()
        self.returnPressed.connect(self._enter)

    def ask(self, at: QPointF, name: str, text: str) -> None:
        """Open at a point of the parent with a text; `name` says what it is of."""
        self.setAccessibleName(name)
        self.setToolTip(_("A number or a formula, such as 0.5 or 1/3"))
        self.setText(text)
        self.selectAll()
        self.resize(px(_WIDTH), self.sizeHint().height())
        room = self._over.size()
        x = min(int(at.x()) + SPACE, room.width() - self.width())
        y = min(int(at.y()) + SPACE, room.height() - self.height())
        self.move(max(0, x), max(0, y))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep Esc, and leave nothing of what is typed to shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close without a change on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close without a change."""
        super().focusOutEvent(event)
        self.hide()

    def _enter(self) -> None:
        value = typed_value(self.text())
        if value is None:
            text = _("Expected a number or a formula, such as 0.5 or 1/3.")
            show_tip(self.mapToGlobal(QPoint(0, self.height())), text, self)
            return
        self._close()
        self.entered.emit(value)

    def _close(self) -> None:
        self.hide()
        self._over.setFocus()
