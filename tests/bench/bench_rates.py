"""Job H: eight learning rates at once against the eight one after another.

    python tests/bench/bench_rates.py [JOB ...] [--rounds 5] [--seconds 1]

All in one process on one thread, taking turns; a value is the steps per second that each of the
eight networks makes. "One after another" are eager steps, as the job has it; "vmapped" is the path
that serves any network, "chosen" what `choose_simultaneous_runs` takes. The losses of the first
steps are compared before anything is measured.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from nnplay.catalog import (
    LSTM,
    SGD,
    Adam,
    Conv2d,
    CrossEntropy,
    Dense,
    Digits,
    Flatten,
    MaxPool2d,
    PictureRows,
    ReLU,
)
from nnplay.engine import RunRequest
from nnplay.engine.comparing.several import (
    SequentialRuns,
    SimultaneousRuns,
    choose_simultaneous_runs,
)
from nnplay.engine.comparing.vmapped import VmappedRuns
from nnplay.engine.prepare import prepare
from nnplay.engine.setup import Setup
from nnplay.experiment import Experiment
from tests.bench.jobs import JOBS

RATES = 8
CHECKED = 20
_CNN = Experiment(
    Digits(), (Conv2d(8), ReLU(), MaxPool2d(), Flatten(), Dense(10)), CrossEntropy(), SGD(0.1),
    batch_size=16, device="cpu",
)  # fmt: skip
CASES = {
    "H (job B, SGD)": JOBS["B deep tiny"].experiment,
    "H with Adam": replace(JOBS["B deep tiny"].experiment, optimizer=Adam(0.01)),
    "small CNN (digits, 8 filters, batch 16)": _CNN,
    "the same, batch 64": replace(_CNN, batch_size=64),
    "LSTM of 8 units on rows, batch 16": replace(
        _CNN, network=(PictureRows(), LSTM(units=8), Dense(10))
    ),
}  # fmt: skip


def ways(experiment: Experiment) -> dict[str, SimultaneousRuns]:
    """Return the ways to train at eight rates, each with its own networks."""
    middle = experiment.optimizer.lr
    optimizers = [experiment.optimizer.changed(lr=middle * 1.3**at / 4) for at in range(RATES)]

    def setup(stepper: str) -> Setup:
        return prepare(RunRequest(1, replace(experiment, stepper=stepper), threads=1))

    plain = setup("eager")
    return {
        "one after another": SequentialRuns(setup("eager"), optimizers, ""),
        "vmapped": VmappedRuns(
            experiment, optimizers, plain.model, plain.loss_function, plain.batches, ""
        ),
        "chosen": choose_simultaneous_runs(setup("auto"), optimizers),
    }


def check(made: dict[str, SimultaneousRuns]) -> None:
    """Check that all give the same losses."""
    losses = {
        name: np.stack([log.losses for log in one.advance(CHECKED, _nothing)])
        for name, one in made.items()
    }
    for name, found in losses.items():
        np.testing.assert_allclose(
            found, losses["one after another"], rtol=1e-3, atol=1e-6, err_msg=name
        )


def _nothing() -> None:
    return


def speed(advance: Callable[[int], object], seconds: float) -> float:
    """Return the steps per second."""
    done, chunk, start = 0, 1, perf_counter()
    while (taken := perf_counter() - start) < seconds:
        before = perf_counter()
        advance(chunk)
        done += chunk
        chunk = max(1, min(2 * chunk, int(chunk * 0.05 / (perf_counter() - before))))
    return done / taken


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jobs", nargs="*", default=list(CASES), help="the beginning of a name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    args = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}, {args.rounds} rounds of {args.seconds:g} s")
    print("\n| job | one after another | vmapped | ratio | chosen | ratio | which |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for name, experiment in CASES.items():
        if not any(name.startswith(requested) for requested in args.jobs):
            continue
        made = ways(experiment)
        check(made)
        found: dict[str, list[float]] = {key: [] for key in made}
        for _ in range(args.rounds):
            for key, one in made.items():
                found[key].append(speed(partial(one.advance, poll=_nothing), args.seconds))
        middle = {key: float(np.median(values)) for key, values in found.items()}
        base = middle["one after another"]
        print(
            f"| {name} | {base:,.0f} | {middle['vmapped']:,.0f} | {middle['vmapped'] / base:.1f} "
            f"| {middle['chosen']:,.0f} | {middle['chosen'] / base:.1f} | {made['chosen'].name} |",
            flush=True,
        )
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
