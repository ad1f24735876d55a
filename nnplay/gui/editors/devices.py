"""The list of devices that a run can use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from nnplay.experiment import Experiment
from nnplay.gui.forms.fields import CalmComboBox
from nnplay.gui.style.icons import icon
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.translation import _, n_


class Device(Protocol):
    """A device to offer; the engine's device choices have this form."""

    @property
    def key(self) -> str:
        """The name in an experiment."""

    @property
    def label(self) -> str:
        """The name for users."""

    @property
    def why(self) -> str:
        """A short remark on it."""


@dataclass(frozen=True)
class DeviceChoice:
    """A device to offer: its name in an experiment, its name for users, and a remark."""

    key: str
    label: str
    why: str


_AT_FIRST = (
    DeviceChoice("auto", n_("automatic"), n_("The fastest device is determined at the first run.")),
    DeviceChoice("cpu", n_("CPU"), ""),
)
"""Until the engine has been loaded and has looked for GPUs."""


class DeviceBox(CalmComboBox):
    """Shows devices by name and returns their keys."""

    device_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = "auto"
        self._devices: tuple[Device, ...] = ()
        self.setAccessibleName(_("Device"))
        self.activated.connect(self._activated)
        self.set_devices([DeviceChoice(d.key, _(d.label), _(d.why)) for d in _AT_FIRST])

    def set_devices(self, devices: Sequence[Device]) -> None:
        """Offer these devices; emits nothing."""
        self._devices = tuple(devices)
        self._refill()

    def show_device(self, key: str) -> None:
        """Show the chosen device, even if this machine does not have it; emits nothing."""
        if key != self._shown or self.currentData() != key:
            self._shown = key
            self._refill()

    def comparable(self) -> tuple[Device, ...]:
        """Return the devices that can be compared with each other."""
        return tuple(device for device in self._devices if device.key != "auto")

    def why(self) -> str:
        """Return the remark on the current device."""
        known = {device.key: device.why for device in self._devices}
        missing = _("This machine does not have this device: choose another one.")
        return known.get(self._shown, "" if self._shown == "cuda" else missing)

    def _refill(self) -> None:
        self.clear()
        for device in self._devices:
            self.addItem(device.label, device.key)
        if self.findData(self._shown) < 0:
            self.addItem(self._shown, self._shown)
        self.setCurrentIndex(self.findData(self._shown))

    def _activated(self, index: int) -> None:
        key = self.itemData(index)
        if key != self._shown:
            self.device_chosen.emit(key)


class DeviceRow(QWidget):
    """The list of devices, and a button that compares their speed on this network."""

    compare_asked = Signal()
    stop_asked = Signal()
    words_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = DeviceBox()
        self.button = QToolButton()
        # The list beside it needs the room for the names of GPUs.
        self.button.setStyleSheet("QToolButton { padding: 2px 4px; }")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(self._clicked)
        self._shown: Experiment | None = None
        self._measured: Experiment | None = None
        self._verdict = self._timings = self._progress = ""
        self._is_looked_for, self._is_blocked, self._has_problems = False, False, False
        self.setFocusProxy(self.box)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.box, 1)
        layout.addWidget(self.button)
        bus.changed.connect(self._show_button)
        self._show_button()

    def set_devices(self, devices: Sequence[Device]) -> None:
        """Offer all devices of this machine; emits nothing."""
        self.box.set_devices(devices)
        self._is_looked_for = True
        self._show_button()

    def show_experiment(self, experiment: Experiment, has_problems: bool) -> None:
        """Show the device of an experiment, and the result if it was measured; emits nothing."""
        self.box.show_device(experiment.device)
        self._shown = _what_counts(experiment)
        self._has_problems = has_problems
        self._show_button()

    def set_blocked(self, blocked: bool) -> None:
        """Set whether a run is in progress, during which nothing is measured."""
        self._is_blocked = blocked
        self._show_button()

    def show_progress(self, text: str) -> None:
        """Show what is being measured; an empty text when it is finished."""
        self._progress = text
        self._show_button()
        self.words_changed.emit()

    def show_verdict(self, experiment: Experiment, verdict: str, timings: str) -> None:
        """Show the result for an experiment, until another one is shown."""
        self._measured = _what_counts(experiment)
        self._verdict, self._timings = verdict, timings
        self.words_changed.emit()

    def words(self) -> tuple[str, str]:
        """Return the remark or the comparison to show, and the measured values for its tooltip."""
        if self._progress:
            return self._progress, ""
        if self._verdict and self._measured == self._shown:
            return self._verdict, self._timings
        return self.box.why(), ""

    @Slot()
    def _clicked(self) -> None:
        (self.stop_asked if self._progress else self.compare_asked).emit()

    @Slot()
    def _show_button(self) -> None:
        obstacle = "" if self._progress else self._obstacle()
        name = _("Stop the comparison") if self._progress else _("Compare devices")
        what = _("Trains this network for a second on each device and shows which one is fastest.")
        self.button.setEnabled(not obstacle)
        self.button.setAccessibleName(name)
        self.button.setAccessibleDescription(obstacle or what)
        self.button.setToolTip(plain(name if self._progress else f"{name}: {obstacle or what}"))
        colour = theme().muted if obstacle else theme().text
        self.button.setIcon(icon("stop" if self._progress else "compare", colour))

    def _obstacle(self) -> str:
        if not self._is_looked_for:
            return _("Still looking for GPUs.")
        if len(self.box.comparable()) < 2:
            return _("No GPU found, so there is nothing to compare the CPU with.")
        if self._is_blocked:
            return _("Stop the current run first; it would distort the measurement.")
        if self._has_problems:
            return _("The experiment has problems: fix them first.")
        return ""


def _what_counts(experiment: Experiment) -> Experiment:
    """Return an experiment without the settings that do not affect speed."""
    return replace(experiment, device="auto", epochs=1, name="", about="")
