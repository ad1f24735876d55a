"""How fast a run may step: a slider from one step per second, to explain each, to no limit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QSlider, QVBoxLayout, QWidget

from nnplay.words import _, ngettext

SPEEDS: tuple[int | None, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, None)
"""Steps per second at each place of the slider; None is no limit."""
_WIDTH = 86


class SpeedSlider(QWidget):
    """Says its speed above the slider; its two actions move it by keys from anywhere."""

    speed_chosen = Signal(object)
    """Steps per second, or None for no limit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self._words = QLabel(self)
        self._words.setObjectName("hint")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, len(SPEEDS) - 1)
        self.slider.setPageStep(3)
        self.slider.setAccessibleName(_("Speed"))
        self.slider.setToolTip(
            _("Steps per second: slow to follow each one, right for no limit (F6, F7).")
        )
        self.slower_action = self._action(_("Slower"), "F6", self.slower)
        self.faster_action = self._action(_("Faster"), "F7", self.faster)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._words)
        column.addWidget(self.slider)
        self.slider.setValue(len(SPEEDS) - 1)
        self.slider.valueChanged.connect(self._tell)
        self._say()

    @property
    def speed(self) -> int | None:
        """Steps per second, or None for no limit."""
        return SPEEDS[self.slider.value()]

    @property
    def text(self) -> str:
        """What is said of the speed."""
        return self._words.text()

    def set_speed(self, speed: int | None) -> None:
        """Choose a speed; one that has no place of its own takes the next slower one."""
        limits = [one for one in SPEEDS if one is not None and speed is not None and one <= speed]
        self.slider.setValue(len(SPEEDS) - 1 if speed is None else max(0, len(limits) - 1))

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
        else:
            self._words.setText(ngettext("{n:,} step/s", "{n:,} steps/s", speed).format(n=speed))
