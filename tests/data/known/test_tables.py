"""The tables of scikit-learn are unchanged and match their description."""

import numpy as np
import pytest
from sklearn import datasets

from nnplay.catalog import BreastCancer, Dataset, Diabetes, Iris, Wine
from nnplay.data.load import load


@pytest.mark.parametrize(
    ("dataset", "bunch"),
    [
        (Iris(), datasets.load_iris()),
        (Wine(), datasets.load_wine()),
        (BreastCancer(), datasets.load_breast_cancer()),
        (Diabetes(), datasets.load_diabetes(scaled=False)),
    ],
)
def test_tables_match_scikit_learn(dataset: Dataset, bunch: object) -> None:
    samples = load(dataset, 0).samples
    x, y = bunch.data, bunch.target  # type: ignore[attr-defined]
    assert np.allclose(samples.x, x, rtol=1e-6)
    assert np.allclose(samples.y.reshape(-1), y)
    assert dataset.offline


def test_class_names_are_in_the_order_of_scikit_learn() -> None:
    assert Iris().spec().class_names == tuple(datasets.load_iris().target_names)
    assert BreastCancer().spec().class_names == tuple(datasets.load_breast_cancer().target_names)
