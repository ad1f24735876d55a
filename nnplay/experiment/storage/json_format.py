"""Experiments as JSON: complete, readable, and safe to open whatever a file contains."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from nnplay.catalog import Family, Kind, Value, params_of
from nnplay.experiment.augmentation import Augmentation
from nnplay.experiment.checks.problems import Problem
from nnplay.experiment.place import Place
from nnplay.experiment.storage.page_reading import experiment_in_page, is_page
from nnplay.experiment.storage.reading import (
    FULL,
    MANY_DIGITS,
    Faults,
    FileError,
    HugeNumber,
    Object,
    known_names,
    read_batch_size,
    read_fields,
    read_kind,
    read_text,
    received_text,
)
from nnplay.experiment.storage.relative_paths import with_short_paths, with_whole_paths
from nnplay.experiment.training_rules import Policy, Regularisation
from nnplay.experiment.value import Experiment, Split
from nnplay.filesystem import absolute, read_limited, reason, replace_file
from nnplay.translation import _

FORMAT = 1
"""The format that is written."""
Document = dict[str, Any]
MIGRATIONS: Mapping[int, Callable[[Document], Document]] = {}
"""By format number, the function that turns such a document into one of the next format."""
SIZE_LIMIT = 16 * 2**20
"""The maximum size of a file in bytes."""
NETWORK_LIMIT = 1_000
"""The maximum number of layers."""
_MARK = "experiment"
_FAMILIES: Mapping[str, Family] = {
    "data": "data",
    "network": "layer",
    "loss": "loss",
    "optimizer": "optimizer",
    "schedule": "schedule",
}
_PARTS: Mapping[str, type] = {
    "split": Split,
    "regularisation": Regularisation,
    "policy": Policy,
    "augmentation": Augmentation,
}
"""The parts that are not kinds: each has parameters of its own."""
_LONGEST: Mapping[str, int] = {"device": 200, "name": 200, "about": 20_000}
"""The maximum length of the texts that `check` does not limit."""
_REQUIRED = ("data", "network", "loss", "optimizer")


def dumps(experiment: Experiment) -> str:
    """Return the experiment as JSON with every value, except extra parameters at their default.

    Raises FileError if a number cannot be represented in JSON.
    """
    document: Document = {"format": FORMAT, "nnplay": _MARK}
    for name in ("name", "about"):
        # A lone surrogate cannot be encoded as UTF-8, but saving must not fail because of it.
        document[name] = getattr(experiment, name).encode("utf-8", "replace").decode()
    usual = {p.name: p.default for p in params_of(Experiment) if p.extra}
    for f in fields(Experiment):
        value = getattr(experiment, f.name)
        if f.name not in usual or value != usual[f.name]:
            document.setdefault(f.name, _loose(f.name, value))
    try:
        lines = ",\n".join(f"  {_json(name)}: {_part(one)}" for name, one in document.items())
    except ValueError as error:
        what = _("A number in the experiment is not finite or has too many digits for a file.")
        raise FileError([Problem(Place("file"), what)]) from error
    return "{\n" + lines + "\n}\n"


def _part(value: Any) -> str:
    """Return a part of the experiment on one line, the network with one line per layer."""
    if isinstance(value, list) and value:
        return "[\n    " + ",\n    ".join(_json(one) for one in value) + "\n  ]"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _loose(name: str, value: Any) -> Any:
    if isinstance(value, Kind):
        return {"kind": value.key, **_kept(value)}
    if isinstance(value, tuple):
        return [_loose(name, one) for one in value]
    if name in _PARTS:
        pairs = ((p, getattr(value, p.name)) for p in params_of(_PARTS[name]))
        return {p.name: one for p, one in pairs if not p.extra or one != p.default}
    return FULL if name == "batch_size" and value is None else value


def _kept(kind: Kind) -> dict[str, Value]:
    """Return the values of a kind without extra parameters at their default."""
    usual = {p.name: p.default for p in kind.params() if p.extra}
    return {
        name: one for name, one in kind.values().items() if name not in usual or one != usual[name]
    }


def loads(text: str | bytes) -> Experiment:
    """Return the experiment in a JSON text; FileError lists all errors.

    Values out of range are accepted here and reported by `check`.
    """
    document = migrate(_parse(text))
    faults = Faults()
    known = ("format", "nnplay", *(f.name for f in fields(Experiment)))
    known_names(document, known, None, faults)
    if document.get("nnplay") != _MARK:
        faults.expected(Place("nnplay"), f'"{_MARK}"', document.get("nnplay"))
    values = _values(document, faults)
    if faults:
        raise FileError(faults)
    return Experiment(**values)


def _values(document: Document, faults: Faults) -> dict[str, Any]:
    params = params_of(Experiment)
    own = {p.name: document[p.name] for p in params if p.name in document}
    values = read_fields(params, own, None, faults)
    for name, family in _FAMILIES.items():
        if name not in document:
            if name in _REQUIRED:
                faults.add(Place(name), _("This part is missing."))
        elif name == "network":
            values[name] = _network(document[name], faults)
        else:
            values[name] = read_kind(family, document[name], Place(name), faults)
    for name, part in _PARTS.items():
        if name in document:
            values[name] = _read_part(part, document[name], name, faults)
    if "batch_size" in document:
        values["batch_size"] = read_batch_size(document["batch_size"], Place("batch_size"), faults)
    for name, longest in _LONGEST.items():
        if name in document:
            values[name] = read_text(document[name], Place(name), faults, longest)
    return values


def _network(value: object, faults: Faults) -> tuple[Kind | None, ...]:
    if not isinstance(value, list):
        faults.expected(Place("network"), _("a list of layers"), value)
        return ()
    if len(value) > NETWORK_LIMIT:
        what = _("Expected at most {limit} layers, received {count}.")
        faults.add(
            Place("network"), what.format(limit=f"{NETWORK_LIMIT:,}", count=f"{len(value):,}")
        )
        return ()
    return tuple(
        read_kind("layer", one, Place("network", layer=index), faults)
        for index, one in enumerate(value)
    )


def _read_part(part: type, value: object, name: str, faults: Faults) -> Any:
    if not isinstance(value, dict):
        faults.expected(Place(name), _("an object"), value)
        return part()
    return part(**read_fields(params_of(part), value, Place(name), faults))


def migrate(
    document: Document,
    migrations: Mapping[int, Callable[[Document], Document]] = MIGRATIONS,
    newest: int = FORMAT,
) -> Document:
    """Return the document converted to the newest format, step by step."""
    number = document.get("format")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        what = _("Expected a format number, received {received}.").format(
            received=received_text(number)
        )
        raise _fault(what, _("This does not look like an nnplay experiment."), "format")
    if number > newest:
        what = _(
            "Written by a newer version of nnplay: format {number}; this one reads up to {newest}."
        )
        raise _fault(what.format(number=number, newest=newest), _("Update nnplay."), "format")
    for step in range(number, newest):
        try:
            document = migrations[step](document)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            what = _("The file of format {number} is damaged and cannot be converted.")
            raise _fault(what.format(number=number), where="format") from error
    return document


def _fault(what: str, hint: str = "", where: str = "file") -> FileError:
    return FileError([Problem(Place(where), what, hint)])


def _too_large() -> FileError:
    what = _("The file is larger than {limit} MiB, which is too large for an experiment.")
    return _fault(what.format(limit=SIZE_LIMIT // 2**20))


def _parse(text: str | bytes) -> Document:
    if len(text) > SIZE_LIMIT:
        raise _too_large()
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            what = _("The file is not UTF-8 text: invalid byte at position {position}.")
            raise _fault(what.format(position=f"{error.start:,}")) from error
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise _fault(_("The file is empty."))
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_int=_whole)
    except json.JSONDecodeError as error:
        what = _("Invalid or truncated JSON: line {line}, column {column}: {message}.")
        raise _fault(
            what.format(line=error.lineno, column=error.colno, message=error.msg)
        ) from error
    except RecursionError as error:
        raise _fault(_("The file is nested too deeply for an experiment.")) from error
    if not isinstance(document, dict):
        what = _("Expected an object with the parts of an experiment, received {received}.")
        raise _fault(what.format(received=received_text(document)))
    return document


def _object(pairs: list[tuple[str, Any]]) -> Object:
    found = Object(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _value in pairs)
        found.twice = tuple(name for name, count in counts.items() if count > 1)
    return found


def _whole(digits: str) -> int | HugeNumber:
    return int(digits) if len(digits) <= MANY_DIGITS else HugeNumber()


def save(path: str | os.PathLike[str], experiment: Experiment) -> None:
    """Write the experiment to a file; on failure, FileError, and the old file is kept.

    Symbolic links are followed and permissions kept. The path of a data file in the same folder or
    below is stored relative to it, so that both can be moved together.
    """
    name = os.fspath(path)
    try:
        target = absolute(Path(path))
        # Paths given on a command line are relative to the current folder.
        whole = with_whole_paths(experiment, Path.cwd())
        text = dumps(with_short_paths(whole, target.parent))
        replace_file(target, text.encode("utf-8"))
    except (OSError, ValueError) as error:
        what = _("The file could not be written: {reason}.").format(reason=reason(error))
        raise FileError([Problem(Place("file"), what)], name) from error


def open_file(path: str | os.PathLike[str]) -> Experiment:
    """Return the experiment in a file, which may be an exported web page.

    FileError explains why it cannot be read.
    """
    name = os.fspath(path)
    try:
        text = read_limited(Path(path), SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        what = _("The file could not be read: {reason}.").format(reason=reason(error))
        raise FileError([Problem(Place("file"), what)], name) from error
    try:
        if is_page(Path(path)):
            if len(text) > SIZE_LIMIT:
                raise _too_large()
            text = experiment_in_page(text)
        return with_whole_paths(loads(text), absolute(Path(path)).parent)
    except FileError as error:
        raise FileError(error.problems, name) from error
