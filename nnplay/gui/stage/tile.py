"""A tile that shows one view."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.gui.panel.tab_stack import PanelSlot
from nnplay.gui.style.zoom import px

LEAST = QSize(240, 110)
LEAST_OF_FOUR = 150
"""The least width where two tiles are side by side."""


class Tile(QWidget):
    """Holds the slot of one view; without one it takes no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slot: PanelSlot | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def minimumSizeHint(self) -> QSize:
        """Return a fixed minimum, so that dividers stay where they are while views change."""
        return QSize(px(LEAST_OF_FOUR), px(LEAST.height()))

    @property
    def slot(self) -> PanelSlot | None:
        """The slot of the view, None without one."""
        return self._slot

    def put(self, slot: PanelSlot) -> None:
        """Show a view in the empty tile."""
        self._slot = slot
        slot.prepare()
        self._column.addWidget(slot)
        slot.show()

    def take(self) -> None:
        """Give the view away, to be put elsewhere."""
        if self._slot is not None:
            self._column.removeWidget(self._slot)
            self._slot = None
