"""A process that is killed while it exports leaves no half-written file under a chosen name."""

import itertools
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnplay.catalog import MSE, SGD, Dense, Line
from nnplay.experiment import Experiment
from nnplay.exports import ExportSource, export_formats
from nnplay.exports.film_formats import GIF_SAMPLES, write_gif
from nnplay.filesystem import replace_file, replacing
from nnplay.record.finished_run import FinishedRun
from nnplay.record.storage.document import read_document, write_document
from tests.record.storage.recording import recorded

PRELOADED = ["nnplay.engine", "tests.record.storage.recording", "tests.exports.test_killed"]
EXPERIMENT = Experiment(
    data=Line(points=60), network=(Dense(1),), loss=MSE(), optimizer=SGD(0.1), epochs=3
)
PICTURES = 12


def work(folder: Path) -> None:
    """Write a document, a page and a GIF again and again, until the process is killed."""
    run = recorded(EXPERIMENT)
    assert run.result is not None
    finished = FinishedRun.of(run.result, run.steps, run.epochs, run.film)
    (page,) = [one for one in export_formats() if one.key == "page"]
    content = page.files(ExportSource(EXPERIMENT, finished), "a.html")["a.html"]
    pictures = np.random.default_rng(0).integers(0, 255, (PICTURES, 60, 80, 3), np.uint8)
    for _round in itertools.count():
        write_document(folder / "a.nnplay", EXPERIMENT, [run])
        replace_file(folder / "a.html", content)
        with replacing(folder / "a.gif") as file:
            write_gif(file, iter([*pictures[:GIF_SAMPLES], *pictures]), PICTURES, 15)


def check_killed(folder: Path, chance: random.Random, times: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    for _number in range(times):
        process = context.Process(target=work, args=(folder,))
        process.start()
        assert process.pid is not None
        deadline = time.monotonic() + 50
        began = time.time()
        while not any(one.stat().st_mtime > began for one in folder.glob("a.gif")):
            assert time.monotonic() < deadline and process.is_alive(), "nothing was exported"
            time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.3))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        (run,) = read_document(folder / "a.nnplay").runs
        assert run.result is not None
        assert (folder / "a.html").read_text("utf-8").rstrip().endswith("</html>")
        with Image.open(folder / "a.gif") as gif:
            assert gif.n_frames == PICTURES
            gif.load()
        # What is under another name is what was being written.
        assert {one.suffix for one in folder.iterdir()} <= {".nnplay", ".html", ".gif", ".tmp"}


def test_killed_while_exporting(tmp_path: Path) -> None:
    check_killed(tmp_path, random.Random(3), 5)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_200_moments_while_exporting(tmp_path: Path) -> None:
    check_killed(tmp_path, random.Random(4), 200)
