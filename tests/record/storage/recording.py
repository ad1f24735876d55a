"""Recorded runs for tests, and how to compare them."""

from dataclasses import fields, is_dataclass
from math import isnan
from typing import Any

import numpy as np

from nnplay.experiment import Experiment
from nnplay.link import Finished, Started
from nnplay.record.recorded_run import Parent, RecordedRun
from tests.engine.rig import Run


def recorded(experiment: Experiment, number: int = 1, **run_arguments: Any) -> RecordedRun:
    """Train, and return the run."""
    run = Run(experiment, **run_arguments)
    link = run.link
    finished = run.of(Finished)
    return RecordedRun(
        f"run-{number}",
        number,
        experiment,
        link.steps,
        link.epochs,
        link.film,
        link.points,
        tuple(link.edits),
        run.of(Started)[0],
        finished[0].result if finished else None,
        Parent("run-0", 7, 3),
        "a name",
        "a note\nof two lines",
        True,
    )


def assert_equal(one: Any, other: Any, place: str = "run") -> None:
    """Compare every field of two values, and every number byte by byte."""
    assert type(one) is type(other) or isinstance(one, dict), place
    if isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape), place
        assert one.tobytes() == other.tobytes(), place
    elif isinstance(one, Experiment):
        assert one == other, place
    elif is_dataclass(one) and not isinstance(one, type):
        for field in fields(one):
            values = (getattr(each, field.name) for each in (one, other))
            if field.name != "_spacing":
                assert_equal(*values, f"{place}.{field.name}")
    elif hasattr(one, "spacing"):
        assert (one.columns, one.spacing) == (other.columns, other.spacing), place
        assert_equal(one.read(), other.read(), place)
    elif hasattr(one, "layout"):
        assert_equal(dict(one.layout.shapes), dict(other.layout.shapes), place)
        assert_equal(one.frames, other.frames, f"{place}.frames")
    elif isinstance(one, dict):
        assert set(one) == set(other), place
        for name, value in one.items():
            assert_equal(value, other[name], f"{place}.{name}")
    elif isinstance(one, tuple | list):
        assert len(one) == len(other), place
        for index, (value, second) in enumerate(zip(one, other, strict=True)):
            assert_equal(value, second, f"{place}[{index}]")
    else:
        assert one == other or (isnan(one) and isnan(other)), place
