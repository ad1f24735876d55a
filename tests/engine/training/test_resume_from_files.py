"""Points whose parts do not fit each other are refused before a step computes with them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nnplay.catalog import SGD, Adam, Muon
from nnplay.link import Failed, Finished, ResumePoint
from tests.engine.rig import Run, small
from tests.engine.test_continuing import stopped

Change = Callable[[ResumePoint], ResumePoint]


def smaller(name: str) -> Change:
    def change(point: ResumePoint) -> ResumePoint:
        array = point.arrays[name]
        return replace(point, arrays={**point.arrays, name: array[:, :-1].copy()})

    return change


def without(name: str) -> Change:
    def change(point: ResumePoint) -> ResumePoint:
        arrays = {key: array for key, array in point.arrays.items() if key != name}
        return replace(point, arrays=arrays)

    return change


def other_memory(point: ResumePoint) -> ResumePoint:
    state = {"dict": [["state", {"array": "optimizer/state"}], ["memory", {"tuple": []}]]}
    return replace(point, values={**point.values, "optimizer_state": state})


def other_parameter(point: ResumePoint) -> ResumePoint:
    pairs = [["state", {"dict": [[99, {"dict": []}]]}], ["param_groups", []]]
    return replace(point, values={**point.values, "optimizer_state": {"dict": pairs}})


@pytest.mark.parametrize(
    ("stepper", "optimizer", "change"),
    [
        ("auto", Adam(), smaller("optimizer/state")),
        ("auto", Adam(), without("optimizer/state")),
        ("auto", Adam(), other_memory),
        ("eager", Adam(), smaller("optimizer/state/0/exp_avg")),
        ("eager", Adam(), other_parameter),
        ("eager", SGD(momentum=0.9), smaller("optimizer/state/0/momentum_buffer")),
        ("eager", Muon(), smaller("optimizer/parts/0/state/0/momentum_buffer")),
        ("auto", Adam(), without("history/sums")),
        ("auto", Adam(), without("schedule/plateau")),
    ],
)
def test_state_that_does_not_fit_is_refused(stepper: str, optimizer: Adam, change: Change) -> None:
    experiment = small(optimizer=optimizer, stepper=stepper)
    link = stopped(experiment, 10).link
    point = link.points.newest
    assert point is not None
    assert Run(experiment, continues=(link, 10)).of(Finished)
    link.points.add(change(point))
    run = Run(experiment, continues=(link, 10))
    assert "cannot be continued" in run.failure.message
    assert run.of(Failed)


def test_array_of_another_number_type_is_refused() -> None:
    experiment = small(optimizer=Adam())
    link = stopped(experiment, 10).link
    point = link.points.newest
    assert point is not None
    state = point.arrays["optimizer/state"].astype(np.float64)
    link.points.add(replace(point, arrays={**point.arrays, "optimizer/state": state}))
    assert Run(experiment, continues=(link, 10)).of(Failed)
