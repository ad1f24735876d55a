"""What each shortcut around PyTorch gains; one that gains less than 5 % is to be removed.

    python tests/bench/bench_shortcuts.py [--rounds 9]

Every variant trains eager steps on one thread in a process of its own; they take turns, and the
processor time per step is compared, which other work on the machine changes little. The stub of
torch._dynamo is measured by the first step of a fresh process.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

ROOT = Path(__file__).parent.parent.parent
# Run as a script, Python searches only the folder of the file.
sys.path.insert(0, str(ROOT))
CHUNK_SECONDS = 0.2


def _torch_optimizer() -> None:
    from nnplay.engine.steppers import eager

    vars(eager)["UnwrappedOptimizer"] = lambda optimizer: optimizer


def _torch_pooling() -> None:
    from nnplay.engine.model import fused

    fused.with_fused_pools = list  # type: ignore[assignment]


def _layers_in_order() -> None:
    from nnplay.engine.model import fused

    fused.pools_first = list  # type: ignore[assignment]
    fused.with_fused_pools = list  # type: ignore[assignment]


WITHOUT: dict[str, Callable[[], None]] = {
    "optimizer step without torch's wrappers": _torch_optimizer,
    "max-pooling and ReLU in one kernel": _torch_pooling,
    "max-pooling ahead of ReLU": _layers_in_order,
}
JOBS = {
    "optimizer step without torch's wrappers": (
        "A tiny", "C curve", "F mnist-first-net", "small CNN", "lstm-wave",
    ),
    "max-pooling and ReLU in one kernel": ("mnist-cnn", "mnist-cnn in bfloat16"),
    "max-pooling ahead of ReLU": ("mnist-cnn",),
}  # fmt: skip


def experiment_of(job: str) -> Any:
    """Return the experiment with eager steps of a reference job, a preset or a small CNN."""
    from nnplay.catalog import Adam, Conv2d, CrossEntropy, Dense, Digits, Flatten, ReLU
    from nnplay.experiment import Experiment, Split, preset
    from tests.bench.jobs import JOBS as REFERENCE

    name, _, precision = job.partition(" in ")
    if name in REFERENCE:
        found = REFERENCE[name].experiment
    elif name == "small CNN":
        layers = (Conv2d(8), ReLU(), Flatten(), Dense(10))
        found = Experiment(Digits(), layers, CrossEntropy(), Adam(0.003), batch_size=16)
    else:
        found = replace(preset(name).experiment, split=Split())
    return replace(found, stepper="eager", device="cpu", precision=precision or "float32")


def work(job: str, without: str) -> None:
    """Answer each line that comes in with the processor time of a step, in µs."""
    from nnplay.engine.prepare import prepare
    from nnplay.engine.run_request import RunRequest

    if without in WITHOUT:
        WITHOUT[without]()
    stepper = prepare(RunRequest(1, experiment_of(job), threads=1)).stepper
    stepper.get_ready()
    steps = 1
    while True:
        start = process_time()
        stepper.advance(steps)
        if process_time() - start > CHUNK_SECONDS:
            break
        steps *= 2
    for _line in sys.stdin:
        start = process_time()
        stepper.advance(steps)
        print((process_time() - start) / steps * 1e6, flush=True)


def first_step(stub: str) -> None:
    """Print the processor time and the memory that the first step of an optimizer takes."""
    import psutil
    import torch

    from nnplay.catalog import Adam
    from nnplay.engine.model import build

    if stub == "without":
        vars(build)["install_dynamo_stub"] = lambda: None
    layer = torch.nn.Linear(2, 2)
    process = psutil.Process()
    start, before = process_time(), process.memory_info().rss
    optimizer = build.build_optimizer(Adam(), layer.parameters(), torch.device("cpu"))
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    print(json.dumps([process_time() - start, (process.memory_info().rss - before) / 1e6]))


def _start(*args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, __file__, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _ask(process: subprocess.Popen[str]) -> float:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def compare(job: str, shortcut: str, rounds: int) -> tuple[float, float, float]:
    """Return µs a step with and without a shortcut, and the median of their ratios."""
    pair = [_start("--worker", job, without) for without in ("", shortcut)]
    rows = [[_ask(process) for process in pair] for _round in range(rounds)]
    for process in pair:
        process.communicate()
    with_it, without = zip(*rows, strict=True)
    return median(with_it), median(without), median(b / a for a, b in rows)


def main() -> None:
    """Measure and print a table."""
    if sys.argv[1:2] == ["--worker"]:
        work(*sys.argv[2:])
        return
    if sys.argv[1:2] == ["--first"]:
        first_step(sys.argv[2])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    print("| shortcut | job | µs a step with it | without | without / with |")
    print("|---|---|---:|---:|---:|")
    for shortcut, jobs in JOBS.items():
        for job in jobs:
            with_it, without, ratio = compare(job, shortcut, rounds)
            print(f"| {shortcut} | {job} | {with_it:,.0f} | {without:,.0f} | {ratio:.2f} |")
    firsts = {
        stub: [json.loads(_start("--first", stub).communicate()[0]) for _round in range(rounds)]
        for stub in ("with", "without")
    }
    for stub, rows in firsts.items():
        seconds, megabytes = (median(column) for column in zip(*rows, strict=True))
        print(f"first step of an optimizer {stub} the stub: {seconds:.3f} s, {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
