"""What the live window costs: training in the real window against the same training without one.

    python tests/bench/bench_live.py [JOB ...] [--rounds 5] [--out live.json]

Each measurement is a process of its own; the ways take turns, and medians are compared. The ways:

- `headless`: the run alone, on as many threads as the live run takes;
- `all cores`: the run alone, where it takes more threads as no window wants a core;
- `live`: the real window at its default layout, drawing whatever it draws by default;
- `minimised`: the same window, minimised.

`kept` is the share of samples per second of the headless run of the same round, `work` that of
samples per second of the processor, which says the same on a machine that others keep busy.

Latency is how late a timer of 10 ms comes, in milliseconds: what a click would have to wait. Its
percentiles are over all rounds together.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent.parent
# Run as a script, Python searches only the folder of the file.
sys.path.insert(0, str(ROOT))

JOBS = "ABDEFG"
MORE = ("C", "spiral", "digits")
WAYS = ("headless", "all cores", "live", "minimised")
PACKAGES = ("numpy", "torch", "PySide6-Essentials", "pyqtgraph")
Metrics = dict[str, Any]


def one(name: str, way: str, given: argparse.Namespace) -> Metrics:
    """Measure in this process."""
    from tests.bench.live_ways import experiment_of, headless, live

    experiment = experiment_of(name)
    if way in ("headless", "all cores"):
        return headless(experiment, given.seconds, given.warm, 1 if way == "headless" else 0)
    return live(experiment, given.seconds, given.warm, way == "minimised", given.size)


def measure(name: str, way: str, given: argparse.Namespace) -> Metrics:
    """Measure in a process of its own."""
    order = [sys.executable, __file__, name, "--one", way]
    order += ["--seconds", str(given.seconds), "--warm", str(given.warm), "--size", given.size]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}, {way}: {done.stderr.strip()[-2000:]}")
    result: Metrics = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(name: str, given: argparse.Namespace) -> dict[str, Metrics]:
    """Measure a job by every way in turn; return medians, and of latency what is worst."""
    ways = list(given.ways)
    rounds: dict[str, list[Metrics]] = {}
    for _round in range(given.rounds):
        for way in tuple(ways):
            result = measure(name, way, given)
            plain = rounds.get("headless")
            if way == "all cores" and plain and plain[0]["threads"] == result["threads"]:
                ways.remove(way)  # the same as headless
                continue
            rounds.setdefault(way, []).append(result)
    return {way: together(rounds[way], rounds.get("headless")) for way in ways}


def together(results: list[Metrics], plain: list[Metrics] | None) -> Metrics:
    """Sum up the rounds of one way; `plain` are those of the headless run."""
    metrics: Metrics = {key: results[0][key] for key in ("threads", "stepper")}
    speeds = ("samples_per_second", "samples_per_cpu_second")
    for key in (*speeds, "rss_mb", "frames_per_second"):
        if key in results[0]:
            metrics[key] = median(result[key] for result in results)
    if plain:
        # Shares of the same round, so that what slows the machine slows both.
        for share, key in zip(("kept", "work"), speeds, strict=True):
            metrics[share] = median(a[key] / b[key] for a, b in zip(results, plain, strict=True))
    if "late_ms" in results[0]:
        late = np.concatenate([result.pop("late_ms") for result in results])
        metrics["late_ms"] = {f"p{q}": float(np.percentile(late, q)) for q in (50, 95, 99)}
        metrics["late_ms"]["max"] = float(late.max())
    if "views_per_second" in results[0]:
        metrics["views_per_second"] = {
            view: median(result["views_per_second"][view] for result in results)
            for view in results[0]["views_per_second"]
        }
    return metrics | {"rounds": results}


HEAD = (
    "| job | way | stepper, threads | samples/s | kept | work | p50 | p95 | p99 | max "
    "| frames/s | MB |\n|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def row(name: str, way: str, metrics: Metrics) -> str:
    """Return a line of the table."""
    late = metrics.get("late_ms", {})
    frames = metrics.get("frames_per_second")
    cells = [
        name, way, f"{metrics['stepper']}, {metrics['threads']}",
        f"{metrics['samples_per_second']:,.0f}",
        *(f"{metrics[key]:.2f}" if key in metrics else "" for key in ("kept", "work")),
        *(f"{late[key]:.1f}" if late else "" for key in ("p50", "p95", "p99", "max")),
        "" if frames is None else f"{frames:.1f}", f"{metrics['rss_mb']:.0f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Measure, print tables and write everything to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    jobs = (*JOBS, *MORE)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(jobs))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured, after --warm")
    parser.add_argument("--warm", type=float, default=2.0)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--ways", nargs="*", default=WAYS, choices=WAYS)
    parser.add_argument("--first-window", type=int, metavar="N", help="N starts warm, N cold")
    parser.add_argument("--out", type=Path, default=Path("live.json"), help="is added to")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if strange := [name for name in given.jobs if name not in jobs]:
        parser.error(f"expected jobs of {', '.join(jobs)}, received {', '.join(strange)}")
    if given.one:
        print(json.dumps(one(given.jobs[0], given.one, given)))
        return 0
    from tests.bench.machine import machine

    found = json.loads(given.out.read_text("utf-8")) if given.out.exists() else {"jobs": {}}

    def keep() -> None:
        # After each job, so that a cancelled run leaves its results so far.
        given.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")

    everything = not given.jobs and given.first_window is None
    starts = 5 if everything else given.first_window
    if starts:
        from tests.bench.first_window import first_window, table

        found["first_window"] = {"machine": machine(*PACKAGES), **first_window(starts, starts)}
        keep()
        print(*table({k: v for k, v in found["first_window"].items() if k != "machine"}), sep="\n")
    names = JOBS if everything else given.jobs
    if names:
        print(HEAD)
    for name in names:
        load = os.getloadavg()[0]
        ways = compare(name, given)
        found["jobs"][name] = {"machine": machine(*PACKAGES) | {"load": load}, "ways": ways}
        keep()
        print(*(row(name, way, metrics) for way, metrics in ways.items()), sep="\n")
        views = ways.get("live", {}).get("views_per_second", {})
        shown = ", ".join(f"{view} {count:.1f}" for view, count in views.items() if count)
        print(f"<!-- {name}: load {load:.1f} before; per second: {shown} -->", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
