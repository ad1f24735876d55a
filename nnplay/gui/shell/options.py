"""What the window is asked for on the command line; needs no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class WindowOptions:
    """How the window opens; None leaves a choice to what the user had last."""

    preset: str | None = None
    """Key of the preset to open."""
    file: Path | None = None
    """Experiment file to open; never together with `preset`."""
    screenshot: Path | None = None
    """Where to save a picture of the window after training; then the window closes."""
    epochs: int | None = None
    size: tuple[int, int] | None = None
    """Width and height of the window in pixels."""
    theme: Theme | None = None
