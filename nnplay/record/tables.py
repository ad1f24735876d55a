"""Traces and confusion matrices as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from nnplay.link import Trace

_COUNTED = ("step", "epoch")
_ROWS_AT_ONCE = 10_000


def table_bytes(trace: Trace) -> bytes:
    """Return a trace as CSV with a line of column names; unknown numbers are empty cells."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(trace.columns)
    for start in range(0, len(trace), _ROWS_AT_ONCE):
        rows = trace.read(start)[:_ROWS_AT_ONCE].tolist()
        writer.writerows(
            [_cell(*one) for one in zip(trace.columns, row, strict=True)] for row in rows
        )
    return text.getvalue().encode()


def confusion_bytes(confusion: Sequence[Any], names: Sequence[str]) -> bytes:
    """Return a confusion matrix as CSV: a row per true class, a column per predicted class.

    A matrix for each label (labels, 2, 2) has two rows per label, for those without and with it.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    is_of_labels = isinstance(confusion[0][0], list)
    if is_of_labels:
        writer.writerow(["label", "target", "predicted 0", "predicted 1"])
        writer.writerows(_label_rows(confusion, names))
    else:
        writer.writerow(["target", *(f"predicted {name}" for name in names)])
        writer.writerows([name, *row] for name, row in zip(names, confusion, strict=True))
    return text.getvalue().encode()


def _label_rows(confusion: Sequence[Any], names: Sequence[str]) -> Iterable[list[Any]]:
    for name, matrix in zip(names, confusion, strict=True):
        yield from ([name, target, *row] for target, row in enumerate(matrix))


def _cell(column: str, value: float) -> float | int | str:
    if value != value:  # noqa: PLR0124 - true of NaN alone
        return ""
    return int(value) if column in _COUNTED and value.is_integer() else value
