"""Which losses fit which data, and the constraints on their parameters."""

from dataclasses import replace

import pytest

from nnplay.catalog import (
    MSE,
    BinaryCrossEntropy,
    CrossEntropy,
    Dataset,
    Dense,
    Discs,
    Iris,
    KLDivergence,
    LabelCrossEntropy,
    Line,
    Loss,
    MultiHinge,
    Sigmoid,
    Softmax,
)
from nnplay.experiment import check
from tests.experiment.checks.test_check import PLANE, apply_fix, only


@pytest.mark.parametrize("loss", [MSE(), CrossEntropy(), BinaryCrossEntropy(), KLDivergence()])
def test_multi_label_data_need_a_multi_label_loss(loss: Loss) -> None:
    labelled = replace(PLANE, data=Discs(discs=4), network=(Dense(4),), loss=loss)
    problem = only(labelled)
    assert str(problem.where) == "loss" and "several labels" in problem.what
    assert apply_fix(problem).loss == LabelCrossEntropy()
    assert check(apply_fix(problem)) == ()
    narrow = apply_fix(check(replace(labelled, network=(Dense(2),)))[0])
    assert check(narrow) == () and narrow.network == (Dense(4),)


@pytest.mark.parametrize(("data", "better"), [(Line(), MSE()), (Iris(), CrossEntropy())])
def test_a_multi_label_loss_needs_multi_label_data(data: Dataset, better: Loss) -> None:
    outputs = data.spec().outputs
    problem = only(replace(PLANE, data=data, network=(Dense(outputs),), loss=LabelCrossEntropy()))
    assert str(problem.where) == "loss" and "labels" in problem.what
    assert apply_fix(problem).loss == better and check(apply_fix(problem)) == ()


def test_outputs_must_match_labels_and_have_no_softmax() -> None:
    labelled = replace(PLANE, data=Discs(), loss=LabelCrossEntropy())
    assert "one per label" in only(replace(labelled, network=(Dense(2),))).what
    for squeeze in (Sigmoid(), Softmax()):
        problem = only(replace(labelled, network=(Dense(3), squeeze)))
        assert apply_fix(problem).network == (Dense(3),)


@pytest.mark.parametrize("text", ["", "1, 2", "1, 2, 3", "1, x", "1, 0", "1, -1", "1 nan", "1e9 1"])
def test_typed_weights_are_one_per_class(text: str) -> None:
    for loss in (CrossEntropy, MultiHinge):
        typed = replace(PLANE, loss=loss(class_weights="typed", typed_weights=text))
        if text == "1, 2":
            assert check(typed) == ()
            continue
        problem = only(typed)
        assert str(problem.where) == "loss.typed_weights" and "2 positive numbers" in problem.what
        assert apply_fix(problem).loss == loss(class_weights="typed", typed_weights="1, 1")
        assert check(replace(PLANE, loss=loss(typed_weights=text))) == ()
