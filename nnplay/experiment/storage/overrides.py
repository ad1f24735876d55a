"""A single change written as text, `PATH=VALUE`, for the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from nnplay.catalog import Family, Kind, Param, params_of
from nnplay.experiment.edit import PathError, get_value, set_value
from nnplay.experiment.place import Place
from nnplay.experiment.storage.reading import (
    Faults,
    FileError,
    kinds_of,
    read_batch_size,
    read_text,
    read_value,
    unknown_kind,
)
from nnplay.experiment.value import Experiment
from nnplay.translation import _

_WHOLE = re.compile(r"[+-]?\d[\d_]{0,29}", re.ASCII)
_BOOLS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_KIND_AT: Mapping[str, Family] = {
    "data": "data",
    "loss": "loss",
    "optimizer": "optimizer",
    "schedule": "schedule",
}


def parse_setting(experiment: Experiment, text: str) -> Experiment:
    """Return the experiment with one change, such as `optimizer.lr=0.1` or `loss=MSE`.

    A kind is given by its key and gets its default values. FileError explains what is wrong with
    the text; a value out of range is accepted and reported by `check`.
    """
    path, equals, value = (part.strip() for part in text.partition("="))
    faults = Faults()
    if not equals or not path:
        faults.expected(Place("setting"), _("PATH=VALUE, such as optimizer.lr=0.1"), text)
        raise FileError(faults)
    place = Place.parse(path)
    try:
        old = get_value(experiment, path)
    except PathError as error:
        # If the path cannot be parsed at all, suggest the parts of an experiment.
        top = tuple(f.name for f in fields(Experiment)) if error.name == path else ()
        known = error.known or top
        faults.unknown(place, _("There is no setting {name} here."), error.name, known)
        raise FileError(faults) from error
    new = _value(experiment, place, old, value, faults)
    if faults:
        raise FileError(faults)
    return set_value(experiment, path, new)


def _value(experiment: Experiment, place: Place, old: Any, text: str, faults: Faults) -> Any:
    if isinstance(old, Kind):
        family: Family = "layer" if place.part == "network" else _KIND_AT[place.part]
        return _kind(family, place, text, faults)
    if place == Place("batch_size"):
        return read_batch_size(_number(text), place, faults)
    holder = get_value(experiment, place.at("")) if place.field else experiment
    name = place.field or place.part
    param = next((p for p in params_of(type(holder)) if p.name == name), None)
    if param is not None:
        return read_value(param, _loose(param, text), place, faults)
    if isinstance(old, str):
        return read_text(text, place, faults)
    inside = (
        [f.name for f in fields(old)] if is_dataclass(old) else [f"[{i}]" for i in range(len(old))]
    )
    what = _("This is not a single value; choose one of its fields: {names}.")
    faults.add(place, what.format(names=", ".join(inside)))
    return old


def _kind(family: Family, place: Place, key: str, faults: Faults) -> Kind | None:
    found = kinds_of(family).get(key)
    if found is None:
        unknown_kind(family, key, place, faults)
        return None
    return found()


def _loose(param: Param, text: str) -> object:
    if param.type == "bool":
        return _BOOLS.get(text.lower(), text)
    return _number(text) if param.type in ("int", "float") else text


def _number(text: str) -> object:
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text
