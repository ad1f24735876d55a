"""How fast a run may step: a slider from one step per second, to explain each, to no limit."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QLabel,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QVBoxLayout,
    QWidget,
)

from nnplay.experiment import Experiment, part_sizes
from nnplay.experiment.sizes import steps_per_epoch
from nnplay.translation import _, ngettext

Speed = int | Literal["watch"] | None
SPEEDS: tuple[Speed, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, "watch", None)
"""Steps per second at each place of the slider; None is no limit."""
WATCH_SECONDS = 6.0
"""What a run that is to be watched takes at least: small ones are over before the first picture."""
_WIDTH = 86


def limit(speed: Speed, experiment: Experiment) -> float | None:
    """Return the steps per second that a speed allows a run of an experiment, None for no limit."""
    if speed != "watch":
        return speed
    train = part_sizes(experiment.data.spec(), experiment.split)[0]
    drops = experiment.policy.drop_last
    steps = experiment.epochs * steps_per_epoch(train, experiment.batch_size, drops)
    return max(1.0, steps / WATCH_SECONDS)


class PlaceSlider(QSlider):
    """A slider whose handle comes to where its groove is clicked, and can be dragged on from there.

    Qt's own moves by a page, wherever beside the handle the click is.
    """

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the handle under the mouse, then let it be taken."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        parts, slider = QStyle.SubControl, QStyle.ComplexControl.CC_Slider
        groove, handle = (
            self.style().subControlRect(slider, option, part, self)
            for part in (parts.SC_SliderGroove, parts.SC_SliderHandle)
        )
        clicked = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(clicked):
            way = groove.width() - handle.width()
            at = clicked.x() - groove.left() - handle.width() // 2
            place = QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, way)
            self.setValue(place)
        super().mousePressEvent(event)


class SpeedSlider(QWidget):
    """Says its speed above the slider; its two actions move it by keys from anywhere."""

    speed_chosen = Signal(object)
    """A Speed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self._words = QLabel(self)
        self._words.setObjectName("hint")
        self.slider = PlaceSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, len(SPEEDS) - 1)
        self.slider.setPageStep(3)
        self.slider.setAccessibleName(_("Speed"))
        self.slider.setToolTip(
            _(
                "Steps per second: left to follow each one, right for no limit; one place before,"
                " short runs take {seconds:.0f} seconds, so that they can be watched (F6, F7)."
            ).format(seconds=WATCH_SECONDS)
        )
        self.slower_action = self._action(_("Slower"), "F6", self.slower)
        self.faster_action = self._action(_("Faster"), "F7", self.faster)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._words)
        column.addWidget(self.slider)
        self.slider.setValue(SPEEDS.index("watch"))
        self.slider.valueChanged.connect(self._tell)
        self._say()

    @property
    def speed(self) -> Speed:
        """What is chosen."""
        return SPEEDS[self.slider.value()]

    @property
    def text(self) -> str:
        """What is said of the speed."""
        return self._words.text()

    def set_speed(self, speed: Speed) -> None:
        """Choose a speed; one that has no place of its own takes the next slower one."""
        if isinstance(speed, int):
            slower = [one for one in SPEEDS if isinstance(one, int) and one <= speed]
            speed = max(slower, default=SPEEDS[0])
        self.slider.setValue(SPEEDS.index(speed))

    @Slot()
    def slower(self) -> None:
        """Move one place to the left."""
        self.slider.setValue(self.slider.value() - 1)

    @Slot()
    def faster(self) -> None:
        """Move one place to the right."""
        self.slider.setValue(self.slider.value() + 1)

    def _action(self, text: str, key: str, slot: object) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(slot)
        return action

    def _tell(self, _place: int) -> None:
        self._say()
        self.speed_chosen.emit(self.speed)

    def _say(self) -> None:
        speed = self.speed
        if speed is None:
            self._words.setText(_("full speed"))
        elif speed == "watch":
            self._words.setText(_("to watch"))
        else:
            self._words.setText(ngettext("{n:,} step/s", "{n:,} steps/s", speed).format(n=speed))
