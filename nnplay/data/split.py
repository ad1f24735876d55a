"""Parts samples into training, validation and test, and scales the inputs."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from weakref import ReferenceType, ref

import numpy as np
import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts, Samples, Source
from nnplay.data.scaling import scaled
from nnplay.experiment import Split, derive_seed
from nnplay.experiment.sizes import part_sizes


def split(source: Source, shares: Split, seed: int) -> Parts:
    """Part a source by chance, with the sizes that `part_sizes` gives.

    An official test part stays the test part. Samples keep their order within each part. Where all
    samples go into training nothing is moved, so that evenly spaced points stay so.
    """
    return scaled(_shared(source, shares, seed), shares.scaling)


_lock = Lock()
_known: dict[tuple[int, Split, int], tuple[ReferenceType[Source], ReferenceType[Parts]]] = {}
"""What is still held by somebody, such as a window: a run shares it instead of its own 190 MB."""


def _shared(source: Source, shares: Split, seed: int) -> Parts:
    key = (id(source), replace(shares, scaling="none"), seed)
    # Held while parting: a second caller wants the same arrays, not a second copy.
    with _lock:
        for old in [k for k, pair in _known.items() if None in (pair[0](), pair[1]())]:
            del _known[old]
        parts = _known[key][1]() if key in _known else None
        if parts is None:
            parts = _parted(source, shares, seed)
            _known[key] = ref(source), ref(parts)
        return parts


def _parted(source: Source, shares: Split, seed: int) -> Parts:
    samples, official = source.samples, source.test
    _, validation_size, test_size = part_sizes(_sizes_only(source), shares)
    held_out = 0 if official is not None else test_size
    if not validation_size and not held_out:
        nothing = samples.taken(slice(0))
        return Parts(samples, nothing, nothing if official is None else official)
    order = np.random.default_rng(derive_seed(seed, "split")).permutation(len(samples))
    if shares.stratified and samples.y.ndim == 1:
        order = _in_turns(order, samples.y)
    test, validation, train = np.split(order, [held_out, held_out + validation_size])
    return Parts(
        _taken(samples, train),
        _taken(samples, validation),
        _taken(samples, test) if official is None else official,
    )


def _in_turns(
    order: npt.NDArray[np.int64], classes: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the order changed so that each stretch of it has its share of every class."""
    mine = classes[order]
    counts = np.bincount(mine)
    # The members of each class, still in their order by chance, are spread evenly from 0 to 1.
    grouped = np.argsort(mine, kind="stable")
    ranks = np.empty_like(grouped)
    ranks[grouped] = np.arange(len(mine)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[np.argsort((ranks + 0.5) / counts[mine], kind="stable")]


def _sizes_only(source: Source) -> DataSpec:
    test_samples = 0 if source.test is None else len(source.test)
    return DataSpec("regression", (), 1, (), len(source.samples), test_samples)


def _taken(samples: Samples, chosen: npt.NDArray[np.int64]) -> Samples:
    return samples.taken(np.sort(chosen)).read_only()
