"""The memory that a run needs, estimated before anything is built."""

from __future__ import annotations

from math import prod

from nnplay.experiment.clamping import legal
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.sizes import CHUNK_NUMBERS, part_sizes
from nnplay.experiment.value import Experiment

_FLOAT = 4  # bytes of a float32
_NUMBER = 8  # bytes of a class index and of a sample index
# A weight, the two running means of Adam-like optimizers, two more copies of these three to go
# back to after a divergence, and the gradient.
_COPIES = 10
# A frozen weight has neither running means nor a gradient.
_FROZEN_COPIES = 3
# For each output of the final evaluation: the predictions in chunks and concatenated, and the
# metrics in double precision.
_PER_OUTPUT = 9
_LARGEST_KEPT = 32 * 2**20
"""The size in bytes up to which glibc keeps freed blocks for the process; larger ones go back to
the system (DEFAULT_MMAP_THRESHOLD_MAX)."""


def memory_bytes(experiment: Experiment, *, in_blocks: bool = False, copies: int = 1) -> int:
    """Return roughly the bytes of the weights, one batch forwards and backwards, and the data.

    The outputs of all layers are saved for the backward pass, together with a gradient as large as
    the widest output. At the end of the run the network is evaluated on all samples in chunks, in
    addition to small blocks freed by training, which the process keeps. Steps that process a batch
    `in_blocks` that fit into the cache do not need this memory. `copies` networks trained at once
    share only the data. Layers after one that does not fit count as nothing, and illegal values as
    the nearest legal ones.
    """
    valid = legal(experiment)
    spec = valid.data.spec()
    rows = trace_shapes(spec.in_shape, valid.network)
    parts = part_sizes(spec, valid.split)
    train = parts[0]
    batch = train if valid.batch_size is None else min(valid.batch_size, train)
    weights = sum(row.parameters or 0 for row in rows)
    learnt = sum(row.trainable or 0 for row in rows)
    weight_copies = copies * (_COPIES * learnt + _FROZEN_COPIES * (weights - learnt))
    saved = prod(spec.in_shape) + sum(
        layer.saved_numbers(row.in_shape)
        for layer, row in zip(valid.network, rows, strict=True)
        if row.in_shape and row.out_shape
    )
    widest = max((prod(row.out_shape) for row in rows if row.out_shape), default=0)
    training = 0 if in_blocks else copies * batch * (saved + widest)
    chunk = min(max(parts), max(1, CHUNK_NUMBERS // max(1, prod(spec.in_shape))))
    evaluation = 2 * chunk * widest + _PER_OUTPUT * max(parts) * spec.outputs
    # Small blocks freed by training stay with the process, and most are too small to be reused by
    # the evaluation.
    stays = _FLOAT * copies * batch * widest <= _LARGEST_KEPT
    temporary = training + evaluation if stays else max(training, evaluation)
    return _FLOAT * (weight_copies + temporary) + _data_bytes(valid, batch, in_blocks)


def _data_bytes(experiment: Experiment, batch: int, in_blocks: bool) -> int:
    """Return the bytes of the copies of the data and of the order of the samples."""
    spec = experiment.data.spec()
    numbers = prod(spec.in_shape)
    target = _NUMBER if spec.task == "classification" else _FLOAT * spec.outputs
    sample_bytes = spec.input_bytes * numbers + target
    train, validation, test = part_sizes(spec, experiment.split)
    # As loaded; tensors share this memory, or use that of another device.
    data = (spec.samples + spec.validation_samples + spec.test_samples) * sample_bytes
    if experiment.split.scaling != "none":
        data += (train + validation + test) * (_FLOAT * numbers + target)
    elif train < spec.samples:
        data += (
            spec.samples * sample_bytes
        )  # copied by the split; own validation and test sets are not
    if in_blocks or (experiment.policy.shuffle and batch < train):
        data += _NUMBER * train  # order of the samples
    return data
