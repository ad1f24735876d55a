"""One measurement of a run beside the window, and of the same run without one."""

from __future__ import annotations

import os
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, sleep
from typing import Any

import psutil

from nnplay.experiment import Experiment, part_sizes, preset

TICK_MS = 10
COUNTED_SECONDS = 2.0
"""How long paintings are counted, after the measurement, which the counting would slow down."""
EPOCHS = 10_000_000

PRESETS = {
    "D": "linear-regression", "E": "mnist-mlp", "F": "mnist-first-net", "G": "mnist-cnn",
    "spiral": "spiral", "digits": "digits-offline",
}  # fmt: skip
"""As the window opens them: with validation and test samples."""


def experiment_of(name: str) -> Experiment:
    """Return what is trained under a name: A, B or C of the reference jobs, or a preset."""
    if name in PRESETS:
        return replace(preset(PRESETS[name]).experiment, epochs=EPOCHS)
    from tests.bench.jobs import JOBS

    (job,) = [job for key, job in JOBS.items() if key[0] == name]
    return replace(job.experiment, epochs=EPOCHS)


def batch_of(experiment: Experiment) -> int:
    """Return how many samples a step takes."""
    samples = part_sizes(experiment.data.spec(), experiment.split)[0]
    return min(experiment.batch_size or samples, samples)


class Throughput:
    """Counts the samples that a run learns from, per second and per second of the processor."""

    def __init__(self, link: Any, batch: int) -> None:
        self._link, self._batch = link, batch
        self._began, self._worked = perf_counter(), process_time()
        self._steps = self._steps_now()

    def _steps_now(self) -> int:
        # Not how many rows there are: of a run of millions of steps not every one is kept.
        return int(self._link.steps.read()[-1, 0])

    def rates(self) -> dict[str, float]:
        samples = (self._steps_now() - self._steps) * self._batch
        return {
            "samples_per_second": samples / (perf_counter() - self._began),
            "samples_per_cpu_second": samples / (process_time() - self._worked),
        }


def headless(experiment: Experiment, seconds: float, warm: float, spare: int) -> dict[str, Any]:
    """Train without a window; `spare` cores are left to others."""
    from nnplay.engine import RunRequest, train
    from nnplay.link import Link, Started

    result: dict[str, Any] = {}

    def hear(event: object) -> None:
        if isinstance(event, Started):
            result.update(threads=event.threads, stepper=event.stepper)

    # Nobody takes frames: the first one stays in the mailbox, and no other is made.
    link = Link(announce=hear)

    def watch() -> None:
        while not len(link.steps):
            sleep(0.01)
        sleep(warm)
        throughput = Throughput(link, batch_of(experiment))
        sleep(seconds)
        result.update(throughput.rates())
        link.control.close()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    train(RunRequest(1, experiment, spare_cores=spare), link)
    if not link.control.is_closed:
        raise SystemExit("the run ended before it was measured")
    watcher.join()
    result["rss_mb"] = psutil.Process().memory_info().rss / 1e6
    return result


def live(
    experiment: Experiment, seconds: float, warm: float, minimised: bool, size: str
) -> dict[str, Any]:
    """Train in the real window at its default layout."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from nnplay.gui.shell.settings import WindowSettings
    from nnplay.gui.style.theme import LIGHT, apply
    from nnplay.gui.window import MainWindow

    result: dict[str, Any] = {}
    app = QApplication([])
    apply(LIGHT)
    with TemporaryDirectory() as folder:
        window = MainWindow(Path(folder), WindowSettings(Path(folder)))
        window.document.open(experiment, None, "")
        window.resize(*(int(side) for side in size.split("x")))
        window.show()
        window.preloading.start()
        window.controller.train()
        if minimised:
            window.showMinimized()
        live_run = window.live
        while not (live_run.state.started and _steps(window)):
            if live_run.state.phase == "failed":
                raise SystemExit(live_run.state.message)
            app.processEvents()
            sleep(0.005)
        started = live_run.state.started
        result.update(threads=started.threads, stepper=started.stepper)
        run_app(warm)
        lateness = Lateness()
        # Not the frames themselves, which would fill the memory that is measured.
        frames: list[int] = []
        live_run.frame_ready.connect(lambda frame: frames.append(frame.step))
        throughput = Throughput(live_run.run.link, batch_of(experiment))
        run_app(seconds)
        result.update(throughput.rates())
        result["late_ms"] = lateness.stop()
        result["frames_per_second"] = len(frames) / seconds
        result["rss_mb"] = psutil.Process().memory_info().rss / 1e6
        if not minimised:
            result["views_per_second"] = count_paintings(window)
        window.document.saved(Path(folder) / "never.json")
        window.close_unasked()
        window.wait_for_threads()
    return result


def _steps(window: Any) -> int:
    link = window.live.run.link
    return 0 if link is None else len(link.steps)


class Lateness:
    """How late a timer of 10 ms comes, in milliseconds: what a click would have to wait."""

    def __init__(self) -> None:
        from PySide6.QtCore import QElapsedTimer, Qt, QTimer

        self._late: list[float] = []
        self._clock, self._timer = QElapsedTimer(), QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._clock.start()
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        self._late.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - TICK_MS))
        self._clock.restart()

    def stop(self) -> list[float]:
        self._timer.stop()
        return self._late


def count_paintings(window: Any) -> dict[str, float]:
    """Return how often per second each panel that can be seen shows something new.

    That is how often the busiest of its widgets is painted.
    """
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QWidget

    counts: Counter[QObject] = Counter()

    class Counting(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                counts[watched] += 1
            return False

    counting = Counting()
    members = {
        type(panel).__name__: [panel, *panel.findChildren(QWidget)]
        for panel in window.workspace.built
        if panel.isVisible()
    }
    for widgets in members.values():
        for widget in widgets:
            widget.installEventFilter(counting)
    run_app(COUNTED_SECONDS)
    for widgets in members.values():
        for widget in widgets:
            widget.removeEventFilter(counting)
    return {
        name: max(counts[widget] for widget in widgets) / COUNTED_SECONDS
        for name, widgets in members.items()
    }


def run_app(seconds: float) -> None:
    """Run the event loop for that long."""
    from PySide6.QtCore import QEventLoop, QTimer

    # Not app.quit(): that closes the windows first.
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
