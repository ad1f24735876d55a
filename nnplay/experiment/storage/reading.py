"""Converts plain values from files and command lines into kinds; errors become Problems."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import Any, TypeVar

from nnplay.catalog import STACKED, Family, Kind, Param, kinds, params_of
from nnplay.experiment.checks.problems import Problem
from nnplay.experiment.clamping import value_text
from nnplay.experiment.place import Place
from nnplay.translation import _

Read = TypeVar("Read")
FULL = "full"
"""The text for the full batch in files and on the command line."""
MANY_DIGITS = 30
MOST_FAULTS = 20
"""The maximum number of problems that are reported for a file."""


class Object(dict[str, Any]):
    """A JSON object that remembers which names occurred more than once."""

    twice: tuple[str, ...] = ()


class HugeNumber:
    """An integer with more digits than any setting has; its value is not computed."""


class FileError(Exception):
    """Something could not be read or written; `problems` lists each error."""

    def __init__(self, problems: Iterable[Problem], source: str = "") -> None:
        self.problems = tuple(problems)
        self.source = source
        lines = "\n".join(str(problem) for problem in self.problems)
        super().__init__(
            f"{source}: {lines}"
            if source and "\n" not in lines
            else f"{source}:\n{lines}"
            if source
            else lines
        )


class Faults(list[Problem]):
    """The problems found so far; reading continues after each to find all, up to `MOST_FAULTS`."""

    @property
    def is_full(self) -> bool:
        """Whether further problems are left out."""
        return len(self) > MOST_FAULTS

    def add(self, where: Place, what: str, hint: str = "") -> None:
        """Add a problem."""
        if len(self) < MOST_FAULTS:
            self.append(Problem(where, what, hint))
        elif not self.is_full:
            what = _("There are more problems than the {count} shown.")
            self.append(Problem(Place("file"), what.format(count=MOST_FAULTS)))

    def expected(self, where: Place, expected: str, received: object) -> None:
        """Add that a value has the wrong type."""
        what = _("Expected {expected}, received {received}.")
        self.add(where, what.format(expected=expected, received=received_text(received)))

    def unknown(self, where: Place, what: str, name: str, known: Iterable[str]) -> None:
        """Add that a name does not exist, and suggest existing ones."""
        if self.is_full:
            return  # looking for similar names takes time
        names = tuple(known)
        hint = _("Known: {names}.").format(names=", ".join(names)) if names else ""
        close = nearest_name(name, names)
        if close:
            hint = _("Did you mean {name}?").format(name=close) + " " + hint
        self.add(where, what.format(name=value_text(name)), hint)


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return the known name most similar to `name`, ignoring case, or an empty text."""
    lower = {one.lower(): one for one in known}
    short = name.lower()[:100]
    close = get_close_matches(short, lower, 3)
    # Transposed letters are a more likely mistake than missing ones.
    close.sort(key=lambda one: sorted(one) != sorted(short))
    return lower[close[0]] if close else ""


def received_text(value: object) -> str:
    """Return a received value as text, with its type if that is not obvious."""
    if isinstance(value, bool) or value is None:
        return value_text(value)
    if isinstance(value, str):
        return _("text {text}").format(text=value_text(value))
    if isinstance(value, float) and not math.isfinite(value):
        return _("infinity") if math.isinf(value) else _("NaN, which is not a number")
    if isinstance(value, int | float):
        return value_text(value)
    if isinstance(value, HugeNumber):
        return _("a number with more than {digits} digits").format(digits=MANY_DIGITS)
    return _("a list") if isinstance(value, list) else _("an object")


def kinds_of(family: Family) -> Mapping[str, type[Kind]]:
    """Return the kinds of a family; layers include activations."""
    if family in STACKED:
        return {key: kind for one in STACKED for key, kind in kinds(one).items()}
    return kinds(family)


def read_value(param: Param, value: object, where: Place, faults: Faults) -> Any:
    """Return a value of the parameter's type; one out of range is accepted, `check` reports it."""
    if param.type in ("text", "rows"):
        read = read_text if param.type == "text" else partial(_read_rows, param)
        return read(value, where, faults)
    if param.type == "bool":
        if isinstance(value, bool):
            return value
        faults.expected(where, _("true or false"), value)
    elif param.type == "choice":
        if isinstance(value, str):
            return read_text(value, where, faults)
        faults.expected(where, _("one of {names}").format(names=", ".join(param.choices)), value)
    elif param.type == "int":
        if (whole := _whole(value)) is not None:
            return whole
        faults.expected(where, _("an integer"), value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    else:
        faults.expected(where, _("a finite number"), value)
    return param.default


def _read_rows(param: Param, value: object, where: Place, faults: Faults) -> Any:
    """Return rows of finite numbers; `check` reports a wrong number of columns."""
    if not isinstance(value, list):
        faults.expected(where, param.range_text(), value)
        return param.default
    rows = []
    for number, row in enumerate(value):
        if not isinstance(row, list) or not all(map(_is_finite, row)):
            faults.expected(replace(where, item=number), _("a list of finite numbers"), row)
            return param.default
        rows.append(tuple(map(float, row)))
    return tuple(rows)


def _is_finite(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) <= sys.float_info.max


def read_text(value: object, where: Place, faults: Faults, longest: int | None = None) -> str:
    """Return a text that can be shown and written again, of at most `longest` characters."""
    if not isinstance(value, str):
        faults.expected(where, _("a text"), value)
        return ""
    if any("\ud800" <= c <= "\udfff" for c in value):
        faults.add(where, _("The text contains half a character (a lone surrogate)."))
        return ""
    if longest is not None and len(value) > longest:
        what = _("Expected at most {longest} characters, received {count}.")
        faults.add(where, what.format(longest=f"{longest:,}", count=f"{len(value):,}"))
        return ""
    return value


def read_batch_size(value: object, where: Place, faults: Faults) -> int | None:
    """Return a batch size, None for the full batch."""
    if value is None or value == FULL:
        return None
    if (whole := _whole(value)) is not None:
        return whole
    faults.expected(where, _('an integer or "full"'), value)
    return 1


def _whole(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None


def read_kind(family: Family, value: object, where: Place, faults: Faults) -> Kind | None:
    """Return the kind described by an object such as `{"kind": "Dense", "units": 64}`."""
    if not isinstance(value, dict):
        faults.expected(where, _('an object such as {{"kind": …}}').format(), value)
        return None
    key = value.get("kind")
    if not isinstance(key, str):
        if "kind" in value:
            faults.expected(where.at("kind"), _("a text"), key)
        else:
            faults.add(where, _('Expected "kind", which is missing.'))
        return None
    found = kinds_of(family).get(key)
    if found is None:
        unknown_kind(family, key, where.at("kind"), faults)
        return None
    values = read_fields(params_of(found), value, where, faults, besides=("kind",))
    return found(**values)


def unknown_kind(family: Family, key: str, where: Place, faults: Faults) -> None:
    """Add that a kind does not exist in the family."""
    what = {
        "layer": _("Unknown layer {name}."),
        "loss": _("Unknown loss {name}."),
        "optimizer": _("Unknown optimizer {name}."),
        "schedule": _("Unknown schedule {name}."),
        "data": _("Unknown data set {name}."),
    }[family]
    faults.unknown(where, what, key, kinds_of(family))


def read_fields(
    params: Iterable[Param],
    value: Mapping[str, object],
    where: Place | None,
    faults: Faults,
    besides: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the parameters found in an object; the others keep their defaults."""
    by_name = {p.name: p for p in params}
    known_names(value, (*besides, *by_name), where, faults)
    return {
        name: read_value(by_name[name], one, _inside(where, name), faults)
        for name, one in value.items()
        if name in by_name
    }


def known_names(
    value: Mapping[str, object], known: tuple[str, ...], where: Place | None, faults: Faults
) -> None:
    """Add names that are not allowed in an object, and names that occur twice."""
    for name in value:
        if name not in known:
            faults.unknown(where or Place(name), _("Unknown field {name}."), name, known)
    for name in value.twice if isinstance(value, Object) else ():
        what = _("The field {name} occurs twice.").format(name=value_text(name))
        faults.add(where or Place("file"), what, _("Remove one of them."))


def _inside(where: Place | None, name: str) -> Place:
    """Return the place of a field; without `where` it is a field of the experiment itself."""
    return Place(name) if where is None else where.at(name)
