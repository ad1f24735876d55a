"""The split is disjoint, complete, repeatable, and has the sizes shown beforehand."""

import gc
from dataclasses import replace
from itertools import pairwise
from weakref import ref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import MSE, SGD, DataSpec, Dense, Flatten, Wave
from nnplay.data import load, prepared_parts
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.split import split
from nnplay.data.synthetic.windows import windows_of
from nnplay.experiment import Experiment, Split
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


def series_of(length: int, steps: int) -> tuple[Source, np.ndarray]:
    values = np.arange(length, dtype=np.float32)
    spec = DataSpec("regression", (steps, 1), 1, (), length - steps, 0)
    return Source(Samples(*windows_of(values, steps)), spec=spec), values


@given(
    length=st.integers(8, 200),
    steps=st.integers(1, 30),
    shares=st.builds(Split, validation=st.floats(0, 0.6), test=st.floats(0, 0.6)),
    seed=st.integers(0, 9),
)
def test_the_end_of_a_series_is_held_out_and_no_part_shares_a_value_with_another(
    length: int, steps: int, shares: Split, seed: int
) -> None:
    steps = min(steps, length - 2)
    source, _values = series_of(length, steps)
    assert source.spec is not None
    parts = split(source, shares, seed)
    every = (parts.train, parts.validation, parts.test)
    assert tuple(map(len, every)) == part_sizes(source.spec, shares)
    assert len(parts.train) >= 1
    # The values that a part contains, in windows and as targets: they come one part after another.
    seen = [np.concatenate([one.x.reshape(-1), one.y.reshape(-1)]) for one in every if len(one)]
    dropped = len(source.samples) - sum(map(len, every))
    if dropped == steps * (len(seen) - 1):
        assert all(before.max() < after.min() for before, after in pairwise(seen))
    else:
        # A short series keeps as much to train on as it drops.
        assert len(parts.train) >= dropped - 1
    if len(parts.test):
        assert parts.test.y[-1, 0] == length - 1


def test_windows_at_random_only_if_chosen() -> None:
    source, _values = series_of(300, 10)
    assert source.spec is not None
    shares = Split(0.2, 0.2, how="random")
    parts = split(source, shares, 0)
    assert part_sizes(source.spec, shares) == (174, 58, 58)
    every = (parts.train, parts.validation, parts.test)
    assert sorted(np.concatenate([one.y[:, 0] for one in every])) == list(range(10, 300))
    assert parts.validation.y.min() < parts.train.y.max()


def test_in_order_holds_out_the_last_samples_of_any_data() -> None:
    parts = split(numbered(10), Split(0.2, 0.3, how="in order"), 5)
    assert [one.y.tolist() for one in (parts.train, parts.validation, parts.test)] == [
        [0, 1, 2, 3, 4],
        [5, 6],
        [7, 8, 9],
    ]
    official = split(numbered(10, 4), Split(0.2, how="in order"), 5)
    assert official.validation.y.tolist() == [8, 9]
    assert official.test.y.tolist() == [-1, -2, -3, -4]


@given(
    groups=st.lists(st.integers(0, 6), min_size=2, max_size=80),
    shares=st.builds(Split, validation=st.floats(0, 0.5), test=st.floats(0, 0.4)),
    seed=st.integers(0, 99),
)
def test_a_group_is_in_one_part_only(groups: list[int], shares: Split, seed: int) -> None:
    x = np.column_stack([np.arange(len(groups)), groups]).astype(np.float32)
    spec = DataSpec("regression", (2,), 1, (), len(groups), 0, input_names=("row", "person"))
    source = Source(Samples(x, x[:, :1]), spec=spec)
    shares = replace(shares, how="by group", group="person")
    parts = split(source, shares, seed)
    every = (parts.train, parts.validation, parts.test)
    assert sorted(np.concatenate([one.x[:, 0] for one in every])) == list(range(len(groups)))
    people = [set(one.x[:, 1]) for one in every]
    assert not (people[0] & people[1] or people[0] & people[2] or people[1] & people[2])
    assert people[0]
    by_number = split(source, replace(shares, group="2"), seed)
    assert by_number.train.x.tolist() == parts.train.x.tolist()


def test_groups_are_about_as_large_as_their_share() -> None:
    rng = np.random.default_rng(0)
    people = rng.integers(0, 100, 2000)
    hot = np.eye(4, dtype=np.float32)[people % 4]
    x = np.column_stack([people, hot]).astype(np.float32)
    names = ("person", *(f"town = {one}" for one in "abcd"))
    spec = DataSpec("regression", (5,), 1, (), 2000, 0, input_names=names)
    source = Source(Samples(x, x[:, :1]), spec=spec)
    parts = split(source, Split(0.2, 0.3, how="by group", group="person"), 1)
    assert len(parts.validation) == pytest.approx(400, abs=25)
    assert len(parts.test) == pytest.approx(600, abs=25)
    towns = split(source, Split(0.25, how="by group", group="town"), 1)
    (town,) = {tuple(row) for row in towns.validation.x[:, 1:]}
    assert town not in {tuple(row) for row in towns.train.x[:, 1:]}
    with pytest.raises(DataError, match="no input height"):
        split(source, Split(0.2, how="by group", group="height"), 1)


def test_a_run_on_a_series_is_judged_by_its_end() -> None:
    wave = Experiment(
        Wave(samples=200, steps=10),
        (Flatten(), Dense(1)),
        MSE(),
        SGD(0.01),
        split=Split(0.2, 0.2),
    )
    parts = prepared_parts(load(wave.data, 0), wave)
    source = load(wave.data, 0)
    np.testing.assert_array_equal(parts.test.y, source.samples.y[-40:])
    np.testing.assert_array_equal(parts.validation.y, source.samples.y[-90:-50])
    np.testing.assert_array_equal(parts.train.y, source.samples.y[:100])
