"""Painted points are part of the experiment and its file, and are loaded unchanged."""

from dataclasses import replace
from typing import Any

import pytest

from nnplay.catalog import MSE, SGD, CrossEntropy, Dense, Painted, PaintedCurve
from nnplay.data import DataError
from nnplay.data.load import load
from nnplay.experiment import Experiment, FileError, check, dumps, loads

POINTS = ((0.25, -1.5, 2.0), (1.0, 1.0, 0.0), (-3.0, 0.5, 1.0))
PLANE = Experiment(Painted(POINTS, classes=3), (Dense(3),), CrossEntropy(), SGD())


def test_points_are_loaded_as_they_were_painted() -> None:
    samples = load(PLANE.data, 0).samples
    assert samples.x.tolist() == [[0.25, -1.5], [1.0, 1.0], [-3.0, 0.5]]
    assert samples.y.tolist() == [2, 0, 1]
    assert PLANE.data.spec().samples == 3
    curve = load(PaintedCurve(((1.0, 2.0), (0.5, -4.0))), 0).samples
    assert (curve.x.tolist(), curve.y.tolist()) == ([[1.0], [0.5]], [[2.0], [-4.0]])


def test_points_are_saved_in_the_file() -> None:
    assert "[[0.25, -1.5, 2.0], [1.0, 1.0, 0.0], [-3.0, 0.5, 1.0]]" in dumps(PLANE)
    assert loads(dumps(PLANE)) == PLANE
    assert check(PLANE) == ()


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ("3", "at most 20,000 rows of 3 numbers"),
        ("[[1, 2, 0], 3]", "a list of finite numbers"),
        ('[[1, "2", 0]]', "a list of finite numbers"),
        ("[[1, true, 0]]", "a list of finite numbers"),
        ("[[1, NaN, 0]]", "a list of finite numbers"),
        ("[[1, 1e999, 0]]", "a list of finite numbers"),
        ("[[1, 1" + 400 * "0" + ", 0]]", "a list of finite numbers"),
    ],
)
def test_a_file_with_invalid_points_is_refused(points: str, says: str) -> None:
    text = dumps(PLANE).replace("[[0.25, -1.5, 2.0], [1.0, 1.0, 0.0], [-3.0, 0.5, 1.0]]", points)
    with pytest.raises(FileError) as caught:
        loads(text)
    (problem,) = caught.value.problems
    assert str(problem.where).startswith("data.points")
    assert says in problem.what


@pytest.mark.parametrize(
    "points",
    [
        *(((1.0, 2.0),), ((1.0, 2.0, 0.0, 0.0),), ((1.0, 2.0, 1e300),), ((float("nan"),) * 3,)),
        *((1.0, 2.0, 0.0), None, "1 2 0", ((1.0, 2.0, 0.0),) * 20_001, ((1.0, 2.0, True),)),
    ],
)
def test_rows_that_are_not_points_are_a_problem_with_a_fix(points: Any) -> None:
    wrong = replace(PLANE, data=replace(PLANE.data, points=points))  # type: ignore[type-var]
    (problem, *_others) = check(wrong)
    assert str(problem.where) == "data.points"
    assert "at most 20,000 rows of 3 numbers" in problem.what
    assert problem.fix is not None
    assert not [p for p in check(problem.fix.experiment) if str(p.where) == "data.points"]


def test_classes_must_be_present_and_whole() -> None:
    (problem,) = check(replace(PLANE, data=Painted(POINTS), network=(Dense(2),)))
    assert str(problem.where) == "data.classes"
    assert problem.fix is not None
    assert problem.fix.experiment.data == Painted(POINTS, classes=3)
    for number in (-1.0, 0.5, 10.0):
        (problem,) = check(replace(PLANE, data=Painted(((0.0, 0.0, number),), classes=3)))
        assert str(problem.where) == "data.points"
    assert check(Experiment(PaintedCurve(), (Dense(1),), MSE(), SGD())) == ()


@pytest.mark.parametrize("data", [Painted((), classes=3), PaintedCurve(())])
def test_no_points_are_a_problem_but_can_be_saved(data: Any) -> None:
    empty = replace(PLANE, data=data)
    assert loads(dumps(empty)) == empty
    found = [p for p in check(empty) if str(p.where).startswith(("data", "split"))]
    assert [p.what for p in found] == ["There are no points yet."]
    assert found[0].fix is not None
    assert not [p for p in check(found[0].fix.experiment) if str(p.where).startswith("data")]
    with pytest.raises(DataError, match="no points yet"):
        load(data, 0)
