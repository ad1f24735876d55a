"""The split is disjoint, complete, repeatable, and has the sizes shown beforehand."""

import gc
from weakref import ref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Samples, Source
from nnplay.data.split import split
from nnplay.experiment import Split
from nnplay.experiment.sizes import part_sizes

SHARES = st.floats(0.0, 0.9)
SPLITS = st.builds(Split, validation=SHARES, test=SHARES)


def numbered(count: int, official: int = 0) -> Source:
    """Samples that contain their own index, negative in the official test set."""
    numbers = np.arange(count)
    samples = Samples(numbers.astype(np.float32)[:, np.newaxis], numbers)
    if not official:
        return Source(samples)
    numbers = -1 - np.arange(official)
    return Source(samples, Samples(numbers.astype(np.float32)[:, np.newaxis], numbers))


def spec_of(count: int, official: int) -> DataSpec:
    return DataSpec("regression", (1,), 1, (), count, official)


@given(st.integers(1, 300), st.sampled_from([0, 0, 5]), SPLITS, st.integers(0, 2**32 - 1))
def test_parts_are_disjoint_complete_and_of_the_expected_sizes(
    count: int, official: int, shares: Split, seed: int
) -> None:
    source = numbered(count, official)
    parts = split(source, shares, seed)
    sizes = tuple(len(part) for part in (parts.train, parts.validation, parts.test))
    assert sizes == part_sizes(spec_of(count, official), shares)
    assert sizes[0] >= 1
    own = (parts.train, parts.validation) + (() if official else (parts.test,))
    assert sorted(np.concatenate([part.y for part in own]).tolist()) == list(range(count))
    for part in own:
        assert (part.x[:, 0] == part.y).all(), "inputs and targets no longer match"
    if source.test is not None:
        assert (parts.test.y == source.test.y).all()


@given(st.integers(2, 300), SPLITS, st.integers(0, 2**32 - 1))
def test_the_same_seed_gives_the_same_split(count: int, shares: Split, seed: int) -> None:
    one, two = (split(numbered(count), shares, seed) for _ in range(2))
    for name in ("train", "validation", "test"):
        assert (getattr(one, name).y == getattr(two, name).y).all()


def test_another_seed_gives_another_random_split() -> None:
    shares = Split(validation=0.5)
    chosen = [set(split(numbered(1000), shares, seed).validation.y.tolist()) for seed in range(20)]
    assert len({frozenset(c) for c in chosen}) == 20
    # Two independent halves share a quarter: hypergeometric, 250 with a deviation of about 8.
    overlap = np.mean([len(chosen[0] & c) for c in chosen[1:]])
    assert overlap == pytest.approx(250, abs=8)


@pytest.mark.parametrize(
    ("count", "official", "shares", "expected"),
    [
        (60_000, 10_000, Split(validation=0.2), (48_000, 12_000, 10_000)),
        (60_000, 10_000, Split(test=0.5), (60_000, 0, 10_000)),
        (1797, 0, Split(validation=0.1, test=0.2), (1258, 180, 359)),
        (10, 0, Split(validation=0.25), (7, 3, 0)),  # 2.5: halves go up
        (10, 0, Split(validation=0.9, test=0.9), (1, 0, 9)),
        (1, 0, Split(validation=0.9, test=0.9), (1, 0, 0)),
        (100, 0, Split(validation=0.004), (100, 0, 0)),
    ],
)
def test_shares_are_rounded_to_the_nearest_and_the_test_part_comes_first(
    count: int, official: int, shares: Split, expected: tuple[int, int, int]
) -> None:
    assert part_sizes(spec_of(count, official), shares) == expected


@pytest.mark.parametrize("official", [0, 5])
def test_without_shares_nothing_is_moved_or_copied(official: int) -> None:
    source = numbered(100, official)
    parts = split(source, Split(), 0)
    assert np.shares_memory(parts.train.x, source.samples.x)
    assert (parts.train.y == np.arange(100)).all()
    assert len(parts.validation) == 0
    assert parts.validation.x.shape == (0, 1)
    assert len(parts.test) == official


def test_samples_keep_their_order_within_a_part() -> None:
    parts = split(numbered(500), Split(validation=0.3, test=0.3), 7)
    for part in (parts.train, parts.validation, parts.test):
        assert (np.diff(part.y) > 0).all()


def test_parts_cannot_be_written_to() -> None:
    part = split(numbered(50), Split(validation=0.5), 0).train
    with pytest.raises(ValueError, match="read-only"):
        part.x[0] = 1


def test_parts_in_use_are_shared() -> None:
    source, other = numbered(50), numbered(50)
    shares = Split(0.2, 0.2)
    cached = split(source, shares, 3)
    assert split(source, shares, 3).train.x is cached.train.x
    scaled = split(source, Split(0.2, 0.2, scaling="0 to 1"), 3)
    assert scaled.train.y is cached.train.y
    assert scaled.train.x.max() == 1
    for other_split in (split(source, shares, 4), split(source, Split(0.2, 0.3), 3)):
        assert other_split.train.x is not cached.train.x
    assert split(other, shares, 3).train.x is not cached.train.x


def test_unused_parts_are_freed() -> None:
    source = numbered(50)
    parts = split(source, Split(0.2), 3)
    gone = ref(parts.train.x)
    del parts
    gc.collect()
    assert gone() is None
    again = split(source, Split(0.2), 3)
    assert len(again.train) == 40
