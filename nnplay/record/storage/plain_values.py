"""Frozen values as JSON and back, by the types of their fields."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from nnplay.record.storage.errors import DocumentError
from nnplay.translation import _

LONGEST_TEXT = 20_000
MOST_ITEMS = 100_000
LARGEST_INT = 2**53
_LARGEST_FLOAT = sys.float_info.max
_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
T = TypeVar("T")


def plain(value: Any) -> Any:
    """Return a value as strict JSON can hold it; numbers that are not finite become texts."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str):
        # A lone surrogate cannot be encoded, but saving must not fail because of it.
        return value.encode("utf-8", "replace").decode()
    return value


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False).encode()


def read_json(content: bytes, name: str) -> dict[str, Any]:
    """Return the object in a JSON text; DocumentError if it is anything else."""
    refuse_many_parts(content, name)
    try:
        value = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise damaged(name) from error
    if not isinstance(value, dict):
        raise damaged(name)
    return value


def refuse_many_parts(content: bytes, name: str) -> None:
    """Raise DocumentError for a JSON text with too many objects and lists to read quickly."""
    if content.count(b"[") + content.count(b"{") > MOST_ITEMS:
        raise damaged(name)


def damaged(name: str) -> DocumentError:
    """Return the error for a part of a document that is not as nnplay writes it."""
    return DocumentError(_("its part {name} is damaged").format(name=name))


def parsed(kind: type[T], value: Any) -> T:
    """Return what `plain` made of a value of that type, after JSON; raises ValueError otherwise.

    Fields that are missing get their defaults, and unknown ones are ignored.
    """
    found: T = _parsed(kind, value)
    return found


def _parsed(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        found = _parsed_union(get_args(kind), value)
    elif origin is tuple and isinstance(value, list) and len(value) <= MOST_ITEMS:
        found = tuple(_parsed(get_args(kind)[0], one) for one in value)
    elif is_dataclass(kind):
        found = _parsed_fields(kind, value)
    elif kind is float and isinstance(value, str) and value in _NOT_FINITE:
        found = _NOT_FINITE[value]
    elif kind is float and type(value) in (int, float) and abs(value) <= _LARGEST_FLOAT:
        found = float(value)
    elif kind is str and isinstance(value, str) and len(value) <= LONGEST_TEXT:
        found = value.encode("utf-8", "replace").decode()
    elif (kind is bool and isinstance(value, bool)) or (
        kind is int and type(value) is int and abs(value) <= LARGEST_INT
    ):
        found = value
    else:
        raise ValueError(f"{value!r:.40} is not {kind}")
    return found


def _parsed_union(kinds: tuple[Any, ...], value: Any) -> Any:
    if value is None and NoneType in kinds:
        return None
    (kind,) = (one for one in kinds if one is not NoneType)
    return _parsed(kind, value)


def _parsed_fields(kind: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(kind.__name__)
    found = {}
    for one in fields(kind):
        if one.name in value:
            found[one.name] = _parsed(_hints(kind)[one.name], value[one.name])
        elif one.default is MISSING and one.default_factory is MISSING:
            raise ValueError(one.name)
    return kind(**found)


@lru_cache(maxsize=64)
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _refuse_constant(word: str) -> float:
    raise ValueError(word)
