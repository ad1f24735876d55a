"""The columns of a table: the values of each, collected chunk by chunk, and what they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnplay.data.importing.csv_reader import BadLines
from nnplay.data.importing.detection.dates import DateOrder, parse_date, shown_order, usual_order
from nnplay.data.importing.detection.words import missing_words, spellings
from nnplay.data.importing.digits import shortest_floats
from nnplay.data.importing.parse_cell import display_text, is_missing, parse_number, signs_of
from nnplay.translation import _

Numbers = npt.NDArray[np.float64]
Task = Literal["auto", "classes", "numbers"]
Role = Literal["n", "c", "d", "m", "i", "t", "?"]
"""The use of a column: n numbers, c categories, d dates (with the month first: m), i ignored, t the
target, ? to be detected."""
Kind = Literal["number", "date", "text"]
MAX_CLASSES = 1_000
"""Distinct words that are kept of a column."""
LARGEST = 1e30  # larger numbers leave no room in a float32 and count as missing
_MAX_QUOTED = 40
"""Characters of a cell that are quoted in a message."""
_FIXED: dict[str, Kind] = {"n": "number", "c": "text", "d": "date", "m": "date"}
_SIGN_SAMPLE = 200
_DETECTED_BY = 1_000
"""Cells that decide what a column is; later ones may still make it one of words."""


@dataclass
class Column:
    """The values of a column, and what they are."""

    name: str
    role: Role = "?"
    """The use that was chosen; of numbers and dates, all other cells are then missing values."""
    kind: Kind | None = None
    """What the cells are; None until there is one that is not missing."""
    order: DateOrder | None = None
    """The order of day and month; None until a date shows it."""
    task: Task = "auto"
    """What the column is predicted as, if it is the target."""
    missing: frozenset[str] | None = None
    """The words that denote missing values, in lower case; None if they are detected."""
    is_certain: bool = False
    """Whether `kind` is final, because it was chosen or detected in an earlier pass."""
    whole: bool = True
    filled: int = 0
    """Numbers or dates."""
    odd: BadLines = field(default_factory=BadLines)
    """Cells among numbers or dates that are neither those nor missing."""
    categories: dict[str, int] | None = field(default_factory=dict)
    """The index of each distinct text; None if there are too many."""
    markers: set[str] = field(default_factory=set)
    """The words among numbers or dates that denote missing values."""
    signs: set[str] = field(default_factory=set)
    """Percent signs and currencies in the first rows."""
    has_codes: bool = False
    """Whether the cells are digits, some with leading zeros."""
    counts_rows: bool = True
    """Whether the values are 0, 1, 2, … or 1, 2, 3, …"""
    must_reread: bool = False
    """Whether the kind changed after the first rows, so that the file must be read again."""
    parts: list[npt.NDArray[Any]] = field(default_factory=list)
    """For each chunk the numbers (NaN if missing), or the category indices."""
    names: tuple[str, ...] = ()
    """Of a column of words: its categories, sorted; known once `settle_words` was called."""
    absent: tuple[str, ...] = ()
    """Words that denote missing values in a column of words."""
    merged: tuple[tuple[str, ...], ...] = ()
    """Spellings of one category, the one that is kept first."""
    _odd_words: set[str] = field(default_factory=set)
    _next: float | None = None
    _assumed: DateOrder | None = None
    _index: npt.NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        if self.role in _FIXED:
            self.kind, self.is_certain = _FIXED[self.role], True
        if self.role == "m":
            self.order = "m"

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers or dates, or nothing was found."""
        return self.kind != "text"

    @property
    def is_month_first(self) -> bool:
        """Whether dates are read with the month first."""
        return (self.order or self._assumed) == "m"

    def again(self) -> Column:
        """Return an empty column of the kind that was detected, for reading the file once more."""
        again = Column(self.name, self.role, self.kind, self.order, self.task, self.missing)
        again.is_certain = self.kind is not None
        again.has_codes = self.has_codes and self.kind == "text"
        return again

    def add(self, cells: tuple[str, ...], lines: Sequence[int], comma: bool) -> None:
        """Add the cells of consecutive rows."""
        if self.role == "i":
            return
        if self.kind is None:
            self._detect(cells, comma)
        if self.numeric:
            values, odd = self._values_of(cells, comma)
            if odd and not self.is_certain and not self._tolerates(cells, values, odd):
                self.has_codes = False
                self._become_text()
            else:
                self._take(cells, lines, values, odd)
        self._add_categories(cells)

    def settle_kind(self) -> None:
        """Decide what the column is, once all rows were added."""
        if self.is_certain or self.role == "i" or self.kind == "text":
            return
        words = set(self.categories or ())
        has_words = self.kind is None and bool(words - missing_words(words, (), self.missing))
        if has_words or (self.kind == "number" and self.has_codes and self.whole):
            self._become_text()

    def settle_words(self, markers: Collection[str], exact: bool) -> None:
        """Decide which words are missing values and which are the same, if it holds words."""
        if self.kind != "text" or self.categories is None:
            return
        raw = list(self.categories)
        parts = [np.bincount(part, minlength=len(raw)) for part in self.parts]
        total = np.sum(parts, axis=0) if parts else np.ones(len(raw), np.int64)
        absent = missing_words(raw, markers, self.missing)
        counts = {word: int(total[at]) for word, at in self.categories.items()}
        spelled = spellings({w: c for w, c in counts.items() if w not in absent}, exact)
        self.names = tuple(sorted(set(spelled.values())))
        at = {name: index for index, name in enumerate(self.names)}
        self._index = np.array([at[spelled[w]] if w in spelled else -1 for w in raw], np.int32)
        self.absent = tuple(sorted(word for word in absent if word))
        groups: dict[str, list[str]] = {name: [] for name in self.names}
        for word in sorted(spelled):
            if word != spelled[word]:
                groups[spelled[word]].append(word)
        self.merged = tuple((name, *others) for name, others in groups.items() if others)

    def take_values(self) -> npt.NDArray[Any]:
        """Return all values and drop them, so that they are in memory only once.

        Numbers and dates are NaN if missing, categories are indices of `names` or -1.
        """
        parts, self.parts = self.parts, []
        values = np.concatenate(parts)
        return values if self._index is None else self._index[values]

    def _detect(self, cells: tuple[str, ...], comma: bool) -> None:
        """Set the kind by the first cells that are not missing."""
        given = [cell for cell in cells if not self._is_missing(cell)][:_DETECTED_BY]
        if not given:
            return
        numbers = sum(parse_number(cell, comma) is not None for cell in given)
        self.kind = "number"
        if self.task != "classes" and numbers < len(given):
            order = shown_order(given) or usual_order(given)
            dates = sum(parse_date(cell, order) is not None for cell in given)
            if dates > numbers and dates > 0.9 * len(given):
                self.kind = "date"
        self.is_certain = self.task == "numbers"

    def _values_of(self, cells: tuple[str, ...], comma: bool) -> tuple[Numbers, list[int]]:
        """Return the numbers or dates, NaN without one, and where a cell is not one."""
        if self.kind == "date":
            return self._dates_in(cells)
        try:
            values = np.array(list(map(float, cells)))
        except ValueError:
            values = numbers_in(cells, comma)
        else:
            joined = "".join(cells)
            # Python accepts an underscore within numbers; a point may separate thousands here.
            if "_" in joined or (comma and "." in joined):
                values = numbers_in(cells, comma)
        values[~(np.abs(values) <= LARGEST)] = np.nan
        if self.missing:
            values[[self._is_missing(cell) for cell in cells]] = np.nan
        gaps = np.flatnonzero(np.isnan(values)).tolist()
        return values, [at for at in gaps if not self._is_missing(cells[at])]

    def _dates_in(self, cells: tuple[str, ...]) -> tuple[Numbers, list[int]]:
        """Return the days since 1970; the order of day and month may show only late."""
        if self.role != "m" and (shown := shown_order(cells)) not in (None, self.order):
            self.must_reread = bool(self.parts) and shown != self._assumed
            self.order = shown
        usual: DateOrder = "d" if self.role == "d" else usual_order(cells)
        self._assumed = self.order or self._assumed or usual
        found = [parse_date(cell, self._assumed) for cell in cells]
        odd = [
            at for at, one in enumerate(found) if one is None and not self._is_missing(cells[at])
        ]
        return np.array([np.nan if one is None else one for one in found]), odd

    def _is_missing(self, cell: str) -> bool:
        return is_missing(cell) or (
            self.missing is not None and cell.strip().lower() in self.missing
        )

    def _tolerates(self, cells: tuple[str, ...], values: Numbers, odd: list[int]) -> bool:
        """Return whether so few cells are text that the column still is one of numbers."""
        texts = [cells[at].strip() for at in odd if not _is_number(cells[at])]
        words = self._odd_words | set(texts)
        wrong = self.odd.count + len(texts)
        right = self.filled + len(values) - int(np.isnan(values).sum())
        distinct = MAX_CLASSES if self.categories is None else len(self.categories)
        distinct = max(distinct, len(set(cells)))
        return (
            20 * wrong <= wrong + right
            or (wrong == 1 and right >= 4)
            or (len(words) <= 2 and distinct >= 12 and wrong <= right)
        )

    def _take(
        self, cells: tuple[str, ...], lines: Sequence[int], values: Numbers, odd: list[int]
    ) -> None:
        known = values[~np.isnan(values)]
        is_first = not self.filled
        if is_first:
            self.signs |= {signs_of(cell) for cell in cells[:_SIGN_SAMPLE]} - {""}
        self.filled += len(known)
        self.whole = self.whole and bool((known == np.rint(known)).all())
        if self.whole and self.kind == "number" and not self.has_codes:
            self.has_codes = any(len(c) > 1 and c[0] == "0" and c.isdigit() for c in cells)
        self._count_rows(values)
        if len(known) < len(values):
            gaps = np.flatnonzero(np.isnan(values)).tolist()
            self.markers |= {cells[at].strip() for at in gaps} - {cells[at].strip() for at in odd}
        for at in odd:
            self._add_odd(cells[at], lines[at])
        is_exact = self.role == "t" or self.kind == "date"
        self.parts.append(values if is_exact else shortest_floats(values))

    def _add_odd(self, cell: str, line: int) -> None:
        if _is_number(cell):
            why = _("{column}: {cell} is too large; counted as missing")
        elif self.kind == "date":
            why = _("{column}: {cell} is not a date; counted as missing")
        else:
            why = _("{column}: {cell} is not a number; counted as missing")
        if len(self._odd_words) < MAX_CLASSES:
            self._odd_words.add(cell.strip())
        self.odd.add(line, why.format(column=self.name, cell=quoted(cell)))

    def _count_rows(self, values: Numbers) -> None:
        if not self.counts_rows or not len(values):
            return
        start = self._next
        if start is None:
            start = float(values[0])
        expected = start + np.arange(len(values))
        self.counts_rows = bool((values == expected).all()) and (
            self._next is not None or start in (0.0, 1.0)
        )
        self._next = start + len(values)

    def _become_text(self) -> None:
        self.kind, self.must_reread = "text", bool(self.parts)
        self.parts, self.odd = [], BadLines()
        self.markers.clear()

    def _add_categories(self, cells: tuple[str, ...]) -> None:
        if self.categories is None:
            return
        indices = {}
        for cell in set(cells):
            indices[cell] = self.categories.setdefault(cell.strip(), len(self.categories))
        if len(self.categories) > MAX_CLASSES:
            self.categories = None
            self.parts = self.parts if self.numeric else []
        elif not self.numeric:
            self.parts.append(np.array([indices[cell] for cell in cells], np.int32))


def numbers_in(cells: Sequence[str], comma: bool) -> Numbers:
    """Return the number in each cell, NaN for cells without one or with one that is too large."""
    found = (parse_number(cell, comma) for cell in cells)
    values = np.array([np.nan if one is None else one for one in found])
    values[~(np.abs(values) <= LARGEST)] = np.nan
    return values


def quoted(cell: str) -> str:
    """Return the beginning of a cell in quotation marks, for a message."""
    plain = display_text(cell[: _MAX_QUOTED + 1])
    return f"“{plain[:_MAX_QUOTED]}…”" if len(plain) > _MAX_QUOTED else f"“{plain}”"


def _is_number(cell: str) -> bool:
    return parse_number(cell) is not None or parse_number(cell, comma=True) is not None
