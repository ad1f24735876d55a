"""A process that is killed while it trains and saves loses no more than the last seconds."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nnplay.catalog import Adam, Dense, Tanh
from nnplay.engine import RunRequest, train
from nnplay.experiment import Experiment
from nnplay.link import Continuation, Control, Event, Finished, Link, Paused
from nnplay.record.recorded_run import RecordedRun
from nnplay.session import Autosave
from tests.engine.rig import small

PRELOADED = ["nnplay.engine", "nnplay.gui.shell.autosaver", "tests.engine.rig"]
LOST_SECONDS = 5.0
ENDLESS = small(
    optimizer=Adam(0.001), network=(Dense(150), Tanh(), Dense(150), Tanh(), Dense(2)),
    epochs=1_000_000,
)  # fmt: skip


def work(folder: Path, log: Path, interval_ms: int) -> None:
    """Train, edit and keep both, until the process is killed; write down how far it is."""
    from PySide6.QtCore import QCoreApplication, QObject, QTimer

    from nnplay.gui.background.live import LiveRun
    from nnplay.gui.shell import autosaver, run_keeper
    from nnplay.session import Change, Document

    run_keeper.INTERVAL_MS = interval_ms
    autosaver.DELAY_MS = min(interval_ms, autosaver.DELAY_MS)
    app = QCoreApplication([])
    owner = QObject()
    live = LiveRun(parent=owner)
    document = Document(ENDLESS, lambda: None)
    saver = autosaver.Autosaver(document, folder, owner)
    saver.follow(live)
    saver.recover()
    live.shelf.replace_all(live.shelf.runs[-2:], are_saved=False)
    live.run.start(ENDLESS)
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    seed = 10

    def note() -> None:
        nonlocal seed
        seed += 1
        document.edit(Change(replace(document.experiment, seed=seed), "Seed"))
        saver.schedule()
        link = live.run.link
        step = int(link.steps.column("step")[-1]) if link is not None and len(link.steps) else 0
        os.write(handle, f"{time.time()} {step} {seed}\n".encode())

    timer = QTimer(owner)
    timer.timeout.connect(note)
    timer.start(20)
    app.exec()


def kill_once(folder: Path, log: Path, interval_ms: int, wait: float) -> float:
    """Start a process, kill it, and return when."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=work, args=(folder, log, interval_ms))
    process.start()
    assert process.pid is not None
    deadline = time.monotonic() + 50
    while not (log.exists() and any(int(one.split()[1]) for one in lines(log))):
        assert time.monotonic() < deadline, "no step was taken"
        assert process.is_alive()
        time.sleep(0.01)
    time.sleep(wait)
    os.kill(process.pid, signal.SIGKILL)
    killed = time.time()
    process.join()
    return killed


def lines(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if len(line.split()) == 3]


def train_on(run: RecordedRun) -> Event:
    """Take two more steps, stop and return how it ended."""
    point = run.points.newest
    assert point is not None
    events: list[Event] = []
    control = Control(2)

    def hear(event: Event) -> None:
        events.append(event)
        if isinstance(event, Paused):
            control.stop()

    link = Link(hear, control=control)
    link.begin(run, point.step)
    train(RunRequest(1, run.experiment, 1, continuation=Continuation(point)), link)
    assert link.steps.column("step")[-1] == point.step + 2
    return events[-1]


def check_killed(folder: Path, interval_ms: int, waits: Callable[[], float], times: int) -> None:
    kept = 0
    for number in range(times):
        log = folder / f"log-{number}"
        killed = kill_once(folder, log, interval_ms, waits())
        autosave = Autosave(folder, "check")
        left = autosave.left()
        noted = [tuple(map(float, line.split())) for line in lines(log)]
        old = [(step, seed) for when, step, seed in noted if when < killed - LOST_SECONDS]
        step, seed = old[-1] if old else (0, 0)
        if not left:
            assert not old
            continue
        newest = left[0]
        assert newest.work.experiment.seed >= seed
        runs = autosave.read_runs(newest)
        kept += bool(runs)
        assert_whole(runs, newest.work.experiment)
        assert max((run.last_step for run in runs[-1:]), default=0) >= step
        if number % 10 == 0 and runs:
            assert isinstance(train_on(runs[-1]), Finished)
    assert kept > times / 2
    assert len(list((folder / "autosave").glob("*.runs"))) <= 1


def assert_whole(runs: tuple[RecordedRun, ...], experiment: Experiment) -> None:
    assert experiment.network == ENDLESS.network
    for run in runs:
        assert run.experiment == ENDLESS
        rows = run.steps.column("step")
        assert rows[-1] >= run.last_step > 0
        assert run.film.frames


def test_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(5)
    check_killed(tmp_path, 30, lambda: chance.uniform(0.0, 0.8), 20)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_200_moments(tmp_path: Path) -> None:
    chance = random.Random(7)
    check_killed(tmp_path, 2000, lambda: chance.uniform(0.0, 9.0), 200)
