"""The reference jobs, trained by nnplay, by the usual PyTorch loop and by peers that are installed.

    python tests/bench/bench_jobs.py [JOB ...] [--rounds 5] [--seconds 1] [--out bench.json]

Each way trains in a process of its own, which is started once per job with what to measure; the
ways take turns, one computing at a time, and medians are compared. Noise is half the width of the
middle half of the measurements.

A ratio counts only where the loss is the same. Each way trains a short form of the job three times,
from the same three initial weights as all others; orders of the samples are its own. The median of
the three losses, each as a share of the PyTorch loop's from the same weights, must be as near 1 as
another order of the samples leaves that loop itself in 99 of 100 cases (`--spread` measures it).

The PyTorch loop runs on 1 thread or on one per core, whichever is faster there; nnplay chooses by
itself; all others are left to their defaults.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent.parent
# Run as a script, Python searches only the folder of the file.
sys.path.insert(0, str(ROOT))
PACKAGES = (
    "numpy", "torch", "lightning", "skorch", "scikit-learn", "keras", "jax",
    "tensorflow", "tensorflow-cpu",
)  # fmt: skip
SEEDS = 3
SPREAD_SEEDS = 24


def work(way: str, name: str, device: str) -> None:
    """Carry out requests read line by line, and reply to each."""
    from tests.bench.jobs import JOBS
    from tests.bench.ways import WAYS

    replies = sys.stdout
    # What a package prints must not come between the results.
    with redirect_stdout(sys.stderr):
        trainer = WAYS[way].make(JOBS[name], device)
        for line in sys.stdin:
            order, value = line.split()
            found = getattr(trainer, order)(float(value) if order == "speed" else int(value))
            print(json.dumps({"value": found, "note": trainer.note}), file=replies, flush=True)


class Worker:
    """A process that trains one job in one way."""

    def __init__(self, way: str, name: str, device: str) -> None:
        self.way, self.note = way, ""
        order = [sys.executable, __file__, "--worker", way, name, device]
        self._log = (Path(os.environ.get("TMPDIR", "/tmp")) / f"bench-{os.getpid()}.log").open("w+")
        self._process = subprocess.Popen(
            order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )

    def ask(self, order: str, value: float) -> float:
        """Request a measurement."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(f"{order} {value}\n")
            self._process.stdin.flush()
            result = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            self._log.seek(0)
            last = self._log.read().strip().splitlines()[-1:]
            raise RuntimeError(f"{self.way} broke off: {''.join(last)}") from error
        self.note = result["note"]
        return float(result["value"])

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._log.close()


def compare(name: str, given: argparse.Namespace) -> dict[str, Any]:
    """Measure a job in every installed or requested way."""
    from tests.bench.jobs import JOBS
    from tests.bench.ways import BASE, WAYS

    job = JOBS[name]
    workers: dict[str, Worker] = {}
    losses: dict[str, list[float]] = {}
    speeds: dict[str, list[float]] = {}
    for key, way in WAYS.items():
        is_requested = not given.ways or key in (BASE, *given.ways)
        if way.missing or not is_requested or not way.serves(name[0], given.device):
            continue
        worker = Worker(key, name, given.device)
        try:
            losses[key] = [worker.ask("loss", seed) for seed in range(SEEDS)]
            worker.ask("speed", given.seconds / 2)  # warms up
            workers[key], speeds[key] = worker, []
        except RuntimeError as error:
            print(f"{name}: {error}", flush=True)
            worker.end()
    for _round in range(given.rounds):
        for key, worker in workers.items():
            speeds[key].append(worker.ask("speed", given.seconds))
    notes = {key: worker.note for key, worker in workers.items()}
    for worker in workers.values():
        worker.end()
    return {
        "target": job.target, "peer_target": job.peer_target, "tolerance": job.tolerance,
        "ways": rated(speeds, losses, notes, BASE, job.tolerance),
    }  # fmt: skip


def rated(
    speeds: dict[str, list[float]],
    losses: dict[str, list[float]],
    notes: dict[str, str],
    base: str,
    tolerance: float,
) -> dict[str, dict[str, Any]]:
    """Return the results of each way; a ratio only where its loss is near that of the base."""
    from tests.bench.machine import middle_and_noise

    rows: dict[str, dict[str, Any]] = {}
    for key, values in speeds.items():
        middle, noise = middle_and_noise(values)
        ratio, apart = None, float("nan")
        if base in speeds:
            apart = median(a / b for a, b in zip(losses[key], losses[base], strict=True)) - 1
            if abs(apart) <= tolerance:
                # Of the same round, so that other load on the machine slows both.
                ratio = median(a / b for a, b in zip(values, speeds[base], strict=True))
        rows[key] = {
            "samples_per_second": middle, "noise": noise, "ratio": ratio,
            "loss": median(losses[key]), "apart": apart, "note": notes[key], "all": values,
        }  # fmt: skip
    return rows


def show(name: str, found: dict[str, Any], load: float) -> None:
    """Print a job's table."""
    print(
        f"\n### {name}: target {found['target']:g} times the PyTorch loop; "
        f"losses may be {found['tolerance']:.1%} apart (load before {load:.1f})\n"
    )
    print("| way | samples/s | noise | times the loop | loss | from the loop's | |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for key, row in found["ways"].items():
        ratio = "other loss" if row["ratio"] is None else f"{row['ratio']:.2f}"
        print(
            f"| {key} | {row['samples_per_second']:,.0f} | {row['noise']:.0%} | {ratio} "
            f"| {row['loss']:.4g} | {row['apart']:+.2%} | {row['note']} |",
            flush=True,
        )


def spread(name: str) -> None:
    """Print how far apart losses of the PyTorch loop are in other orders of the samples."""
    from tests.bench.jobs import JOBS
    from tests.bench.ways.loop import Loop

    loop = Loop(JOBS[name], "cpu")
    # Orders not used with other initial weights: the effect of one order is common to all of them.
    losses = np.array(
        [[loop.loss(seed, 2 * seed + k) for k in (0, 1)] for seed in range(SPREAD_SEEDS)]
    )
    ratios = losses[:, 1] / losses[:, 0]
    # Either order might have come first.
    ratios = np.concatenate([ratios, 1 / ratios])
    draws = np.median(np.random.default_rng(0).choice(ratios, (100_000, SEEDS)), axis=1)
    far = np.abs(draws - 1)
    print(
        f"{name}: loss {np.median(losses):.4g} ({losses.min():.4g} to {losses.max():.4g});"
        f" another order changes one by up to {np.abs(ratios - 1).max():.2%}, the median of {SEEDS}"
        f" by {np.percentile(far, 95):.2%} (1 in 20), {np.percentile(far, 99):.2%} (1 in 100)",
        flush=True,
    )


def accuracies(name: str, device: str) -> None:
    """Print what share of the test samples our ways get right after one epoch."""
    from tests.bench.ways import WAYS

    for key in ("ours", "ours, bfloat16"):
        if not WAYS[key].serves(name[0], device):
            continue
        worker = Worker(key, name, device)
        shares = [worker.ask("accuracy", seed) for seed in range(SEEDS)]
        worker.end()
        each = ", ".join(f"{share:.2%}" for share in shares)
        print(f"{name}, {key}: {np.mean(shares):.2%} of the test after one epoch ({each})")


def _spin() -> None:
    while True:
        pass


def main() -> None:
    """Measure, print tables and write them to a file."""
    if sys.argv[1:2] == ["--worker"]:
        work(*sys.argv[2:])
        return
    from tests.bench.jobs import JOBS
    from tests.bench.machine import machine
    from tests.bench.ways import WAYS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("jobs", nargs="*", default=list(JOBS), help="such as A or 'B deep tiny'")
    parser.add_argument("--ways", nargs="*", default=[], help=", ".join(WAYS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--busy", type=int, default=0, help="processes that keep a core busy each")
    parser.add_argument("--spread", action="store_true", help="of the PyTorch loop's own losses")
    parser.add_argument("--accuracy", action="store_true", help="of our precisions instead")
    parser.add_argument("--out", type=Path, default=Path("bench.json"), help="is added to")
    given = parser.parse_args()
    for _process in range(given.busy):
        # A daemon, so that it ends with the measurement.
        multiprocessing.Process(target=_spin, daemon=True).start()
    names = [one for one in JOBS if any(requested in (one, one[0]) for requested in given.jobs)]
    if given.device == "cuda":
        import torch

        if not torch.cuda.is_available():
            print("There is no CUDA device here: nothing was measured on one.")
            return
    if given.spread:
        for name in names:
            spread(name)
        return
    if given.accuracy:
        for name in names:
            accuracies(name, given.device)
        return
    about = machine(*PACKAGES)
    print(json.dumps(about))
    for key, way in WAYS.items():
        if way.missing:
            print(f"{key} is left out: {way.missing} is not installed")
    found = json.loads(given.out.read_text("utf-8")) if given.out.exists() else {"jobs": {}}
    for name in names:
        load = os.getloadavg()[0]
        measured = compare(name, given)
        key = f"{name}, {given.device}"
        if given.ways and key in found["jobs"]:
            # Measured in turns, each beside the PyTorch loop.
            measured["ways"] = found["jobs"][key]["ways"] | measured["ways"]
        settings = {"rounds": given.rounds, "seconds": given.seconds, "load": load}
        settings["busy"] = given.busy
        found["jobs"][key] = {"machine": about, **settings, **measured}
        show(name, measured, load)
        # After each job, so that a cancelled run leaves its results so far.
        given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
