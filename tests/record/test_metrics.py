"""The scores of a classifier and the errors of a regression against scikit-learn's."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sk

from nnplay.record.metrics import (
    accuracy,
    area,
    confusion_matrix,
    macro_of_classes,
    per_class,
    regression_metrics,
    roc_curve,
    top_share,
    weighted,
)


@given(
    classes=st.integers(2, 6),
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60),
)
def test_scores_match_scikit_learn(classes: int, pairs: list[tuple[int, int]]) -> None:
    target, taken = (np.array(column) % classes for column in zip(*pairs, strict=True))
    labels = list(range(classes))
    confusion = confusion_matrix(target, taken, classes)
    np.testing.assert_array_equal(confusion, sk.confusion_matrix(target, taken, labels=labels))
    expected = sk.precision_recall_fscore_support(target, taken, labels=labels, zero_division=0)
    for column, other in zip(per_class(confusion), expected, strict=True):
        np.testing.assert_allclose(column, other)
    # Without its `labels`, scikit-learn leaves out classes that neither occur nor are predicted.
    for mean, name in (
        (macro_of_classes(confusion), "macro"),
        (weighted(per_class(confusion)), "weighted"),
    ):
        expected = sk.precision_recall_fscore_support(target, taken, average=name, zero_division=0)
        np.testing.assert_allclose(mean, expected[:3])
    assert accuracy(confusion) == sk.accuracy_score(target, taken)


def test_rows_are_the_targets() -> None:
    confusion = confusion_matrix(np.array([0, 0, 1]), np.array([1, 1, 1]), 2)
    assert confusion.tolist() == [[0, 2], [0, 1]]
    assert confusion.dtype == np.int64


def test_no_predictions() -> None:
    empty = np.zeros((3, 3), dtype=np.int64)
    assert np.isnan(accuracy(empty))
    assert per_class(empty).f1.tolist() == [0, 0, 0]
    assert all(np.isnan(weighted(per_class(empty))))


# Few different values, so that many are equal.
SCORES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 12)).map(lambda p: (p[0], p[1] / 12)),
    min_size=1,
    max_size=50,
)


@given(SCORES)
def test_the_roc_curve_matches_scikit_learn(pairs: list[tuple[int, float]]) -> None:
    target, scores = (np.array(column) for column in zip(*pairs, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk_warnings())
        expected = sk.roc_curve(target, scores, pos_label=1, drop_intermediate=False)
    curve = roc_curve(target, scores.astype(np.float32).astype(np.float64))
    for column, other in zip(curve[:2], expected[:2], strict=True):
        np.testing.assert_allclose(column, other)
    np.testing.assert_allclose(curve.threshold, expected[2], rtol=1e-6)
    if 0 < target.sum() < len(target):
        assert area(curve) == pytest.approx(sk.roc_auc_score(target, scores))
    else:
        assert np.isnan(area(curve))


def sk_warnings() -> type[Warning]:
    from sklearn.exceptions import UndefinedMetricWarning

    return UndefinedMetricWarning


def test_an_empty_curve_has_no_area() -> None:
    assert np.isnan(area(roc_curve(np.zeros(0, np.int64), np.zeros(0))))


@given(
    classes=st.integers(3, 9),
    count=st.integers(1, 9),
    rows=st.integers(1, 20),
    data=st.data(),
)
def test_top_k_accuracies_match_scikit_learn(
    classes: int, count: int, rows: int, data: st.DataObject
) -> None:
    scores = data.draw(arrays(np.float64, (rows, classes), elements=st.integers(0, 5)))
    target = data.draw(arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    # Of ties scikit-learn takes the last and the prediction the first: hence the mirror.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk_warnings())
        expected = sk.top_k_accuracy_score(
            classes - 1 - target, scores[:, ::-1], k=count, labels=range(classes)
        )
    assert top_share(target, scores, count) == pytest.approx(expected)
    assert top_share(target, scores, 1) == pytest.approx((scores.argmax(1) == target).mean())


def test_top_k_accuracy_without_predictions() -> None:
    assert np.isnan(top_share(np.zeros(0, np.int64), np.zeros((0, 9))))


NUMBERS = st.floats(-1e3, 1e3, width=32)


@given(st.integers(2, 12), st.integers(1, 3), st.data())
def test_regression_metrics_match_scikit_learn(
    rows: int, outputs: int, data: st.DataObject
) -> None:
    target, predicted = (
        data.draw(arrays(np.float32, (rows, outputs), elements=NUMBERS)) for _ in range(2)
    )
    found = regression_metrics(target, predicted)
    target, predicted = target.astype(np.float64), predicted.astype(np.float64)
    assert found.mse == pytest.approx(sk.mean_squared_error(target, predicted))
    assert found.rmse == pytest.approx(np.sqrt(sk.mean_squared_error(target, predicted)))
    assert found.mae == pytest.approx(sk.mean_absolute_error(target, predicted))
    assert found.r2 == pytest.approx(sk.r2_score(target, predicted), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("predicted", "r2"), [([[2.0], [2.0]], 1.0), ([[2.0], [3.0]], 0.0)])
def test_a_constant_target(predicted: list[list[float]], r2: float) -> None:
    target = np.array([[2.0], [2.0]])
    assert (
        regression_metrics(target, np.array(predicted)).r2 == r2 == sk.r2_score(target, predicted)
    )


def test_one_sample_has_no_variance_to_explain() -> None:
    assert np.isnan(regression_metrics(np.ones((1, 1)), np.ones((1, 1))).r2)
