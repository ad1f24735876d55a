"""The table of the samples: every row of every part, sorted, found, counted, and as images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts, Samples
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.data_table import DataPanel
from nnplay.gui.views.gallery import MOST_TILES
from nnplay.gui.views.plots.histogram import BINS, count_bars
from nnplay.gui.views.sample_table import SamplePosition, SampleTable

SPEC = DataSpec("classification", (3,), 3, ("a", "b", "c"), 9, 4)
ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def samples(count: int, start: int) -> Samples:
    x = np.arange(start, start + 3 * count, dtype=np.float32).reshape(count, 3)
    return Samples(x, (np.arange(start, start + count) * 2) % 3)


PARTS = Parts(samples(6, 0), samples(3, 100), samples(4, 200))


def table() -> SampleTable:
    one = SampleTable()
    one.show_data(SPEC, PARTS)
    return one


def column(one: SampleTable, number: int) -> list[str]:
    return [one.text(row, number) for row in range(one.rowCount())]


def test_every_sample_of_every_part_has_a_row() -> None:
    one = table()
    assert (one.rowCount(), one.columnCount()) == (13, 6)
    assert [one.title(c) for c in range(6)] == ["sample", "part", "target", "x1", "x2", "x3"]
    assert column(one, 1) == ["training"] * 6 + ["validation"] * 3 + ["test"] * 4
    assert one.place(5) == SamplePosition("train", 5)
    assert one.place(6) == SamplePosition("validation", 0)
    assert one.place(12) == SamplePosition("test", 3)
    assert column(one, 2) == [
        SPEC.class_names[int(y)] for part in vars(PARTS).values() if part for y in part.y
    ]
    assert one.text(7, 3) == "103.00"
    np.testing.assert_array_equal(one.sample(7), PARTS.validation.x[1])


@given(st.integers(0, 5), st.sampled_from([ASCENDING, DESCENDING]))
def test_sorting_orders_a_column_and_keeps_rows_whole(by: int, order: Qt.SortOrder) -> None:
    one = table()
    before = {column(one, 0)[row]: [one.text(row, c) for c in range(6)] for row in range(13)}
    one.sort(by, order)
    values = one.column_values(by)
    numbers = [int(text) - 1 for text in column(one, 0)]
    ordered = values[numbers]
    steps = np.diff(ordered.astype(float))
    assert (steps >= 0).all() if order == ASCENDING else (steps <= 0).all()
    assert sorted(numbers) == list(range(13))
    # Equal ones stay in the order they came.
    for value in np.unique(ordered):
        same = [n for n, v in zip(numbers, ordered, strict=True) if v == value]
        assert same == sorted(same)
    for row in range(13):
        assert [one.text(row, c) for c in range(6)] == before[one.text(row, 0)]
        assert one.row_of(numbers[row]) == row


def test_predictions_are_beside_the_targets_of_their_part() -> None:
    one = table()
    one.show_predictions("test", np.array([2, -1, 0, 1]))
    assert one.title(3) == "prediction"
    assert column(one, 3) == ["–"] * 9 + ["c", "–", "a", "b"]
    assert one.title(4) == "x1"
    one.show_predictions("test", None)
    assert one.title(3) == "x1"


def test_regression_targets_and_steps_have_headers() -> None:
    one = SampleTable()
    spec = DataSpec("regression", (4, 1), 1, (), 2, 0)
    x = np.arange(8, dtype=np.float32).reshape(2, 4, 1)
    none = Samples(x[:0], np.zeros((0, 1), np.float32))
    one.show_data(spec, Parts(Samples(x, np.array([[0.5], [1.5]], np.float32)), none, none))
    titles = [one.title(c) for c in range(one.columnCount())]
    assert titles == ["sample", "part", "target", "step 1", "step 2", "step 3", "step 4"]
    one.show_predictions("train", np.array([[0.25], [2.0]], np.float32))
    assert [one.text(1, c) for c in range(5)] == ["2", "training", "1.5000", "2.0000", "4.0000"]


def test_a_million_rows_are_not_copied_and_can_be_reached(open_panel) -> None:
    count = 1_000_000
    x = np.random.default_rng(0).random((count, 2), dtype=np.float32)
    none = Samples(x[:0], np.zeros(0, np.int64))
    parts = Parts(Samples(x, np.arange(count) % 2), none, none)
    panel = open_panel(DataPanel)
    panel.show_data(DataSpec("classification", (2,), 2, ("a", "b"), count, 0), parts)
    assert panel.table.rowCount() == count
    panel.view.sortByColumn(3, DESCENDING)
    assert panel.table.text(0, 0) == f"{x[:, 0].argmax() + 1:,}"
    panel.jump.setValue(777_777)
    row = panel.view.currentIndex().row()
    assert panel.table.text(row, 0) == "777,778"
    assert panel.view.visualRect(panel.view.currentIndex()).isValid()
    assert (
        panel.view.viewport()
        .rect()
        .contains(panel.view.visualRect(panel.table.index(row, 0)).center())
    )
    assert panel.counts.counts.tolist() == [count // 2, count // 2]
    assert np.shares_memory(panel.table.sample(row), x)


@given(st.lists(st.floats(-1e6, 1e6, width=32) | st.just(float("nan")), max_size=60))
def test_a_histogram_counts_as_numpy_does(values: list[float]) -> None:
    array = np.array(values, dtype=np.float32)
    bars = count_bars(array)
    real = array[np.isfinite(array)].astype(float)
    if bars is None:
        assert not len(real)
        return
    assert bars.counts.sum() == len(real)
    assert (bars.low, bars.high) == (real.min(), real.max())
    assert bars.mean == pytest.approx(real.mean(), abs=1e-9)
    if bars.high > bars.low:
        width = (bars.high - bars.low) / BINS
        expected = np.histogram(real, BINS, (bars.low, bars.high))[0]
        # What lies on an edge may fall to either side by rounding.
        off = np.abs(np.cumsum(expected - bars.counts))
        assert off.max() <= np.sum(np.abs((real - bars.low) / width % 1 - 0.5) > 0.4999)


def test_images_are_paged_in_the_order_of_the_table(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(DataPanel, "images")
    now = example_run("images")
    assert panel.images_button.isChecked()
    assert len(panel.gallery.indices) == MOST_TILES
    panel.view.sortByColumn(2, ASCENDING)
    panel.next_page()
    assert panel.page == 1
    qtbot.mouseClick(
        panel.gallery,
        Qt.MouseButton.LeftButton,
        pos=panel.gallery.tile_rect(3).center().toPoint(),
    )
    row = panel.view.currentIndex().row()
    assert row == MOST_TILES + 3
    target = np.concatenate([p.y for p in (now.parts.train, now.parts.validation, now.parts.test)])
    number = int(np.argsort(target, kind="stable")[row])
    assert f"sample {number + 1:,}" in panel.about
    assert f"target {target[number]}" in panel.about
    first = panel.page
    panel.jump.setValue(number + 1)
    assert panel.table.text(panel.view.currentIndex().row(), 0) == f"{number + 2:,}"
    while panel.on.isEnabled():
        panel.next_page()
    assert panel.page == -(-len(target) // MOST_TILES) - 1 >= first
    panel.images_button.click()
    assert panel.stack.currentWidget() is panel.view


def test_the_predictions_of_a_run_are_shown(open_panel) -> None:
    panel = open_panel(DataPanel, "images")
    predictions = example_run("images").result.class_predictions
    assert predictions is not None
    start = panel.table.rowCount() - len(predictions.target)
    taken = predictions.probabilities.argmax(1)
    for index in (0, 17, len(taken) - 1):
        assert panel.table.text(start + index, 3) == str(taken[index])
    panel.jump.setValue(start + 17)
    assert f"prediction {taken[17]}" in panel.about
    panel.clear()
    assert panel.table.prediction_column == -1


def test_another_column_has_another_histogram(open_panel) -> None:
    panel = open_panel(DataPanel, "plane")
    parts = example_run("plane").parts
    panel.view.setCurrentIndex(panel.table.index(0, panel.table.first_input + 1))
    every = np.concatenate([parts.train.x, parts.validation.x])[:, 1]
    assert panel.histogram.bars is not None
    assert panel.histogram.bars.low == every.min()
    assert panel.histogram.bars.mean == pytest.approx(every.mean(dtype=float))
