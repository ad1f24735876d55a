"""The scores of a classifier against scikit-learn's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from nnplay.record.metrics import accuracy, confusion_matrix, per_class


@given(
    classes=st.integers(2, 6),
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60),
)
def test_scores_are_those_of_scikit_learn(classes: int, pairs: list[tuple[int, int]]) -> None:
    truth, taken = (np.array(column) % classes for column in zip(*pairs, strict=True))
    labels = list(range(classes))
    confusion = confusion_matrix(truth, taken, classes)
    np.testing.assert_array_equal(confusion, sk.confusion_matrix(truth, taken, labels=labels))
    expected = sk.precision_recall_fscore_support(truth, taken, labels=labels, zero_division=0)
    for column, other in zip(per_class(confusion), expected, strict=True):
        np.testing.assert_allclose(column, other)
    assert accuracy(confusion) == sk.accuracy_score(truth, taken)


def test_rows_are_the_truth() -> None:
    confusion = confusion_matrix(np.array([0, 0, 1]), np.array([1, 1, 1]), 2)
    assert confusion.tolist() == [[0, 2], [0, 1]]
    assert confusion.dtype == np.int64


def test_nothing_asked() -> None:
    empty = np.zeros((3, 3), dtype=np.int64)
    assert np.isnan(accuracy(empty))
    assert per_class(empty).f1.tolist() == [0, 0, 0]
