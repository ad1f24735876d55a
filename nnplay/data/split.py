"""Splits samples into training, validation and test, and scales the inputs."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from weakref import ReferenceType, ref

import numpy as np
import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.data.arrays import DataError, Parts, Samples, Source
from nnplay.data.filling import filled
from nnplay.data.input_columns import with_statistics
from nnplay.data.scaling import scaled
from nnplay.experiment import Split, derive_seed
from nnplay.experiment.sizes import group_columns, holds_out, part_gaps, part_sizes
from nnplay.translation import _

Indices = npt.NDArray[np.int64]


def split(source: Source, shares: Split, seed: int) -> Parts:
    """Split a source, with the sizes that `part_sizes` gives.

    A data set's own test and validation sets stay such. Samples keep their order within each part.
    If all samples are for training, nothing is reordered, so that evenly spaced points stay so.
    """
    return scaled(_shared(source, shares, seed), shares.scaling)


_lock = Lock()
_known: dict[tuple[int, Split, int], tuple[ReferenceType[Source], ReferenceType[Parts]]] = {}
"""Parts that are still in use: a run shares those of the window instead of copying 190 MB."""


def _shared(source: Source, shares: Split, seed: int) -> Parts:
    plain = replace(shares, scaling="none", target_scaling="none")
    key = (id(source), plain, seed)
    # Held while splitting: a second caller shall wait for the same arrays, not make a second copy.
    with _lock:
        for old in [k for k, pair in _known.items() if None in (pair[0](), pair[1]())]:
            del _known[old]
        parts = _known[key][1]() if key in _known else None
        if parts is None:
            parts = _split(source, shares, seed)
            if source.columns is not None:
                columns = with_statistics(source.columns, parts.train.raw, source.missing)
                parts = replace(parts, columns=columns)
            if source.gaps is not None:
                parts = filled(parts, source.gaps)
            _known[key] = ref(source), ref(parts)
        return parts


def _split(source: Source, shares: Split, seed: int) -> Parts:
    samples, spec = source.samples, source.spec or _sizes_only(source)
    own_validation, own_test = source.validation, source.test
    _, validation_size, test_size = part_sizes(spec, shares)
    held_out = 0 if own_test is not None else test_size
    if own_validation is not None:
        validation_size = 0
    if not validation_size and not held_out:
        empty = samples.subset(slice(0))
        return Parts(
            samples,
            empty if own_validation is None else own_validation,
            empty if own_test is None else own_test,
        )
    how = holds_out(spec, shares)
    if how == "in order":
        train, validation, test = _in_order(spec, shares, validation_size, held_out)
    elif how == "by group":
        groups = group_numbers(samples, spec, shares.group)
        train, validation, test = _by_group(groups, validation_size, held_out, seed)
    else:
        order = np.random.default_rng(derive_seed(seed, "split")).permutation(len(samples))
        if shares.stratified and samples.y.ndim == 1:
            order = _stratified(order, samples.y)
        test, validation, train = np.split(order, [held_out, held_out + validation_size])
    return Parts(
        _subset(samples, train),
        _subset(samples, validation) if own_validation is None else own_validation,
        _subset(samples, test) if own_test is None else own_test,
    )


def _in_order(
    spec: DataSpec, shares: Split, validation: int, test: int
) -> tuple[Indices, Indices, Indices]:
    """Return the indices of the parts: training, then validation, and the end for the test."""
    before_validation, before_test = part_gaps(spec, shares, validation, test)
    end = spec.samples - test
    start = end - before_test - validation
    everything = np.arange(spec.samples)
    return (
        everything[: start - before_validation],
        everything[start : start + validation],
        everything[end:],
    )


def group_numbers(samples: Samples, spec: DataSpec, group: str) -> Indices:
    """Return the number of the group of each sample, by the values of an input.

    Raises DataError if there is no such input.
    """
    columns = [n - 1 for n in group_columns(spec, group)]
    if not columns:
        raise DataError(
            _("There is no input {name} whose values could be the groups.").format(name=group)
        )
    rows = samples.raw[:, columns]
    # Missing values are one group.
    known = np.nan_to_num(rows, nan=np.inf)
    numbers: Indices = np.unique(known, axis=0, return_inverse=True)[1].reshape(-1)
    return numbers


def _by_group(
    groups: Indices, validation: int, test: int, seed: int
) -> tuple[Indices, Indices, Indices]:
    """Return the indices of the parts, of which none shares a group with another.

    The sizes are as close to those that are wanted as whole groups in a random order allow; at
    least one group is left for training.
    """
    counts = np.bincount(groups)
    order = np.random.default_rng(derive_seed(seed, "split")).permutation(len(counts))
    part = np.zeros(len(counts), np.int64)
    at = 0
    for number, size in ((2, test), (1, validation)):
        taken = 0
        while size and at < len(order) - 1:
            more = int(counts[order[at]])
            if taken and abs(taken + more - size) > abs(taken - size):
                break
            part[order[at]], taken, at = number, taken + more, at + 1
            if taken >= size:
                break
    train, held_out, last = (np.flatnonzero(part[groups] == number) for number in range(3))
    return train, held_out, last


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
    validation_samples = 0 if source.validation is None else len(source.validation)
    return DataSpec(
        "regression",
        (),
        1,
        (),
        len(source.samples),
        test_samples,
        validation_samples=validation_samples,
    )


def _subset(samples: Samples, chosen: npt.NDArray[np.int64]) -> Samples:
    return samples.subset(np.sort(chosen)).read_only()
