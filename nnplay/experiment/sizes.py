"""The number of samples in each part of a data set, computed without loading it."""

from __future__ import annotations

from math import floor

from nnplay.catalog import DataSpec
from nnplay.experiment.value import Experiment, Split

CHUNK_NUMBERS = 200_000
"""Input numbers per evaluation chunk: 250 MNIST images, a few milliseconds of a dense network."""


def part_sizes(spec: DataSpec, split: Split) -> tuple[int, int, int]:
    """Return the number of training, validation and test samples.

    Shares are rounded to the nearest integer, halves up. The test set is taken first, unless there
    is an official one, then validation; at least one sample is left for training.
    """
    left = max(0, spec.samples - 1)
    test = 0 if spec.test_samples else min(_rounded(spec.samples * split.test), left)
    validation = min(_rounded(spec.samples * split.validation), left - test)
    return spec.samples - test - validation, validation, spec.test_samples or test


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
