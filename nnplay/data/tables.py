"""Tables: those that come with scikit-learn, and those that were imported."""

from __future__ import annotations

import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import BreastCancer, Diabetes, Iris, Table, Wine
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.places import data_folder
from nnplay.words import _

Floats = npt.NDArray[np.float32]


def iris(_dataset: Iris, _rng: np.random.Generator) -> Source:
    """Return the irises of Fisher, lengths and widths in cm."""
    from sklearn.datasets import load_iris  # takes 2 s to import

    return _classes(load_iris())


def wine(_dataset: Wine, _rng: np.random.Generator) -> Source:
    """Return the wines of Forina and others, as measured."""
    from sklearn.datasets import load_wine

    return _classes(load_wine())


def breast_cancer(_dataset: BreastCancer, _rng: np.random.Generator) -> Source:
    """Return the tumours of Wolberg and others, as measured."""
    from sklearn.datasets import load_breast_cancer

    return _classes(load_breast_cancer())


def diabetes(_dataset: Diabetes, _rng: np.random.Generator) -> Source:
    """Return the patients of Efron and others, as measured, and how far the illness is."""
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    y = bunch.target.astype(np.float32)[:, np.newaxis]
    return Source(Samples(bunch.data.astype(np.float32), y))


def _classes(bunch: Any) -> Source:
    return Source(Samples(bunch.data.astype(np.float32), bunch.target.astype(np.int64)))


def table(dataset: Table, _rng: np.random.Generator) -> Source:
    """Return a table as it was imported; raises DataError where it is not on this machine."""
    path = data_folder() / "tables" / f"{dataset.digest}.npz"
    again = _("Import the file {name} again.").format(name=dataset.name or _("of the table"))
    # The digest comes from a file and must not lead anywhere else.
    if len(dataset.digest) != 64 or set(dataset.digest) - set("0123456789abcdef"):
        raise DataError(_("No table has been imported yet."), again)
    if not path.is_file():
        text = _("The table {name} is not on this machine.")
        raise DataError(text.format(name=dataset.name), again)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return Source(Samples(arrays["x"], arrays["y"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        text = _("The imported table {name} is damaged.")
        raise DataError(text.format(name=dataset.name), again) from error
