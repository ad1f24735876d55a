"""The targets of a table: classes or numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog.datasets.tables import CLASS_SEPARATOR
from nnplay.data.arrays import DataError
from nnplay.data.importing.columns import LARGEST, MAX_CLASSES, Column, Task
from nnplay.data.importing.parse_cell import display_text, parse_number
from nnplay.translation import _

MAX_INTEGER_CLASSES = 20
"""A target of integers with at most this many distinct values may be predicted as classes."""
_FEWEST_ROWS_PER_CLASS = 3
_SPARSEST = 5
"""The integers of classes lie close: their range is below this many times their number."""


def classes_of(column: Column, task: Task, comma: bool) -> dict[float | str, int]:
    """Return the index of each class by its value in the target, nothing for a regression."""
    names = {"name": column.name, "most": f"{MAX_CLASSES:,}"}
    words = column.categories
    if column.numeric and not column.filled and not (words and task == "numbers"):
        raise DataError(
            _("The column {name} is empty, so it cannot be the target.").format(**names)
        )
    if task == "numbers" and not (column.numeric and column.filled):
        text = _("The column {name} holds text, which can only be predicted as classes.")
        raise DataError(text.format(**names))
    if column.kind == "date":
        return {}
    values: set[Any] | None = None if words is None else set(column.names)
    if column.numeric and words is not None:
        numbers = (parse_number(text, comma) for text in words)
        values = {one for one in numbers if one is not None and abs(one) <= LARGEST}
    if task == "numbers" or (
        task == "auto" and column.numeric and not _are_classes(column, values)
    ):
        return {}
    if values is None:
        text = _("The column {name} has more than {most} distinct values, too many for classes.")
        raise DataError(text.format(**names), _("Choose another column to predict."))
    if len(values) < 2:
        text = _(
            "The column {name} has the same value in every row, so there is nothing to predict."
        )
        raise DataError(text.format(**names), _("Choose another column to predict."))
    return {value: number for number, value in enumerate(sorted(values))}


def _are_classes(column: Column, values: set[float] | None) -> bool:
    """Return whether integers are labels: few, close to each other, and each in several rows."""
    if not column.whole or values is None or not 2 <= len(values) <= MAX_INTEGER_CLASSES:
        return False
    if len(values) == 2:
        return True
    is_repeated = column.filled >= _FEWEST_ROWS_PER_CLASS * len(values)
    return is_repeated and max(values) - min(values) < _SPARSEST * len(values)


def class_names(classes: dict[float | str, int]) -> list[str]:
    """Return the names of classes as a Table stores them."""
    texts = [f"{one:.15g}" if isinstance(one, float) else one for one in classes]
    plain = [display_text(text.replace(CLASS_SEPARATOR, "")) for text in texts]
    return [text[:60] or f"({number})" for number, text in enumerate(plain)]


def targets_of(
    column: Column, classes: dict[float | str, int]
) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """Return the targets of all rows, class indices or numbers, and which rows have one.

    A date becomes the days since the first.
    """
    values = column.take_values()
    known: npt.NDArray[np.bool_] = ~np.isnan(values) if column.numeric else values >= 0
    if not classes:
        if column.kind == "date" and known.any():
            values -= np.floor(values[known].min())
        return values, known
    if not column.numeric:
        return values.astype(np.int64), known
    targets = np.full(len(values), -1, np.int64)
    # The classes are sorted numbers.
    targets[known] = np.searchsorted(np.array(list(classes), np.float64), values[known])
    return targets, known
