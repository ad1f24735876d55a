"""Tables: those that come with scikit-learn, and those that were imported."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnplay.catalog import BreastCancer, CaliforniaHousing, Diabetes, Iris, Table, Wine
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.download.registry import read
from nnplay.data.importing.source_file import verified
from nnplay.data.importing.store import stored
from nnplay.data.importing.table import import_again
from nnplay.translation import _


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


def california(dataset: CaliforniaHousing, _rng: np.random.Generator) -> Source:
    """Return the blocks of California; raises DataError where they have not been fetched."""
    arrays = read(dataset.archive)
    return Source(Samples(arrays["x"], arrays["y"]))


def table(dataset: Table, _rng: np.random.Generator) -> Source:
    """Return a table as it was imported; raises DataError where it cannot be had any more."""
    if not dataset.digest:
        hint = _("File > Import data… reads one, or drag a file onto the window.")
        raise DataError(_("No table has been imported yet."), hint)
    path = verified(dataset) if dataset.file else None
    try:
        arrays = stored(dataset.digest)
        if arrays is not None:
            return Source(Samples(arrays["x"], arrays["y"]))
    except (ValueError, KeyError) as error:
        if path is None:
            text = _("The imported table {name} is damaged.").format(name=dataset.name)
            raise DataError(text, _again(dataset)) from error
    if path is None:
        text = _("The table {name} is not on this machine.").format(name=dataset.name)
        raise DataError(text, _again(dataset))
    found = import_again(dataset, path)
    arrays = stored(found.table.digest)
    assert arrays is not None, "it has just been stored"
    return Source(Samples(arrays["x"], arrays["y"]))


def _again(dataset: Table) -> str:
    return _("Import the file {name} again.").format(name=dataset.name or _("of the table"))
