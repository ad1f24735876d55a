"""What a kind is: one frozen dataclass, declared once, read by form, builder and source writer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self, TypeVar, dataclass_transform

from nnplay.translation import _

Family = Literal["layer", "activation", "loss", "optimizer", "schedule", "data"]
FAMILIES: tuple[Family, ...] = ("layer", "activation", "loss", "optimizer", "schedule", "data")
STACKED: tuple[Family, ...] = ("layer", "activation")
"""The families whose kinds stand in a network."""
Rows = tuple[tuple[float, ...], ...]
"""What a data set of painted points holds."""
FARTHEST = 1e6
"""The largest number in a row, so that squares of it stay far from the end of float32."""
Value = bool | int | float | str
"""What a form edits; rows are painted, so only what stores and judges them meets them."""
ParamType = Literal["int", "float", "bool", "choice", "text", "rows"]


@dataclass(frozen=True)
class Param:
    """One editable constant of a kind; `low` and `high` are inclusive, None means no limit."""

    name: str
    type: ParamType
    default: Value
    help: str
    label: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    """What forms call the choices, one by one; nothing where they say it themselves."""
    longest: int = 0
    """The most characters of a text, or rows of numbers."""
    columns: int = 0
    """How many numbers stand in each row."""
    editable: bool = True
    """Whether a form offers it; what an import has found out is not for typing."""
    live: bool = False
    """Whether a run takes a change of it while it trains."""
    extra: bool = False
    """Whether few need it: forms fold it away, and files leave it out where it is as usual."""
    is_path: bool = False
    """Whether a text names a file, which an experiment stored beside it names by a shorter way."""
    zero: str = ""
    """What a number of 0 stands for, such as `all`; nothing where it is a number like others."""

    def problem(self, value: object) -> str | None:
        """Say what a legal value would be where `value` is none, such as `0 to 1`, or None."""
        if self.type == "choice":
            expected = _("one of {names}").format(names=", ".join(self.choices))
            return None if value in self.choices else expected
        if self.type == "text":
            # What cannot be printed cannot be shown in a line, nor half a character be stored.
            legal = isinstance(value, str) and len(value) <= self.longest and self._shows(value)
            return None if legal else self.range_text()
        if self.type == "rows":
            return None if self._holds_rows(value) else self.range_text()
        if self.type == "bool":
            return None if isinstance(value, bool) else _("true or false")
        return self._number_problem(value)

    def _shows(self, text: str) -> bool:
        # Names of files hold unusual spaces, which Python does not call printable.
        return (
            all(c.isprintable() or (c.isspace() and c > " ") for c in text)
            if self.is_path
            else (text.isprintable())
        )

    def _holds_rows(self, value: object) -> bool:
        return (
            isinstance(value, tuple)
            and len(value) <= self.longest
            and all(isinstance(row, tuple) and len(row) == self.columns for row in value)
            and all(type(one) in (int, float) for row in value for one in row)
            and all(abs(one) <= FARTHEST for row in value for one in row)
        )

    def _number_problem(self, value: object) -> str | None:
        whole = self.type == "int"
        number = isinstance(value, int) if whole else isinstance(value, int | float)
        if not number or isinstance(value, bool):
            return _("a whole number") if whole else _("a number")
        assert isinstance(value, int | float)
        if isinstance(value, float) and not math.isfinite(value):
            return _("a finite number")
        if (self.low is not None and value < self.low) or (
            self.high is not None and value > self.high
        ):
            return self.range_text()
        return None

    def range_text(self) -> str:
        """Return the legal range in words, such as `0 to 1`."""
        if self.type == "text":
            return _("a line of at most {longest} characters").format(longest=f"{self.longest:,}")
        if self.type == "rows":
            text = _("at most {most} rows of {columns} numbers")
            return text.format(most=f"{self.longest:,}", columns=self.columns)
        if self.low is not None and self.high is not None:
            return _("{low} to {high}").format(low=_plain(self.low), high=_plain(self.high))
        if self.low is not None:
            return _("at least {low}").format(low=_plain(self.low))
        if self.high is not None:
            return _("at most {high}").format(high=_plain(self.high))
        return _("any number")


def _plain(limit: float) -> str:
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:g}"


def param(
    default: Value | Rows,
    *,
    help: str,
    label: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    called: tuple[str, ...] = (),
    longest: int = 200,
    columns: int = 0,
    editable: bool = True,
    live: bool = False,
    extra: bool = False,
    is_path: bool = False,
    zero: str = "",
) -> Any:
    """Declare a constant of a kind, with what its editor and its checker need."""
    settings = {
        "help": help,
        "label": label,
        "low": low,
        "high": high,
        "choices": choices,
        "called": called,
        "longest": longest,
        "columns": columns,
        "editable": editable,
        "live": live,
        "extra": extra,
        "is_path": is_path,
        "zero": zero,
    }
    return field(default=default, metadata={"param": MappingProxyType(settings)})


@dataclass(frozen=True)
class Call:
    """A constructor call by name, `module:attribute` and its keyword arguments; needs no torch."""

    target: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """Why a kind cannot be made, known from its constants alone."""

    field: str
    """The constant that is best changed."""
    what: str
    """What was expected and what was received."""
    hint: str = ""
    """What to do."""
    cure_label: str = ""
    cure: tuple[tuple[str, Value | Rows], ...] = ()
    """The constants that mend it, by name; empty where only the user can know."""
    at: int | None = None
    """Which character of a text is to blame, counted from 0."""


@dataclass(frozen=True)
class Numbers:
    """A row of numbers that a call takes as a float32 tensor."""

    values: tuple[float, ...]


class Kind:
    """The base of all kinds; what stands here is filled in by the decorators below."""

    family: ClassVar[Family]
    key: ClassVar[str]
    label: ClassVar[str]
    formula: ClassVar[str] = ""
    help: ClassVar[str]
    target: ClassVar[str] = ""
    group: ClassVar[str] = ""
    """The heading under which a long list shows it, if any."""

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """Return the editable constants in the order of their declaration."""
        return params_of(cls)

    def values(self) -> dict[str, Value]:
        """Return the constants by name."""
        return {p.name: getattr(self, p.name) for p in self.params()}

    def own_values(self) -> dict[str, Value]:
        """Return the constants by name, without those that every kind of its sort has."""
        return {p.name: getattr(self, p.name) for p in self.params() if not p.extra}

    def idle(self) -> frozenset[str]:
        """Return the names of constants that change nothing as the others are now."""
        return frozenset()

    def changed(self, **values: Value) -> Self:
        """Return the same kind with some constants changed."""
        # Every subclass is a frozen dataclass, which this base cannot say of itself.
        return replace(self, **values)  # type: ignore[type-var]


_declared: dict[type, tuple[Param, ...]] = {}


def params_of(cls: type) -> tuple[Param, ...]:
    """Return what `param` declared in a dataclass, in order."""
    found = _declared.get(cls)
    if found is None:
        # What a whole family shares is declared kw_only, and stands behind what is a kind's own.
        declared = sorted(fields(cls), key=lambda f: f.kw_only is True)
        found = tuple(_param_of(f) for f in declared if "param" in f.metadata)
        _declared[cls] = found
    return found


def _param_of(f: Field[Any]) -> Param:
    settings = f.metadata["param"]
    default = f.default
    assert default is not MISSING
    kind: ParamType
    if settings["choices"]:
        kind = "choice"
    elif isinstance(default, bool):
        kind = "bool"
    elif isinstance(default, int):
        kind = "int"
    elif isinstance(default, tuple):
        kind = "rows"
    elif isinstance(default, str):
        kind = "text"
    else:
        kind = "float"
    label = settings["label"] or f.name.replace("_", " ")
    return Param(f.name, kind, default, **{**settings, "label": label})


def _hyperparameters(kind: Any) -> dict[str, Any]:
    return {one.name: getattr(kind, one.name) for one in fields(kind)}


def _equals(self: Kind, other: object) -> bool:
    return type(other) is type(self) and _hyperparameters(self) == _hyperparameters(other)


def _hashed(self: Kind) -> int:
    return hash(tuple(_hyperparameters(self).values()))


def _printed(self: Kind) -> str:
    values = ", ".join(f"{name}={value!r}" for name, value in _hyperparameters(self).items())
    return f"{type(self).__qualname__}({values})"


K = TypeVar("K", bound=type[Kind])
_registry: dict[Family, dict[str, type[Kind]]] = {family: {} for family in FAMILIES}


def kinds(family: Family) -> Mapping[str, type[Kind]]:
    """Return all kinds of a family by key, in the order of their declaration."""
    return MappingProxyType(_registry[family])


def _declare(family: Family, label: str, formula: str) -> Callable[[K], K]:
    def decorate(cls: K) -> K:
        # Before dataclass(), which would write one of its own.
        assert cls.__doc__, f"{cls.__name__} needs a docstring: it is the help of the kind"
        cls.family, cls.key = family, cls.__name__
        cls.label, cls.formula = label, formula
        cls.help = " ".join(cls.__doc__.split())
        # Layers and activations stand in the same stack, where a key must mean one of them.
        shared: tuple[Family, ...] = STACKED if family in STACKED else (family,)
        if any(cls.key in _registry[one] for one in shared):
            raise ValueError(f"the {family} {cls.key} is declared twice")
        # Comparing, hashing and printing work alike in all kinds: written out for each, they would
        # take as long to make as all else that a kind is.
        dataclass(frozen=True, eq=False, repr=False)(cls)
        cls.__eq__, cls.__hash__, cls.__repr__ = _equals, _hashed, _printed  # type: ignore[assignment,method-assign]
        _registry[family][cls.key] = cls
        return cls

    return decorate


@dataclass_transform(frozen_default=True)
def layer(label: str, formula: str = "") -> Callable[[K], K]:
    """Declare a layer."""
    return _declare("layer", label, formula)


@dataclass_transform(frozen_default=True)
def activation(label: str, formula: str = "") -> Callable[[K], K]:
    """Declare an activation."""
    return _declare("activation", label, formula)


@dataclass_transform(frozen_default=True)
def loss(label: str, formula: str = "") -> Callable[[K], K]:
    """Declare a loss."""
    return _declare("loss", label, formula)


@dataclass_transform(frozen_default=True)
def optimizer(label: str, formula: str = "") -> Callable[[K], K]:
    """Declare an optimizer."""
    return _declare("optimizer", label, formula)


@dataclass_transform(frozen_default=True)
def schedule(label: str, formula: str = "") -> Callable[[K], K]:
    """Declare a learning rate schedule."""
    return _declare("schedule", label, formula)


@dataclass_transform(frozen_default=True)
def dataset(label: str, formula: str = "") -> Callable[[K], K]:
    """Declare a data set."""
    return _declare("data", label, formula)
