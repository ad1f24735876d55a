"""The middle of the window: up to four tiles, the first of them with tabs for all other views."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.panel.panel import TOOL_SIZE, Panel
from nnplay.gui.panel.tab_stack import PanelSlot, TabStack
from nnplay.gui.panel.veil import Veil
from nnplay.gui.panes import Panes, split_evenly, split_middle
from nnplay.gui.stage.arrangement import (
    MAIN,
    NAMED,
    Arrangement,
    NamedArrangement,
    kind_of_data,
)
from nnplay.gui.stage.tile import Tile
from nnplay.gui.stage.tile_menu import TileMenu
from nnplay.gui.stage.tile_window import TileWindow
from nnplay.gui.style.icons import tool_icon
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import bus
from nnplay.gui.style.zoom import sized
from nnplay.translation import _

LEAST = QSize(240, 150)
"""Of the first tile; fixed, so that the dividers stay where they are while panels change."""


class Stage(QWidget):
    """Shows the views of the run as the user or a lesson has arranged them."""

    maximised_changed = Signal(bool)
    """Whether one view has all the room."""

    def __init__(self, slots: Sequence[PanelSlot], parent: QWidget | None = None) -> None:
        """Hold the slots of the views in the order of their tabs."""
        super().__init__(parent)
        self._slots = {slot.entry.title: slot for slot in slots}
        self.tabs = TabStack(slots, LEAST)
        self._tiles = tuple(Tile() for _number in range(3))
        across, upright = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        lower_left, upper_right, lower_right = self._tiles
        self._rows = (
            Panes(across, split_evenly, self.tabs, upper_right),
            Panes(across, split_evenly, lower_left, lower_right),
        )
        self.panes = Panes(upright, split_middle, *self._rows)
        self._spec: DataSpec | None = None
        self._arrangement = Arrangement()
        """As the user or a lesson wants it; what does not fit the data is replaced when shown."""
        self._kept: dict[str, str] = {}
        """The texts of the arrangements that the user has chosen, by the kind of the data."""
        self._maximised: PanelSlot | None = None
        self._windows: dict[PanelSlot, TileWindow] = {}
        self._veil = Veil(self)
        self._buttons = _buttons()
        for button in self._buttons:
            button.clicked.connect(self._choose_named)
        self._menu_button = _menu_button()
        self._menu_button.clicked.connect(self._open_front_menu)
        self.tabs.add_corner(_row((self._menu_button, *self._buttons)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panes)
        bus.changed.connect(self._recolour)

    @property
    def arrangement(self) -> Arrangement:
        """What the tiles show."""
        front = self.tabs.front
        shown = [front] if front is not None else []
        shown += [tile.slot for tile in self._tiles if tile.slot is not None]
        return Arrangement(tuple(slot.entry.title for slot in shown))

    @property
    def is_maximised(self) -> bool:
        """Whether one view has all the room."""
        return self._maximised is not None

    def adopt(self, panel: Panel) -> None:
        """Give a panel the menu of its tile."""
        panel.add_view_button()
        panel.views_asked.connect(self._open_menu)
        panel.maximise_asked.connect(self._toggle_panel)
        panel.show_view_button(False)

    def show_panel(self, slot: PanelSlot) -> None:
        """Offer other views at the title of a panel that is outside the tabs."""
        panel = slot.panel
        if panel is not None:
            panel.show_view_button(slot in self._windows or self.number_of(slot) > 0)

    def show_spec(self, spec: DataSpec, views: Sequence[str] = ()) -> None:
        """Offer the views that fit the data, arranged as a lesson names them or as remembered."""
        self._spec = spec
        if views:
            self._arrangement = Arrangement(tuple(views))
        else:
            kept = self._kept.get(kind_of_data(spec))
            self._arrangement = Arrangement() if kept is None else Arrangement.parse(kept)
        self._set_maximised(None)
        self._apply()

    def fitting(self) -> list[str]:
        """Return the titles of the views that fit the data and have no window of their own."""
        spec = self._spec
        return [
            title
            for title, slot in self._slots.items()
            if spec is not None and slot.entry.fits(spec) and slot not in self._windows
        ]

    def arrange(self, arrangement: Arrangement) -> None:
        """Arrange the views as the user wants them, and remember it for such data."""
        self._set_maximised(None)
        self._arrangement = arrangement
        if self._spec is not None:
            self._kept[kind_of_data(self._spec)] = self._without_first(arrangement).text()
        self._apply()

    def arrange_named(self, index: int) -> None:
        """Use one of the arrangements that have a name."""
        self.arrange(NAMED[index].arrangement)

    def choose_view(self, tile: int, title: str) -> None:
        """Show a view in a tile."""
        self.arrange(self.arrangement.with_view(tile, title))

    def choose_count(self, count: int) -> None:
        """Show that many tiles."""
        self.arrange(self.arrangement.with_count(count, self.fitting()))

    def bring_up(self, slot: PanelSlot) -> None:
        """Make a view visible: its tab, or the window that it is in."""
        if slot in self._windows:
            self._windows[slot].raise_()
        else:
            self.tabs.bring_up(slot)

    def number_of(self, slot: PanelSlot) -> int:
        """Return the number of the tile that a view is in, 0 for the one with tabs."""
        slots = [None, *(tile.slot for tile in self._tiles)]
        return slots.index(slot) if slot in slots else 0

    @Slot()
    def toggle_maximised(self) -> None:
        """Give all the room to the view with the focus, or to the first one; or take it back."""
        if self._maximised is not None:
            self._set_maximised(None)
            return
        places = [slot for slot in self._placed() if slot.hasFocus() or _has_focus_inside(slot)]
        for slot in (places or self._placed())[:1]:
            self._set_maximised(slot)

    def toggle(self, slot: PanelSlot) -> None:
        """Give all the room to a view, or take it back."""
        self._set_maximised(None if self._maximised is not None else slot)

    def move_out(self, slot: PanelSlot) -> None:
        """Give a view a window of its own."""
        self._set_maximised(None)
        self._arrangement = self.arrangement
        self._take(slot, to_tabs=False)
        window = TileWindow(slot, self.window())
        self._windows[slot] = window
        window.closing.connect(self._put_back)
        window.veil.set_covering(not self._veil.isHidden())
        self._apply()
        window.show()

    def is_out(self, slot: PanelSlot) -> bool:
        """Return whether a view has a window of its own."""
        return slot in self._windows

    def close_window(self, slot: PanelSlot) -> None:
        """Put a view back that has a window of its own."""
        self._windows[slot].close()

    def set_pale(self, is_pale: bool) -> None:
        """Mark the views as those of the run before an edit, or remove the mark."""
        for veil in (self._veil, *(window.veil for window in self._windows.values())):
            veil.set_covering(is_pale)

    def save(self) -> dict[str, bytes]:
        """Return the sizes of the tiles and the arrangements that the user has chosen."""
        sizes = {f"row{number}": row.saved() for number, row in enumerate(self._rows)}
        return {**sizes, "tiles": json.dumps(self._kept).encode()}

    def restore(self, places: Mapping[str, bytes]) -> None:
        """Use what `save` has returned; what cannot be read is left out."""
        for number, row in enumerate(self._rows):
            row.restore(places.get(f"row{number}", b""))
        try:
            kept = json.loads(places.get("tiles", b"{}"))
        except ValueError:
            return
        if isinstance(kept, dict):
            self._kept = {str(kind): str(text) for kind, text in kept.items()}

    def _without_first(self, arrangement: Arrangement) -> Arrangement:
        """Return an arrangement that fits other data too, if it leads with the usual view."""
        views = arrangement.views
        is_usual = views[0] == next(iter(self.fitting()), "")
        return Arrangement((MAIN, *views[1:])) if is_usual else arrangement

    @Slot(object)
    def _put_back(self, slot: PanelSlot) -> None:
        if self._windows.pop(slot, None) is not None:
            self.tabs.take(slot)
            self._apply()

    def _apply(self) -> None:
        """Put every view where the arrangement has it."""
        if self._spec is None:
            return
        views = self._arrangement.fitted(self.fitting()).views
        wanted = [self._slots[title] for title in views[1:]]
        for tile in self._tiles:
            if tile.slot is not None and tile.slot not in wanted:
                self._take(tile.slot)
        self._move(wanted)
        self.tabs.show_spec(self._spec)
        if views:
            self.tabs.bring_up(self._slots[views[0]])
        self._show_tiles()
        for slot in self._slots.values():
            self.show_panel(slot)
        chosen = _named(self._arrangement)
        for button, named in zip(self._buttons, NAMED, strict=True):
            button.setChecked(named is chosen)

    def _move(self, wanted: Sequence[PanelSlot]) -> None:
        for number, slot in enumerate(wanted):
            tile = self._tiles[number]
            if tile.slot is slot:
                continue
            if tile.slot is not None:
                self._take(tile.slot)
            self._take(slot, to_tabs=False)
            tile.put(slot)

    def _take(self, slot: PanelSlot, *, to_tabs: bool = True) -> None:
        """Remove a view from its place; unless it goes elsewhere, its tab shows it again."""
        for tile in self._tiles:
            if tile.slot is slot:
                tile.take()
                if to_tabs:
                    self.tabs.take(slot)
        if not to_tabs:
            self.tabs.release(slot)

    def _placed(self) -> list[PanelSlot]:
        front = self.tabs.front
        found = [] if front is None else [front]
        return found + [tile.slot for tile in self._tiles if tile.slot is not None]

    def _set_maximised(self, slot: PanelSlot | None) -> None:
        if slot is not self._maximised:
            self._maximised = slot
            self._show_tiles()
            self.maximised_changed.emit(slot is not None)

    def _show_tiles(self) -> None:
        alone = None if self._maximised is None else self.number_of(self._maximised)
        for number, tile in enumerate(self._tiles, start=1):
            tile.setVisible(tile.slot is not None and alone in (None, number))
        self.tabs.setVisible(alone in (None, 0) and self.tabs.front is not None)
        for row in self._rows:
            parts = [row.widget(index) for index in range(row.count())]
            row.setVisible(any(not part.isHidden() for part in parts if part is not None))
        for panes in (self.panes, *self._rows):
            panes.share()

    @Slot()
    def _choose_named(self) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        self.arrange_named(self._buttons.index(button))

    @Slot(object)
    def _open_menu(self, button: QToolButton) -> None:
        slot = _slot_of(button)
        if slot is not None:
            self._popup(slot, button)

    @Slot()
    def _open_front_menu(self) -> None:
        front = self.tabs.front
        if front is not None:
            self._popup(front, self._menu_button)

    def _popup(self, slot: PanelSlot, button: QToolButton) -> None:
        menu = TileMenu(self, slot)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot(object)
    def _toggle_panel(self, panel: Panel) -> None:
        slot = _slot_of(panel)
        if slot is not None and slot not in self._windows:
            self.toggle(slot)

    @Slot()
    def _recolour(self) -> None:
        for button, named in zip(self._buttons, NAMED, strict=True):
            button.setIcon(tool_icon(named.icon))
        self._menu_button.setIcon(tool_icon("view"))


def _named(arrangement: Arrangement) -> NamedArrangement | None:
    return next((one for one in NAMED if one.arrangement == arrangement), None)


def _slot_of(widget: QWidget) -> PanelSlot | None:
    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, PanelSlot):
        parent = parent.parentWidget()
    return parent


def _has_focus_inside(widget: QWidget) -> bool:
    focus = widget.window().focusWidget()
    return focus is not None and widget.isAncestorOf(focus)


def _buttons() -> tuple[QToolButton, ...]:
    buttons = []
    for number, named in enumerate(NAMED, start=1):
        button = QToolButton()
        button.setCheckable(True)
        button.setAutoRaise(True)
        sized(button, iconSize=TOOL_SIZE)
        button.setIcon(tool_icon(named.icon))
        button.setAccessibleName(_(named.label).replace("&", ""))
        text = _("{tip} (Ctrl+{number})").format(tip=_(named.tip), number=number)
        button.setToolTip(plain(text))
        buttons.append(button)
    return tuple(buttons)


def _menu_button() -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    sized(button, iconSize=TOOL_SIZE)
    button.setIcon(tool_icon("view"))
    button.setAccessibleName(_("Menu of the view"))
    button.setToolTip(plain(_("Show another view here, maximise it or give it a window")))
    return button


def _row(buttons: Sequence[QToolButton]) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    for button in buttons:
        row.addWidget(button)
    return whole
