"""The list of devices that a run can take place on, and why there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nnplay.gui.forms.fields import CalmComboBox
from nnplay.words import _, n_


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
