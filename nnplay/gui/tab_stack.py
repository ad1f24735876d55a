"""Where panels stand: places that hold their room until they come, and decks of such places."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.panels.panel import TOOL_SIZE, Panel
from nnplay.gui.panels.roles import Role
from nnplay.gui.style.icons import icon
from nnplay.translation import _


class Place(QStackedWidget):
    """Holds a panel, and until it comes an empty one with its heading."""

    def __init__(self, role: Role, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        self._panel = _empty(role)
        self.addWidget(self._panel)
        if role.height:
            # What lies above it in its column would move when it grows.
            self.setFixedHeight(role.height)

    def holds(self, panel: Panel) -> bool:
        """Say whether this is where that panel stands."""
        return self._panel is panel

    def put(self, panel: Panel) -> None:
        """Put the panel in."""
        empty, self._panel = self._panel, panel
        self.addWidget(panel)
        self.setCurrentWidget(panel)
        self.removeWidget(empty)
        empty.deleteLater()
        self._come_in_turn(panel)

    def _come_in_turn(self, panel: Panel) -> None:
        """Let the Tab key come to a panel where it stands, and not last because it came last."""
        before: QWidget | None = self.previousInFocusChain()
        # What holds the place has the panel in it, and Qt passes over what takes no keys.
        while before and (before.isAncestorOf(self) or not _takes_keys(before)):
            before = before.previousInFocusChain()
        inside: list[QWidget] = [panel]
        while (after := inside[-1].nextInFocusChain()) and panel.isAncestorOf(after):
            inside.append(after)
        for widget in filter(_takes_keys, inside):
            if before:
                self.setTabOrder(before, widget)
            before = widget


def _empty(role: Role) -> Panel:
    panel = Panel(_(role.heading))
    if role.has_tools:
        # Unseen, it makes the heading as high as they will make it.
        tool = QToolButton()
        tool.setIconSize(TOOL_SIZE)
        tool.setIcon(icon("whole", "transparent", "transparent"))
        tool.setEnabled(False)
        panel.add_tool_widget(tool)
    return panel


def _takes_keys(widget: QWidget) -> bool:
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus


class TabStack(QWidget):
    """Places of which one shows, chosen by tabs; those that do not fit the data have no tab."""

    def __init__(
        self, places: tuple[tuple[str, Place], ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._places = tuple(place for _name, place in places)
        self._bar = QTabBar()
        self._bar.setExpanding(False)
        self._bar.setDrawBase(False)
        self._stack = QStackedWidget()
        for name, place in places:
            self._bar.addTab(name)
            self._stack.addWidget(place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._stack, 1)
        self._bar.currentChanged.connect(self._stack.setCurrentIndex)

    def minimumSizeHint(self) -> QSize:
        """Stay as high as was chosen whatever a panel comes to hold; ten classes have room."""
        return QSize(240, 326)

    def show_spec(self, spec: DataSpec) -> None:
        """Offer the panels that fit the data, and bring up the first of them."""
        fitting = [place.role.fits(spec) for place in self._places]
        for index, fits in enumerate(fitting):
            # Told again what it knows, the bar would forget to close the gaps.
            if fits != self._bar.isTabVisible(index):
                self._bar.setTabVisible(index, fits)
        self._bar.setVisible(sum(fitting) > 1)
        if any(fitting):
            self._bar.setCurrentIndex(fitting.index(True))

    def bring_up(self, panel: Panel) -> None:
        """Show one panel."""
        for index, place in enumerate(self._places):
            if place.holds(panel):
                self._bar.setCurrentIndex(index)
