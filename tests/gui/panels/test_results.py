"""The results: metrics against scikit-learn, and what is copied to the clipboard."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTableWidget
from pytestqt.qtbot import QtBot
from sklearn.metrics import precision_recall_fscore_support

from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.results import ResultsPanel
from nnplay.gui.views.metric_block import duration
from nnplay.link import Scores
from nnplay.link.scaling import SampleScaling, TargetScaling


def cells(table: QTableWidget) -> list[list[str]]:
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def test_scores_of_every_class_match_scikit_learn(open_panel) -> None:
    panel = open_panel(ResultsPanel, "images")
    now = example_run("images").result.class_predictions
    expected = precision_recall_fscore_support(now.target, now.probabilities.argmax(1))
    shown = cells(panel.classes)
    assert len(shown) == 12
    for number, row in enumerate(shown[2:]):
        precision, recall, f1 = (f"{column[number]:.3f}" for column in expected[:3])
        assert row == [str(number), precision, recall, f1, str(expected[3][number])]
    for row, average in zip(shown, ("macro", "weighted"), strict=False):
        means = precision_recall_fscore_support(
            now.target, now.probabilities.argmax(1), average=average
        )
        assert row == [average, *(f"{one:.3f}" for one in means[:3]), f"{len(now.target)}"]


def test_losses_and_accuracies_of_each_part(open_panel) -> None:
    panel = open_panel(ResultsPanel, "images")
    assert [row[0] for row in cells(panel.scores)] == ["training", "validation", "test"]
    assert cells(panel.scores)[0] == ["training", "0.08120", "97.81 %", "99.73 %"]
    assert panel.scores.horizontalHeaderItem(3).text() == "top 5"
    assert "five most probable" in panel.scores.horizontalHeaderItem(3).toolTip()
    assert panel.errors.isHidden()
    summary = dict(panel.summary.pairs)
    assert summary["time taken"] == "74.3 s"
    assert summary["steps"] == "2,400"
    assert summary["mean samples/s"] == "16,500"
    assert "weight" not in summary


def test_a_regression_shows_losses_weight_and_bias(open_panel) -> None:
    panel = open_panel(ResultsPanel, "curve")
    assert panel.classes.isHidden()
    assert cells(panel.scores)[2] == ["test", "0.09780"]
    shown = {name: values[-1] for name, *values in cells(panel.errors)}
    assert shown == {"MSE": "0.09780", "RMSE": "0.3127", "MAE": "0.2815", "R²": "0.9674"}
    assert "no better than predicting the mean" in panel.errors.item(3, 0).toolTip()
    summary = dict(panel.summary.pairs)
    assert summary["weight"] == "0.81340"
    assert summary["bias"] == "0.39410"


def test_two_classes_have_an_area_under_the_curve(open_panel) -> None:
    panel = open_panel(ResultsPanel, "plane")
    assert panel.scores.horizontalHeaderItem(3).text() == "AUC"
    assert cells(panel.scores)[0] == ["training", "0.08120", "97.81 %", "0.9995"]


def test_a_missing_part_is_left_out(open_panel) -> None:
    panel = open_panel(ResultsPanel)
    result = replace(example_run("curve").result, validation=Scores(), test=Scores(), stopped=True)
    panel.show_result(result)
    assert [row[0] for row in cells(panel.scores)] == ["training"]
    assert panel.note == "stopped early"


def test_a_diverged_run_can_be_shown(open_panel) -> None:
    panel = open_panel(ResultsPanel)
    panel.show_result(replace(example_run("curve").result, train=Scores(float("nan"))))
    assert cells(panel.scores)[0] == ["training", "–"]


def test_copies_everything_as_text_for_a_spreadsheet(open_panel, qtbot: QtBot) -> None:
    panel = open_panel(ResultsPanel, "images")
    QApplication.clipboard().clear()
    panel.classes.setFocus()
    qtbot.waitUntil(panel.classes.hasFocus)
    qtbot.keyClick(panel.classes, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert "part\tloss\taccuracy\ttop 5" in lines
    assert "time taken\t74.3 s" in lines
    table = lines[lines.index("class\tprec.\trecall\tF1\tcount") + 1 :]
    assert [line.split("\t") for line in table] == cells(panel.classes)


def test_clear_forgets(open_panel) -> None:
    panel = open_panel(ResultsPanel, "images")
    panel.clear()
    assert panel.empty_text
    assert panel.as_text() == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0421, "42 ms"), (9.99, "10.0 s"), (74.3, "74.3 s"), (119.6, "2 min 00 s"),
     (3599.4, "59 min 59 s"), (3725, "1 h 02 min")],
)  # fmt: skip
def test_times_have_suitable_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize("sort", ["images", "curve", "plane"])
def test_no_number_is_cut_off_in_a_narrow_panel(sort: str, open_panel) -> None:
    panel = open_panel(ResultsPanel, sort, (300, 300))
    for table in (panel.scores, panel.errors, panel.classes):
        if table.isHidden():
            continue
        header = table.horizontalHeader()
        assert header.length() <= table.viewport().width()
        for column in range(1, table.columnCount()):
            assert header.sectionSize(column) >= table.sizeHintForColumn(column)
        assert header.sectionSize(0) >= 30


def test_the_example_run_matches_the_test() -> None:
    now = example_run("images").result.class_predictions
    assert np.isfinite(now.probabilities).all()


def test_standardised_targets_are_said_and_the_loss_is_in_both_units(open_panel) -> None:
    panel = open_panel(ResultsPanel)
    result = example_run("curve").result
    scaling = SampleScaling(targets=TargetScaling((1200.0,), (250.0,)))
    shown = replace(result, scaling=scaling, train=Scores(0.25, loss_in_units=15_620.0))
    panel.show_result(shown)
    titles = [
        panel.scores.horizontalHeaderItem(column).text()
        for column in range(panel.scores.columnCount())
    ]
    assert titles[:3] == ["part", "loss", "in data units"]
    assert cells(panel.scores)[0][1:3] == ["0.2500", "15,620"]
    assert dict(panel.summary.pairs)["learned targets"] == "(y − 1200) / 250.0"
