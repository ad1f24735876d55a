"""Scaling uses the training samples only, and matches scikit-learn."""

from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from nnplay.catalog import Digits, Wine
from nnplay.data.arrays import Parts, Samples, Source
from nnplay.data.load import load
from nnplay.data.scaling import scaled
from nnplay.data.split import split
from nnplay.experiment import Split

SCALERS = [("0 to 1", MinMaxScaler()), ("standardised", StandardScaler())]


@pytest.mark.parametrize(("scaling", "scaler"), SCALERS)
def test_rows_are_scaled_as_in_scikit_learn(scaling: str, scaler: Any) -> None:
    source = load(Wine(), 0)
    plain = split(source, Split(0.2, 0.2), 0)
    parts = split(source, Split(0.2, 0.2, scaling=scaling), 0)
    scaler.fit(plain.train.x)
    for name in ("train", "validation", "test"):
        expected = scaler.transform(getattr(plain, name).x)
        assert np.allclose(getattr(parts, name).x, expected, atol=1e-5)
        assert (getattr(parts, name).y == getattr(plain, name).y).all()
        assert getattr(parts, name).x.dtype == np.float32
    assert not np.allclose(parts.test.x.mean(0), 0, atol=1e-3), "statistics of the test part leaked"


def parts_of(x: np.ndarray) -> Parts:
    samples = Samples(x.astype(np.float32), np.zeros(len(x), np.int64))
    return Parts(samples, Samples(samples.x[:0], samples.y[:0]), samples)


@pytest.mark.parametrize("shape", [(50, 3, 4, 5), (50, 6, 3)])
def test_images_are_scaled_by_channel_and_sequences_by_feature(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    last = len(shape) == 3
    sizes = np.array([1.0, 10.0, 100.0]).reshape((1, 1, 3) if last else (1, 3, 1, 1))
    x = scaled(parts_of((rng.normal(size=shape) + 5) * sizes), "standardised").train.x
    axes = (0, 1) if last else (0, 2, 3)
    assert x.mean(axes) == pytest.approx([0, 0, 0], abs=1e-4)
    assert x.std(axes) == pytest.approx([1, 1, 1], abs=1e-4)
    # All steps and pixels share their statistics, so their own means are not 0.
    assert np.abs(x.mean(0)).max() > 0.05


@pytest.mark.parametrize("scaling", ["0 to 1", "standardised"])
def test_constant_features_are_only_shifted(scaling: str) -> None:
    x = scaled(parts_of(np.full((10, 2), 1000.1)), scaling).train.x
    assert np.abs(x).max() < 1e-3
    assert np.isfinite(scaled(parts_of(np.zeros((3, 2))), scaling).train.x).all()


def test_without_scaling_nothing_is_copied_or_changed() -> None:
    source = load(Digits(), 0)
    before = source.samples.x.copy()
    assert np.shares_memory(split(source, Split(), 0).train.x, source.samples.x)
    split(source, Split(scaling="standardised"), 0)
    assert (source.samples.x == before).all()


@pytest.mark.parametrize("seed", range(3))
def test_each_part_has_its_share_of_each_class(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat([0, 1, 2], [700, 250, 50]))
    x = np.arange(1000, dtype=np.float32)[:, np.newaxis]
    source = Source(Samples(x, y))
    parts = split(source, Split(0.2, 0.3, stratified=True), seed)
    for part, share in ((parts.train, 0.5), (parts.validation, 0.2), (parts.test, 0.3)):
        assert len(part) == round(1000 * share)
        assert np.abs(np.bincount(part.y) - share * np.array([700, 250, 50])).max() <= 1.5
        assert (y[part.x[:, 0].astype(int)] == part.y).all()
        assert (np.diff(part.x[:, 0]) > 0).all()
    everything = np.concatenate([parts.train.x, parts.validation.x, parts.test.x])
    assert sorted(everything[:, 0].tolist()) == list(range(1000))
    other = split(source, Split(0.2, 0.3, stratified=True), seed + 1)
    assert (parts.test.x != other.test.x).any()


def test_regression_targets_are_not_stratified() -> None:
    x = np.arange(100, dtype=np.float32)[:, np.newaxis]
    source = Source(Samples(x, x))
    one, two = (split(source, Split(0.3, stratified=s), 1) for s in (False, True))
    assert (one.train.x == two.train.x).all()
