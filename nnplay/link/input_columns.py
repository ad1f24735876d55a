"""The columns that new samples need, and how each is encoded, as saved with a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any, Literal, get_args

ColumnKind = Literal["number", "date", "category"]


@dataclass(frozen=True)
class InputColumn:
    """A column of a table, and the inputs that it becomes."""

    name: str
    kind: ColumnKind = "number"
    categories: tuple[str, ...] = ()
    """In the order of their one-hot inputs."""
    first: float = 0.0
    """The first date, in days since 1970, from which days are counted."""
    has_weekday: bool = False
    """Whether the weekday of a date is an input."""
    has_time: bool = False
    """Whether the time of day of a date is an input."""
    is_month_first: bool = False
    """Whether dates such as 3/4/2025 have the month first."""
    aliases: tuple[str, ...] = ()
    """Other names that are accepted."""
    fill: tuple[float, ...] = ()
    """The inputs that a missing cell becomes; empty if it must not be missing."""
    typical: str = ""
    """The median or most frequent value of the training samples, as a cell."""

    @property
    def width(self) -> int:
        """The number of inputs."""
        if self.kind == "category":
            return len(self.categories)
        return 3 + 2 * (self.has_weekday + self.has_time) if self.kind == "date" else 1


@dataclass(frozen=True)
class InputColumns:
    """The columns of the inputs of a data set, in the order of the inputs."""

    columns: tuple[InputColumn, ...]
    missing_words: str = ""
    """Words that denote missing values, separated by commas; the usual ones if empty."""
    exact_words: bool = False
    """Whether categories that differ only by upper and lower case are different."""
    is_double: bool = False
    """Whether the inputs are float64 before they are scaled, as float32 would lose digits."""

    @property
    def width(self) -> int:
        """The number of inputs."""
        return sum(column.width for column in self.columns)

    def plain(self) -> dict[str, Any]:
        """Return it as values that JSON can hold."""
        found: dict[str, Any] = asdict(self)
        return found


def parsed_columns(table: Any) -> InputColumns:
    """Return what `plain` returned, after JSON; raises ValueError if it is anything else."""
    values = _values_of(InputColumns, table)
    columns = values.get("columns")
    if not isinstance(columns, list) or not columns:
        raise ValueError("columns")
    values["columns"] = tuple(InputColumn(**_values_of(InputColumn, one)) for one in columns)
    return InputColumns(**values)


_TYPES: Mapping[str, type] = {"str": str, "bool": bool, "float": float}


def _values_of(kind: type, table: Any) -> dict[str, Any]:
    """Return the fields of a frozen dataclass, of the right types; raises ValueError."""
    if not isinstance(table, dict):
        raise ValueError(kind.__name__)
    known = {one.name: str(one.type) for one in fields(kind)}
    values = {name: value for name, value in table.items() if name in known}
    for name, value in values.items():
        annotation = known[name]
        if annotation == "ColumnKind":
            legal = value in get_args(ColumnKind)
        elif annotation == "tuple[str, ...]":
            legal = isinstance(value, list) and all(isinstance(one, str) for one in value)
            values[name] = tuple(value) if legal else ()
        elif annotation == "tuple[float, ...]":
            legal = isinstance(value, list) and all(_is_number(one) for one in value)
            values[name] = tuple(map(float, value)) if legal else ()
        elif annotation == "float":
            legal = _is_number(value)
        else:
            legal = isinstance(value, _TYPES.get(annotation, object))
        if not legal:
            raise ValueError(name)
    if "name" in known and "name" not in values:
        raise ValueError("name")
    return values


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
