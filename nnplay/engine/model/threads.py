"""How many CPU threads a run may take, before anything is measured."""

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


def thread_limit(run_request: RunRequest) -> int:
    """Return the number of the request, or else the most threads that suit the network's size."""
    if run_request.threads is not None:
        return run_request.threads
    if multiplications(run_request.experiment) < SMALL:
        return 1
    return max(1, (psutil.cpu_count() or 1) - run_request.spare_cores)


def multiplications(experiment: Experiment) -> int:
    """Return about how many multiplications the forward pass of one batch takes."""
    count = 0
    for row in trace_shapes(experiment.data.spec().in_shape, experiment.network):
        count += (row.parameters or 0) * _positions(row.in_shape or (), row.out_shape or ())
    return batch_of(experiment) * count


def batch_of(experiment: Experiment) -> int:
    """Return how many samples a whole batch has."""
    samples = part_sizes(experiment.data.spec(), experiment.split)[0]
    return min(experiment.batch_size or samples, samples)


def _positions(in_shape: Shape, out_shape: Shape) -> int:
    """Return how often a layer uses each weight for one sample."""
    if len(in_shape) == 2:  # at every step of a sequence
        return in_shape[0]
    # A convolution does so at every position of its output.
    return prod(out_shape[1:]) if len(out_shape) == 3 else 1
