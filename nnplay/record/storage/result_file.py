"""The result of a run as a file: its weights, its predictions and its metrics."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from nnplay.experiment import Experiment
from nnplay.link import (
    ClassPredictions,
    LabelPredictions,
    RegressionPredictions,
    Result,
    Scores,
)
from nnplay.link.input_columns import parsed_columns
from nnplay.link.scaling import SampleScaling, Scaling, TargetScaling
from nnplay.record.storage.plain_values import damaged, parsed, plain
from nnplay.record.storage.tensors import Array, Tensors, read_tensors, tensors_bytes

_PREDICTIONS = {
    "class_predictions": ClassPredictions,
    "regression_predictions": RegressionPredictions,
    "label_predictions": LabelPredictions,
}
_SCORES = ("train", "validation", "test")
_APART = {"experiment", "weights", "columns", "scaling", *_PREDICTIONS}
"""Fields that are not plain values."""


def result_bytes(result: Result) -> bytes:
    """Return the content of a file with a result, apart from its experiment."""
    arrays: dict[str, Array] = {f"weights/{name}": one for name, one in result.weights.items()}
    names = [one.name for one in fields(Result) if one.name not in _APART]
    about: dict[str, Any] = {name: plain(getattr(result, name)) for name in names}
    about["columns"] = None if result.columns is None else result.columns.plain()
    for name, kind in _PREDICTIONS.items():
        predictions = getattr(result, name)
        if predictions is None:
            continue
        about[name] = {}
        for field in fields(kind):
            value = getattr(predictions, field.name)
            if isinstance(value, np.ndarray):
                arrays[f"{name}/{field.name}"] = value
            else:
                about[name][field.name] = value
    inputs, targets = result.scaling.inputs, result.scaling.targets
    if inputs is not None:
        arrays |= {"inputs/shift": inputs.shift, "inputs/size": inputs.size}
    if targets is not None:
        arrays |= {"targets/mean": np.array(targets.mean), "targets/std": np.array(targets.std)}
    return tensors_bytes(arrays, about)


def read_result(content: bytes, name: str, experiment: Experiment) -> Result:
    """Return a result that `result_bytes` wrote; raises DocumentError."""
    tensors = read_tensors(content, name)
    try:
        return _result(tensors, experiment)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise damaged(name) from error


def _result(tensors: Tensors, experiment: Experiment) -> Result:
    about = tensors.about
    weights = tensors.below("weights/")
    if not all(one.dtype.kind != "f" or np.isfinite(one).all() for one in weights.values()):
        raise ValueError("weights")
    types = {"device": str, "threads": int, "stepper": str, "steps": int, "epochs": float,
             "seconds": float, "samples_per_second": float, "stopped": bool,
             "weights_sha256": str, "ending": str, "stepper_why": str, "divergence": str,
             **dict.fromkeys(_SCORES, Scores)}  # fmt: skip
    values: dict[str, Any] = {one: parsed(kind, about[one]) for one, kind in types.items()}
    penalty = about["penalty"]
    values["penalty"] = None if penalty is None else parsed(float, penalty)
    columns = about["columns"]
    values["columns"] = None if columns is None else parsed_columns(columns)
    for name, kind in _PREDICTIONS.items():
        values[name] = None
        if name in about:
            values[name] = _predictions(kind, about[name], tensors.below(f"{name}/"))
    return Result(experiment=experiment, weights=weights, scaling=_scaling(tensors), **values)


def _predictions(kind: Any, about: Any, arrays: dict[str, Array]) -> Any:
    found: Any = kind(**about, **arrays)
    n = len(found.target)
    if found.part not in ("train", "validation", "test"):
        raise ValueError("part")
    if kind is RegressionPredictions:
        legal = found.target.shape == found.predicted.shape and found.target.ndim == 2
        legal = legal and found.predicted.dtype.kind == found.target.dtype.kind == "f"
    else:
        classes = found.probabilities.shape[1]
        confusion, target = found.confusion, found.target
        legal = found.probabilities.shape == (n, classes) and found.probabilities.dtype.kind == "f"
        legal = legal and target.dtype.kind == confusion.dtype.kind == "i"
        legal = legal and type(found.step) is int and 0 <= found.step < 2**53
        is_class = kind is ClassPredictions
        shape = (classes, classes) if is_class else (classes, 2, 2)
        legal = legal and confusion.shape == shape
        legal = legal and target.shape == ((n,) if is_class else (n, classes))
        highest = classes if is_class else 2
        legal = legal and bool(((target >= 0) & (target < highest)).all())
        legal = legal and bool(((confusion >= 0) & (confusion <= n)).all())
    if not legal:
        raise ValueError(kind.__name__)
    return found


def _scaling(tensors: Tensors) -> SampleScaling:
    inputs, targets = tensors.below("inputs/"), tensors.below("targets/")
    of_inputs = of_targets = None
    if inputs:
        of_inputs = Scaling(_floats(inputs["shift"]), _divisors(inputs["size"]))
    if targets:
        mean, std = _floats(targets["mean"]), _divisors(targets["std"])
        if mean.ndim != 1 or mean.shape != std.shape:
            raise ValueError("targets")
        of_targets = TargetScaling(tuple(mean.tolist()), tuple(std.tolist()))
    return SampleScaling(of_inputs, of_targets)


def _floats(array: Array) -> Array:
    if array.dtype != np.float64 or not np.isfinite(array).all():
        raise ValueError("scaling")
    return array


def _divisors(array: Array) -> Array:
    if (_floats(array) == 0).any():
        raise ValueError("scaling")
    return array
