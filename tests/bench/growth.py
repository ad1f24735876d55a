"""What a step costs as a network, its data and its batches grow: each doubled again and again.

    python tests/bench/growth.py [--seconds 0.6] [--rounds 3] [--minutes 0]

Prints the table for RESULTS.md and draws a picture of it. What is measured is kept in growth.json,
where a run that was broken off, or ended after `--minutes`, goes on. Each measurement is the
best of some rounds, since others on the machine can only slow a step down; one thread does the
steps.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from PIL import Image, ImageDraw

from nnplay.catalog import MSE, SGD, Blobs, CrossEntropy, Dense, Hills, Layer, Line, Tanh
from nnplay.experiment import Experiment

HERE = Path(__file__).parent
# Run as a script, Python searches only the folder of the file.
sys.path.insert(0, str(HERE.parent.parent))
BASE = Experiment(
    Hills(points=1000), (Dense(16), Tanh(), Dense(1)), MSE(), SGD(0.001), batch_size=32,
    device="cpu",
)  # fmt: skip
INK, GRID = (30, 35, 45), (222, 226, 232)
COLOURS = {"auto": (20, 100, 200), "eager": (205, 95, 20)}
WIDTH, HEIGHT, EDGE = 380, 300, 52


@dataclass(frozen=True)
class Growth:
    """One thing that grows while all others stay."""

    name: str
    sizes: tuple[int, ...]
    make: Callable[[int], Experiment]
    per: str
    """step or epoch: which time is shown."""


def _dense(width: int, depth: int) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    for _layer in range(depth):
        layers += [Dense(width), Tanh()]
    return (*layers, Dense(1))


def _doubled(first: int, last: int) -> tuple[int, ...]:
    sizes = [first]
    while sizes[-1] * 2 <= last:
        sizes.append(sizes[-1] * 2)
    return tuple(sizes)


GROWTHS = (
    Growth(
        "width (two layers)", _doubled(4, 2048),
        lambda n: replace(BASE, network=_dense(n, 2)), "step",
    ),
    Growth(
        "depth (16 units)", _doubled(1, 128),
        lambda n: replace(BASE, network=_dense(16, n)), "step",
    ),
    Growth(
        "batch (16 units)", _doubled(1, 8192),
        lambda n: replace(BASE, data=Hills(points=8192), batch_size=n), "step",
    ),
    Growth(
        "points (full batch)", _doubled(1024, 2**21),
        lambda n: replace(BASE, data=Line(points=n), batch_size=None), "epoch",
    ),
    Growth(
        "classes", _doubled(2, 8),
        lambda n: replace(
            BASE, data=Blobs(points=2048, classes=n), loss=CrossEntropy(),
            network=(Dense(16), Tanh(), Dense(n)),
        ), "step",
    ),
)  # fmt: skip


def seconds_per_step(experiment: Experiment, seconds: float, rounds: int) -> float:
    """Return what a step takes in the best of several rounds."""
    from nnplay.engine import RunRequest
    from nnplay.engine.prepare import prepare

    stepper = prepare(RunRequest(1, experiment, threads=1)).stepper
    stepper.tune(experiment.optimizer)
    stepper.get_ready()
    stepper.advance(2)
    best, chunk = float("inf"), 1
    for _round in range(rounds):
        steps, start = 0, perf_counter()
        while (spent := perf_counter() - start) < seconds / rounds or not steps:
            stepper.advance(chunk)
            steps += chunk
            if spent < 0.01:
                chunk = min(2 * chunk, 4096)
        best = min(best, (perf_counter() - start) / steps)
    return best


def measure(growth: Growth, size: int, seconds: float, rounds: int) -> dict[str, float]:
    """Return the microseconds of one size, for the steps that nnplay takes and for eager ones."""
    return {
        stepper: 1e6
        * seconds_per_step(replace(growth.make(size), stepper=stepper), seconds, rounds)
        for stepper in COLOURS
    }


def draw(found: dict[str, dict[str, dict[str, float]]]) -> Image.Image:
    """Return curves of time over size, both in doublings: a straight 45° line is linear."""
    from math import ceil, floor, log2

    picture = Image.new("RGB", (3 * WIDTH, 2 * HEIGHT), "white")
    pen = ImageDraw.Draw(picture)
    for place, growth in enumerate(GROWTHS):
        if len(found[growth.name]) < len(growth.sizes):
            continue
        left, top = place % 3 * WIDTH + EDGE, place // 3 * HEIGHT + EDGE - 16
        right, bottom = left + WIDTH - EDGE - 20, top + HEIGHT - EDGE - 30
        rows = [found[growth.name][str(size)] for size in growth.sizes]
        curves = {name: [row[name] for row in rows] for name in COLOURS}
        times = [log2(t) for curve in curves.values() for t in curve]
        low, high = floor(min(times)), ceil(max(times))
        across = (right - left) / (len(growth.sizes) - 1)
        up = (bottom - top) / (high - low)
        pen.text((left, top - 22), f"{growth.name}: microseconds per {growth.per}", INK)
        for power in range(low, high + 1, max(1, (high - low) // 6)):
            y = bottom - (power - low) * up
            pen.line((left, y, right, y), GRID)
            pen.text(
                (left - 46, y - 6), f"{2.0**power:,.0f}" if power >= 0 else f"{2.0**power:g}", INK
            )
        for index, size in enumerate(growth.sizes):
            x = left + index * across
            pen.line((x, top, x, bottom), GRID)
            if index % max(1, len(growth.sizes) // 5) == 0:
                pen.text((x - 8, bottom + 6), f"{size:,}", INK)
        for name, curve in curves.items():
            spots = [
                (left + i * across, bottom - (log2(t) - low) * up) for i, t in enumerate(curve)
            ]
            pen.line(spots, COLOURS[name], 2)
            for x, y in spots:
                pen.ellipse((x - 3, y - 3, x + 3, y + 3), COLOURS[name])
    x, y = 2 * WIDTH + EDGE, HEIGHT + EDGE
    for name, colour in COLOURS.items():
        pen.line((x, y + 6, x + 24, y + 6), colour, 3)
        words = {"auto": "the steps that nnplay takes", "eager": "eager PyTorch"}[name]
        pen.text((x + 32, y), words, INK)
        y += 22
    return picture


def table(found: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    """Return the lines of the table."""
    lines = ["| what grows | size | µs | times the size before | eager µs | times |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for growth in GROWTHS:
        before: dict[str, float] = {}
        for size in growth.sizes:
            row = found[growth.name].get(str(size), {})
            cells = []
            for name, time in row.items():
                factor = f"{time / before[name]:.2f}" if name in before else ""
                cells += [f"{time:,.1f}", factor]
            before = row
            lines.append(f"| {growth.name} | {size:,} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Measure what is missing, print the table, save the picture."""
    from tests.bench.machine import machine

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=0.6, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=0.0, help="end after that many; 0: never")
    parser.add_argument("--out", type=Path, default=Path("growth.json"), help="is gone on with")
    parser.add_argument("--picture", type=Path, default=HERE / "growth.png")
    args = parser.parse_args()
    began = perf_counter()
    kept: dict[str, Any] = {"runs": [], "found": {}}
    if args.out.exists():
        kept = json.loads(args.out.read_text("utf-8"))
    kept["runs"].append(machine("numpy", "torch"))
    found = kept["found"]
    for growth in GROWTHS:
        sizes = found.setdefault(growth.name, {})
        for size in growth.sizes:
            if args.minutes and perf_counter() - began > 60 * args.minutes:
                break
            if str(size) in sizes:
                continue
            sizes[str(size)] = measure(growth, size, args.seconds, args.rounds)
            print(growth.name, size, sizes[str(size)], f"load {os.getloadavg()[0]:.1f}", flush=True)
            args.out.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    print(*table(found), sep="\n")
    draw(found).save(args.picture)
    if any(len(found[growth.name]) < len(growth.sizes) for growth in GROWTHS):
        print("Not all sizes are measured yet: run this again to go on.")


if __name__ == "__main__":
    main()
