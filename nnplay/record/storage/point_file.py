"""Resume points as files, checked before anything else sees them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np

from nnplay.link import ResumePoint
from nnplay.record.storage.plain_values import LARGEST_INT, damaged
from nnplay.record.storage.tensors import Array, Tensors, read_tensors, tensors_bytes

_DEEPEST = 20
_PARTS = {"clock", "history", "schedule", "stopping"}
_MT19937_BYTES, _MT19937_WORDS = 5056, 624
_CUDA_RANDOM_BYTES = 16


def is_storable(point: ResumePoint) -> bool:
    """Return whether a point can be read again, which needs weights that are finite."""
    return all(map(_is_finite, point.weights.values()))


def point_bytes(point: ResumePoint, about: Mapping[str, Any] | None = None) -> bytes:
    """Return the content of a file with a point; `about` is returned with it by `read_about`."""
    arrays = {f"weights/{name}": array for name, array in point.weights.items()}
    arrays |= {f"arrays/{name}": array for name, array in point.arrays.items()}
    has_limit = point.loss_limit is not None
    arrays["numbers"] = np.array([point.seconds, point.loss_limit if has_limit else np.nan])
    values = {"step": point.step, "has_limit": has_limit, "values": point.values}
    return tensors_bytes(arrays, values | {"about": dict(about or {})})


def read_point(content: bytes, name: str) -> tuple[ResumePoint, Mapping[str, Any]]:
    """Return a point and what was written with it; raises DocumentError."""
    tensors = read_tensors(content, name)
    try:
        point = _point(tensors)
        about = tensors.about["about"]
        if not isinstance(about, dict):
            raise ValueError("about")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged(name) from error
    return point, about


def _point(tensors: Tensors) -> ResumePoint:
    about = tensors.about
    step, values, has_limit = about["step"], about["values"], about["has_limit"]
    weights, arrays = tensors.below("weights/"), tensors.below("arrays/")
    seconds, limit = _numbers(tensors.arrays["numbers"], 2)
    if not (_is_count(step) and isfinite(seconds) and seconds >= 0 and isinstance(has_limit, bool)):
        raise ValueError("step")
    if not weights or not all(map(_is_finite, weights.values())):
        raise ValueError("weights")
    _check_random(arrays)
    _check_values(values, arrays)
    return ResumePoint(step, seconds, limit if has_limit else None, weights, arrays, values)


def _check_random(arrays: Mapping[str, Array]) -> None:
    """Refuse a state of random numbers that PyTorch would read beyond."""
    state = arrays["random"]
    if state.dtype != np.uint8 or state.shape != (_MT19937_BYTES,):
        raise ValueError("random")
    # The seed (8 bytes), numbers left before the next block, whether it is seeded, the next one.
    left, seeded = np.frombuffer(state[8:16].tobytes(), "<i4").tolist()
    (following,) = np.frombuffer(state[16:24].tobytes(), "<u8").tolist()
    if not (1 <= left <= _MT19937_WORDS and seeded == 1 and following <= _MT19937_WORDS):
        raise ValueError("random")
    cuda = arrays.get("cuda_random")
    if cuda is not None and (cuda.dtype != np.uint8 or cuda.shape != (_CUDA_RANDOM_BYTES,)):
        raise ValueError("cuda_random")


def _check_values(values: Any, arrays: Mapping[str, Array]) -> None:
    """Refuse values that the engine does not write."""
    if set(values) != {"stepper", "optimizer", "optimizer_state"} | _PARTS:
        raise ValueError("values")
    if not all(isinstance(values[one], str) for one in ("stepper", "optimizer")):
        raise ValueError("stepper")
    _check_packed(values["optimizer_state"], arrays, 0)
    for name in _PARTS:
        counts = values[name]
        if counts is None:
            continue
        if not isinstance(counts, dict) or not all(map(_is_count, counts.values())):
            raise ValueError(name)
    for name in ("clock/times", "history/sums"):
        _numbers(arrays[name], 3)
    if _numbers(arrays["clock/times"], 3)[2] > LARGEST_INT:
        raise ValueError("clock")
    share, _best = _numbers(arrays["schedule/plateau"], 2)
    since, shares = arrays["schedule/since"], arrays["schedule/shares"]
    if not isfinite(share) or since.shape != shares.shape or since.ndim != 1 or not len(since):
        raise ValueError("schedule")
    if since.dtype.kind not in "iuf" or shares.dtype.kind != "f" or not np.isfinite(shares).all():
        raise ValueError("schedule")
    _numbers(arrays["stopping/mark"].reshape(-1), 1)
    if "best_epoch" in (values["stopping"] or {}):
        _numbers(arrays["stopping/best_value"].reshape(-1), 1)


def _check_packed(value: Any, arrays: Mapping[str, Array], depth: int) -> None:
    """Refuse anything but lists, tuples and dicts of whole numbers, texts and arrays."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, list):
        for one in value:
            _check_packed(one, arrays, depth + 1)
    elif isinstance(value, dict):
        ((kind, content),) = value.items()
        if kind == "dict":
            for key, one in content:
                if not isinstance(key, str | int):
                    raise ValueError("key")
                _check_packed(one, arrays, depth + 1)
        elif kind == "tuple":
            _check_packed(list(content), arrays, depth + 1)
        elif kind not in ("tensor", "array", "float"):
            raise ValueError(kind)
        elif arrays[content].size != 1 and kind == "float":
            raise ValueError(content)
    elif not (value is None or isinstance(value, str) or _is_number(value)):
        raise ValueError("value")


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and abs(value) <= LARGEST_INT


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_INT


def _numbers(array: Array, count: int) -> list[float]:
    if array.dtype != np.float64 or array.shape != (count,):
        raise ValueError("numbers")
    found: list[float] = array.tolist()
    return found


def _is_finite(array: Array) -> bool:
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())
