"""What a run is expected to take in memory, beside what it takes.

    python tests/bench/bench_memory.py [NAME ...]

Each run is a process of its own that has loaded everything before; what its peak lies above the
place where it stood then is what the run took.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil

from nnplay.catalog import Adam, Dense, Flatten, Layer, Line, ReLU, Tanh
from nnplay.engine.steppers.select import unsupported
from nnplay.experiment import Experiment, memory_bytes, preset

ROOT = Path(__file__).parent.parent.parent


def _of(key: str, **changes: object) -> Experiment:
    return replace(preset(key).experiment, epochs=1, device="cpu", **changes)  # type: ignore[arg-type]


def _wide(*units: int) -> tuple[Layer, ...]:
    layers: list[Layer] = [Flatten()]
    for count in units:
        layers += [Dense(count), ReLU()]
    return (*layers, Dense(10))


_CURVE = (Dense(64), Tanh(), Dense(64), Tanh(), Dense(1))
RUNS = {
    "10,000,000 points, compiled": _of("linear-regression", data=Line(points=10_000_000)),
    "10,000,000 points, eager": _of(
        "linear-regression", data=Line(points=10_000_000), stepper="eager"
    ),
    "10,000,000 points in batches": _of(
        "linear-regression", data=Line(points=10_000_000), stepper="eager", batch_size=100_000
    ),
    "1,000,000 points, 64 units, full batch, eager": _of(
        "linear-regression", data=Line(points=1_000_000), network=_CURVE, stepper="eager"
    ),
    "1,000,000 points, 64 units, full batch, compiled": _of(
        "linear-regression", data=Line(points=1_000_000), network=_CURVE
    ),
    "mnist-mlp": _of("mnist-mlp"),
    "mnist-cnn": _of("mnist-cnn"),
    "mnist-speedrun": _of("mnist-speedrun"),
    "mnist-cnn, batch 2,000": _of("mnist-cnn", batch_size=2000),
    "10,000,000 parameters, SGD": _of("mnist-mlp", network=_wide(3000, 2500)),
    "10,000,000 parameters, Adam": _of(
        "mnist-mlp", network=_wide(3000, 2500), optimizer=Adam()
    ),
    "10,000,000 parameters, Adam, eager": _of(
        "mnist-mlp", network=_wide(3000, 2500), optimizer=Adam(), stepper="eager"
    ),
    "40,000,000 parameters, Adam": _of(
        "mnist-mlp", network=_wide(6000, 5500), optimizer=Adam(), stepper="eager"
    ),
}  # fmt: skip
STEPS = 8


def work(name: str) -> None:
    """Do one run and print what it took."""
    from nnplay.engine import RunRequest, train
    from nnplay.link import Failed, Link, Started

    experiment = RUNS[name]
    small = _of("digits-offline", stepper=experiment.stepper)
    train(RunRequest(1, small, threads=1), Link(lambda event: None))

    def hear(event: object) -> None:
        if isinstance(event, Failed):
            raise SystemExit(event.message)
        if isinstance(event, Started):
            link.control.step(STEPS)
        elif type(event).__name__ == "Paused":
            link.control.stop()

    link = Link(hear)
    before = psutil.Process().memory_info().rss
    train(RunRequest(1, experiment, threads=1), link)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(max(0, peak - before)))


def main() -> None:
    """Print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[*RUNS])
    parser.add_argument("--worker")
    args = parser.parse_args()
    if args.worker:
        work(args.worker)
        return
    print("| run | expected (MB) | took (MB) | expected / took |")
    print("|---|---|---|---|")
    for name in args.names:
        paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        done = subprocess.run(
            [sys.executable, __file__, "--worker", name],
            stdout=subprocess.PIPE, text=True, check=True, env=os.environ | {"PYTHONPATH": paths},
        )  # fmt: skip
        took = json.loads(done.stdout.splitlines()[-1])
        one = RUNS[name]
        expected = memory_bytes(one, in_blocks=one.stepper != "eager" and not unsupported(one))
        ratio = expected / took
        print(f"| {name} | {expected / 1e6:,.0f} | {took / 1e6:,.0f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
