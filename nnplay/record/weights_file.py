"""The weights of a run as a safetensors file, which other networks can start from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save

from nnplay.filesystem import replace_file
from nnplay.link import Result, Trained
from nnplay.record.metrics_json import json_line
from nnplay.record.scaling import scaling_table


def weights_bytes(result: Result) -> bytes:
    """Return the content of the file: the weights, and how the data were scaled as metadata."""
    return trained_bytes(Trained.of(result))


def trained_bytes(trained: Trained) -> bytes:
    """Return the same of a trained network."""
    weights = {name: np.asarray(one, order="C") for name, one in trained.weights.items()}
    return save(weights, {"scaling": json_line(scaling_table(trained.scaling))})


def save_weights(result: Result, path: Path) -> None:
    """Write the weights of a run; raises OSError, and then keeps an old file."""
    replace_file(path, weights_bytes(result))
