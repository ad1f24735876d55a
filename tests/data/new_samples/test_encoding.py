"""Cells of new samples become the inputs that the same cells became on import."""

import numpy as np
import pytest

from nnplay.data.new_samples.encoding import encode
from nnplay.link.input_columns import InputColumn, InputColumns

NUMBER = InputColumn("size", fill=(7.5,))
KIND = InputColumn("kind", "category", ("Apple", "none", "Pear"), fill=(0.0, 0.0, 1.0))


def test_numbers_and_categories_are_encoded() -> None:
    found = encode(InputColumns((NUMBER, KIND)), [["1.5", "Pear"], ["2", "apple "], ["3", "none"]])
    assert found.inputs.tolist() == [[1.5, 0, 0, 1], [2, 1, 0, 0], [3, 0, 1, 0]]
    assert found.inputs.dtype == np.float32
    assert found.is_complete.all() and not found.complaints


def test_missing_cells_become_what_was_saved() -> None:
    found = encode(InputColumns((NUMBER, KIND)), [["", "?"], ["n/a", "Apple"]])
    assert found.inputs.tolist() == [[7.5, 0, 0, 1], [7.5, 1, 0, 0]]
    columns = InputColumns((NUMBER, KIND), missing_words="-9, unknown")
    assert encode(columns, [["-9", "Unknown"]]).inputs.tolist() == [[7.5, 0, 0, 1]]


def test_cells_that_cannot_be_encoded_say_what_was_expected() -> None:
    columns = InputColumns((InputColumn("size"), KIND, InputColumn("day", "date")))
    rows = [["1", "Pear", "2024-01-05"], ["x", "plum", "soon"], ["", "Pear", "2024-01-05"]]
    found = encode(columns, rows)
    assert found.is_complete.tolist() == [True, False, False]
    said = [(one.row, one.column, one.why) for one in found.complaints]
    assert said == [
        (1, "size", "expected a number, received “x”"),
        (1, "kind", "“plum” is unknown; expected one of: Apple, none, Pear"),
        (1, "day", "expected a date such as 2025-01-31, received “soon”"),
        (2, "size", "expected a number, but the cell is empty"),
    ]
    assert not found.inputs[1:].any()


def test_words_that_differ_by_case_stay_apart_where_they_did_on_import() -> None:
    genotype = InputColumn("gene", "category", ("AA", "Aa"))
    assert encode(InputColumns((genotype,)), [["Aa"]]).inputs.tolist() == [[0, 1]]
    assert not encode(InputColumns((genotype,)), [["aa"]]).is_complete.any()
    exact = InputColumns((KIND,), exact_words=True)
    assert encode(exact, [["Apple"], ["apple"]]).is_complete.tolist() == [True, False]


def test_a_decimal_comma_is_read_where_the_file_has_one() -> None:
    assert encode(InputColumns((NUMBER,)), [["1,5"]], comma=True).inputs.tolist() == [[1.5]]


@pytest.mark.parametrize(("month_first", "days"), [(False, 33), (True, 60)])
def test_dates_are_days_since_the_first_with_the_month_on_a_circle(
    month_first: bool, days: int
) -> None:
    # 3/2/2023 is 3 February, or 2 March with the month first; counted from 1 January.
    column = InputColumn("day", "date", first=19_358.0, is_month_first=month_first)
    found = encode(InputColumns((column,)), [["3/2/2023"]]).inputs[0]
    month = 1 if not month_first else 2
    expected = [days, np.sin(2 * np.pi * month / 12), np.cos(2 * np.pi * month / 12)]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_large_numbers_keep_their_digits_where_training_kept_them() -> None:
    columns = InputColumns((InputColumn("ms"),), is_double=True)
    assert encode(columns, [["1700000000001"]]).inputs.tolist() == [[1700000000001.0]]
