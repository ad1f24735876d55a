"""How many CPU threads a run should take."""

from __future__ import annotations

from math import prod

import psutil

from nnplay.catalog import Shape
from nnplay.engine.run_request import RunRequest
from nnplay.experiment import Experiment, part_sizes, trace_shapes

SMALL = 20_000_000
"""Multiplications per forward pass of a batch below which one thread is the fastest.

Threads wait for each other after every operation; on few and busy cores that costs far more than
small matrices gain.
"""


def choose_threads(run_request: RunRequest) -> int:
    """Return the ticket's own number, or one that suits the size of its network."""
    if run_request.threads is not None:
        return run_request.threads
    if work(run_request.experiment) < SMALL:
        return 1
    return max(1, (psutil.cpu_count() or 1) - run_request.spare_cores)


def work(experiment: Experiment) -> int:
    """Return about how many multiplications one batch takes on its way forward."""
    work = 0
    for row in trace_shapes(experiment.data.spec().in_shape, experiment.network):
        work += (row.parameters or 0) * _places(row.in_shape or (), row.out_shape or ())
    return batch_of(experiment) * work


def batch_of(experiment: Experiment) -> int:
    """Return how many samples a whole batch has."""
    samples = part_sizes(experiment.data.spec(), experiment.split)[0]
    return min(experiment.batch_size or samples, samples)


def _places(in_shape: Shape, out_shape: Shape) -> int:
    """Return how often a layer uses each weight for one sample."""
    if len(in_shape) == 2:  # at every step of a sequence
        return in_shape[0]
    # A convolution does so at every place of its output.
    return prod(out_shape[1:]) if len(out_shape) == 3 else 1
