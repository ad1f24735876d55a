"""What the window remembers from one day to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from nnplay.gui.bars.speed import Speed
from nnplay.gui.style.theme import DARK, LIGHT, Theme

_FULL_SPEED = "full"


class WindowSettings:
    """Size, place, dividers and look, in one small file."""

    def __init__(self, folder: Path) -> None:
        self._store = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)

    @property
    def theme(self) -> Theme:
        """The look chosen last."""
        return DARK if self._store.value("theme") == "dark" else LIGHT

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme.key)

    @property
    def speed(self) -> Speed:
        """The speed chosen last."""
        text = str(self._store.value("speed", ""))
        if text == _FULL_SPEED:
            return None
        return int(text) if text.isdecimal() else "watch"

    @speed.setter
    def speed(self, speed: Speed) -> None:
        self._store.setValue("speed", _FULL_SPEED if speed is None else str(speed))

    @property
    def geometry(self) -> QByteArray | None:
        """Size and place of the window."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def splits(self) -> dict[str, bytes]:
        """Places of the dividers by name."""
        self._store.beginGroup("splits")
        names = self._store.childKeys()
        values = {name: self._store.value(name) for name in names}
        self._store.endGroup()
        return {n: bytes(v.data()) for n, v in values.items() if isinstance(v, QByteArray)}

    @splits.setter
    def splits(self, places: dict[str, bytes]) -> None:
        for name, place in places.items():
            self._store.setValue(f"splits/{name}", QByteArray(place))

    def write(self) -> None:
        """Put everything on the disk."""
        self._store.sync()
