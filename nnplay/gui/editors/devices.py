"""The list of devices that a run can take place on, and why there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from nnplay.experiment import Experiment
from nnplay.gui.forms.fields import CalmComboBox
from nnplay.gui.style.icons import icon
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.translation import _, n_


class Device(Protocol):
    """A device to offer; the engine's choices are such."""

    @property
    def key(self) -> str:
        """As it stands in an experiment."""

    @property
    def label(self) -> str:
        """As people call it."""

    @property
    def why(self) -> str:
        """A word on it."""


@dataclass(frozen=True)
class DeviceChoice:
    """A device to offer: its key in an experiment, its name, and a word on it."""

    key: str
    label: str
    why: str


_AT_FIRST = (
    DeviceChoice("auto", n_("automatic"), n_("The fastest device is looked for at the first run.")),
    DeviceChoice("cpu", n_("CPU"), ""),
)
"""Until the engine is loaded and has looked for GPUs."""


class DeviceBox(CalmComboBox):
    """Shows a device by its name and gives its key."""

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
        """Show which one is wanted, even if this machine has none such; emits nothing."""
        if key != self._shown or self.currentData() != key:
            self._shown = key
            self._refill()

    def comparable(self) -> tuple[Device, ...]:
        """Return the devices that can be measured against each other."""
        return tuple(device for device in self._devices if device.key != "auto")

    def why(self) -> str:
        """Return a word on the device shown."""
        known = {device.key: device.why for device in self._devices}
        missing = _("This machine has no such device: choose another one.")
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
    """The list of devices, and a button that measures the network on each of them."""

    compare_asked = Signal()
    stop_asked = Signal()
    words_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = DeviceBox()
        self.button = QToolButton()
        # The list beside it wants every pixel for the names of GPUs.
        self.button.setStyleSheet("QToolButton { padding: 2px 4px; }")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(self._clicked)
        self._shown: Experiment | None = None
        self._measured: Experiment | None = None
        self._verdict = self._figures = self._progress = ""
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
        """Offer these devices, which are all there are; emits nothing."""
        self.box.set_devices(devices)
        self._is_looked_for = True
        self._show_button()

    def show_experiment(self, experiment: Experiment, has_problems: bool) -> None:
        """Show its device, and the verdict if it is on such an experiment; emits nothing."""
        self.box.show_device(experiment.device)
        self._shown = _what_counts(experiment)
        self._has_problems = has_problems
        self._show_button()

    def set_blocked(self, blocked: bool) -> None:
        """Say whether a run is under way, beside which nothing is measured."""
        self._is_blocked = blocked
        self._show_button()

    def show_progress(self, text: str) -> None:
        """Show what is being measured; nothing when it is over."""
        self._progress = text
        self._show_button()
        self.words_changed.emit()

    def show_verdict(self, experiment: Experiment, verdict: str, figures: str) -> None:
        """Show what came of measuring an experiment, until another one is shown."""
        self._measured = _what_counts(experiment)
        self._verdict, self._figures = verdict, figures
        self.words_changed.emit()

    def words(self) -> tuple[str, str]:
        """Return a word on the device or on all of them, and the figures behind it."""
        if self._progress:
            return self._progress, ""
        if self._verdict and self._measured == self._shown:
            return self._verdict, self._figures
        return self.box.why(), ""

    @Slot()
    def _clicked(self) -> None:
        (self.stop_asked if self._progress else self.compare_asked).emit()

    @Slot()
    def _show_button(self) -> None:
        obstacle = "" if self._progress else self._obstacle()
        name = _("Stop measuring") if self._progress else _("Compare the devices")
        what = _("Trains this network for a second on each device and says which is the fastest.")
        self.button.setEnabled(not obstacle)
        self.button.setAccessibleName(name)
        self.button.setAccessibleDescription(obstacle or what)
        self.button.setToolTip(name if self._progress else f"{name}: {obstacle or what}")
        colour = theme().muted if obstacle else theme().text
        self.button.setIcon(icon("stop" if self._progress else "compare", colour))

    def _obstacle(self) -> str:
        if not self._is_looked_for:
            return _("GPUs are still being looked for.")
        if len(self.box.comparable()) < 2:
            return _(
                "torch finds no GPU on this machine, so the CPU has nothing to be held against."
            )
        if self._is_blocked:
            return _("A run is under way, and would be slowed: stop it first.")
        if self._has_problems:
            return _("The experiment has problems: mend them first.")
        return ""


def _what_counts(experiment: Experiment) -> Experiment:
    """Return an experiment without what changes nothing about speed."""
    return replace(experiment, device="auto", epochs=1, name="", about="")
