"""The columns of new samples, with the statistics of the training samples."""

import json

import numpy as np
import pytest

from nnplay.catalog import Digits, Iris, Line, Parity, Spiral
from nnplay.data.input_columns import columns_of, with_statistics
from nnplay.link.input_columns import InputColumn, InputColumns, parsed_columns

NAN = float("nan")


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (Line(), ["x"]),
        (Spiral(), ["x", "y"]),
        (
            Iris(),
            ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"],
        ),
    ],
)
def test_columns_have_the_names_of_the_inputs(data: Line, names: list[str]) -> None:
    columns = columns_of(data.spec())
    assert columns is not None
    assert [one.name for one in columns.columns] == names
    assert columns.width == len(names)


def test_images_and_sequences_have_no_columns() -> None:
    assert columns_of(Digits().spec()) is None
    assert columns_of(Parity().spec()) is None


def test_a_missing_number_becomes_the_mean_and_the_typical_one_is_the_median() -> None:
    columns = InputColumns((InputColumn("a"), InputColumn("k", "category", ("no", "yes"))))
    x = np.array([[1, 0, 1], [2, 1, 0], [NAN, 0, 1], [9, 0, 1]], np.float32)
    number, category = with_statistics(columns, x, "mean").columns
    assert number.fill == (4.0,)
    assert number.typical == "2"
    # A missing category has no one-hot input in training either.
    assert category.fill == (0.0, 0.0)
    assert category.typical == "yes"
    number, category = with_statistics(columns, x[[0, 1, 3, 3]], "most frequent").columns
    assert number.fill == (9.0,)
    assert category.fill == (0.0, 1.0)
    assert all(one.fill == () for one in with_statistics(columns, x, "drop rows").columns)


def test_the_typical_date_is_a_date() -> None:
    column = InputColumn("day", "date", first=19_724.0)  # 2 January 2024
    x = np.array([[0, 0, 1], [10, 0, 1], [20, 0, 1]], np.float32)
    assert with_statistics(InputColumns((column,)), x, "mean").columns[0].typical == "2024-01-12"


def test_columns_come_back_from_json() -> None:
    columns = InputColumns(
        (
            InputColumn("a", aliases=("b",), fill=(1 / 3,), typical="2"),
            InputColumn("Größe", "category", ("x", "y"), fill=(0.0, 1.0)),
            InputColumn("t", "date", first=5.0, has_weekday=True, is_month_first=True),
        ),
        missing_words="-9",
        exact_words=True,
        is_double=True,
    )
    assert parsed_columns(json.loads(json.dumps(columns.plain()))) == columns


@pytest.mark.parametrize(
    "table",
    [
        None,
        [],
        {},
        {"columns": []},
        {"columns": [{}]},
        {"columns": [{"name": 5}]},
        {"columns": [{"name": "a", "kind": "code"}]},
        {"columns": [{"name": "a", "fill": [float("inf")]}]},
        {"columns": [{"name": "a", "fill": "1"}]},
        {"columns": [{"name": "a", "first": True}]},
        {"columns": [{"name": "a"}], "exact_words": "yes"},
    ],
)
def test_anything_else_is_refused(table: object) -> None:
    with pytest.raises(ValueError):
        parsed_columns(table)
