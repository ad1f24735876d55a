"""The menu of a tile: which view it shows, how large, and where."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nnplay.gui.panel.tab_stack import PanelSlot
from nnplay.gui.stage.arrangement import Arrangement
from nnplay.translation import _, ngettext

COUNTS = (1, 2, 4)


class Tiles(Protocol):
    """What the menu of a tile can do."""

    @property
    def arrangement(self) -> Arrangement:
        """What the tiles show."""

    @property
    def is_maximised(self) -> bool:
        """Whether one view has all the room."""

    def fitting(self) -> list[str]:
        """Return the titles of the views that can be chosen."""

    def number_of(self, slot: PanelSlot) -> int:
        """Return the number of the tile that a view is in."""

    def choose_view(self, tile: int, title: str) -> None:
        """Show a view in a tile."""

    def choose_count(self, count: int) -> None:
        """Show that many tiles."""

    def toggle(self, slot: PanelSlot) -> None:
        """Give all the room to a view, or take it back."""

    def is_out(self, slot: PanelSlot) -> bool:
        """Return whether a view has a window of its own."""

    def move_out(self, slot: PanelSlot) -> None:
        """Give a view a window of its own."""

    def close_window(self, slot: PanelSlot) -> None:
        """Put a view back that has a window of its own."""


class TileMenu(QMenu):
    """Deletes itself when it closes."""

    def __init__(self, stage: Tiles, slot: PanelSlot) -> None:
        """Offer what can be done with the view in a slot and with the tile around it."""
        super().__init__(slot)
        self._stage, self._slot = stage, slot
        self.aboutToHide.connect(self.deleteLater)
        if stage.is_out(slot):
            self.addAction(_("Back into the main window")).triggered.connect(self._close_window)
            return
        for title in stage.fitting():
            action = self.addAction(_(title))
            action.setCheckable(True)
            action.setChecked(title == slot.entry.title)
            action.setData(title)
            action.triggered.connect(self._choose_view)
        self.addSeparator()
        text = _("Restore the size") if stage.is_maximised else _("Maximise")
        self.addAction(f"{text}\tCtrl+M").triggered.connect(self._maximise)
        self.addAction(_("Window of its own")).triggered.connect(self._move_out)
        self.addSeparator()
        for count in COUNTS:
            text = ngettext("{count} view", "{count} views", count).format(count=count)
            action = self.addAction(text)
            action.setCheckable(True)
            action.setChecked(count == len(stage.arrangement.views))
            action.setData(count)
            action.triggered.connect(self._choose_count)

    @Slot()
    def _choose_view(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._stage.choose_view(self._stage.number_of(self._slot), action.data())

    @Slot()
    def _choose_count(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._stage.choose_count(action.data())

    @Slot()
    def _maximise(self) -> None:
        self._stage.toggle(self._slot)

    @Slot()
    def _move_out(self) -> None:
        self._stage.move_out(self._slot)

    @Slot()
    def _close_window(self) -> None:
        self._stage.close_window(self._slot)
