"""A window of its own for one view, as on a second screen or a projector."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.gui.panel.tab_stack import PanelSlot
from nnplay.gui.panel.veil import Veil
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import px
from nnplay.translation import _

WIDTH, HEIGHT = 760, 560


class TileWindow(QWidget):
    """Shows the slot of a view until it is closed; it closes with the main window."""

    closing = Signal(object)
    """The PanelSlot, which has to be put back."""

    def __init__(self, slot: PanelSlot, main: QWidget) -> None:
        super().__init__(main, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{_(slot.entry.title)} – nnplay")
        self._slot = slot
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        slot.prepare()
        column.addWidget(slot)
        slot.show()
        # F5 and the like have to work here too.
        self.addActions(main.actions())
        self.veil = Veil(self)
        self.resize(px(WIDTH), px(HEIGHT))
        main.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close when the main window is closed, which is not when it is minimised."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.close()
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the view back."""
        super().closeEvent(event)
        self.closing.emit(self._slot)
