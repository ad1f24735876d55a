"""The options of the window on the command line, without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class WindowOptions:
    """How the window opens; None leaves a choice to the user's settings."""

    preset: str | None = None
    """Key of the preset to open."""
    file: Path | None = None
    """Experiment file to open; never together with `preset`."""
    screenshot: Path | None = None
    """Where to save a screenshot after training; then the window closes."""
    epochs: int | None = None
    size: tuple[int, int] | None = None
    """Width and height of the window in pixels."""
    theme: Theme | None = None
