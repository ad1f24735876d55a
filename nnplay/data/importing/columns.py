"""The columns of a table: what each holds, and which inputs it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnplay.catalog.datasets.tables import CLASS_SEPARATOR
from nnplay.data.arrays import DataError
from nnplay.data.importing.parse_cell import display_text, is_missing, parse_number
from nnplay.translation import _

Numbers = npt.NDArray[np.float64]
Task = Literal["auto", "classes", "numbers"]
Role = Literal["n", "c", "i", "t", "?"]
"""The use of a column: n numbers, c categories, i ignored, t the target, ? to be detected."""
MAX_CATEGORIES = 50
MAX_CLASSES = 1_000
MAX_INTEGER_CLASSES = 20
"""A target of integers with at most this many distinct values is predicted as classes."""
_LARGEST = 1e30  # larger numbers leave no room in a float32 and count as missing


@dataclass
class Column:
    """The values of a column, collected chunk by chunk, and what they are."""

    name: str
    role: Role = "?"
    """The use that was chosen; for numbers, all other cells are then missing values."""
    is_text: bool = False
    """Whether it is already known to hold text."""
    numeric: bool = True
    whole: bool = True
    filled: int = 0
    categories: dict[str, int] | None = field(default_factory=dict)
    """The index of each distinct text; None if there are too many."""
    must_reread: bool = False
    """Whether text followed numbers, so that the file must be read again."""
    parts: list[npt.NDArray[Any]] = field(default_factory=list)
    """For each chunk the numbers (NaN if missing), or the category indices (-1 if missing)."""

    def __post_init__(self) -> None:
        self.numeric = self.role != "c" and not self.is_text

    def add(self, cells: tuple[str, ...], comma: bool) -> tuple[int, ...]:
        """Add some cells; return the indices of those that should be numbers but are not."""
        if self.role == "i":
            return ()
        wrong: tuple[int, ...] = ()
        values = numbers_in(cells, comma) if self.numeric else None
        if self.numeric and values is None and self.role == "n":
            values = forced_numbers_in(cells, comma)
            missing = np.flatnonzero(np.isnan(values)).tolist()
            wrong = tuple(index for index in missing if not is_missing(cells[index]))
        if values is not None:
            known = values[~np.isnan(values)]
            self.filled += len(known)
            self.whole = self.whole and bool((known == np.rint(known)).all())
            self.parts.append(values if self.role == "t" else values.astype(np.float32))
        elif self.numeric:
            self.numeric, self.must_reread = False, bool(self.parts)
            self.parts = []
        self._add_categories(cells)
        return wrong

    def _add_categories(self, cells: tuple[str, ...]) -> None:
        if self.categories is None:
            return
        indices = {}
        for cell in set(cells):
            text = cell.strip()
            indices[cell] = (
                -1 if is_missing(text) else self.categories.setdefault(text, len(self.categories))
            )
        if len(self.categories) > MAX_CLASSES:
            self.categories = None
            self.parts = self.parts if self.numeric else []
        elif not self.numeric:
            self.parts.append(np.array([indices[cell] for cell in cells], np.int32))

    def take_values(self) -> npt.NDArray[Any]:
        """Return all values as one array and drop them, so that they are in memory only once."""
        parts, self.parts = self.parts, []
        return np.concatenate(parts)


@dataclass(frozen=True)
class Input:
    """A column that becomes one input, or one input for each of its categories (one-hot)."""

    index: int
    name: str
    categories: tuple[str, ...] | None = None

    @property
    def width(self) -> int:
        """The number of inputs."""
        return 1 if self.categories is None else len(self.categories)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs."""
        if self.categories is None:
            return (self.name,)
        return tuple(f"{self.name} = {one}" for one in self.categories)


def numbers_in(cells: Sequence[str], comma: bool) -> Numbers | None:
    """Return the number in each cell, NaN if missing or too large; None if a cell holds text."""
    try:
        values = np.array(list(map(float, cells)))
    except ValueError:
        values = np.full(len(cells), np.nan)
        for index, cell in enumerate(cells):
            number = parse_number(cell, comma)
            if number is not None:
                values[index] = number
            elif not is_missing(cell):
                return None
    else:
        joined = "".join(cells)
        # Python accepts an underscore within numbers; a point may separate thousands here.
        if "_" in joined:
            return None
        if comma and "." in joined:
            values = np.array([parse_number(cell, comma) for cell in cells], float)
    values[~(np.abs(values) <= _LARGEST)] = np.nan
    return values


def forced_numbers_in(cells: Sequence[str], comma: bool) -> Numbers:
    """Return the number in each cell, NaN for cells without one."""
    found = (parse_number(cell, comma) for cell in cells)
    values = np.array([np.nan if one is None else one for one in found])
    values[~(np.abs(values) <= _LARGEST)] = np.nan
    return values


def plan_inputs(columns: list[Column], target: int) -> tuple[list[Input], list[str]]:
    """Return the inputs that the columns become, and the names of the columns left out."""
    inputs, left_out = [], []
    for index, column in enumerate(columns):
        if index == target or column.role == "i":
            continue
        if column.numeric and column.filled:
            inputs.append(Input(index, column.name))
        elif (
            not column.numeric
            and column.categories
            and len(column.categories) <= _max_categories(column)
        ):
            inputs.append(Input(index, column.name, tuple(sorted(column.categories))))
        else:
            left_out.append(column.name)
    return inputs, left_out


def _max_categories(column: Column) -> int:
    return MAX_CLASSES if column.role == "c" else MAX_CATEGORIES


def classes_of(column: Column, task: Task, comma: bool) -> dict[float | str, int]:
    """Return the index of each class by its value in the target, nothing for a regression."""
    names = {"name": column.name, "most": f"{MAX_CLASSES:,}"}
    if column.numeric and not column.filled and not column.categories:
        raise DataError(
            _("The column {name} is empty, so it cannot be the target.").format(**names)
        )
    if task == "numbers" and not (column.numeric and column.filled):
        text = _("The column {name} holds text, which can only be predicted as classes.")
        raise DataError(text.format(**names))
    values: set[Any] | None = None if column.categories is None else set(column.categories)
    if column.numeric and values is not None:
        numbers = (parse_number(text, comma) for text in values)
        values = {one for one in numbers if one is not None and abs(one) <= _LARGEST}
    few = column.whole and values is not None and 2 <= len(values) <= MAX_INTEGER_CLASSES
    if task == "numbers" or (task == "auto" and column.numeric and not few):
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


def class_names(classes: dict[float | str, int]) -> list[str]:
    texts = [f"{one:.15g}" if isinstance(one, float) else one for one in classes]
    plain = [display_text(text.replace(CLASS_SEPARATOR, "")) for text in texts]
    return [text[:60] or f"({number})" for number, text in enumerate(plain)]
