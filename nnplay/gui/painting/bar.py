"""The toolbar above a plot for painting."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.gui.style.flow import FlowLayout
from nnplay.gui.style.icons import tool_icon
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import sized
from nnplay.gui.views.plots.markers import draw_mark, shape_name
from nnplay.translation import _, n_

Tool = Literal["brush", "spray", "eraser", "move"]
TOOLS: dict[Tool, tuple[str, str, str, str]] = {
    "brush": (
        *("brush", "B", n_("Brush")),
        n_(
            "Brush: click for one point, drag for a line of points; a smaller "
            "radius puts them closer together."
        ),
    ),
    "spray": (
        *("spray", "S", n_("Spray")),
        n_("Spray: adds random points within the radius while you press."),
    ),
    "eraser": (
        *("eraser", "E", n_("Eraser")),
        n_("Eraser: removes the points within the radius."),
    ),
    "move": (
        *("move", "M", n_("Move")),
        n_("Move: drags the points within the radius."),
    ),
}
"""Icon, key, name, what it does."""
RADII = (4, 80)
"""In pixels."""
RATES = (10, 20, 40, 80, 160, 320, 640)
"""Points per second of the spray."""
_SWATCH = QSize(24, 24)


class Swatch(QAbstractButton):
    """A class to paint with: its marker in its colour."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name = _("Paint class {number} ({marks})").format(number=number, marks=shape_name(number))
        self.setAccessibleName(name)
        self.setToolTip(plain(f"{name} ({number})"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        bus.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the size of the marker and the frame around it."""
        return _SWATCH

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the marker, with a frame if it is selected."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked() or self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(look.text if self.isChecked() else look.accent), 1.5))
            painter.setBrush(QColor(look.raised))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        draw_mark(painter, self.number, QPointF(self.rect().center()) + QPointF(0.5, 0.5), 12)
        painter.end()


class PaintBar(QWidget):
    """Classes, tools, their radius, and a button that clears the plot; emits what was chosen."""

    ink_chosen = Signal(int)
    tool_chosen = Signal(object)
    """A Tool, or None if the mouse moves the view."""
    radius_changed = Signal(int)
    rate_changed = Signal(int)
    class_asked = Signal()
    clear_asked = Signal()
    unscale_asked = Signal()

    def __init__(self, most_classes: int, parent: QWidget | None = None) -> None:
        """Create the toolbar; `most_classes` is 0 if there are no classes."""
        super().__init__(parent)
        self._most = most_classes
        self._icons: dict[QAbstractButton, str] = {}
        self.swatches = tuple(Swatch(number) for number in range(most_classes))
        self._inks = QButtonGroup(self)
        self.more = self._button("add", _("Add a class"), _("Add a class to paint with"))
        self.tools: dict[Tool, QToolButton] = {}
        for tool, (icon, key, name, tip) in TOOLS.items():
            self.tools[tool] = self._button(icon, _(name), f"{_(tip)} ({key})")
            self.tools[tool].setCheckable(True)
        self.radius = _slider(_("Radius"), _("Radius of the tools; change it with [ and ]"), *RADII)
        self.radius.setValue(16)
        self.rate = _slider(_("Rate"), "", 0, len(RATES) - 1)
        self.rate.setValue(RATES.index(80))
        self.clear = self._button("sweep", _("Clear"), _("Remove all points; undo restores them"))
        self.scaled = PlainLabel(_("Painting is not possible on scaled inputs."))
        self.scaled.setObjectName("hint")
        self.unscale = QPushButton(_("Switch scaling off"))
        self.unscale.setObjectName("link")
        self._lay_out()
        self._connect()
        self.show_classes(most_classes and 2)
        self._recolour()

    def show_classes(self, count: int) -> None:
        """Offer `count` classes."""
        for swatch in self.swatches:
            swatch.setVisible(swatch.number < count)
        self.more.setVisible(count < self._most)
        if self.swatches and self._inks.checkedId() not in range(count):
            self.swatches[0].setChecked(True)

    def show_tool(self, tool: Tool | None) -> None:
        """Mark the current tool, and show its sliders; emits nothing."""
        for name, button in self.tools.items():
            button.setChecked(name == tool)
        self._rate_box.setVisible(tool == "spray")

    def show_scaled(self, scaled: bool) -> None:
        """Show a message instead of the tools if inputs are scaled, or the tools again."""
        self._tools.setVisible(not scaled)
        self._refusal.setVisible(scaled)

    @property
    def ink(self) -> int:
        """The selected class."""
        return max(0, self._inks.checkedId())

    @property
    def points_per_second(self) -> int:
        """The rate of the spray."""
        return RATES[self.rate.value()]

    def choose_ink(self, number: int) -> None:
        """Select a class, if it is offered."""
        if number < len(self.swatches) and not self.swatches[number].isHidden():
            self.swatches[number].click()

    def _button(self, icon: str, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(plain(tip))
        sized(button, iconSize=QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._icons[button] = icon
        return button

    def _lay_out(self) -> None:
        self._tools, self._refusal = QWidget(self), QWidget(self)
        flow = FlowLayout(self._tools, SPACE)
        flow.setContentsMargins(0, 0, 0, 0)
        if self.swatches:
            flow.addWidget(_row(*self.swatches, self.more))
        else:
            self.more.hide()
        flow.addWidget(_row(*self.tools.values()))
        flow.addWidget(_row(_small(_("Radius")), self.radius, gap=SPACE // 2))
        self._rate_box = _row(_small(_("Rate")), self.rate, gap=SPACE // 2)
        flow.addWidget(self._rate_box)
        flow.addWidget(_row(self.clear))
        refusal = QHBoxLayout(self._refusal)
        refusal.setContentsMargins(0, 0, 0, 0)
        refusal.addWidget(self.scaled)
        refusal.addWidget(self.unscale)
        refusal.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, 0, SPACE, 0)
        layout.addWidget(self._tools)
        layout.addWidget(self._refusal)
        self._refusal.hide()

    def _connect(self) -> None:
        for swatch in self.swatches:
            self._inks.addButton(swatch, swatch.number)
        self._inks.idClicked.connect(self.ink_chosen)
        for button in self.tools.values():
            button.clicked.connect(self._choose_tool)
        self.radius.valueChanged.connect(self.radius_changed)
        self.rate.valueChanged.connect(self._tell_rate)
        self.more.clicked.connect(self.class_asked)
        self.clear.clicked.connect(self.clear_asked)
        self.unscale.clicked.connect(self.unscale_asked)
        bus.changed.connect(self._recolour)
        self._tell_rate()

    def _choose_tool(self) -> None:
        button = self.sender()
        tool = next(name for name, one in self.tools.items() if one is button)
        chosen = tool if self.tools[tool].isChecked() else None
        self.show_tool(chosen)
        self.tool_chosen.emit(chosen)

    def _tell_rate(self) -> None:
        text = _("{count} points per second")
        self.rate.setToolTip(plain(text.format(count=self.points_per_second)))
        self.rate_changed.emit(self.points_per_second)

    def _recolour(self) -> None:
        for button, icon in self._icons.items():
            button.setIcon(tool_icon(icon))


def _row(*widgets: QWidget, gap: int = 0) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    for widget in widgets:
        row.addWidget(widget)
    return box


def _small(text: str) -> QLabel:
    label = PlainLabel(text)
    label.setFont(font("small"))
    label.setObjectName("hint")
    return label


def _slider(name: str, tip: str, low: int, high: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    sized(slider, minimumWidth=72, maximumWidth=72)
    slider.setAccessibleName(name)
    slider.setToolTip(plain(tip))
    slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return slider
