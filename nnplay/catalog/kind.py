"""What a kind is: a frozen dataclass, declared once, used by forms, builder and source export."""

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
"""The families whose kinds can be used in a network."""
Rows = tuple[tuple[float, ...], ...]
"""The points of a hand-painted data set."""
LARGEST_COORDINATE = 1e6
"""The largest absolute value of a number in a row, so that its square does not overflow float32."""
Value = bool | int | float | str
"""A value that a form can edit; rows of numbers are painted instead."""
ParamType = Literal["int", "float", "bool", "choice", "text", "rows"]


@dataclass(frozen=True)
class Param:
    """A parameter of a kind; `low` and `high` are inclusive, None means no limit."""

    name: str
    type: ParamType
    default: Value
    help: str
    label: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    """Labels of the choices in forms, in the same order; empty if the choices are their own labels.
    """
    longest: int = 0
    """The maximum number of characters of a text, or of rows."""
    columns: int = 0
    """The number of values in each row."""
    editable: bool = True
    """Whether forms show it; what an import has determined cannot be edited."""
    live: bool = False
    """Whether a change takes effect during training."""
    extra: bool = False
    """Whether few users need it: forms fold it away, and files omit it if it has its default value.
    """
    is_path: bool = False
    """Whether a text is the path of a file, which is stored relative to the experiment's folder."""
    zero: str = ""
    """What 0 means, such as `all`; empty if 0 is an ordinary number."""

    def problem(self, value: object) -> str | None:
        """Return the legal range, such as `0 to 1`, if `value` is illegal, else None."""
        if self.type == "choice":
            expected = _("one of {names}").format(names=", ".join(self.choices))
            return None if value in self.choices else expected
        if self.type == "text":
            # Control characters would break the line, and lone surrogates cannot be stored.
            legal = isinstance(value, str) and len(value) <= self.longest and self._shows(value)
            return None if legal else self.range_text()
        if self.type == "rows":
            return None if self._holds_rows(value) else self.range_text()
        if self.type == "bool":
            return None if isinstance(value, bool) else _("true or false")
        return self._number_problem(value)

    def _shows(self, text: str) -> bool:
        # File names can contain unusual spaces, which str.isprintable() rejects.
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
            and all(abs(one) <= LARGEST_COORDINATE for row in value for one in row)
        )

    def _number_problem(self, value: object) -> str | None:
        whole = self.type == "int"
        number = isinstance(value, int) if whole else isinstance(value, int | float)
        if not number or isinstance(value, bool):
            return _("an integer") if whole else _("a number")
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
    """Declare a parameter of a kind, with everything that its editor and its check need."""
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
    """A constructor call by name, `module:attribute`, with keyword arguments; needs no torch."""

    target: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """An error in the parameters of a kind."""

    field: str
    """The parameter to change."""
    what: str
    """What was expected and what was received."""
    hint: str = ""
    """What to do."""
    fix_label: str = ""
    fix: tuple[tuple[str, Value | Rows], ...] = ()
    """The parameter values that fix it, by name; empty if only the user can know."""
    at: int | None = None
    """The index of the offending character of a text."""


@dataclass(frozen=True)
class Numbers:
    """Numbers that a call takes as a float32 tensor."""

    values: tuple[float, ...]


class Kind:
    """The base class of all kinds; the decorators below fill in its class variables."""

    family: ClassVar[Family]
    key: ClassVar[str]
    label: ClassVar[str]
    formula: ClassVar[str] = ""
    help: ClassVar[str]
    target: ClassVar[str] = ""
    group: ClassVar[str] = ""
    """The heading under which long lists show it, if any."""

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """Return the parameters in the order of their declaration."""
        return params_of(cls)

    def values(self) -> dict[str, Value]:
        """Return the values of the parameters by name."""
        return {p.name: getattr(self, p.name) for p in self.params()}

    def own_values(self) -> dict[str, Value]:
        """Return the values of the parameters by name, without the extra ones."""
        return {p.name: getattr(self, p.name) for p in self.params() if not p.extra}

    def unused(self) -> frozenset[str]:
        """Return the names of parameters that have no effect given the values of the others."""
        return frozenset()

    def changed(self, **values: Value) -> Self:
        """Return a copy with some values changed."""
        # Every subclass is a frozen dataclass, but type checkers cannot know that here.
        return replace(self, **values)  # type: ignore[type-var]


_declared: dict[type, tuple[Param, ...]] = {}


def params_of(cls: type) -> tuple[Param, ...]:
    """Return the parameters that `param` declared in a dataclass, in order."""
    found = _declared.get(cls)
    if found is None:
        # Parameters that a whole family shares are kw_only; they follow those of the kind itself.
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


def _field_values(kind: Any) -> dict[str, Any]:
    return {one.name: getattr(kind, one.name) for one in fields(kind)}


def _equals(self: Kind, other: object) -> bool:
    return type(other) is type(self) and _field_values(self) == _field_values(other)


def _hashed(self: Kind) -> int:
    return hash(tuple(_field_values(self).values()))


def _printed(self: Kind) -> str:
    values = ", ".join(f"{name}={value!r}" for name, value in _field_values(self).items())
    return f"{type(self).__qualname__}({values})"


K = TypeVar("K", bound=type[Kind])
_registry: dict[Family, dict[str, type[Kind]]] = {family: {} for family in FAMILIES}


def kinds(family: Family) -> Mapping[str, type[Kind]]:
    """Return all kinds of a family by key, in the order of their declaration."""
    return MappingProxyType(_registry[family])


def _declare(family: Family, label: str, formula: str) -> Callable[[K], K]:
    def decorate(cls: K) -> K:
        # Checked before dataclass(), which would generate a docstring.
        assert cls.__doc__, f"{cls.__name__} needs a docstring: it is the help of the kind"
        cls.family, cls.key = family, cls.__name__
        cls.label, cls.formula = label, formula
        cls.help = " ".join(cls.__doc__.split())
        # Layers and activations share a namespace: a key in a network must be unique.
        shared: tuple[Family, ...] = STACKED if family in STACKED else (family,)
        if any(cls.key in _registry[one] for one in shared):
            raise ValueError(f"the {family} {cls.key} is declared twice")
        # Comparing, hashing and printing are the same for all kinds. Letting dataclass() generate
        # them for each would double the import time of the catalog.
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
