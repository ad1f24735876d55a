"""How much memory a run takes, estimated before anything is built."""

from __future__ import annotations

from math import prod

from nnplay.experiment.legal import legal
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.sizes import part_sizes
from nnplay.experiment.value import Experiment

_FLOAT = 4  # bytes of a float32
# A weight with two running means of Adam and its relatives, kept two times besides to go back to
# after a divergence, and its gradient.
_COPIES = 10
# One that is frozen has neither means nor a gradient.
_FROZEN_COPIES = 3
# As they are loaded, as tensors, and shuffled.
_DATA_COPIES = 3


def memory_bytes(experiment: Experiment) -> int:
    """Return the bytes that weights, one batch in both directions, and the data take, roughly.

    Every layer's output is kept for the way back, where a gradient of the same size joins it. What
    lies behind a layer that does not fit counts as nothing. Values out of range count as legal.
    """
    sane = legal(experiment)
    spec = sane.data.spec()
    rows = trace_shapes(spec.in_shape, sane.network)
    train = part_sizes(spec, sane.split)[0]
    batch = train if sane.batch_size is None else min(sane.batch_size, train)
    weights = sum(row.parameters or 0 for row in rows)
    learnt = sum(row.trainable or 0 for row in rows)
    passed_on = prod(spec.in_shape) + sum(
        layer.kept(row.in_shape)
        for layer, row in zip(sane.network, rows, strict=True)
        if row.in_shape and row.out_shape
    )
    truth = 2 if spec.task == "classification" else spec.outputs  # a class number is 8 bytes
    data = (spec.samples + spec.test_samples) * (prod(spec.in_shape) + truth)
    copies = _COPIES * learnt + _FROZEN_COPIES * (weights - learnt)
    return _FLOAT * (copies + 2 * batch * passed_on + _DATA_COPIES * data)
