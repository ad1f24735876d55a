"""Typed values, drawings and files in the whole window, by the network of a real run."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from nnplay.catalog import PictureFolder
from nnplay.engine.model.build import build_network
from nnplay.engine.probes.typed import TypedPrediction
from nnplay.gui.importing.folder_dialog import FolderDialog
from nnplay.gui.panels.predict import PredictPanel
from nnplay.gui.panels.predict_values import PredictValuesPanel
from nnplay.gui.predicting.file_dialog import PredictFileDialog
from nnplay.link import Result
from tests.gui.piloting import Pilot


def probabilities(result: Result, x: list[list[float]]) -> np.ndarray:
    """Return the probabilities of the second class for points, by the final weights."""
    experiment = result.experiment
    model = build_network(experiment.network, (2,))
    model.load_state_dict({k: torch.from_numpy(np.array(v)) for k, v in result.weights.items()})
    with torch.no_grad():
        return model(torch.tensor(x)).sigmoid()[:, 0].numpy()


def type_point(pilot: Pilot, panel: PredictValuesPanel, x: str, y: str) -> None:
    for field, text in zip(panel.form.fields, (x, y), strict=True):
        field.setFocus()
        field.selectAll()
        pilot.qtbot.keyClicks(field, text)


def test_a_typed_point_is_predicted_before_during_and_after_training(pilot: Pilot) -> None:
    workspace = pilot.window.workspace
    pilot.window.preloading.start()
    pilot.open("spiral", epochs=100_000)
    panel = workspace.panel(PredictValuesPanel)
    workspace.bring_up(PredictValuesPanel)
    pilot.wait(lambda: panel.prediction.text != "–")  # untrained
    pilot.click_train()
    pilot.wait_phase("running")
    type_point(pilot, panel, "1.5", "-0.5")

    def follows() -> bool:
        found = pilot.frames[-1].get(TypedPrediction) if pilot.frames else None
        return (
            found is not None
            and found.inputs == (1.5, -0.5)
            and pilot.frames[-1].step > 1000
            and panel.prediction.text != "–"
        )

    pilot.wait(follows)
    pilot.window.controller.pause()
    pilot.wait_phase("paused")
    type_point(pilot, panel, "0.25", "2")
    pilot.wait(lambda: len(panel.bars.values) == 2 and bool(np.isfinite(panel.bars.values).all()))
    pilot.window.controller.stop()
    result = pilot.wait_phase("finished").result
    assert result is not None
    workspace.bring_up(PredictValuesPanel)  # the results came to the front
    type_point(pilot, panel, "-1", "0.75")
    expected = probabilities(result, [[-1.0, 0.75]])[0]
    pilot.wait(lambda: abs(float(panel.bars.values[1]) - expected) < 1e-5)
    # Reset: the untrained network predicts it.
    pilot.window.controller.reset()
    pilot.wait(lambda: abs(float(panel.bars.values[1]) - expected) > 1e-3)


def test_a_drawing_is_predicted_while_training_and_afterwards(pilot: Pilot) -> None:
    workspace = pilot.window.workspace
    pilot.open("digits-offline", epochs=5)
    panel = workspace.panel(PredictPanel)
    pilot.wait(lambda: workspace._spec is not None and panel.draw_button.isVisible())
    panel.draw_button.click()
    assert panel.draw_page.isVisible()
    assert not panel.mistakes_button.isVisible()
    pad = panel.draw_page.pad
    pilot.click_train()
    pilot.wait_phase("finished")
    workspace.bring_up(PredictPanel)  # the results came to the front
    pilot.qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center())
    pilot.qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center())
    pilot.wait(lambda: panel.draw_page.prediction.text != "–")
    assert float(panel.draw_page.bars.values.sum()) == pytest.approx(1, abs=1e-5)
    panel.undo_button.click()
    assert panel.draw_page.prediction.text == "–"
    panel.draw_button.click()
    assert panel.mistakes_button.isVisible()
    assert panel.picture.isVisible()


def trained(pilot: Pilot) -> PredictValuesPanel:
    pilot.open("spiral", epochs=3)
    panel = pilot.window.workspace.panel(PredictValuesPanel)
    pilot.window.workspace.bring_up(PredictValuesPanel)
    assert not panel.files.button.isEnabled()
    pilot.click_train()
    pilot.wait_phase("finished")
    assert panel.files.button.isEnabled()
    return panel


def test_a_chosen_table_is_predicted_and_saved(
    pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = trained(pilot)
    points = np.random.default_rng(1).uniform(-3, 3, (50, 2)).round(3).tolist()
    table, out = tmp_path / "points.csv", tmp_path / "out.csv"
    table.write_text("name,x,y\n" + "".join(f"p,{x},{y}\n" for x, y in points) + "q,far,1\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([str(table)], ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(out), ""))
    panel.files.button.click()
    dialog = pilot.window.dialogs.dialog
    assert isinstance(dialog, PredictFileDialog)
    pilot.wait(lambda: not dialog.is_busy)
    assert "50 predictions." in dialog.message.text()
    assert "Line 52, column x: expected a number, received “far”." in dialog.message.text()
    assert str(out) in dialog.message.text()
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    result = pilot.state.result
    assert result is not None
    second = [float(row["P(1)"]) for row in rows[:50]]
    np.testing.assert_allclose(second, probabilities(result, points), rtol=1e-4, atol=1e-6)
    assert rows[50]["prediction"] == ""
    dialog.reject()
    pilot.wait(lambda: pilot.window.dialogs.is_free)


def test_a_table_without_a_column_says_so(
    pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(pilot)
    table, out = tmp_path / "points.csv", tmp_path / "out.csv"
    table.write_text("x,z\n1,2\n")
    pilot.window.predictions.files.predict([table], out)
    dialog = pilot.window.dialogs.dialog
    assert dialog is not None
    pilot.wait(lambda: not dialog.is_busy)
    assert "points.csv lacks the column y" in dialog.message.text()
    assert not out.exists()
    dialog.reject()
    pilot.wait(lambda: pilot.window.dialogs.is_free)


def test_files_are_dropped_on_the_panel_once_there_is_a_network(
    pilot: Pilot, tmp_path: Path
) -> None:
    panel = trained(pilot)
    asked: list[list[Path]] = []
    panel.files_asked.disconnect()
    panel.files_asked.connect(asked.append)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "points.csv"))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    for _round in range(2):
        enter = QDragEnterEvent(QPoint(20, 60), copy, mime, left, none)
        QApplication.sendEvent(panel, enter)
        drop = QDropEvent(QPointF(20, 60), copy, mime, left, none)
        QApplication.sendEvent(panel, drop)
        panel.clear()  # without a network the window imports the file instead
    assert asked == [[tmp_path / "points.csv"]]


def test_drawings_are_kept_with_a_label_and_tested(
    pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, out = pilot.window.workspace, tmp_path / "out.csv"
    pilot.open("digits-offline", epochs=1)
    panel = workspace.panel(PredictPanel)
    pilot.wait(panel.draw_button.isVisible)
    panel.draw_button.click()
    pad, keep = panel.draw_page.pad, panel.keep

    def entry(text: str) -> QAction:
        keep.fill()
        return next(one for one in keep.menu.actions() if one.text() == text)

    assert not entry("Keep as 7").isEnabled()  # nothing is drawn
    for label in ("7", "1", "1"):
        pilot.qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center())
        pilot.qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center())
        entry(f"Keep as {label}").trigger()
        assert pad.strokes == 0
    assert panel.note == "3 kept"
    assert not entry("Predict 3 drawings…").isEnabled()
    pilot.click_train()
    pilot.wait_phase("finished")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(out), ""))
    entry("Predict 3 drawings…").trigger()
    dialog = pilot.window.dialogs.dialog
    assert dialog is not None
    pilot.wait(lambda: not dialog.is_busy)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    labels = [Path(row["file"]).parent.name for row in rows]
    assert labels == ["1", "1", "7"]
    right = sum(row["prediction"] == label for row, label in zip(rows, labels, strict=True))
    assert f"{right} of them are of the class that their folder is named after" in (
        dialog.message.text()
    )
    dialog.reject()
    pilot.wait(lambda: pilot.window.dialogs.is_free)
    entry("Import 3 drawings…").trigger()
    importing = pilot.window.dialogs.dialog
    assert isinstance(importing, FolderDialog)
    assert importing.side.value == 8
    importing.start.click()
    pilot.wait(lambda: isinstance(pilot.window.document.experiment.data, PictureFolder))
    data = pilot.window.document.experiment.data
    assert data.spec().in_shape == (1, 8, 8)
    assert data.spec().class_names == ("1", "7")
