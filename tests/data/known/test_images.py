"""The digits are scikit-learn's, and MNIST is the real one."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from nnplay.catalog import MNIST, Digits
from nnplay.data import split
from nnplay.data.load import load
from nnplay.experiment import Split


def test_the_digits_are_those_of_scikit_learn() -> None:
    samples = load(Digits(), 0).samples
    bunch = load_digits()
    assert (samples.x.reshape(1797, 64) * 16 == bunch.data).all()
    assert (samples.y == bunch.target).all()
    assert (samples.x.min(), samples.x.max()) == (0.0, 1.0)


def test_mnist_is_the_real_one(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    source = load(MNIST(), 0)
    train, test = source.samples, source.test
    assert test is not None
    assert train.x.shape == (60_000, 1, 28, 28)
    assert train.raw.dtype == np.uint8
    parts = split(source, Split(validation=0.1, scaling="none"), 0)
    assert parts.train.raw.dtype == parts.validation.raw.dtype == np.uint8
    assert parts.test is test
    assert test.x.shape == (10_000, 1, 28, 28)
    assert np.bincount(train.y).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert np.bincount(test.y).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert train.y[0] == 5
    assert (train.x.min(), train.x.max()) == (0.0, 1.0)
    # The mean and standard deviation that MNIST is usually normalised with.
    assert train.x.mean(dtype=float) == pytest.approx(0.1307, abs=5e-5)
    assert train.x.std(dtype=float) == pytest.approx(0.3081, abs=5e-5)
    # The images follow a header of 16 bytes, row by row.
    with gzip.open(mnist_dir / "t10k-images-idx3-ubyte.gz") as file:
        last = np.frombuffer(file.read()[-784:], np.uint8).reshape(28, 28)
    assert (np.round(test.x[-1, 0] * 255) == last).all()
    assert load(MNIST(), 1) is source, "the seed has nothing to do with it"
