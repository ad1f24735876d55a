"""What recording a run costs its training, and how fast the film answers afterwards.

    python tests/bench/bench_film.py [--rounds 7] [--seconds 5]

Runs with and without a film and resume points take turns, and the processor time of the training
thread is compared. Then the film of a run of a million steps is asked for random moments: the time
until a frame with a map and a confusion matrix is there.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np

ROOT = Path(__file__).parent.parent.parent
# Run as a script, Python searches only the folder of the file.
sys.path.insert(0, str(ROOT))

from nnplay.engine import RunRequest, train  # noqa: E402
from nnplay.engine.film_player import ADVANCE_SECONDS, FilmPlayer  # noqa: E402
from nnplay.engine.probes.decision import DecisionMap  # noqa: E402
from nnplay.engine.recorder import Recorder  # noqa: E402
from nnplay.experiment import Experiment, preset  # noqa: E402
from nnplay.link import ClassPredictions, Event, Finished, Link, Selection  # noqa: E402
from tests.bench.jobs import JOBS  # noqa: E402
from tests.bench.machine import machine, middle_and_noise  # noqa: E402

JOBS_TAKEN = ("A tiny", "B deep tiny", "E mnist-mlp", "G mnist-cnn")


@contextmanager
def nothing_recorded() -> Iterator[None]:
    """Let runs record neither weights nor points."""
    kept = {name: vars(Recorder)[name] for name in ("plan", "until_due", "film", "offer", "is_due")}
    Recorder.plan = lambda self, steps: None  # type: ignore[method-assign]
    Recorder.until_due = lambda self: 2**62  # type: ignore[method-assign]
    Recorder.film = lambda self, loss, lr: None  # type: ignore[method-assign]
    Recorder.offer = lambda self, *args, **others: None  # type: ignore[method-assign]
    Recorder.is_due = False  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(Recorder, name, value)


def processor_time(experiment: Experiment) -> float:
    """Return the seconds of the thread that trains, evaluation included."""
    events: list[Event] = []
    link = Link(announce=events.append)
    start = thread_time()
    train(RunRequest(1, experiment, threads=1), link)
    took = thread_time() - start
    assert any(isinstance(event, Finished) for event in events), events
    return took


def long_enough(experiment: Experiment, seconds: float) -> Experiment:
    """Return the experiment with as many epochs as take about that long."""
    epochs, took, before = 1, processor_time(replace(experiment, epochs=1)), 0.0
    # The preparation takes a while as well, so that the first epochs say little.
    while took - before < seconds / 8:
        before, epochs = took, 4 * epochs
        took = processor_time(replace(experiment, epochs=epochs))
    each = (took - before) / (epochs - epochs // 4)
    return replace(experiment, epochs=max(1, round(seconds / each)))


def kept_speed(experiment: Experiment, rounds: int) -> tuple[float, float]:
    """Return the share of the speed that is kept while recording, and its noise."""
    shares = []
    for _round in range(rounds):
        recorded = processor_time(experiment)
        with nothing_recorded():
            shares.append(processor_time(experiment) / recorded)
    return middle_and_noise(shares)


def scrubbing(steps: int, moments: int) -> dict[str, float]:
    """Return how long frames of random moments take, in milliseconds."""
    spiral = preset("spiral").experiment
    experiment = replace(spiral, epochs=max(1, steps // 13), policy=replace(spiral.policy))
    events: list[Event] = []
    link = Link(announce=events.append)
    train(RunRequest(1, experiment, threads=1), link)
    assert any(isinstance(event, Finished) for event in events)
    start = perf_counter()
    player = FilmPlayer(experiment, _never)
    demand = frozenset({DecisionMap, ClassPredictions})

    def ask(index: int) -> None:
        frame = link.film.frames[index]
        player.frame(link.film.layout, frame, demand, Selection(), ADVANCE_SECONDS)

    ask(0)
    opened = perf_counter() - start
    choose, times = random.Random(1), []
    for _moment in range(moments):
        start = perf_counter()
        ask(choose.randrange(len(link.film)))
        times.append(1000 * (perf_counter() - start))
    half, most = np.percentile(times, [50, 99])
    return {
        "steps": link.film.frames[-1].step, "frames": len(link.film),
        "opening s": opened, "p50 ms": half, "p99 ms": most,
    }  # fmt: skip


def _never() -> None:
    """Cancel nothing."""


def main(arguments: list[str] | None = None) -> int:
    """Print the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--steps", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    found: dict[str, object] = {"machine": machine("torch", "numpy")}
    for name in JOBS_TAKEN:
        experiment = long_enough(JOBS[name].experiment, options.seconds)
        share, noise = kept_speed(experiment, options.rounds)
        found[name] = {"epochs": experiment.epochs, "kept": share, "noise": noise}
        print(name, found[name], file=sys.stderr)
    found["scrubbing"] = scrubbing(options.steps, 1000)
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
