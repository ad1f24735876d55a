"""The scores of labels compared with scikit-learn, also for labels that never occur."""

import warnings

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sk

from nnplay.record.metrics import label_confusion, macro, micro, per_label, weighted


@settings(max_examples=25)
@given(st.integers(1, 4), st.integers(1, 15), st.data())
def test_scores_of_labels_match_scikit_learn(labels: int, rows: int, data: st.DataObject) -> None:
    target = data.draw(arrays(np.int64, (rows, labels), elements=st.integers(0, 1)))
    taken = data.draw(arrays(np.bool_, (rows, labels)))
    confusion = label_confusion(target, taken)
    for label in range(labels):
        pair = target[:, label], taken[:, label]
        expected = sk.confusion_matrix(*pair, labels=[0, 1])
        np.testing.assert_array_equal(confusion[label], expected)
    accuracies, scores = per_label(confusion)
    expected = [sk.accuracy_score(target[:, i], taken[:, i]) for i in range(labels)]
    np.testing.assert_allclose(accuracies, expected)
    pairs = list(zip(target.T, taken.T, strict=True))
    for score, values in zip(
        (sk.precision_score, sk.recall_score, sk.f1_score), scores[:3], strict=True
    ):
        np.testing.assert_allclose(values, [score(*pair, zero_division=0) for pair in pairs])
    np.testing.assert_array_equal(scores.support, target.sum(0))
    means = {"micro": micro(confusion), "macro": macro(scores), "weighted": weighted(scores)}
    for name, mean in means.items():
        if labels == 1 and name == "micro":
            continue  # scikit-learn would take one column for two classes
        if name == "weighted" and not target.any():
            assert np.isnan(mean).all()
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if labels == 1:
                expected = [values[0] for values in scores[:3]]
            else:
                expected = sk.precision_recall_fscore_support(
                    target, taken, average=name, zero_division=0
                )[:3]
        np.testing.assert_allclose(mean, expected)


def test_no_predictions_have_no_accuracy() -> None:
    empty = label_confusion(np.zeros((0, 2), np.int64), np.zeros((0, 2), np.bool_))
    accuracies, scores = per_label(empty)
    assert np.isnan(accuracies).all()
    assert scores.f1.tolist() == [0, 0]
    assert micro(empty) == (0, 0, 0)
