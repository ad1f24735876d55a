"""How much memory a run takes, estimated before anything is built."""

from __future__ import annotations

from math import prod

from nnplay.experiment.clamping import legal
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.sizes import CHUNK_NUMBERS, part_sizes
from nnplay.experiment.value import Experiment

_FLOAT = 4  # bytes of a float32
_NUMBER = 8  # bytes of a class number, and of a sample's
# A weight with two running means of Adam and its relatives, kept two times besides to go back to
# after a divergence, and its gradient.
_COPIES = 10
# One that is frozen has neither means nor a gradient.
_FROZEN_COPIES = 3
# For each number that a network answers: the answers in pieces and joined, and what judges them in
# double precision.
_JUDGED = 9
_LARGEST_KEPT = 32 * 2**20
"""Bytes of a block up to which glibc keeps freed memory for the process; above, it goes back to the
system (DEFAULT_MMAP_THRESHOLD_MAX)."""


def memory_bytes(experiment: Experiment, *, in_blocks: bool = False, copies: int = 1) -> int:
    """Return the bytes that weights, one batch in both directions, and the data take, roughly.

    The outputs of all layers are kept for the way back, where a gradient as large as the widest
    one's joins them; at the end of the run all samples are asked, in pieces, beside what small
    batches have freed, which the process keeps. Steps that go through
    a batch `in_blocks` which fit into a cache need no such room.
    So many `copies` of the network that are trained at once share the data alone.
    What lies behind a layer that does not fit counts as nothing. Values out of range count as
    legal.
    """
    sane = legal(experiment)
    spec = sane.data.spec()
    rows = trace_shapes(spec.in_shape, sane.network)
    parts = part_sizes(spec, sane.split)
    train = parts[0]
    batch = train if sane.batch_size is None else min(sane.batch_size, train)
    weights = sum(row.parameters or 0 for row in rows)
    learnt = sum(row.trainable or 0 for row in rows)
    held = copies * (_COPIES * learnt + _FROZEN_COPIES * (weights - learnt))
    kept = prod(spec.in_shape) + sum(
        layer.kept(row.in_shape)
        for layer, row in zip(sane.network, rows, strict=True)
        if row.in_shape and row.out_shape
    )
    widest = max((prod(row.out_shape) for row in rows if row.out_shape), default=0)
    training = 0 if in_blocks else copies * batch * (kept + widest)
    asked = min(max(parts), max(1, CHUNK_NUMBERS // max(1, prod(spec.in_shape))))
    judging = 2 * asked * widest + _JUDGED * max(parts) * spec.outputs
    # Small pieces that training has freed stay, and most are too small for what judges.
    stays = _FLOAT * copies * batch * widest <= _LARGEST_KEPT
    room = training + judging if stays else max(training, judging)
    return _FLOAT * (held + room) + _data_bytes(sane, batch, in_blocks)


def _data_bytes(experiment: Experiment, batch: int, in_blocks: bool) -> int:
    """Return the bytes that the copies of the data and their order take."""
    spec = experiment.data.spec()
    numbers = prod(spec.in_shape)
    target = _NUMBER if spec.task == "classification" else _FLOAT * spec.outputs
    came = spec.input_bytes * numbers + target
    train, validation, test = part_sizes(spec, experiment.split)
    # As they are loaded; tensors are the same memory, or that of another device.
    data = (spec.samples + spec.test_samples) * came
    if experiment.split.scaling != "none":
        data += (train + validation + test) * (_FLOAT * numbers + target)
    elif train < spec.samples:
        data += spec.samples * came  # cut into parts; an official test part stays what it is
    if in_blocks or (experiment.policy.shuffle and batch < train):
        data += _NUMBER * train  # their order
    return data
