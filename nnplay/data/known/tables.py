"""Published tables: those of scikit-learn, and California housing."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnplay.catalog import BreastCancer, CaliforniaHousing, Diabetes, Iris, Wine
from nnplay.data.arrays import Samples, Source
from nnplay.data.download.registry import read


def iris(_dataset: Iris, _rng: np.random.Generator) -> Source:
    """Return the iris flowers of Fisher, with lengths and widths in cm."""
    from sklearn.datasets import load_iris  # takes 2 s to import

    return _classes(load_iris())


def wine(_dataset: Wine, _rng: np.random.Generator) -> Source:
    """Return the wines of Forina et al., unscaled."""
    from sklearn.datasets import load_wine

    return _classes(load_wine())


def breast_cancer(_dataset: BreastCancer, _rng: np.random.Generator) -> Source:
    """Return the tumours of Wolberg et al., unscaled."""
    from sklearn.datasets import load_breast_cancer

    return _classes(load_breast_cancer())


def diabetes(_dataset: Diabetes, _rng: np.random.Generator) -> Source:
    """Return the patients of Efron et al., unscaled; the target is the progression of diabetes."""
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    y = bunch.target.astype(np.float32)[:, np.newaxis]
    return Source(Samples(bunch.data.astype(np.float32), y))


def _classes(bunch: Any) -> Source:
    return Source(Samples(bunch.data.astype(np.float32), bunch.target.astype(np.int64)))


def california(dataset: CaliforniaHousing, _rng: np.random.Generator) -> Source:
    """Return the housing blocks of California; raises DataError if they are not downloaded."""
    arrays = read(dataset.archive)
    return Source(Samples(arrays["x"], arrays["y"]))
