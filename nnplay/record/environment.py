"""The machine and the versions that a run used, so that it can be repeated."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from nnplay import __version__
from nnplay.link import Environment

_PACKAGES = ("torch", "numpy", "scikit-learn", "safetensors")


def environment(device: str, threads: int) -> dict[str, Any]:
    """Return versions, machine, device and threads; None for packages that are not installed."""
    return {
        "nnplay": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
        "os": platform.platform(),
        "machine": platform.machine(),
        "cpu_count": os.cpu_count(),
        "device": device,
        "threads": threads,
    }


def versions() -> Environment:
    """Return what a run that is trained now depends on."""
    return Environment(
        __version__,
        platform.python_version(),
        _version("torch") or "",
        _version("numpy") or "",
        platform.platform(),
    )


@cache
def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
