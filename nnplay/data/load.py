"""Loads the samples of any data set, checks them, and caches the most recent."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from nnplay.catalog import Dataset, DataSpec, FromFile
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.folders import data_folder
from nnplay.data.input_columns import columns_of
from nnplay.experiment import derive_seed
from nnplay.translation import _

_CACHED = 2  # CIFAR-10 takes 180 MB, and no more than two data sets are in use at once
_Key = tuple[Dataset, int | None, Path]

_cache: OrderedDict[_Key, Source] = OrderedDict()
_lock = RLock()


def load(dataset: Dataset, seed: int) -> Source:
    """Return the samples of a data set, read-only and shared; the seed determines the noise.

    Safe to call from any thread. Raises DataError if they are not available.
    """
    # Held while loading: a second caller shall wait for the same arrays, not load a second copy.
    with _lock:
        folder = data_folder()
        for key in ((dataset, seed, folder), (dataset, None, folder)):
            if key in _cache:
                _cache.move_to_end(key)
                return _cache[key]
        source, is_random = _loaded(dataset, seed)
        # A data set without randomness is the same for every seed and need not be read again.
        _cache[(dataset, seed if is_random else None, folder)] = source
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
        return source


def clear_cache() -> None:
    """Drop all cached samples, because files on disk have changed."""
    with _lock:
        _cache.clear()


def _loaded(dataset: Dataset, seed: int) -> tuple[Source, bool]:
    # The window imports PyTorch in another thread. SciPy and scikit-learn look for its classes as
    # soon as it is in sys.modules, and fail as long as it is incomplete.
    was_complete = _is_complete("torch")
    try:
        return _called(dataset, seed)
    except DataError:
        raise
    except MemoryError:
        raise DataError(
            _("{data} does not fit in memory.").format(data=_(dataset.label)),
            _("Use fewer points, or close other programs."),
        ) from None
    except Exception as error:
        if not was_complete and "torch" in sys.modules:
            with suppress(ImportError):
                import_module("torch")  # waits until the other thread has imported it
            return _loaded(dataset, seed)
        # The function may come from a plug-in, which can fail in any way.
        raise _broken(dataset, f"{type(error).__name__}: {error}") from error


def _called(dataset: Dataset, seed: int) -> tuple[Source, bool]:
    rng = np.random.default_rng(derive_seed(seed, "noise"))
    before = rng.bit_generator.state
    source = _function(dataset)(dataset, rng)
    _check(source, dataset)
    spec = dataset.spec()
    columns = source.columns
    if columns is None and not isinstance(dataset, FromFile):
        columns = columns_of(spec)
    source = replace(source, spec=spec, columns=columns)
    return source, rng.bit_generator.state != before


def _is_complete(module: str) -> bool:
    """Return whether a module has been imported, and not only begun to be."""
    spec = getattr(sys.modules.get(module), "__spec__", None)
    return spec is not None and not getattr(spec, "_initializing", False)


def _function(dataset: Dataset) -> Callable[[Dataset, np.random.Generator], Source]:
    module, _colon, name = dataset.target.partition(":")
    function: Callable[[Dataset, np.random.Generator], Source] = getattr(
        import_module(module), name
    )
    return function


def _check(source: Any, dataset: Dataset) -> None:
    if not isinstance(source, Source):
        raise _broken(dataset, _("expected a Source, received {what}").format(what=type(source)))
    spec = dataset.spec()
    _check_samples(source.samples, spec, spec.samples, dataset, has_gaps=source.gaps is not None)
    if spec.test_samples:
        if source.test is None:
            raise _broken(dataset, _("its test set is missing"))
        _check_samples(source.test, spec, spec.test_samples, dataset)
    elif source.test is not None:
        raise _broken(dataset, _("it has a test set, but its description says that it has none"))
    own = 0 if source.validation is None else len(source.validation)
    if own != spec.validation_samples:
        text = _("expected {count} validation samples, received {received}")
        raise _broken(dataset, text.format(count=spec.validation_samples, received=own))
    if source.validation is not None:
        _check_samples(source.validation, spec, own, dataset)


def _check_samples(
    samples: Samples, spec: DataSpec, count: int, dataset: Dataset, *, has_gaps: bool = False
) -> None:
    classes, labels = spec.task == "classification", spec.task == "multilabel"
    expected_y = ((count,), "int64") if classes else ((count, spec.outputs), "float32")
    raw_dtype = "uint8" if spec.input_bytes == 1 else "float32"
    for name, array, (shape, dtype) in (
        ("x", samples.raw, ((count, *spec.in_shape), raw_dtype)),
        ("y", samples.y, expected_y),
    ):
        # Float64 keeps the digits of large numbers until they are scaled.
        dtypes = (dtype, "float64") if dtype == "float32" and not labels else (dtype,)
        if array.shape != shape or array.dtype not in dtypes:
            text = _(
                "{name}: expected {dtype} of shape {shape}, received {dtype2} of shape {shape2}"
            )
            raise _broken(
                dataset,
                text.format(
                    name=name, dtype=dtype, shape=shape, dtype2=array.dtype, shape2=array.shape
                ),
            )
        # Missing inputs are NaN until the training part is known.
        wrong = np.isinf(array) if has_gaps and name == "x" else ~np.isfinite(array)
        if wrong.any():
            raise _broken(dataset, _("{name} holds infinite numbers or NaN").format(name=name))
    low, high = (samples.y.min(), samples.y.max()) if classes else (0, 0)
    if classes and (low < 0 or high >= spec.outputs):
        text = _("expected class indices from 0 to {last}, received {low} to {high}")
        raise _broken(dataset, text.format(last=spec.outputs - 1, low=low, high=high))
    if labels and not np.isin(samples.y, (0, 1)).all():
        raise _broken(dataset, _("expected labels of 0 or 1"))
    samples.read_only()


def _broken(dataset: Dataset, what: str) -> DataError:
    return DataError(
        _("{data} cannot be loaded: {what}.").format(data=_(dataset.label), what=what),
        _("Choose another data set, or report this to the author of {target}.").format(
            target=dataset.target
        ),
    )
