"""A button that folds something away or out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget


class Fold(QToolButton):
    """Shows and hides its content; folded at first."""

    def __init__(self, text: str, tip: str, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setText(text)
        self.setToolTip(tip)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoRaise(True)
        self.toggled.connect(self._fold)
        self._fold(False)

    def _fold(self, is_open: bool) -> None:
        arrows = Qt.ArrowType
        self.setArrowType(arrows.DownArrow if is_open else arrows.RightArrow)
        self._content.setVisible(is_open)
