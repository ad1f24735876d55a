"""Multi-label data: how labels are computed, and which data are refused."""

import sys
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from nnplay.catalog import Dataset, DataSpec, DigitTraits, Discs
from nnplay.data import DataError, load
from nnplay.data.arrays import Samples, Source
from nnplay.data.load import clear_cache
from nnplay.data.synthetic.label_noise import with_wrong_labels


@settings(max_examples=15)
@given(discs=st.integers(2, 5), radius=st.floats(0.3, 3.0), seed=st.integers(0, 99))
def test_a_point_carries_the_label_of_each_disc_around_it(
    discs: int, radius: float, seed: int
) -> None:
    samples = load(Discs(points=200, discs=discs, radius=radius), seed).samples
    for number in range(discs):
        # As a complex number: the first at the top, the others clockwise.
        middle = 1.2j * np.exp(-2j * np.pi * number / discs)
        far = np.abs(samples.x[:, 0] + 1j * samples.x[:, 1] - middle)
        sure = np.abs(far - radius) > 1e-4
        np.testing.assert_array_equal(samples.y[sure, number], (far <= radius)[sure])
    assert samples.y.dtype == np.float32


def test_discs_share_points_and_leave_some_out() -> None:
    carried = load(Discs(points=2000), 0).samples.y.sum(1)
    assert set(carried) >= {0, 1, 2}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_label_noise_flips_one_label_of_each_chosen_point(share: float) -> None:
    clean, flipped = (load(Discs(points=300, flips=f), 4).samples for f in (0.0, share))
    np.testing.assert_array_equal(clean.x, flipped.x)
    changed = (clean.y != flipped.y).sum(1)
    assert sorted(changed) == [0] * (300 - round(300 * share)) + [1] * round(300 * share)


def test_traits_are_those_of_the_digits() -> None:
    bunch, samples = load_digits(), load(DigitTraits(), 0).samples
    np.testing.assert_array_equal(samples.x[:, 0] * 16, bunch.images)
    of = {0: "101", 1: "000", 4: "100", 5: "010", 6: "111", 7: "010", 8: "111", 9: "011"}
    for digit, traits in of.items():
        rows = samples.y[bunch.target == digit]
        assert np.unique(rows, axis=0).tolist() == [[float(one) for one in traits]]


def test_label_noise_flips_one_label_of_its_share_of_the_samples() -> None:
    samples = load(Discs(points=200), 1).samples
    noisy = with_wrong_labels(samples, 0.25, 3, seed=8)
    changed = noisy.y != samples.y
    assert sorted(changed.sum(1)) == [0] * 150 + [1] * 50
    assert (changed.sum(0) > 5).all(), "any label may be the wrong one"
    assert set(np.unique(noisy.y)) == {0.0, 1.0}
    np.testing.assert_array_equal(noisy.y, with_wrong_labels(samples, 0.25, 3, seed=8).y)
    assert not np.array_equal(noisy.y, with_wrong_labels(samples, 0.25, 3, seed=9).y)


@dataclass(frozen=True)
class Odd(Dataset):
    """A data set as a plug-in would bring it, one label of which is neither 0 nor 1."""

    label = "Odd"
    target = "odd_plugin:odd"

    def spec(self) -> DataSpec:
        return DataSpec("multilabel", (2,), 2, ("a", "b"), 3, 0)


def test_labels_are_0_or_1(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin, target = ModuleType("odd_plugin"), np.zeros((3, 2), np.float32)
    plugin.odd = lambda *_args: Source(Samples(np.zeros((3, 2), np.float32), target))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "odd_plugin", plugin)
    assert len(load(Odd(), 0).samples) == 3
    clear_cache()
    target = target.copy()
    target[1, 1] = 0.5
    with pytest.raises(DataError, match="expected labels of 0 or 1"):
        load(Odd(), 1)
