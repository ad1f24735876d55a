"""What the live window costs: training in the real window against the same training without one.

    QT_QPA_PLATFORM=offscreen python tests/bench/bench_live.py [JOB ...] [--rounds 5]

Each measurement is a process of its own; the ways take turns, and medians are compared. The ways:

- `headless`: the run alone, on as many threads as the live run takes;
- `all cores`: the run alone, on as many threads as it takes where no window wants a core;
- `live`: the real window at its default layout, drawing whatever it draws by default;
- `minimised`: the same window, minimised.

`kept` is the share of samples per second of the headless run, `work` that of samples per second of
the processor, which says the same on a machine that others keep busy.

Latency is how late a timer of 10 ms comes, in milliseconds: what a click would have to wait.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, sleep
from typing import Any

import numpy as np
import psutil

from nnplay.experiment import Experiment, open_file, preset

TICK_MS = 10
SHARES = {"kept": "samples_per_second", "work": "samples_per_cpu_second"}
WAYS = ("headless", "all cores", "live", "minimised")


@dataclass(frozen=True)
class Job:
    """A preset, perhaps with another batch size, or an experiment from a file beside this one."""

    preset: str
    batch_size: int | None = 0
    """0 leaves the preset's own."""

    def experiment(self) -> Experiment:
        beside = Path(__file__).with_name(f"{self.preset}.json")
        one = open_file(beside) if beside.exists() else preset(self.preset).experiment
        one = replace(one, epochs=1_000_000)
        return one if self.batch_size == 0 else replace(one, batch_size=self.batch_size)


JOBS = {
    "linear-regression": Job("linear-regression"),
    "spiral": Job("spiral"),
    "digits-offline": Job("digits-offline"),
    "mnist-first-net, batch 1": Job("mnist-first-net", 1),
    "mnist-first-net": Job("mnist-first-net"),
    "mnist-mlp": Job("mnist-mlp"),
    "mnist-cnn": Job("mnist-cnn"),
}


def steps_of(link: Any) -> int:
    """Return the last step written; a trace of millions does not keep every row."""
    rows = link.steps.read()
    return int(rows[-1, 0]) if len(rows) else 0


class Pace:
    """Counts the steps between two moments."""

    def __init__(self, link: Any, batch: int) -> None:
        self._link, self._batch = link, batch
        self._began, self._worked = perf_counter(), process_time()
        self._steps = steps_of(link)

    def figures(self) -> dict[str, float]:
        samples = (len(self._link.steps) - self._steps) * self._batch
        return {
            "samples_per_second": samples / (perf_counter() - self._began),
            "samples_per_cpu_second": samples / (process_time() - self._worked),
        }


def batch_of(experiment: Experiment) -> int:
    from nnplay.experiment import part_sizes

    samples = part_sizes(experiment.data.spec(), experiment.split)[0]
    return min(experiment.batch_size or samples, samples)


def headless(job: Job, seconds: float, warm: float, spare_cores: int) -> dict[str, Any]:
    from nnplay.engine import Ticket, train
    from nnplay.link import Link, Started

    experiment = job.experiment()
    answer: dict[str, Any] = {}
    started = threading.Event()

    def hear(event: object) -> None:
        if isinstance(event, Started):
            answer["threads"] = event.threads
            answer["stepper"] = event.stepper
        started.set()

    link = Link(announce=hear)
    # Nobody takes frames: the first one stays in the box, and no other is made.

    def watch() -> None:
        started.wait()
        while not len(link.steps):
            sleep(0.01)
        sleep(warm)
        pace = Pace(link, batch_of(experiment))
        sleep(seconds)
        answer.update(pace.figures())
        link.control.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    train(Ticket(1, experiment, spare_cores=spare_cores), link)
    watcher.join()
    answer["rss_mb"] = psutil.Process().memory_info().rss / 1e6
    return answer


def live(job: Job, seconds: float, warm: float, minimised: bool, size: str) -> dict[str, Any]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QElapsedTimer, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from nnplay.gui.settings import WindowSettings
    from nnplay.gui.theme import LIGHT, apply
    from nnplay.gui.window import MainWindow

    answer: dict[str, Any] = {}
    app = QApplication([])
    apply(LIGHT)
    with TemporaryDirectory() as folder:
        window = MainWindow(Path(folder), WindowSettings(Path(folder)))
        experiment = job.experiment()
        window.document.open(experiment, None, "")
        window.resize(*(int(side) for side in size.split("x")))
        window.show()
        window.preloading.start()
        window.train()
        if minimised:
            window.showMinimized()
        link = window.live._link
        assert link is not None
        pump(app, lambda: len(link.steps) > 0 or window.live.state.phase == "failed")
        if window.live.state.phase == "failed":
            raise SystemExit(window.live.state.message)
        run_app(warm)
        late: list[float] = []
        clock = QElapsedTimer()
        ticks = QTimer()
        ticks.setTimerType(Qt.TimerType.PreciseTimer)

        def tick() -> None:
            late.append(max(0.0, clock.nsecsElapsed() / 1e6 - TICK_MS))
            clock.restart()

        frames: list[object] = []
        window.live.frame_ready.connect(frames.append)
        shown = count_shown(window)
        ticks.timeout.connect(tick)
        clock.start()
        ticks.start(TICK_MS)
        pace = Pace(link, batch_of(experiment))
        began = perf_counter()
        run_app(seconds)
        answer.update(pace.figures())
        took = perf_counter() - began
        ticks.stop()
        answer["late_ms"] = {
            **{f"p{q}": float(np.percentile(late, q)) for q in (50, 95, 99)},
            "max": max(late),
        }
        answer["frames_per_second"] = len(frames) / took
        answer["views_per_second"] = {name: len(t) / took for name, t in shown.items() if t}
        answer["rss_mb"] = psutil.Process().memory_info().rss / 1e6
        window.document.saved(Path(folder) / "never.json")
        window.close()
        window.wait_for_threads()
    return answer


def count_shown(window: Any) -> dict[str, list[float]]:
    """Note each time that a panel is given something to draw."""
    shown: dict[str, list[float]] = {}
    for panel in window.workspace.panels:
        if not panel.isVisible():
            continue
        times = shown.setdefault(type(panel).__name__, [])
        for name in ("show_frame", "show_traces"):
            if getattr(type(panel), name) is not getattr(type(panel).__mro__[1], name):
                setattr(panel, name, noting(getattr(panel, name), times))
    return shown


def noting(call: Any, times: list[float]) -> Any:
    def noted(*args: Any) -> None:
        times.append(perf_counter())
        call(*args)

    return noted


def pump(app: Any, done: Any) -> None:
    while not done():
        app.processEvents()
        sleep(0.005)


def run_app(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    # Not app.quit(): that closes the windows first.
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def measure(name: str, way: str, given: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process of its own."""
    order = [sys.executable, __file__, name, "--one", way]
    order += ["--seconds", str(given.seconds), "--warm", str(given.warm), "--size", given.size]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}, {way}: {done.stderr.strip()[-2000:]}")
    answer = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


def one(name: str, way: str, given: argparse.Namespace) -> dict[str, Any]:
    job, seconds, warm = JOBS[name], given.seconds, given.warm
    if way in ("headless", "all cores"):
        return headless(job, seconds, warm, 1 if way == "headless" else 0)
    return live(job, seconds, warm, way == "minimised", given.size)


def middle(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return medians of every number, also of those inside."""
    first = answers[0]
    table: dict[str, Any] = {}
    for key, value in first.items():
        every = [answer[key] for answer in answers if key in answer]
        if isinstance(value, dict):
            table[key] = middle(every)
        else:
            table[key] = value if isinstance(value, str) else median(every)
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="measured, after --warm")
    parser.add_argument("--warm", type=float, default=2.0)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--ways", nargs="*", default=WAYS, choices=WAYS)
    parser.add_argument("--json", type=Path, help="write everything there")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    names = given.jobs or list(JOBS)
    if given.one:
        print(json.dumps(one(names[0], given.one, given)))
        return 0
    head = (
        f"{'job':26} {'way':10} {'samples/s':>11} {'kept':>6} {'work':>6}"
        f" {'p50':>6} {'p95':>6} {'p99':>6}"
    )
    print(f"{head} {'max':>6} {'frames/s':>8} {'MB':>5}")
    table: dict[str, Any] = {}
    for name in names:
        rounds: dict[str, list[dict[str, Any]]] = {way: [] for way in given.ways}
        for _round in range(given.rounds):
            for way in given.ways:
                rounds[way].append(measure(name, way, given))
        table[name] = {}
        for way in given.ways:
            figures = middle(rounds[way])
            # Shares of the same round, so that what slows the machine slows both.
            if "headless" in rounds:
                pairs = list(zip(rounds[way], rounds["headless"], strict=True))
                for name_, key in (
                    ("kept", "samples_per_second"),
                    ("work", "samples_per_cpu_second"),
                ):
                    figures[name_] = median(a[key] / b[key] for a, b in pairs)
            table[name][way] = figures | {"rounds": rounds[way]}
            print(row(name, way, figures), flush=True)
    if given.json:
        machine = {"cores": psutil.cpu_count(), "python": platform.python_version()}
        given.json.write_text(json.dumps({"machine": machine, "jobs": table}, indent=1), "utf-8")
    return 0


def row(name: str, way: str, figures: dict[str, Any]) -> str:
    late = figures.get("late_ms", {})
    delays = " ".join(
        f"{late[key]:6.1f}" if late else f"{'':6}" for key in ("p50", "p95", "p99", "max")
    )
    frames = f"{figures['frames_per_second']:8.1f}" if late else f"{'':8}"
    kept = f"{figures['kept']:6.2f} {figures['work']:6.2f}" if "kept" in figures else f"{'':13}"
    speed = f"{figures['samples_per_second']:11,.0f}"
    return f"{name:26} {way:10} {speed} {kept} {delays} {frames} {figures['rss_mb']:5.0f}"


if __name__ == "__main__":
    raise SystemExit(main())
