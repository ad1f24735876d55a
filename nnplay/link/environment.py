"""The versions and the machine that a run was trained with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Environment:
    """What a run depends on besides its experiment; empty where it is not known."""

    nnplay: str = ""
    python: str = ""
    torch: str = ""
    numpy: str = ""
    platform: str = ""
    """The operating system with its version, and the processor."""
