"""The description of the machine in benchmarks, and the statistics of measurements."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import psutil


def machine(*packages: str) -> dict[str, Any]:
    """Return the processor, its cores, the load of the last minute, and versions."""
    return {
        "processor": _processor(), "cores": psutil.cpu_count(), "load": os.getloadavg()[0],
        "python": platform.python_version(), "versions": versions(*packages),
    }  # fmt: skip


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), platform.machine())


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of those packages that are installed."""
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def middle_and_noise(values: Sequence[float]) -> tuple[float, float]:
    """Return the median, and half the width of the middle half as a share of it."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return float(middle), float((high - low) / 2 / middle)
