"""Getting MNIST: download, cancel, failure, local files, or the offline digits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar
from pytestqt.qtbot import QtBot

from nnplay.catalog import MNIST, Digits
from nnplay.data import is_present
from nnplay.data.download.registry import ARCHIVES
from nnplay.data.load import clear_cache
from nnplay.gui.importing.download_dialog import DownloadDialog
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.link import ClassPredictions
from tests.gui.piloting import PATIENCE_MS, Pilot
from tests.serving import MirrorServer, serving

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def no_mnist(nnplay_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("NNPLAY_DATA", raising=False)
    clear_cache()
    monkeypatch.setitem(ARCHIVES, "mnist", ARCHIVES["mnist"])  # what is put there does not stay
    assert not is_present("mnist")
    yield
    clear_cache()


@pytest.fixture
def server(mnist_dir: Path) -> Iterator[MirrorServer]:
    with serving(mnist_dir) as mirrors:
        yield mirrors


def open_dialog(qtbot: QtBot, *mirrors: str, timeout: float = 20.0) -> DownloadDialog:
    if mirrors:
        ARCHIVES["mnist"] = replace(ARCHIVES["mnist"], mirrors=mirrors)
    dialog = DownloadDialog("mnist", timeout=timeout)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    return dialog


def text(dialog: DownloadDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def wait_idle(qtbot: QtBot, dialog: DownloadDialog) -> None:
    qtbot.waitUntil(dialog.start.isEnabled, timeout=PATIENCE_MS)


def test_train_without_mnist_offers_the_download_and_the_offline_digits(pilot: Pilot) -> None:
    pilot.open("mnist-first-net")
    network = pilot.window.document.experiment.network
    pilot.click_train()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, DownloadDialog)
    assert pilot.state.phase == "idle"
    assert "11.6 MB" in text(dialog)
    pilot.click(dialog.offline)
    pilot.wait(lambda: QApplication.activeModalWidget() is None)
    assert pilot.window.document.experiment.data == Digits()
    assert pilot.window.document.experiment.network == network
    assert pilot.window.document.undo_label == "Use Digits 8×8"
    pilot.type_epochs(1)
    pilot.click_train()
    assert pilot.wait_phase("finished", "failed").phase == "finished"
    pilot.key(Qt.Key.Key_Z, CTRL)
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert pilot.window.document.experiment.data == MNIST()


def test_the_preview_says_that_mnist_is_missing(pilot: Pilot) -> None:
    pilot.open("mnist-first-net")
    pilot.wait(lambda: "MNIST" in pilot.window.workspace.panel(DataPreview).empty_text)


def test_cancel_changes_nothing(pilot: Pilot) -> None:
    pilot.open("mnist-first-net")
    before = pilot.window.document.experiment
    pilot.click_train()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, DownloadDialog)
    pilot.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    pilot.wait(lambda: QApplication.activeModalWidget() is None)
    assert pilot.window.document.experiment is before
    assert pilot.state.phase == "idle"


def test_the_requested_step_is_taken_once_the_data_are_loaded(
    mnist_dir: Path, pilot: Pilot
) -> None:
    pilot.open("mnist-first-net")
    pilot.key(Qt.Key.Key_F8)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, DownloadDialog)
    dialog.import_path(mnist_dir)
    assert pilot.wait_phase("paused", "failed").phase == "paused"
    assert len(pilot.steps) == 1


def test_a_download_shows_its_progress_and_closes_the_dialog(
    server: MirrorServer, qtbot: QtBot
) -> None:
    dialog = open_dialog(qtbot, server.mirror("good"))
    bar = dialog.findChild(QProgressBar)
    seen: list[int] = []
    bar.valueChanged.connect(seen.append)
    assert not bar.isVisible()
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE_MS):
        qtbot.mouseClick(dialog.start, LEFT)
        assert bar.isVisible()
        assert not dialog.choose.isEnabled()
        assert dialog.cancel.text() == "Stop"
    assert seen == sorted(seen)
    assert is_present("mnist")
    assert not dialog.isVisible()


def test_stopping_a_stalled_download_keeps_the_dialog_and_no_partial_files(
    server: MirrorServer, qtbot: QtBot, nnplay_home: Path
) -> None:
    dialog = open_dialog(qtbot, server.mirror("stall"), timeout=1000.0)
    bar = dialog.findChild(QProgressBar)
    qtbot.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(lambda: bar.value() > 1_000_000, timeout=PATIENCE_MS)
    assert "of 11.6 MB" in bar.format()
    # Closing it cancels as well, and leaves no thread running.
    dialog.close()
    assert dialog.isVisible()
    wait_idle(qtbot, dialog)
    assert "cancelled" in text(dialog)
    assert dialog.start.text() == "Try again"
    assert not any((nnplay_home / "data" / "mnist").iterdir())
    qtbot.mouseClick(dialog.cancel, LEFT)
    assert not dialog.isVisible()


def test_a_failure_names_the_mirror_and_alternatives_and_can_be_retried(
    server: MirrorServer, qtbot: QtBot
) -> None:
    dialog = open_dialog(qtbot, server.mirror("cut"))
    qtbot.mouseClick(dialog.start, LEFT)
    wait_idle(qtbot, dialog)
    assert "could not be downloaded" in text(dialog)
    assert server.mirror("cut") in text(dialog)
    for way in ("download again", "import files", "Digits"):
        assert way in text(dialog)
    assert not is_present("mnist")
    assert dialog.start.text() == "Try again"
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE_MS):
        qtbot.mouseClick(dialog.start, LEFT)
        assert "could not be downloaded" not in text(dialog)
    assert is_present("mnist")


def test_local_files_are_imported(mnist_dir: Path, qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot)
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE_MS):
        dialog.import_path(mnist_dir / "train-images-idx3-ubyte.gz")
    assert is_present("mnist")


def test_a_file_that_is_not_mnist_is_refused_with_a_message(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "holiday.npz"
    path.write_bytes(b"no such thing")
    dialog = open_dialog(qtbot)
    dialog.import_path(path)
    wait_idle(qtbot, dialog)
    assert "holiday.npz" in text(dialog)
    assert "Traceback" not in text(dialog)
    assert dialog.isVisible()
    assert not is_present("mnist")


def test_the_window_closes_during_a_download(
    server: MirrorServer, pilot: Pilot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ARCHIVES["mnist"] = replace(ARCHIVES["mnist"], mirrors=(server.mirror("stall"),))
    monkeypatch.setattr(
        "nnplay.gui.importing.download_dialog.DownloadDialog.__init__.__defaults__", (None, 1000.0)
    )
    pilot.open("mnist-first-net")
    pilot.click_train()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, DownloadDialog)
    pilot.click(dialog.start)
    bar = dialog.findChild(QProgressBar)
    pilot.wait(lambda: bar.value() > 1_000_000)
    threads = dialog.findChildren(QThread)
    assert any(thread.isRunning() for thread in threads)
    assert pilot.window.close()
    assert not any(thread.isRunning() for thread in threads)
    assert not is_present("mnist")


def test_the_real_mnist_trains_with_a_live_matrix_and_its_images(
    mnist_dir: Path, pilot: Pilot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    clear_cache()
    pilot.open("mnist-first-net")
    confusion = pilot.window.workspace.panel(ConfusionPanel)
    pilot.type(pilot.window.workspace.training_editor.batch, "1")  # 48,000 steps to an epoch
    pilot.click_train()
    pilot.wait_phase("running", "failed")

    def asked() -> list[int]:
        return [
            int(f.payloads[ClassPredictions].confusion.sum())
            for f in pilot.frames
            if ClassPredictions in f.payloads and 0 < f.progress.epoch < 1
        ]

    # All matrices of the training are of the same number of images: all, or a subset in a hurry.
    pilot.wait(lambda: len(asked()) >= 3)
    assert len(pilot.epochs) == 0
    assert len(set(asked())) == 1
    assert 0 < asked()[0] <= 10_000
    # What is learnt by then depends only on the number of steps, not on their speed.
    pilot.wait(lambda: pilot.frames[-1].step >= 3_000)
    pilot.key(Qt.Key.Key_F5)
    pilot.wait_phase("paused")
    pilot.wait(lambda: pilot.frames[-1].payloads[ClassPredictions].count == 10_000)
    predictions = pilot.frames[-1].payloads[ClassPredictions]
    counted = {
        (int(i), int(j)): f"{predictions.confusion[i, j]:,}"
        for i, j in zip(*predictions.confusion.nonzero(), strict=True)
    }
    pilot.wait(lambda: all(confusion.matrix.cell_text(c) == text for c, text in counted.items()))
    predicted = predictions.probabilities.argmax(1)
    assert predictions.part == "test"
    # Learnt in part of an epoch: far better than the tenth that guessing gives.
    assert (predicted == predictions.target).mean() > 0.5
    cell = (4, 9)
    pilot.click(confusion.matrix, confusion.matrix.cell_rect(cell).center().toPoint())
    assert confusion.gallery.isVisible()
    expected = np.flatnonzero((predictions.target == 4) & (predicted == 9))
    assert set(confusion.gallery.indices) <= set(expected.tolist())
    assert len(confusion.gallery.indices) == min(len(expected), 60)
