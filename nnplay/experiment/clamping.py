"""The nearest legal values, and how messages show values."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, TypeVar

from nnplay.catalog import Kind, Param, Value, params_of
from nnplay.experiment.augmentation import Augmentation
from nnplay.experiment.training_rules import Policy, Regularisation
from nnplay.experiment.value import Experiment, Split
from nnplay.translation import _

BATCH_LIMIT = 10_000_000
"""The largest batch size."""
_LONGEST_TEXT = 40
_LONGEST_NUMBER = (
    64  # bits; longer integers would fill a message, and Python refuses to print huge ones
)

Holder = TypeVar("Holder", bound=Kind)
Part = TypeVar("Part", Split, Regularisation, Policy, Augmentation)


def nearest(param: Param, value: object) -> Value:
    """Return the legal value of `param` closest to `value`, or its default if none is close."""
    if param.problem(value) is None:
        return value  # type: ignore[return-value]
    if param.type == "choice" and isinstance(value, str):
        return next(iter(get_close_matches(value, param.choices, 1)), param.default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return param.default
    if param.type not in ("int", "float") or value != value:  # noqa: PLR0124 - only NaN is not
        return param.default
    low = -math.inf if param.low is None else param.low
    high = math.inf if param.high is None else param.high
    inside = min(max(value, low), high)
    if math.isinf(inside):
        return param.default
    return round(inside) if param.type == "int" else inside


def legal_kind(kind: Holder) -> Holder:
    """Return the kind with every illegal value replaced by the nearest legal one."""
    changes = {
        p.name: nearest(p, getattr(kind, p.name))
        for p in kind.params()
        if p.problem(getattr(kind, p.name)) is not None
    }
    return replace(kind, **changes) if changes else kind  # type: ignore[type-var]


def legal(experiment: Experiment) -> Experiment:
    """Return the experiment with every value legal by itself; they may still not fit together."""
    own: dict[str, Any] = {
        p.name: nearest(p, getattr(experiment, p.name))
        for p in params_of(Experiment)
        if p.problem(getattr(experiment, p.name)) is not None
    }
    return replace(
        experiment,
        data=legal_kind(experiment.data),
        network=tuple(legal_kind(layer) for layer in experiment.network),
        loss=legal_kind(experiment.loss),
        optimizer=legal_kind(experiment.optimizer),
        schedule=legal_kind(experiment.schedule),
        split=_legal_part(experiment.split),
        regularisation=_legal_part(experiment.regularisation),
        policy=_legal_part(experiment.policy),
        augmentation=_legal_part(experiment.augmentation),
        batch_size=legal_batch_size(experiment.batch_size),
        **own,
    )


def _legal_part(part: Part) -> Part:
    values: dict[str, Any] = {
        p.name: nearest(p, getattr(part, p.name)) for p in params_of(type(part))
    }
    return replace(part, **values)


def legal_batch_size(size: object) -> int | None:
    """Return the nearest legal batch size."""
    if isinstance(size, int) and not isinstance(size, bool):
        return min(max(size, 1), BATCH_LIMIT)
    return None if size is None else 32


def value_text(value: object) -> str:
    """Return a short text for a value in a message."""
    if isinstance(value, bool):
        return _("true") if value else _("false")
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _LONGEST_NUMBER else _("a huge integer")
    if isinstance(value, float):
        return f"{value:.17g}" if float(f"{value:.15g}") != value else f"{value:.15g}"
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST_TEXT else value[: _LONGEST_TEXT - 1] + "…"
        return json.dumps(short, ensure_ascii=any(not c.isprintable() for c in short))
    return _("nothing") if value is None else _("another type")
