"""Where panels are: slots that keep their room until the panels are built, in stacks of tabs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import DataSpec
from nnplay.gui.panel.entry import PanelEntry
from nnplay.gui.panel.panel import TOOL_SIZE, Panel
from nnplay.gui.style.icons import icon
from nnplay.gui.style.zoom import sized
from nnplay.translation import _


class PanelSlot(QStackedWidget):
    """Holds a panel, and until it is built an empty one of the same title and size."""

    def __init__(self, entry: PanelEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        if entry.height:
            # Otherwise its column would scroll differently once the panel is there.
            sized(self, minimumHeight=entry.height, maximumHeight=entry.height)

    def put(self, panel: Panel) -> None:
        """Put the panel in, in the place of the empty one."""
        empty = self.currentWidget()
        self.addWidget(panel)
        self.setCurrentWidget(panel)
        if empty is not None:
            self.removeWidget(empty)
            empty.deleteLater()

    @property
    def panel(self) -> Panel | None:
        """The panel, None until it is built."""
        current = self.currentWidget()
        return current if isinstance(current, Panel) and hasattr(current, "entry") else None

    def prepare(self) -> None:
        """Put the empty panel in, where there is nothing yet: only visible slots need one."""
        if not self.count():
            self.addWidget(_placeholder(self.entry))


def _placeholder(entry: PanelEntry) -> Panel:
    panel = Panel(title=_(entry.title))
    if entry.has_tools:
        # Invisible, it makes the heading as high as the real tools will.
        tool = QToolButton()
        sized(tool, iconSize=TOOL_SIZE)
        tool.setIcon(icon("whole", "transparent", "transparent"))
        tool.setEnabled(False)
        panel.add_tool_widget(tool)
    return panel


class TabStack(QWidget):
    """Slots of which one is visible, chosen by tabs; panels that do not fit the data have none."""

    def __init__(
        self, slots: Sequence[PanelSlot], least: QSize | None = None, parent: QWidget | None = None
    ) -> None:
        """Hold slots in the order of their tabs; `least` is the smallest size that it shrinks to.

        A fixed minimum keeps the dividers of the window where they are while panels change.
        """
        super().__init__(parent)
        self._slots, self._least = tuple(slots), least
        self._away: set[PanelSlot] = set()
        self._corner: QWidget | None = None
        self.bar = QTabBar()
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self._stack = QStackedWidget()
        for slot in slots:
            self.bar.addTab(_(slot.entry.tab))
            self._stack.addWidget(slot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._top = QHBoxLayout()
        self._top.setContentsMargins(0, 0, 0, 0)
        self._top.addWidget(self.bar, 1)
        layout.addLayout(self._top)
        layout.addWidget(self._stack, 1)
        self.bar.currentChanged.connect(self._show_slot)
        self.bar.setVisible(len(slots) > 1)

    def minimumSizeHint(self) -> QSize:
        """Return the chosen minimum, or that of the panels."""
        return self._least or super().minimumSizeHint()

    def show_spec(self, spec: DataSpec) -> None:
        """Offer the panels that fit the data, and bring the first of them to the front."""
        fitting = [slot.entry.fits(spec) and slot not in self._away for slot in self._slots]
        for index, fits in enumerate(fitting):
            # Setting what is set already would leave gaps between the tabs.
            if fits != self.bar.isTabVisible(index):
                self.bar.setTabVisible(index, fits)
        self.bar.setVisible(sum(fitting) > 1 or self._corner is not None)
        self.setVisible(any(fitting))
        if any(fitting) and not self._stays_open():
            self.bar.setCurrentIndex(fitting.index(True))
            self._show_slot(fitting.index(True))

    @property
    def front(self) -> PanelSlot | None:
        """The slot in front; None where no tab is left."""
        index = self.bar.currentIndex()
        if index < 0 or not self.bar.isTabVisible(index) or self._slots[index] in self._away:
            return None
        return self._slots[index]

    def add_corner(self, widget: QWidget) -> None:
        """Put a widget at the right end of the row of tabs, which then is always there."""
        self._corner = widget
        self._top.addWidget(widget)
        self.bar.show()

    def release(self, slot: PanelSlot) -> None:
        """Give a slot away, to be shown elsewhere; it keeps its tab, which is hidden."""
        self._away.add(slot)
        self._stack.removeWidget(slot)

    def take(self, slot: PanelSlot) -> None:
        """Take back a slot that was given away."""
        self._away.discard(slot)
        self._stack.addWidget(slot)

    def waits_for_result(self) -> bool:
        """Return whether the panel in front has nothing to show before the end of a run."""
        slot = self._stack.currentWidget()
        if not isinstance(slot, PanelSlot) or slot.entry.opens_on != "result":
            return False
        panel = slot.currentWidget()
        return not isinstance(panel, Panel) or panel.is_empty

    def bring_up(self, slot: PanelSlot) -> None:
        """Bring one of the slots to the front, unless the one in front stays there.

        Does nothing for a slot of another stack.
        """
        if slot in self._slots and slot not in self._away and not self._stays_open():
            self.bar.setCurrentIndex(self._slots.index(slot))

    def _stays_open(self) -> bool:
        slot = self._stack.currentWidget()
        return isinstance(slot, PanelSlot) and slot.entry.stays_open

    def _show_slot(self, index: int) -> None:
        if index >= 0 and self._slots[index] not in self._away:
            self._slots[index].prepare()
            self._stack.setCurrentWidget(self._slots[index])
