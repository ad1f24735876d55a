"""The panel that predicts typed values."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from nnplay.catalog import MNIST, Iris, Line, Parity, Spiral
from nnplay.data.arrays import Parts, Samples
from nnplay.engine.probes.typed import TypedPrediction
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.predict_values import PredictValuesPanel
from nnplay.link import Frame, InputColumn, InputColumns, Progress

COLUMNS = InputColumns(
    (
        InputColumn("size", typical="2.5"),
        InputColumn("kind", "category", ("apple", "pear"), typical="pear"),
        InputColumn("day", "date", first=19_724.0, typical="2024-01-12"),
    )
)


def parts_of(columns: InputColumns | None) -> Parts:
    none = Samples(np.empty((0, 6), np.float32), np.empty((0, 1), np.float32))
    return Parts(none, none, none, columns=columns)


def frame_of(prediction: TypedPrediction) -> Frame:
    progress = Progress(5, 10, 2.5, 5, 1.0, 1.0, 1.0)
    return Frame(1, 5, progress, 0.25, 0.1, {TypedPrediction: prediction})


def classes(inputs: tuple[float, ...], *odds: float) -> TypedPrediction:
    return TypedPrediction(inputs, np.array(odds, np.float32), None)


def test_fits_tables_points_and_curves() -> None:
    for data in (Line(), Spiral(), Iris()):
        assert PredictValuesPanel.fits(data.spec())
    for data in (MNIST(), Parity()):
        assert not PredictValuesPanel.fits(data.spec())


def test_typical_values_are_filled_in_and_asked_about_once_visible(open_panel, qtbot) -> None:
    panel = PredictValuesPanel()
    qtbot.addWidget(panel)
    asked: list[object] = []
    panel.inputs_typed.connect(asked.append)
    panel.show_data(example_run("curve").spec, parts_of(COLUMNS))
    assert not asked  # hidden panels cost nothing
    with qtbot.waitExposed(panel):
        panel.show()
    size, kind, day = panel.form.fields
    assert isinstance(size, QLineEdit) and isinstance(kind, QComboBox)
    assert (size.text(), kind.currentText(), day.text()) == ("2.5", "pear", "2024-01-12")
    assert asked[-1][:4] == (2.5, 0.0, 1.0, 10.0)


def test_typed_values_are_asked_about_and_wrong_ones_explained(open_panel, qtbot) -> None:
    panel = open_panel(PredictValuesPanel)
    asked: list[object] = []
    panel.inputs_typed.connect(asked.append)
    panel.show_data(example_run("curve").spec, parts_of(COLUMNS))
    size, kind, _day = panel.form.fields
    size.selectAll()
    qtbot.keyClicks(size, "4,5")
    assert asked[-1][0] == 4.5
    kind.setFocus()
    qtbot.keyClick(kind, Qt.Key.Key_Up)
    assert asked[-1][1:3] == (1.0, 0.0)
    size.selectAll()
    qtbot.keyClicks(size, "big")
    assert asked[-1] is None
    assert panel.form.complaint == "size: expected a number, received “big”."
    panel.reset_tool.click()
    assert panel.form.complaint == ""
    assert size.text() == "2.5"


def test_a_prediction_of_other_values_is_not_shown(open_panel) -> None:
    panel = open_panel(PredictValuesPanel, "plane")
    x, y = panel.form.fields
    x.setText("1")
    y.setText("2")
    panel.show_frame(frame_of(classes((1.0, 2.0), 0.25, 0.75)))
    name = example_run("plane").spec.class_names[1]
    assert panel.prediction.text == f"{name}  (75.0 %)"
    np.testing.assert_array_equal(panel.bars.values, np.float32([0.25, 0.75]))
    panel.show_typed(classes((9.0, 9.0), 0.9, 0.1))
    assert panel.prediction.text == f"{name}  (75.0 %)"
    panel.clear()
    assert panel.prediction.text == "–"


def test_a_number_has_no_bars(open_panel) -> None:
    panel = open_panel(PredictValuesPanel, "curve")
    panel.form.fields[0].setText("1")
    panel.show_typed(TypedPrediction((1.0,), None, np.array([1234.5678])))
    assert panel.prediction.text == "1234.57"
    assert panel.bars.isHidden()


def test_typed_values_are_kept_while_the_columns_stay_the_same(open_panel) -> None:
    panel = open_panel(PredictValuesPanel)
    panel.show_data(example_run("curve").spec, parts_of(COLUMNS))
    panel.form.fields[0].setText("7")
    panel.show_data(example_run("curve").spec, parts_of(COLUMNS))
    assert panel.form.fields[0].text() == "7"
    panel.show_data(example_run("curve").spec, parts_of(InputColumns((InputColumn("size"),))))
    assert panel.form.fields[0].text() == ""
    assert len(panel.form.fields) == 1


def test_a_table_of_an_earlier_version_says_what_to_do(open_panel) -> None:
    panel = open_panel(PredictValuesPanel)
    panel.show_data(example_run("curve").spec, parts_of(None))
    assert panel.empty_text.endswith("Import it again.")
