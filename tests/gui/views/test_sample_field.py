"""The number of a sample: users count from 1, the program from 0."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnplay.gui.views.sample_field import SampleField, sample_number


@pytest.fixture
def field(qtbot: QtBot) -> SampleField:
    one = SampleField()
    qtbot.addWidget(one)
    one.setRange(0, 899)
    one.setPrefix("sample ")
    one.setSuffix(" of 900")
    return one


def test_the_first_sample_is_number_1_and_the_last_one_as_many_as_there_are(
    field: SampleField,
) -> None:
    assert field.text() == "sample 1 of 900"
    field.setValue(899)
    assert field.text() == "sample 900 of 900"
    assert sample_number(1233) == "1,234"


@pytest.mark.parametrize(("typed", "index"), [("1", 0), ("17", 16), ("900", 899)])
def test_a_number_that_is_typed_is_the_one_that_is_shown(
    field: SampleField, qtbot: QtBot, typed: str, index: int
) -> None:
    field.setValue(4)
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == index
    assert field.text() == f"sample {typed} of 900"


@pytest.mark.parametrize("typed", ["0", "901", "x", "-3"])
def test_no_other_sample_can_be_typed(field: SampleField, qtbot: QtBot, typed: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert 0 <= field.value() <= 89
    assert field.text() != f"sample {typed} of 900"
