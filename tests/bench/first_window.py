"""How long it takes from the command to the first window, warm and after the files were let go.

Each start is a process of its own: nnplay as its command starts it, up to the moment when its first
window has been painted, on to the moment when all its panels stand, and on to the moment when torch
has been loaded behind it. Cold, the system
is asked before to forget the files of Python, of nnplay and of all packages; what other programs
use at the same time it keeps, so the megabytes that were really read are said beside the time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import CLOCK_MONOTONIC, clock_gettime
from typing import Any

ROOT = Path(__file__).parent.parent.parent


def open_window(began: float) -> None:
    """Start nnplay, print how long after `began` its window stood, and end."""
    from nnplay.start import main

    result: dict[str, float] = {}

    def note(name: str) -> None:
        result[name] = clock_gettime(CLOCK_MONOTONIC) - began

    # Imported within main in any case, in this order.
    from PySide6.QtCore import QEvent, QObject, QTimer

    from nnplay.gui.window import MainWindow

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not result:
                # Its parts are painted by the same event, before any timer comes.
                result["painting"] = 0.0
                QTimer.singleShot(0, painted)
            return False

    def painted() -> None:
        note("window_s")
        from psutil import Process

        result["torch_loaded"] = float("torch._C" in sys.modules)
        result["read_mb"] = _megabytes_read()
        result["rss_mb"] = Process().memory_info().rss / 1e6

    def complete() -> None:
        note("panels_s")

    def ready(_devices: object) -> None:
        note("ready_s")
        print(json.dumps(result), flush=True)
        os._exit(0)

    watches = []
    show = MainWindow.show

    def watched_show(window: MainWindow) -> None:
        watches.append(Watch(window))
        window.installEventFilter(watches[0])
        window.workspace.completed.connect(complete)
        window.preloading.devices_known.connect(ready)
        show(window)

    MainWindow.show = watched_show  # type: ignore[method-assign, assignment]
    main(["--size", "1280x720"])


def _megabytes_read() -> float:
    # From the disk, not from the system's memory.
    try:
        lines = Path("/proc/self/io").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0  # other systems do not tell so simply
    return next((int(one.split()[1]) / 1e6 for one in lines if one.startswith("read_bytes")), 0.0)


def forget_files() -> None:
    """Ask the system to drop from its memory what a start reads."""
    os.sync()
    paths = sysconfig.get_paths()
    folders = {
        ROOT / "nnplay",
        ROOT / "resources",
        *(Path(paths[k]) for k in ("stdlib", "purelib")),
    }
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_symlink():
                handle = os.open(file, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)


def start_once() -> dict[str, float]:
    """Start nnplay in a process of its own and return what was noted."""
    with TemporaryDirectory() as folder:
        environment = os.environ | {
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
            "NNPLAY_HOME": folder, "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        # Compiled once and kept, as on every machine that has not forbidden it.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        began = clock_gettime(CLOCK_MONOTONIC)
        order = [sys.executable, __file__, str(began)]
        done = subprocess.run(order, capture_output=True, text=True, check=False, env=environment)
    if not done.stdout.strip():
        raise SystemExit(f"the window did not open: {done.stderr.strip()[-2000:]}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def first_window(warm: int, cold: int) -> dict[str, dict[str, Any]]:
    """Return medians over several starts."""
    start_once()
    starts: dict[str, list[dict[str, float]]] = {"warm": [start_once() for _ in range(warm)]}
    starts["cold"] = []
    for _ in range(cold if hasattr(os, "posix_fadvise") else 0):
        forget_files()
        starts["cold"].append(start_once())
    return {
        name: {key: median(one[key] for one in every) for key in every[0]} | {"all": every}
        for name, every in starts.items()
        if every
    }


def table(found: dict[str, dict[str, Any]]) -> Sequence[str]:
    """Return the lines of a table."""
    lines = [
        "| start | window after | panels after | torch is loaded after | read from disk "
        "| memory at the window |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, row in found.items():
        lines.append(
            f"| {name} | {row['window_s']:.2f} s | {row['panels_s']:.2f} s "
            f"| {row['ready_s']:.2f} s "
            f"| {row['read_mb']:.0f} MB | {row['rss_mb']:.0f} MB |"
        )
    return lines


if __name__ == "__main__":
    open_window(float(sys.argv[1]))
