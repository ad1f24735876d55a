"""What is wanted: one frozen value, how to change it, what is wrong with it, how it is stored."""

from nnplay.experiment.edit import (
    PathError,
    get_value,
    insert_layer,
    move_layer,
    remove_layer,
    set_value,
)
from nnplay.experiment.problems import Fix, Problem
from nnplay.experiment.seeds import Purpose, derive_seed
from nnplay.experiment.shapes import Row, trace_shapes
from nnplay.experiment.value import Experiment, Split

__all__ = [
    "Experiment",
    "Fix",
    "PathError",
    "Problem",
    "Purpose",
    "Row",
    "Split",
    "derive_seed",
    "get_value",
    "insert_layer",
    "move_layer",
    "remove_layer",
    "set_value",
    "trace_shapes",
]
