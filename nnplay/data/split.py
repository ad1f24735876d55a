"""Splits samples into training, validation and test, and scales the inputs."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from weakref import ReferenceType, ref

import numpy as np
import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts, Samples, Source
from nnplay.data.filling import filled
from nnplay.data.scaling import scaled
from nnplay.experiment import Split, derive_seed
from nnplay.experiment.sizes import part_sizes


def split(source: Source, shares: Split, seed: int) -> Parts:
    """Split a source at random, with the sizes that `part_sizes` gives.

    A data set's own test set stays the test set. Samples keep their order within each part. If all
    samples are for training, nothing is reordered, so that evenly spaced points stay so.
    """
    return scaled(_shared(source, shares, seed), shares.scaling)


_lock = Lock()
_known: dict[tuple[int, Split, int], tuple[ReferenceType[Source], ReferenceType[Parts]]] = {}
"""Parts that are still in use: a run shares those of the window instead of copying 190 MB."""


def _shared(source: Source, shares: Split, seed: int) -> Parts:
    key = (id(source), replace(shares, scaling="none"), seed)
    # Held while splitting: a second caller shall wait for the same arrays, not make a second copy.
    with _lock:
        for old in [k for k, pair in _known.items() if None in (pair[0](), pair[1]())]:
            del _known[old]
        parts = _known[key][1]() if key in _known else None
        if parts is None:
            parts = _split(source, shares, seed)
            if source.gaps is not None:
                parts = filled(parts, source.gaps)
            _known[key] = ref(source), ref(parts)
        return parts


def _split(source: Source, shares: Split, seed: int) -> Parts:
    samples, own_test = source.samples, source.test
    _, validation_size, test_size = part_sizes(_sizes_only(source), shares)
    held_out = 0 if own_test is not None else test_size
    if not validation_size and not held_out:
        empty = samples.subset(slice(0))
        return Parts(samples, empty, empty if own_test is None else own_test)
    order = np.random.default_rng(derive_seed(seed, "split")).permutation(len(samples))
    if shares.stratified and samples.y.ndim == 1:
        order = _stratified(order, samples.y)
    test, validation, train = np.split(order, [held_out, held_out + validation_size])
    return Parts(
        _subset(samples, train),
        _subset(samples, validation),
        _subset(samples, test) if own_test is None else own_test,
    )


def _stratified(
    order: npt.NDArray[np.int64], classes: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the order rearranged so that every section of it has its share of each class."""
    shuffled = classes[order]
    counts = np.bincount(shuffled)
    # The members of each class, still in random order, are placed evenly between 0 and 1.
    grouped = np.argsort(shuffled, kind="stable")
    ranks = np.empty_like(grouped)
    ranks[grouped] = np.arange(len(shuffled)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[np.argsort((ranks + 0.5) / counts[shuffled], kind="stable")]


def _sizes_only(source: Source) -> DataSpec:
    test_samples = 0 if source.test is None else len(source.test)
    return DataSpec("regression", (), 1, (), len(source.samples), test_samples)


def _subset(samples: Samples, chosen: npt.NDArray[np.int64]) -> Samples:
    return samples.subset(np.sort(chosen)).read_only()
