"""Sequences, (n, steps, features)."""

from __future__ import annotations

import numpy as np

from nnplay.catalog import MNIST, MNISTRows, Parity, Wave
from nnplay.data.arrays import Samples, Source
from nnplay.data.known.images import downloaded
from nnplay.data.synthetic.windows import windows_of


def wave(dataset: Wave, rng: np.random.Generator) -> Source:
    """Return the windows of one long series, each one step later, with the value that follows."""
    # A single series, so that the noise of a step is the same in every window that contains it.
    t = dataset.pace * np.arange(dataset.samples + dataset.steps)
    series = (np.sin(t) + 0.5 * np.sin(0.37 * t)).astype(np.float32)
    if dataset.noise:
        series += rng.normal(0.0, dataset.noise, len(series)).astype(np.float32)
    return Source(Samples(*windows_of(series, dataset.steps)))


def parity(dataset: Parity, rng: np.random.Generator) -> Source:
    """Return sequences of bits, -1 for 0 and 1 for 1, with the parity of the number of ones."""
    bits = rng.integers(0, 2, (dataset.samples, dataset.steps), dtype=np.int8)
    x = (2.0 * bits - 1.0).astype(np.float32)[:, :, np.newaxis]
    return Source(Samples(x, bits.sum(1, dtype=np.int64) % 2))


def mnist_rows(_dataset: MNISTRows, rng: np.random.Generator) -> Source:
    """Return the images of MNIST without their channel, so that their rows are steps."""
    mnist = downloaded(MNIST(), rng)
    assert mnist.test is not None
    samples, test = (Samples(part.raw[:, 0], part.y) for part in (mnist.samples, mnist.test))
    return Source(samples, test)
