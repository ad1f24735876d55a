"""Gets the samples of any data set, checks them, and keeps the last few."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from nnplay.catalog import Dataset, DataSpec
from nnplay.data.arrays import DataError, Samples, Source
from nnplay.data.folders import data_folder
from nnplay.experiment import derive_seed
from nnplay.translation import _

_KEPT = 2  # CIFAR-10 takes 180 MB, and nobody looks at more than two data sets at once
_Key = tuple[Dataset, int | None, Path]

_cache: OrderedDict[_Key, Source] = OrderedDict()
_lock = RLock()


def load(dataset: Dataset, seed: int) -> Source:
    """Return the samples of a data set, read-only and shared; the seed decides the noise.

    Safe to call from any thread. Raises DataError where they cannot be had.
    """
    # The lock is held while loading: a second caller wants the same arrays, not a second copy.
    with _lock:
        place = data_folder()
        for key in ((dataset, seed, place), (dataset, None, place)):
            if key in _cache:
                _cache.move_to_end(key)
                return _cache[key]
        source, by_chance = _made(dataset, seed)
        # What no chance went into is the same for every seed, and need not be read again.
        _cache[(dataset, seed if by_chance else None, place)] = source
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
        return source


def forget() -> None:
    """Drop all kept samples, for when files on the disk have changed."""
    with _lock:
        _cache.clear()


def _made(dataset: Dataset, seed: int) -> tuple[Source, bool]:
    rng = np.random.default_rng(derive_seed(seed, "noise"))
    before = rng.bit_generator.state
    try:
        source = _function(dataset)(dataset, rng)
        _check(source, dataset)
    except DataError:
        raise
    except MemoryError:
        raise DataError(
            _("{data} does not fit in memory.").format(data=_(dataset.label)),
            _("Choose fewer points, or close other programs."),
        ) from None
    except Exception as error:
        # The function may be a plug-in's, which may fail in any way.
        raise _broken(dataset, f"{type(error).__name__}: {error}") from error
    return source, rng.bit_generator.state != before


def _function(dataset: Dataset) -> Callable[[Dataset, np.random.Generator], Source]:
    module, _colon, name = dataset.target.partition(":")
    function: Callable[[Dataset, np.random.Generator], Source] = getattr(
        import_module(module), name
    )
    return function


def _check(source: Any, dataset: Dataset) -> None:
    if not isinstance(source, Source):
        raise _broken(dataset, _("expected a Source, got {what}").format(what=type(source)))
    spec = dataset.spec()
    _check_samples(source.samples, spec, spec.samples, dataset)
    if spec.test_samples:
        if source.test is None:
            raise _broken(dataset, _("its official test part is missing"))
        _check_samples(source.test, spec, spec.test_samples, dataset)
    elif source.test is not None:
        raise _broken(dataset, _("it has a test part that its description does not name"))


def _check_samples(samples: Samples, spec: DataSpec, count: int, dataset: Dataset) -> None:
    classes, labels = spec.task == "classification", spec.task == "multilabel"
    wanted_y = ((count,), "int64") if classes else ((count, spec.outputs), "float32")
    kept_as = "uint8" if spec.input_bytes == 1 else "float32"
    for name, array, (shape, dtype) in (
        ("x", samples.kept, ((count, *spec.in_shape), kept_as)),
        ("y", samples.y, wanted_y),
    ):
        if array.shape != shape or array.dtype != dtype:
            text = _("{name} should be {dtype} of shape {shape}, but is {dtype2} of shape {shape2}")
            raise _broken(
                dataset,
                text.format(
                    name=name, dtype=dtype, shape=shape, dtype2=array.dtype, shape2=array.shape
                ),
            )
        if not np.isfinite(array).all():
            raise _broken(dataset, _("{name} holds numbers that are not finite").format(name=name))
    low, high = (samples.y.min(), samples.y.max()) if classes else (0, 0)
    if classes and (low < 0 or high >= spec.outputs):
        text = _("class numbers should be 0 to {last}, but are {low} to {high}")
        raise _broken(dataset, text.format(last=spec.outputs - 1, low=low, high=high))
    if labels and not np.isin(samples.y, (0, 1)).all():
        raise _broken(dataset, _("labels should be 0 or 1 for each sample, but are not"))
    samples.read_only()


def _broken(dataset: Dataset, what: str) -> DataError:
    return DataError(
        _("{data} cannot be loaded: {what}.").format(data=_(dataset.label), what=what),
        _("Choose other data, or tell whoever made {target}.").format(target=dataset.target),
    )
