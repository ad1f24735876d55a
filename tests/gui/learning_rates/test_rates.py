"""The comparison of learning rates: alone, and through the menus of the real window."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnplay.catalog import MNIST, MSE, SGD, Circle, CrossEntropy, Dense, Flatten, Line, Tanh
from nnplay.data.load import _lock as loading
from nnplay.experiment import Experiment, Split, preset
from nnplay.experiment.lr_range import lr_range
from nnplay.gui.learning_rates import preview as rates_alone
from nnplay.gui.learning_rates.dialog import LearningRatesDialog
from nnplay.gui.style import theme
from tests.gui.piloting import PATIENCE_MS, Pilot

CLASSES = Experiment(
    Circle(points=100), (Dense(6), Tanh(), Dense(2)), CrossEntropy(), SGD(0.02),
    split=Split(0.2), batch_size=13, epochs=4, seed=3, device="cpu",
)  # fmt: skip
CURVE = Experiment(
    Line(points=64), (Dense(1),), MSE(), SGD(1.0), batch_size=8, epochs=4, device="cpu"
)
ENDLESS = replace(CLASSES, epochs=10_000_000, stepper="eager")
LEFT = Qt.MouseButton.LeftButton
Open = Callable[[Experiment], LearningRatesDialog]


@pytest.fixture
def open_dialog(qtbot: QtBot) -> Iterator[Open]:
    made: list[LearningRatesDialog] = []

    def make(experiment: Experiment) -> LearningRatesDialog:
        dialog = LearningRatesDialog(experiment)
        made.append(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        return dialog

    yield make
    for dialog in made:
        dialog.shut_down(PATIENCE_MS)
        QApplication.processEvents()
        dialog.close()
        dialog.deleteLater()
    made.clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # type: ignore[arg-type]
    gc.collect()


def settle(qtbot: QtBot, dialog: LearningRatesDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE_MS)


def compared(qtbot: QtBot, dialog: LearningRatesDialog) -> LearningRatesDialog:
    qtbot.mouseClick(dialog.start, LEFT)
    settle(qtbot, dialog)
    assert not dialog.message.isVisible(), dialog.message.text()
    return dialog


def column(dialog: LearningRatesDialog, at: int) -> list[str]:
    table = dialog.table
    return [table.item(row, at).text() for row in range(table.rowCount())]  # type: ignore[union-attr]


def put(qtbot: QtBot, dialog: LearningRatesDialog, name: str, text: str) -> None:
    field = dialog.fields[name]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_rates_around_the_current_one_are_proposed(open_dialog: Open) -> None:
    dialog = open_dialog(CLASSES)
    assert [field.value for field in dialog.fields.values()] == [0.0002, 0.63, 8, 4]
    proposed = [float(f"{rate:g}") for rate in lr_range(0.0002, 0.63, 8)]
    assert [float(text) for text in column(dialog, 0)] == proposed
    assert not dialog.use.isEnabled()
    long = open_dialog(replace(CLASSES, epochs=1_000_000))
    # Seven steps an epoch: about 2,000 of them are proposed.
    assert long.fields["epochs"].value == 2000 // 7


def test_each_rate_has_a_curve_a_point_and_a_row_and_the_best_is_chosen(
    open_dialog: Open, qtbot: QtBot
) -> None:
    dialog = compared(qtbot, open_dialog(CLASSES))
    assert [len(line) for line in dialog.curves.lines] == [28] * 8
    words = column(dialog, 3)
    best = words.index("best")
    losses = [float(text) for text in column(dialog, 1)]
    assert losses[best] == min(losses)
    assert words[0] == "too slow"
    assert all(text.endswith("%") for text in column(dialog, 2))
    assert [row.row() for row in dialog.table.selectionModel().selectedRows()] == [best]
    assert f"{dialog.table.item(best, 0).text()}" in dialog.status.text()  # type: ignore[union-attr]
    assert "compiled" in dialog.status.text()
    assert "validation loss" in dialog.losses.getAxis("left").labelText
    assert dialog.table.horizontalHeaderItem(1).text() == "Validation loss"
    spots = dialog.losses.points.points()
    assert [spot.data() for spot in spots] == list(range(8))
    heights = [spot.pos().y() for spot in spots]
    assert heights[best] == min(heights)


def test_enter_on_the_table_uses_the_chosen_rate(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = compared(qtbot, open_dialog(CLASSES))
    dialog.table.setFocus()
    dialog.table.selectRow(0)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE_MS):
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert dialog.rate == lr_range(0.0002, 0.63, 8)[1]


def test_a_click_on_a_point_chooses_its_rate(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = compared(qtbot, open_dialog(CLASSES))
    for at in (6, 1):
        plot = dialog.losses
        spot = plot.points.points()[at].pos()
        place = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(spot)))
        qtbot.mouseClick(plot.viewport(), LEFT, pos=place)
        qtbot.waitUntil(lambda at=at: dialog.table.currentRow() == at, timeout=PATIENCE_MS)  # type: ignore[misc]
    qtbot.mouseClick(dialog.use, LEFT)
    assert dialog.rate == lr_range(0.0002, 0.63, 8)[1]


def test_diverged_rates_are_named_with_their_step(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(CURVE)
    put(qtbot, dialog, "low", "0.01")
    put(qtbot, dialog, "high", "1e6")
    put(qtbot, dialog, "count", "4")
    compared(qtbot, dialog)
    assert column(dialog, 3)[-1].startswith("diverged in step ")
    assert column(dialog, 1)[-1] == "–"
    assert dialog.table.isColumnHidden(2), "numbers have no accuracy"
    assert dialog.table.horizontalHeaderItem(1).text() == "Loss", "there are no validation samples"
    spots = dialog.losses.points.points()
    assert spots[-1].pos().y() > spots[0].pos().y()


def test_a_stop_shows_the_results_so_far(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(ENDLESS)
    put(qtbot, dialog, "epochs", "1000000")
    qtbot.mouseClick(dialog.start, LEFT)
    assert dialog.start.text() == "Stop"
    assert not dialog.fields["low"].isEnabled()
    qtbot.waitUntil(lambda: "step" in dialog.status.text(), timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.start, LEFT)
    settle(qtbot, dialog)
    assert "Stopped" in dialog.status.text()
    assert dialog.start.text() == "Start"
    assert dialog.fields["low"].isEnabled()
    assert "–" not in column(dialog, 1)
    assert dialog.isVisible()


def test_a_stop_is_obeyed_while_the_data_are_loaded(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(replace(CLASSES, seed=77))
    with loading:
        qtbot.mouseClick(dialog.start, LEFT)
        assert dialog.status.text() == "Preparing…"
        qtbot.mouseClick(dialog.start, LEFT)
        settle(qtbot, dialog)
        assert dialog.status.text() == "Stopped before the first step."
    compared(qtbot, dialog)


def test_a_pending_stop_is_shown_at_once(qtbot: QtBot) -> None:
    turn = Lock()
    dialog = LearningRatesDialog(CLASSES, turn)
    qtbot.addWidget(dialog)
    with turn:
        qtbot.mouseClick(dialog.start, LEFT)
        qtbot.mouseClick(dialog.start, LEFT)
        assert dialog.is_busy
        assert dialog.status.text() == "Stopping…"
        # It need not wait until the other one is done.
        settle(qtbot, dialog)
    assert dialog.status.text() == "Stopped before the first step."


@pytest.mark.parametrize("way", ["button", "window", "escape"])
def test_it_closes_while_networks_are_trained(open_dialog: Open, qtbot: QtBot, way: str) -> None:
    dialog = open_dialog(ENDLESS)
    put(qtbot, dialog, "epochs", "1000000")
    qtbot.mouseClick(dialog.start, LEFT)
    with qtbot.waitSignal(dialog.rejected, timeout=PATIENCE_MS):
        if way == "button":
            qtbot.mouseClick(dialog.cancel, LEFT)
        elif way == "window":
            dialog.close()
        else:
            qtbot.keyClick(dialog.table, Qt.Key.Key_Escape)
    assert not dialog.is_busy
    assert not dialog.isVisible()
    assert dialog.rate is None


def test_a_rate_can_be_used_before_the_end(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(ENDLESS)
    put(qtbot, dialog, "epochs", "1000000")
    qtbot.mouseClick(dialog.start, LEFT)
    dialog.table.selectRow(2)
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE_MS):
        qtbot.mouseClick(dialog.use, LEFT)
    assert not dialog.is_busy
    assert dialog.rate == lr_range(0.0002, 0.63, 8)[2]


def test_a_reversed_range_and_missing_data_are_reported(
    open_dialog: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog(CLASSES)
    put(qtbot, dialog, "low", "1")
    assert "below the highest" in dialog.message.text()
    assert not dialog.start.isEnabled()
    put(qtbot, dialog, "high", "2")
    assert not dialog.message.isVisible()
    assert dialog.start.isEnabled()
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    missing = open_dialog(replace(CLASSES, data=MNIST(), network=(Flatten(), Dense(10))))
    qtbot.mouseClick(missing.start, LEFT)
    settle(qtbot, missing)
    assert "MNIST" in missing.message.text()


def test_both_themes_and_a_second_comparison(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = compared(qtbot, open_dialog(CLASSES))
    for look in (theme.DARK, theme.LIGHT):
        theme.apply(look)
        ends = [dialog.curves.lines[at].curve.pen.color().name() for at in (0, -1)]
        assert ends == [look.sequence[0], look.sequence[-1]]
    put(qtbot, dialog, "count", "3")
    assert column(dialog, 1) == ["", "", ""]
    compared(qtbot, dialog)
    assert len(dialog.curves.lines) == 3
    assert "" not in column(dialog, 3)


def test_it_opens_alone(tmp_path: Path) -> None:
    for number, more in enumerate((["--empty"], ["--preset", "spiral"])):
        path = tmp_path / f"{number}.png"
        assert rates_alone.main(["--save", str(path), "--size", "900x560", *more]) == 0
        assert QImage(str(path)).width() == 900


# ----------------------------------------------------------- through the window


def dialog_of(pilot: Pilot) -> LearningRatesDialog:
    pilot.wait(lambda: pilot.window.dialogs.dialog is not None)
    dialog = pilot.window.dialogs.dialog
    assert dialog is not None
    return dialog


def test_a_rate_is_found_and_used_in_one_step_of_undo(pilot: Pilot) -> None:
    pilot.open("spiral", epochs=2)
    before = pilot.window.document.experiment
    pilot.click(pilot.window.workspace.training_editor.rates)
    dialog = dialog_of(pilot)
    assert dialog.fields["epochs"].value == 2
    compared(pilot.qtbot, dialog)
    dialog.table.selectRow(5)
    pilot.click(dialog.use)
    pilot.wait(lambda: pilot.window.dialogs.dialog is None)
    after = pilot.window.document.experiment
    assert after.optimizer.lr != before.optimizer.lr
    assert after == replace(before, optimizer=before.optimizer.changed(lr=after.optimizer.lr))
    assert pilot.window.document.undo_label == f"Learning rate {after.optimizer.lr:g}"
    pilot.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pilot.window.document.experiment == before


def test_the_keys_open_it_and_the_window_closes_while_it_trains(pilot: Pilot) -> None:
    pilot.window.document.restore(ENDLESS, None, "")
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    pilot.key(Qt.Key.Key_L, modifiers)
    dialog = dialog_of(pilot)
    put(pilot.qtbot, dialog, "epochs", "1000000")
    pilot.click(dialog.start)
    assert dialog.is_busy
    # The fixture closes the window and sees that no thread is left.


def test_during_a_run_it_says_why_not(pilot: Pilot) -> None:
    endless = replace(preset("spiral").experiment, epochs=10_000_000, stepper="eager")
    pilot.window.document.restore(endless, None, "")
    pilot.click_train()
    pilot.wait_phase("running")
    pilot.click(pilot.window.workspace.training_editor.rates)
    assert pilot.window.dialogs.dialog is None
    assert "Stop the current run first" in pilot.notice


def test_problems_of_the_experiment_are_shown_instead(pilot: Pilot) -> None:
    broken = replace(preset("spiral").experiment, network=())
    pilot.window.document.restore(broken, None, "")
    pilot.window.learning_rates.ask()
    assert pilot.window.dialogs.dialog is None
    assert pilot.notice


def test_empty_plots_say_what_they_will_show(qtbot: QtBot, open_dialog: Open) -> None:
    dialog = open_dialog(preset("spiral").experiment)
    assert dialog.status.text().startswith("Start trains 8 networks")
    put(qtbot, dialog, "count", "5")
    assert dialog.status.text().startswith("Start trains 5 networks")
