"""Reads the folder of a run, so that its network can predict new samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from nnplay.experiment import (
    Experiment,
    FileError,
    WeightsError,
    open_file,
    refuse_infinite_weights,
)
from nnplay.filesystem import is_file, is_folder, read_limited, reason
from nnplay.link import Trained
from nnplay.link.input_columns import InputColumns, parsed_columns
from nnplay.link.scaling import SampleScaling, Scaling, TargetScaling
from nnplay.translation import _

COLUMNS_FILE = "inputs.json"
_LARGEST_FILE = 64 * 2**20


class SavedRunError(Exception):
    """The folder of a run cannot be read; the message says why, and `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def read_run(folder: Path) -> Trained:
    """Return the network of a saved run; raises SavedRunError."""
    _refuse_other(folder)
    try:
        experiment = open_file(folder / "experiment.json")
    except FileError as error:
        raise SavedRunError(str(error)) from error
    path = folder / "weights.safetensors"
    try:
        refuse_infinite_weights(path)
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except WeightsError as error:
        raise SavedRunError(str(error), error.hint) from error
    except (SafetensorError, OSError) as error:
        text = _("{path} cannot be read: {why}.").format(path=path, why=error)
        raise SavedRunError(text) from error
    scaling = _scaling(metadata.get("scaling", ""), path)
    return Trained(experiment, weights, scaling, _columns(folder, experiment))


def _refuse_other(folder: Path) -> None:
    if not is_folder(folder):
        what = _("{path} is a file.") if is_file(folder) else _("There is no folder {path}.")
        raise SavedRunError(what.format(path=folder), _hint())
    for name in ("experiment.json", "weights.safetensors"):
        if not is_file(folder / name):
            text = _("{path} is not the folder of a run: it has no {name}.")
            raise SavedRunError(text.format(path=folder, name=name), _hint())


def _hint() -> str:
    return _("Name a folder that nnplay train --out has written.")


def _scaling(text: str, path: Path) -> SampleScaling:
    """Return how samples were scaled, from the metadata of the weights."""
    damaged = SavedRunError(
        _("{path} does not say how the samples of the run were scaled.").format(path=path),
        _("Train again with this version of nnplay, which saves that."),
    )
    try:
        table: Any = json.loads(text)
        inputs, targets = table["inputs"], table["targets"]
        return SampleScaling(
            None if inputs is None else Scaling(_numbers(inputs["shift"]), _sizes(inputs["size"])),
            None
            if targets is None
            else TargetScaling(
                tuple(_numbers(targets["mean"]).tolist()), tuple(_sizes(targets["std"]).tolist())
            ),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged from error


def _numbers(values: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = np.array(values, np.float64)
    if not np.isfinite(found).all():
        raise ValueError
    return found


def _sizes(values: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = _numbers(values)
    if (found == 0).any():
        raise ValueError
    return found


def _columns(folder: Path, experiment: Experiment) -> InputColumns | None:
    """Return how the columns of new samples are encoded; None for images and sequences."""
    path, shape = folder / COLUMNS_FILE, experiment.data.spec().in_shape
    if len(shape) != 1:
        return None
    if not is_file(path):
        raise SavedRunError(
            _("{path} is missing, so the columns of new samples cannot be encoded.").format(
                path=path
            ),
            _("The run was saved by an earlier version of nnplay. Train again and save it."),
        )
    try:
        table: Any = json.loads(read_limited(path, _LARGEST_FILE))
        if table["inputs"] is None:
            return None
        columns = parsed_columns(table["inputs"])
        if columns.width != shape[0]:
            raise ValueError(f"{columns.width} inputs, not {shape[0]}")
    except OSError as error:
        text = _("{path} cannot be read: {why}.").format(path=path, why=reason(error))
        raise SavedRunError(text) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        text = _("{path} is damaged: {why}.").format(path=path, why=error)
        raise SavedRunError(text, _("Train again and save the run.")) from error
    return columns
