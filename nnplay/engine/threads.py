"""How many CPU threads a run should take."""

from __future__ import annotations

import psutil

from nnplay.engine.ticket import Ticket
from nnplay.experiment import Experiment, part_sizes, trace_shapes

SMALL = 20_000_000
"""Multiplications per forward pass of a batch below which one thread is the fastest.

Threads wait for each other after every operation; on few and busy cores that costs far more than
small matrices gain.
"""


def choose_threads(ticket: Ticket) -> int:
    """Return the ticket's own number, or one that suits the size of its network."""
    if ticket.threads is not None:
        return ticket.threads
    if work(ticket.experiment) < SMALL:
        return 1
    return max(1, (psutil.cpu_count() or 1) - ticket.spare_cores)


def work(experiment: Experiment) -> int:
    """Return about how many multiplications one batch takes on its way forward."""
    spec = experiment.data.spec()
    samples = part_sizes(spec, experiment.split)[0]
    batch = min(experiment.batch_size or samples, samples)
    work = 0
    for row in trace_shapes(spec.in_shape, experiment.network):
        # The weights of a convolution are used again at every place of its output.
        places = 1
        for side in (row.out_shape or ())[1:]:
            places *= side
        work += (row.parameters or 0) * places
    return batch * work
