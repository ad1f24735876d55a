"""The samples of a data set as a table model, which copies none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts, Samples, floats_of
from nnplay.gui.views.metric_block import number
from nnplay.gui.views.sample_field import sample_number
from nnplay.link import Part
from nnplay.translation import _

Array = npt.NDArray[Any]
Index = QModelIndex
MOST_INPUTS = 64
"""Columns of inputs that are shown."""
_PARTS: tuple[Part, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class SamplePosition:
    """The part of the data that a sample is in, and its index there."""

    part: Part
    index: int


class SampleTable(QAbstractTableModel):
    """A row per sample of every part: number, part, target, prediction where known, inputs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spec: DataSpec | None = None
        self._samples: tuple[Samples, ...] = ()
        self._starts = np.zeros(1, dtype=np.int64)
        self._order: npt.NDArray[np.int64] | None = None
        self._sorting = 0, Qt.SortOrder.AscendingOrder
        self._predicted: tuple[Part, Array] | None = None
        self._inputs: tuple[tuple[int, ...], ...] = ()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show other samples, in their original order."""
        self.beginResetModel()
        self._spec = spec
        self._samples = parts.train, parts.validation, parts.test
        self._starts = np.cumsum([0, *(len(one) for one in self._samples)])
        self._order = self._predicted = None
        self._sorting = 0, Qt.SortOrder.AscendingOrder
        shown = [] if spec.is_picture else list(np.ndindex(*spec.in_shape))[:MOST_INPUTS]
        self._inputs = tuple(tuple(int(axis) for axis in place) for place in shown)
        self.endResetModel()

    def show_predictions(self, part: Part, predicted: Array | None) -> None:
        """Show predictions: (n,) classes, -1 where not predicted yet, or (n, outputs) numbers."""
        new = None if predicted is None else (part, predicted)
        if self._spec is None or (new is None and self._predicted is None):
            return
        first = 2 + self._targets
        last = first + self._targets - 1
        if new is None:
            self.beginRemoveColumns(QModelIndex(), first, last)
            self._predicted = None
            self.endRemoveColumns()
        elif self._predicted is None:
            self.beginInsertColumns(QModelIndex(), first, last)
            self._predicted = new
            self.endInsertColumns()
        else:
            self._predicted = new
            self.dataChanged.emit(self.index(0, first), self.index(self.rowCount() - 1, last))

    @property
    def prediction_column(self) -> int:
        """The first column of predictions; -1 where there are none."""
        return -1 if self._predicted is None else 2 + self._targets

    @property
    def first_input(self) -> int:
        """The first column of inputs."""
        return 2 + self._targets * (1 if self._predicted is None else 2)

    def place(self, row: int) -> SamplePosition:
        """Return the position of the sample in a row."""
        number_ = self._number(row)
        part = int(np.searchsorted(self._starts, number_, side="right")) - 1
        return SamplePosition(_PARTS[part], number_ - int(self._starts[part]))

    def row_of(self, number_: int) -> int:
        """Return the current row of the sample with that index."""
        if self._order is None:
            return number_
        return int(np.flatnonzero(self._order == number_)[0])

    def sample(self, row: int) -> Array:
        """Return the input of a row."""
        place = self.place(row)
        return floats_of(self._samples[_PARTS.index(place.part)].raw[place.index])

    def column_values(self, column: int) -> Array:
        """Return the values of a column as numbers, (n,), in the original order of the samples."""
        if column == 0:
            return np.arange(1, self._starts[-1] + 1)
        if column == 1:
            return np.repeat(np.arange(3), np.diff(self._starts))
        if column < 2 + self._targets:
            return np.concatenate([self._flat(one.y)[:, column - 2] for one in self._samples])
        if column < self.first_input:
            return self._predictions(column - 2 - self._targets)
        at = self._inputs[column - self.first_input]
        flat = int(np.ravel_multi_index(at, self._spec.in_shape)) if self._spec else 0
        columns = (one.raw.reshape(len(one), -1)[:, flat] for one in self._samples if len(one))
        # Not in float32: large numbers are to be shown with all their digits.
        exact = (one if one.dtype == np.float64 else floats_of(one) for one in columns)
        return np.concatenate(list(exact))

    def title(self, column: int) -> str:
        """Return the title of a column."""
        if column < 2:
            return (_("sample"), _("part"))[column]
        several = self._targets > 1
        if column < 2 + self._targets:
            return f"{_('target')} {self._label(column - 2)}" if several else _("target")
        if column < self.first_input:
            label = self._label(column - 2 - self._targets)
            return f"{_('prediction')} {label}" if several else _("prediction")
        at = self._inputs[column - self.first_input]
        if len(at) == 2:
            step = _("step {n}").format(n=at[0] + 1)
            assert self._spec is not None
            return step if self._spec.in_shape[1] == 1 else f"{step} · {at[1] + 1}"
        if self._spec is not None and self._spec.input_names:
            return _(self._spec.input_names[at[0]])
        return _("x{place}").format(place=", ".join(str(axis + 1) for axis in at))

    def rowCount(self, parent: Index | Any = Index()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of samples."""
        return 0 if parent.isValid() else int(self._starts[-1])

    def columnCount(self, parent: Index | Any = Index()) -> int:  # noqa: B008 - as above
        """Return the number of columns."""
        if parent.isValid() or self._spec is None:
            return 0
        return self.first_input + len(self._inputs)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.title(section)
        return None

    def data(self, index: Index | Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell, or its alignment."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignLeft if index.column() == 1 else Qt.AlignmentFlag.AlignRight
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.text(index.row(), index.column())

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; equal ones keep their order."""
        if not self.rowCount() or not 0 <= column < self.columnCount():
            return
        self.layoutAboutToBeChanged.emit()
        self._sorting = column, order
        values = self.column_values(column)
        if order == Qt.SortOrder.DescendingOrder:
            # Reversed twice, so that equal ones keep their order here too.
            self._order = len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
        else:
            self._order = np.argsort(values, kind="stable")
        self.layoutChanged.emit()

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell."""
        if column == 0:
            return sample_number(self._number(row))
        place = self.place(row)
        if column == 1:
            return {"train": _("training"), "validation": _("validation"), "test": _("test")}[
                place.part
            ]
        samples = self._samples[_PARTS.index(place.part)]
        if column < 2 + self._targets:
            return self._text_of(self._flat(samples.y)[place.index, column - 2])
        if column < self.first_input:
            assert self._predicted is not None
            part, predicted = self._predicted
            if part != place.part:
                return "–"
            return self._text_of(self._flat(predicted)[place.index, column - 2 - self._targets])
        return number(float(self.sample(row)[self._inputs[column - self.first_input]]), 5)

    @property
    def _targets(self) -> int:
        assert self._spec is not None
        return 1 if self._spec.task == "classification" else self._spec.outputs

    def _number(self, row: int) -> int:
        return row if self._order is None else int(self._order[row])

    @staticmethod
    def _flat(y: Array) -> Array:
        return y.reshape(len(y), -1) if len(y) else y.reshape(0, max(1, int(np.prod(y.shape[1:]))))

    def _label(self, index: int) -> str:
        assert self._spec is not None
        names = self._spec.class_names
        return _(names[index]) if index < len(names) else str(index + 1)

    def _text_of(self, value: Any) -> str:
        assert self._spec is not None
        if self._spec.task == "regression":
            return number(float(value), 5)
        if value < 0 or np.isnan(value):
            return "–"
        if self._spec.task == "multilabel":
            return f"{value:g}" if value in (0, 1) else f"{value:.2f}"
        return _(self._spec.class_names[int(value)])

    def _predictions(self, output: int) -> Array:
        assert self._predicted is not None
        part, predicted = self._predicted
        values = np.full(int(self._starts[-1]), np.nan)
        start = int(self._starts[_PARTS.index(part)])
        values[start : start + len(predicted)] = self._flat(predicted)[:, output]
        return values
