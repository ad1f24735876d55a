"""Training with several seeds in its dialog and from the window."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnplay.catalog import SGD, Circle, CrossEntropy, Dense, Tanh
from nnplay.experiment import Experiment, Split
from nnplay.gui.seeds.dialog import SeedsDialog
from nnplay.gui.seeds.plot import SeedsPlot
from nnplay.link import Band
from tests.gui.piloting import PATIENCE_MS, Pilot

EXPERIMENT = Experiment(
    Circle(points=80), (Dense(4), Tanh(), Dense(2)), CrossEntropy(), SGD(0.1), split=Split(0.25),
    batch_size=10, epochs=4, device="cpu",
)  # fmt: skip
ENDLESS = replace(EXPERIMENT, epochs=1_000_000)
Open = Callable[..., SeedsDialog]


@pytest.fixture
def open_dialog(qtbot: QtBot) -> Open:
    def make(experiment: Experiment = EXPERIMENT) -> SeedsDialog:
        dialog = SeedsDialog(experiment)
        qtbot.addWidget(dialog)
        dialog.fields["count"].show_value(3)
        with qtbot.waitExposed(dialog):
            dialog.show()
        return dialog

    return make


def finish(dialog: SeedsDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE_MS)


def test_the_spread_is_drawn_and_said(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog()
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert dialog.start.text() == "Stop"
    finish(dialog, qtbot)
    assert dialog.verdict.text().startswith("Validation accuracy ")
    assert dialog.verdict.text().endswith(", 3 seeds")
    x, y = dialog.plot.train.line.getData()
    assert x.tolist() == [1, 2, 3, 4]
    losses = [trace.column("train_loss") for trace in dialog.traces]
    assert len(losses) == 3
    np.testing.assert_allclose(10**y if dialog.plot.is_log else y, np.median(losses, axis=0))
    assert dialog.legend.names == ("training", "validation")


def test_a_stop_ends_the_run_in_progress(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(ENDLESS)
    dialog.start.click()
    qtbot.waitUntil(lambda: dialog.progress() is not None, timeout=PATIENCE_MS)
    dialog.start.click()
    finish(dialog, qtbot)
    assert dialog.status.text() == "Stopped before the first run had ended."
    assert dialog.start.text() == "Start"


def test_it_closes_while_it_trains(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(ENDLESS)
    dialog.start.click()
    qtbot.waitUntil(lambda: dialog.progress() is not None, timeout=PATIENCE_MS)
    dialog.cancel.click()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=PATIENCE_MS)
    assert not dialog.is_busy


def test_what_cannot_start_is_said(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(replace(EXPERIMENT, device="cuda:7"))
    dialog.start.click()
    finish(dialog, qtbot)
    assert dialog.message.isVisible()
    assert dialog.message.text()


def test_the_axis_is_logarithmic_where_the_loss_falls_far(qtbot: QtBot) -> None:
    plot = SeedsPlot()
    qtbot.addWidget(plot)
    epoch, none = np.arange(1.0, 6), Band(*np.empty((4, 0)))
    steep = 10.0 ** -np.arange(5)
    plot.show_bands(Band(epoch, steep, 2 * steep, 3 * steep), none)
    assert plot.is_log
    np.testing.assert_allclose(plot.train.line.getData()[1], np.log10(2 * steep))
    flat = np.linspace(1, 0.5, 5)
    plot.show_bands(Band(epoch, flat, flat, flat), none)
    assert not plot.is_log


def test_the_keys_open_it(pilot: Pilot) -> None:
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    pilot.key(Qt.Key.Key_D, control)
    pilot.wait(lambda: isinstance(pilot.window.dialogs.dialog, SeedsDialog))
