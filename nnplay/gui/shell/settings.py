"""The settings of the window, kept from one start to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from nnplay.gui.style.theme import DARK, LIGHT, Theme, apply, zoom_to
from nnplay.gui.style.zoom import zoom
from nnplay.link import RunMemory
from nnplay.link.run_memory import CHOICES
from nnplay.session import Speed

_FULL_SPEED = "full"


class WindowSettings:
    """Geometry, splitters, theme and speed, in one small file."""

    def __init__(self, folder: Path) -> None:
        self._store = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)

    @property
    def theme(self) -> Theme:
        """The theme chosen last."""
        return DARK if self._store.value("theme") == "dark" else LIGHT

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme.key)

    def choose_theme(self, theme: Theme) -> None:
        """Use a theme, now and after the next start."""
        self.theme = theme
        apply(theme)

    @property
    def zoom(self) -> float:
        """The zoom chosen last, 1.0 for the usual size."""
        try:
            return float(str(self._store.value("zoom", "1")))
        except ValueError:
            return 1.0

    def choose_zoom(self, factor: float) -> None:
        """Use a zoom, now and after the next start."""
        zoom_to(factor)
        self._store.setValue("zoom", str(zoom()))

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
    def run_memory(self) -> RunMemory:
        """The memory for each run chosen last."""
        text = str(self._store.value("run_memory", ""))
        is_known = text.isdecimal() and int(text) in CHOICES
        return RunMemory(int(text)) if is_known else RunMemory()

    @run_memory.setter
    def run_memory(self, memory: RunMemory) -> None:
        self._store.setValue("run_memory", str(memory.megabytes))

    @property
    def geometry(self) -> QByteArray | None:
        """Size and position of the window."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def splits(self) -> dict[str, bytes]:
        """Positions of the splitters by name."""
        self._store.beginGroup("splits")
        names = self._store.childKeys()
        values = {name: self._store.value(name) for name in names}
        self._store.endGroup()
        return {n: bytes(v.data()) for n, v in values.items() if isinstance(v, QByteArray)}

    @splits.setter
    def splits(self, positions: dict[str, bytes]) -> None:
        for name, position in positions.items():
            self._store.setValue(f"splits/{name}", QByteArray(position))

    def remember(self, geometry: QByteArray, splits: dict[str, bytes]) -> None:
        """Write everything, with where the window and its dividers are."""
        self.geometry, self.splits = geometry, splits
        self.write()

    def write(self) -> None:
        """Write everything to disk."""
        self._store.sync()
