"""How fast a run may step."""

from __future__ import annotations

from typing import Literal

from nnplay.link.speed_limit import SpeedLimit, Spread

Speed = int | Literal["watch"] | None
"""Steps per second, slow enough to watch, or no limit."""
WATCH_SECONDS = 8.0
"""Shortest duration of a run at the speed "watch": a small run is over before its first frame."""


def speed_limit(speed: Speed) -> SpeedLimit:
    """Return the limit that a speed sets to a run."""
    return Spread(WATCH_SECONDS) if speed == "watch" else speed
