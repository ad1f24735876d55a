"""The reference jobs, trained by nnplay, by the usual PyTorch loop and by peers that are installed.

    python tests/bench/bench_jobs.py [JOB ...] [--rounds 5] [--seconds 2] [--out bench.json]

Each measurement is a process of its own; the ways take turns, and medians are compared. Noise is
the half width of the middle half of the measurements. A ratio counts only where the loss after the
job's epochs is near ours, since first weights and orders of samples differ.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).parent.parent.parent
# Run as a file, Python looks beside it only.
sys.path.insert(0, str(ROOT))
PACKAGES = (
    "numpy", "numba", "torch", "scikit-learn", "keras", "jax", "tensorflow",
)  # fmt: skip


def measure(way: str, job: str, epochs: int, seconds: float) -> dict[str, float]:
    """Train in a process of its own; say its speed and its loss."""
    done = subprocess.run(
        [sys.executable, __file__, "--worker", way, job, str(epochs), str(seconds)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{way}, {job}: {done.stderr.strip().splitlines()[-1:]}")
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def work(way: str, job: str, epochs: int, seconds: float) -> None:
    """Do one measurement and print it."""
    from tests.bench.jobs import JOBS
    from tests.bench.ways import WAYS

    outcome = WAYS[way].run(JOBS[job], epochs, seconds)
    print(json.dumps({"samples_per_second": outcome.samples_per_second, "loss": outcome.loss}))


def compare(name: str, rounds: int, seconds: float, wanted: list[str]) -> dict[str, Any]:
    """Measure a job by every way that is there, or that is wanted."""
    from tests.bench.jobs import JOBS
    from tests.bench.ways import WAYS, agree

    job = JOBS[name]
    ways = [
        key
        for key, way in WAYS.items()
        if not way.missing and name[0] not in way.not_for and (not wanted or key in wanted)
    ]
    losses = {key: measure(key, name, job.epochs, 0.0)["loss"] for key in ways}
    speeds: dict[str, list[float]] = {key: [] for key in ways}
    for _ in range(rounds):
        for key in ways:
            speeds[key].append(measure(key, name, 0, seconds)["samples_per_second"])
    base = float(np.median(speeds["PyTorch loop"]))
    rows = {}
    for key, values in speeds.items():
        low, middle, high = np.percentile(values, [25, 50, 75])
        same = agree(losses["ours"], losses[key], job.tolerance)
        rows[key] = {
            "samples_per_second": float(middle), "noise": float((high - low) / 2 / middle),
            "ratio": float(middle / base) if same else None, "loss": losses[key],
            "all": values,
        }  # fmt: skip
    return {"target": job.target, "tolerance": job.tolerance, "ways": rows}


def show(name: str, found: dict[str, Any]) -> None:
    """Print a job's table."""
    print(f"\n### {name}: target {found['target']:g} times the PyTorch loop\n")
    print("| way | samples/s | noise | times the loop | loss |")
    print("|---|---:|---:|---:|---:|")
    for key, row in found["ways"].items():
        ratio = "other loss" if row["ratio"] is None else f"{row['ratio']:.2f}"
        print(
            f"| {key} | {row['samples_per_second']:,.0f} | {row['noise']:.0%} | {ratio} "
            f"| {row['loss']:.4g} |",
            flush=True,
        )


def versions() -> dict[str, str]:
    """Return what is installed of all that takes part."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def main() -> None:
    """Measure, print tables and write them to a file."""
    if sys.argv[1:2] == ["--worker"]:
        way, job, epochs, seconds = sys.argv[2:]
        work(way, job, int(epochs), float(seconds))
        return
    from tests.bench.jobs import JOBS
    from tests.bench.ways import WAYS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jobs", nargs="*", default=list(JOBS), help="such as A or 'B deep tiny'")
    parser.add_argument("--ways", nargs="*", default=[], help="with ours and the PyTorch loop")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--threads", default="", help="for ours and PyTorch; by the job's size")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    args = parser.parse_args()
    os.environ["BENCH_THREADS"] = args.threads
    table: dict[str, Any] = {
        "machine": platform.processor() or platform.machine(), "cores": psutil.cpu_count(),
        "load": os.getloadavg()[0], "python": platform.python_version(), "versions": versions(),
        "threads": args.threads or "chosen", "rounds": args.rounds, "seconds": args.seconds,
        "jobs": {},
    }  # fmt: skip
    print(json.dumps({key: value for key, value in table.items() if key != "jobs"}))
    for key, way in WAYS.items():
        if way.missing:
            print(f"{key} is left out: {way.missing} is not installed")
    for name in JOBS:
        if any(name == wanted or name[0] == wanted for wanted in args.jobs):
            table["jobs"][name] = compare(name, args.rounds, args.seconds, args.ways)
            show(name, table["jobs"][name])
            # After each job, so that a run that is broken off leaves what it has.
            args.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
