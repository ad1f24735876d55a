"""Each epoch contains each sample once, and every batch can be computed again."""

import gc
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnplay.data import Samples
from nnplay.engine.batches import Batches, Tensors, to_device
from nnplay.experiment import derive_seed


def numbered(samples: int) -> Tensors:
    numbers = torch.arange(samples)
    return Tensors(numbers.float().reshape(-1, 1), numbers)


SAMPLES = st.integers(1, 60)


@given(samples=SAMPLES, size=st.integers(1, 70), seed=st.integers(0, 2**32 - 1))
def test_each_epoch_contains_each_sample_once(samples: int, size: int, seed: int) -> None:
    batches = Batches(numbered(samples), size, seed)
    assert batches.per_epoch == -(-samples // size)
    for epoch in range(3):
        steps = range(epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
        parts = [batches.get(step) for step in steps]
        sizes = [len(x) for x, _y in parts]
        assert sizes[:-1] == [min(size, samples)] * (len(sizes) - 1)
        assert sizes == [batches.size(step) for step in steps]
        x, y = torch.cat([x for x, _y in parts]), torch.cat([y for _x, y in parts])
        assert x[:, 0].tolist() == y.tolist(), "inputs stay with their targets"
        assert sorted(y.tolist()) == list(range(samples))


@given(
    samples=SAMPLES,
    size=st.integers(1, 70),
    steps=st.lists(st.integers(0, 200), min_size=1, max_size=20),
)
def test_any_batch_can_be_computed_again(samples: int, size: int, steps: list[int]) -> None:
    batches = Batches(numbered(samples), size, 5)
    for step in steps:
        fresh = Batches(numbered(samples), size, 5).get(step)[1]
        assert batches.get(step)[1].equal(fresh)


@pytest.mark.parametrize("size", [None, 100, 101])
def test_a_full_batch_is_not_shuffled(size: int | None) -> None:
    batches = Batches(numbered(100), size, 5)
    assert (batches.per_epoch, batches.batch_size) == (1, 100)
    for step in range(3):
        assert batches.get(step)[1].tolist() == list(range(100))


def test_epochs_and_seeds_differ_in_their_order() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        batches = Batches(numbered(100), 50, seed)
        return [n for step in (0, 1) for n in batches.get(2 * epoch + step)[1].tolist()]

    orders = [order(seed, epoch) for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(one) for one in orders}) == 4
    assert list(range(100)) not in orders


def test_targets_take_the_form_of_the_loss() -> None:
    x = np.zeros((3, 2), dtype=np.float32)
    classes = Samples(x, np.array([0, 1, 1])).read_only()
    cpu = torch.device("cpu")
    assert to_device(classes, "classes", cpu).y.tolist() == [0, 1, 1]
    binary = to_device(classes, "binary", cpu).y
    assert (binary.dtype, binary.tolist()) == (torch.float32, [[0.0], [1.0], [1.0]])
    values = to_device(Samples(x, x), "values", cpu).y
    assert (values.dtype, values.shape) == (torch.float32, (3, 2))


def test_on_the_cpu_tensors_are_the_samples_themselves() -> None:
    samples = Samples(
        np.arange(12, dtype=np.float32).reshape(6, 2), np.array([0, 1, 0, 1, 1, 0])
    ).read_only()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tensors = to_device(samples, "classes", torch.device("cpu"))
    assert tensors.x.data_ptr() == samples.x.ctypes.data
    assert tensors.y.data_ptr() == samples.y.ctypes.data
    assert not samples.x.flags.writeable
    # Arrays that are not contiguous are copied, as compiled steps use addresses.
    every_other = to_device(Samples(samples.x[::2], samples.y[::2]), "classes", torch.device("cpu"))
    assert every_other.x.is_contiguous()
    assert every_other.x.tolist() == [[0, 1], [4, 5], [8, 9]]
    del samples
    gc.collect()
    assert tensors.x.sum() == 66


@given(seed=st.integers(0, 2**32 - 1), first=st.integers(0, 10**7), count=st.integers(0, 30))
def test_each_epoch_is_shuffled_with_its_own_seed(seed: int, first: int, count: int) -> None:
    epochs = range(first, first + count)
    seeds = Batches(numbered(3), 1, seed).seeds_of(epochs)
    assert seeds.tolist() == [derive_seed(seed, "shuffle", epoch) for epoch in epochs]
