"""The number of samples in each part of a data set, computed without loading it."""

from __future__ import annotations

from math import floor

from nnplay.catalog import DataSpec
from nnplay.experiment.value import Experiment, Split

_MOST_DIGITS = 9
CHUNK_NUMBERS = 200_000
"""Input numbers per evaluation chunk: 250 MNIST images, a few milliseconds of a dense network."""


def part_sizes(spec: DataSpec, split: Split) -> tuple[int, int, int]:
    """Return the number of training, validation and test samples.

    Shares are rounded to the nearest integer, halves up. The test set is taken first, then
    validation, unless the data set has its own; at least one sample is left for training. Held-out
    groups are of about that size, which only the data can say exactly.
    """
    left = max(0, spec.samples - 1)
    test = 0 if spec.test_samples else min(_rounded(spec.samples * split.test), left)
    validation = min(_rounded(spec.samples * split.validation), left - test)
    if spec.validation_samples:
        validation = 0
    dropped = sum(part_gaps(spec, split, validation, test))
    return (
        spec.samples - test - validation - dropped,
        spec.validation_samples or validation,
        spec.test_samples or test,
    )


def part_gaps(spec: DataSpec, split: Split, validation: int, test: int) -> tuple[int, int]:
    """Return how many samples are dropped before validation and before the test samples.

    Consecutive windows of a series share values: as many as a window is long are dropped between
    parts, so that no part contains a value of another. Of a short series at most half of the other
    samples are dropped, so that something is left to train on.
    """
    if not spec.is_series or holds_out(spec, split) != "in order":
        return 0, 0
    gaps = (validation > 0) + (test > 0)
    most = max(0, spec.samples - validation - test) // 2 // max(1, gaps)
    gap = min(spec.in_shape[0], most)
    return gap if validation else 0, gap if test else 0


def holds_out(spec: DataSpec, split: Split) -> str:
    """Return which samples are held out: "random", "in order" or "by group"."""
    if split.how != "automatic":
        return split.how
    return "in order" if spec.is_series else "random"


def group_columns(spec: DataSpec, group: str) -> tuple[int, ...]:
    """Return the numbers, counted from 1, of the inputs whose values are the groups.

    These are the input of that name or number, or all inputs of a one-hot encoded column; nothing
    if there is no such input.
    """
    if len(spec.in_shape) != 1:
        return ()
    names = spec.input_names
    if group in names:
        return (names.index(group) + 1,)
    of_column = tuple(n for n, name in enumerate(names, 1) if name.startswith(f"{group} = "))
    if group and of_column:
        return of_column
    is_number = group.isascii() and group.isdecimal() and len(group) <= _MOST_DIGITS
    return (int(group),) if is_number and 1 <= int(group) <= spec.in_shape[0] else ()


def steps_per_epoch(samples: int, batch_size: int | None, drop_last: bool = False) -> int:
    """Return the number of batches in an epoch; a batch size of None is the full batch."""
    size = max(1, min(batch_size or samples, samples))
    return max(1, samples // size if drop_last else -(-samples // size))


def ticks_per_epoch(experiment: Experiment) -> int:
    """Return how often the schedule of an experiment can change the learning rate in an epoch."""
    train = part_sizes(experiment.data.spec(), experiment.split)[0]
    size, drop_last = experiment.batch_size, experiment.policy.drop_last
    return experiment.schedule.ticks(steps_per_epoch(train, size, drop_last))


def _rounded(number: float) -> int:
    return floor(number + 0.5)
