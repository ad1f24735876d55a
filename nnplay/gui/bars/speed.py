"""The slider for the speed of runs, from one step per second to no limit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QVBoxLayout,
    QWidget,
)

from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import sized
from nnplay.session.speed import WATCH_SECONDS, Speed
from nnplay.translation import _, ngettext

SPEEDS: tuple[Speed, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, "watch", None)
"""The speed at each position of the slider."""
_WIDTH = 124
_BARE_WIDTH = 88
"""Without the labels of the ends."""


class JumpSlider(QSlider):
    """A slider whose handle jumps to where its groove is clicked, and can be dragged from there.

    Qt's own slider moves by a page instead.
    """

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the handle under the mouse, so that Qt then starts to drag it."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        parts, slider = QStyle.SubControl, QStyle.ComplexControl.CC_Slider
        groove, handle = (
            self.style().subControlRect(slider, option, part, self)
            for part in (parts.SC_SliderGroove, parts.SC_SliderHandle)
        )
        clicked = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(clicked):
            length = groove.width() - handle.width()
            at = clicked.x() - groove.left() - handle.width() // 2
            value = QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, length)
            self.setValue(value)
        super().mousePressEvent(event)


class SpeedSlider(QWidget):
    """A slider with its name, its speed and what its ends mean.

    Two actions move it from anywhere in the window.
    """

    speed_chosen = Signal(object)
    """A Speed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = PlainLabel(parent=self)
        self._label.setObjectName("hint")
        self.ends = PlainLabel(_("slow"), self), PlainLabel(_("full"), self)
        for end in self.ends:
            end.setObjectName("hint")
        self.slider = JumpSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, len(SPEEDS) - 1)
        self.slider.setPageStep(3)
        self.slider.setAccessibleName(_("Speed"))
        tip = _(
            "Steps per second, from single steps on the left to full speed on the right. One "
            "position before that, short runs are slowed down to {seconds:.0f} seconds so that "
            "you can watch them (F6, F7)."
        )
        self.slider.setToolTip(plain(tip.format(seconds=WATCH_SECONDS)))
        self.slower_action = self._action(_("Slower"), "F6", self.slower)
        self.faster_action = self._action(_("Faster"), "F7", self.faster)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._label)
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        row.addWidget(self.ends[0])
        row.addWidget(self.slider, 1)
        row.addWidget(self.ends[1])
        column.addLayout(row)
        self.set_roomy(True)
        bus.changed.connect(self._show)
        self.slider.setValue(SPEEDS.index("watch"))
        self.slider.valueChanged.connect(self._change)
        self._show()

    @property
    def speed(self) -> Speed:
        """The chosen speed."""
        return SPEEDS[self.slider.value()]

    @property
    def text(self) -> str:
        """The speed in words."""
        return self._label.text()

    def set_speed(self, speed: Speed) -> None:
        """Choose a speed, or the next slower one that has a position on the slider."""
        if isinstance(speed, int):
            slower = [one for one in SPEEDS if isinstance(one, int) and one <= speed]
            speed = max(slower, default=SPEEDS[0])
        self.slider.setValue(SPEEDS.index(speed))

    def set_roomy(self, roomy: bool) -> None:
        """Label the ends of the slider, or leave the labels out where the bar is narrow."""
        for end in self.ends:
            end.setVisible(roomy)
        width = _WIDTH if roomy else _BARE_WIDTH
        sized(self, minimumWidth=width, maximumWidth=width)

    @Slot()
    def slower(self) -> None:
        """Move one position to the left."""
        self.slider.setValue(self.slider.value() - 1)

    @Slot()
    def faster(self) -> None:
        """Move one position to the right."""
        self.slider.setValue(self.slider.value() + 1)

    def _action(self, text: str, key: str, slot: object) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(slot)
        return action

    def _change(self, _position: int) -> None:
        self._show()
        self.speed_chosen.emit(self.speed)

    @Slot()
    def _show(self) -> None:
        speed = self.speed
        if speed is None:
            text = _("full")
        elif speed == "watch":
            text = _("watchable")
        else:
            text = ngettext("{n:,} step/s", "{n:,} steps/s", speed).format(n=speed)
        self._label.setText(_("Speed: {speed}").format(speed=text))
        # A limit that was set in an earlier session must not be overlooked.
        colour = theme().accent if isinstance(speed, int) else theme().muted
        self._label.setStyleSheet(f"color: {colour};")
