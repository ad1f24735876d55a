"""Sequences follow their rule, and each sample has the right target."""

import math
from pathlib import Path

import numpy as np
import pytest

from nnplay.catalog import MNIST, MNISTRows, Parity, Wave
from nnplay.data.load import load


def test_the_target_of_a_window_is_the_next_step() -> None:
    samples = load(Wave(samples=50, steps=7, pace=0.3, noise=0.0), 0).samples
    for start in range(50):
        t = [0.3 * (start + step) for step in range(8)]
        expected = [math.sin(one) + 0.5 * math.sin(0.37 * one) for one in t]
        assert samples.x[start, :, 0] == pytest.approx(expected[:7], abs=1e-6)
        assert samples.y[start, 0] == pytest.approx(expected[7], abs=1e-6)


def test_the_noise_of_a_step_is_the_same_in_every_window() -> None:
    noisy = load(Wave(samples=500, steps=10, noise=0.2), 0).samples
    assert (noisy.x[1:, :-1] == noisy.x[:-1, 1:]).all()
    assert (noisy.x[1:, -1, 0] == noisy.y[:-1, 0]).all()
    clean = load(Wave(samples=500, steps=10, noise=0.0), 0).samples
    assert (noisy.y - clean.y).std() == pytest.approx(0.2, rel=0.15)


def test_parity_counts_the_ones() -> None:
    samples = load(Parity(samples=3000, steps=5), 0).samples
    assert set(np.unique(samples.x).tolist()) == {-1.0, 1.0}
    ones = [sum(bit > 0 for bit in row) for row in samples.x[:, :, 0].tolist()]
    assert samples.y.tolist() == [count % 2 for count in ones]
    assert len({tuple(row) for row in samples.x[:, :, 0].tolist()}) == 32


def test_rows_of_mnist_are_its_images(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    rows, pictures = load(MNISTRows(), 0), load(MNIST(), 0)
    assert rows.test is not None
    assert pictures.test is not None
    assert (rows.samples.x[:100] == pictures.samples.x[:100, 0]).all()
    assert (rows.test.y == pictures.test.y).all()
    assert rows.samples.x.shape == (60_000, 28, 28)
