"""What the columns of a table hold, and what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnplay.catalog.datasets.tables import BETWEEN_CLASSES
from nnplay.data.arrays import DataError
from nnplay.data.importing.cells import is_blank, number_in, tame
from nnplay.translation import _

Numbers = npt.NDArray[np.float64]
Task = Literal["auto", "classes", "numbers"]
Role = Literal["n", "c", "i", "t", "?"]
"""What a column is: numbers, categories, ignored, the target; or to be found out."""
MOST_WORDS = 50
MOST_CLASSES = 1_000
FEW_NUMBERS = 20
"""Whole numbers with no more values than this are taken for classes, unless told otherwise."""
_LARGEST = 1e30  # squares of larger ones do not fit a float32


@dataclass
class Column:
    """What is found in a column, chunk by chunk, and its values."""

    name: str
    role: Role = "?"
    """What it was said to be; numbers are then found in it whatever else it holds."""
    is_words: bool = False
    """Whether it is known to hold words."""
    numeric: bool = True
    whole: bool = True
    filled: int = 0
    words: dict[str, int] | None = field(default_factory=dict)
    """A number for each word that is not blank, None where there are too many."""
    is_stale: bool = False
    """Whether words came after numbers, so that it must be read again as words."""
    parts: list[npt.NDArray[Any]] = field(default_factory=list)
    """Of each chunk the numbers, NaN where one is missing, or those of the words, or -1."""

    def __post_init__(self) -> None:
        self.numeric = self.role != "c" and not self.is_words

    def look(self, cells: tuple[str, ...], comma: bool) -> tuple[int, ...]:
        """Take in some cells; return the places of those that should be numbers and are not."""
        if self.role == "i":
            return ()
        wrong: tuple[int, ...] = ()
        values = numbers_in(cells, comma) if self.numeric else None
        if self.numeric and values is None and self.role == "n":
            values = forced_numbers_in(cells, comma)
            missing = np.flatnonzero(np.isnan(values)).tolist()
            wrong = tuple(place for place in missing if not is_blank(cells[place]))
        if values is not None:
            known = values[~np.isnan(values)]
            self.filled += len(known)
            self.whole = self.whole and bool((known == np.rint(known)).all())
            self.parts.append(values if self.role == "t" else values.astype(np.float32))
        elif self.numeric:
            self.numeric, self.is_stale = False, bool(self.parts)
            self.parts = []
        self._take_words(cells)
        return wrong

    def _take_words(self, cells: tuple[str, ...]) -> None:
        if self.words is None:
            return
        numbers = {}
        for cell in set(cells):
            word = cell.strip()
            numbers[cell] = -1 if is_blank(word) else self.words.setdefault(word, len(self.words))
        if len(self.words) > MOST_CLASSES:
            self.words = None
            self.parts = self.parts if self.numeric else []
        elif not self.numeric:
            self.parts.append(np.array([numbers[cell] for cell in cells], np.int32))

    def taken(self) -> npt.NDArray[Any]:
        """Return all its values at once, and keep them no longer."""
        parts, self.parts = self.parts, []
        return np.concatenate(parts)


@dataclass(frozen=True)
class Input:
    """A column that becomes one number, or one for each of its words."""

    place: int
    name: str
    words: tuple[str, ...] | None = None

    @property
    def width(self) -> int:
        """How many numbers it becomes."""
        return 1 if self.words is None else len(self.words)

    @property
    def names(self) -> tuple[str, ...]:
        """What these numbers are called."""
        words = (self.name,) if self.words is None else self.words
        return words if self.words is None else tuple(f"{self.name} = {one}" for one in words)


def numbers_in(cells: Sequence[str], comma: bool) -> Numbers | None:
    """Return the number in each cell, NaN where it is missing or too large; None for words."""
    try:
        values = np.array(list(map(float, cells)))
    except ValueError:
        values = np.full(len(cells), np.nan)
        for place, cell in enumerate(cells):
            number = number_in(cell, comma)
            if number is not None:
                values[place] = number
            elif not is_blank(cell):
                return None
    else:
        joined = "".join(cells)
        # Python allows the one within numbers; the other may stand between thousands.
        if "_" in joined:
            return None
        if comma and "." in joined:
            values = np.array([number_in(cell, comma) for cell in cells], float)
    values[~(np.abs(values) <= _LARGEST)] = np.nan
    return values


def forced_numbers_in(cells: Sequence[str], comma: bool) -> Numbers:
    """Return the number in each cell, NaN where there is none."""
    found = (number_in(cell, comma) for cell in cells)
    values = np.array([np.nan if one is None else one for one in found])
    values[~(np.abs(values) <= _LARGEST)] = np.nan
    return values


def plan(columns: list[Column], aim: int) -> tuple[list[Input], list[str]]:
    """Return what becomes of each column but the target, and the names of those left out."""
    inputs, left_out = [], []
    for place, column in enumerate(columns):
        if place == aim or column.role == "i":
            continue
        if column.numeric and column.filled:
            inputs.append(Input(place, column.name))
        elif not column.numeric and column.words and len(column.words) <= _most_words(column):
            inputs.append(Input(place, column.name, tuple(sorted(column.words))))
        else:
            left_out.append(column.name)
    return inputs, left_out


def _most_words(column: Column) -> int:
    return MOST_CLASSES if column.role == "c" else MOST_WORDS


def classes_of(column: Column, task: Task, comma: bool) -> dict[float | str, int]:
    """Return the number of each class by what stands in the target, nothing for a regression."""
    names = {"name": column.name, "most": f"{MOST_CLASSES:,}"}
    if column.numeric and not column.filled and not column.words:
        raise DataError(_("The column {name} is empty, so it cannot be predicted.").format(**names))
    if task == "numbers" and not (column.numeric and column.filled):
        text = _("The column {name} holds words, which can only be predicted as classes.")
        raise DataError(text.format(**names))
    values: set[Any] | None = None if column.words is None else set(column.words)
    if column.numeric and values is not None:
        numbers = (number_in(word, comma) for word in values)
        values = {one for one in numbers if one is not None and abs(one) <= _LARGEST}
    few = column.whole and values is not None and 2 <= len(values) <= FEW_NUMBERS
    if task == "numbers" or (task == "auto" and column.numeric and not few):
        return {}
    if values is None:
        text = _("The column {name} has more than {most} different words, too many for classes.")
        raise DataError(text.format(**names), _("Choose another column to predict."))
    if len(values) < 2:
        text = _("The column {name} is the same in every row: there is nothing to predict.")
        raise DataError(text.format(**names), _("Choose another column to predict."))
    return {value: number for number, value in enumerate(sorted(values))}


def class_names(classes: dict[float | str, int]) -> list[str]:
    texts = [f"{one:.15g}" if isinstance(one, float) else one for one in classes]
    plain = [tame(text.replace(BETWEEN_CLASSES, "")) for text in texts]
    return [text[:60] or f"({number})" for number, text in enumerate(plain)]
