"""Importing a folder of images in the real window: chosen, dragged, cancelled, reported."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nnplay.catalog import OwnDigits, PictureFolder
from nnplay.data.load import clear_cache
from nnplay.experiment.storage.starter import starter
from nnplay.gui.importing.folder_dialog import FolderDialog
from tests.gui.piloting import PATIENCE_MS, Pilot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    clear_cache()
    yield
    clear_cache()


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    root = tmp_path / "shapes"
    for name, colour in (("black", 0), ("white", 255)):
        (root / name).mkdir(parents=True)
        for number in range(20):
            Image.new("L", (12, 9), colour).save(root / name / f"{number}.png")
    return root


def dialog_of() -> FolderDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FolderDialog)
    return dialog


def drop(pilot: Pilot, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, mime, LEFT, none)
    QApplication.sendEvent(pilot.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(pilot.window, QDropEvent(QPointF(5, 5), copy, mime, LEFT, none))


def test_a_folder_dropped_on_the_window_is_trained_on(pilot: Pilot, shapes: Path) -> None:
    pilot.open("digits-offline", epochs=2)
    drop(pilot, shapes)
    dialog = dialog_of()
    pilot.type(dialog.side, "8")
    pilot.click(dialog.start)
    pilot.wait(lambda: QApplication.activeModalWidget() is None)
    document = pilot.window.document
    data = document.experiment.data
    assert isinstance(data, PictureFolder)
    assert (data.pictures, data.side, data.colour) == (40, 8, False)
    assert document.undo_label == "Import shapes"
    # Nothing of the example is left, neither its network nor its name and text.
    expected = replace(starter(data), seed=document.experiment.seed, name="shapes")
    assert document.experiment == expected
    assert "A small network with matching settings has been set up." in pilot.notice
    assert "40 images in 2 classes, 8 × 8 pixels, greyscale" in pilot.notice
    pilot.click_train()
    assert pilot.wait_phase("finished", "failed").phase == "finished"
    pilot.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not isinstance(document.experiment.data, PictureFolder)


def test_what_was_detected_in_a_folder_is_listed_and_corrected(qtbot: QtBot, shapes: Path) -> None:
    for name, shade in (("black", 100), ("white", 1000)):
        deep = np.full((9, 9), shade, np.uint16)
        Image.fromarray(deep).save(shapes / name / "deep.png")
    (shapes / "grey").mkdir()
    dialog = FolderDialog(shapes)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    qtbot.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(dialog.report.isVisible, timeout=PATIENCE_MS)
    assert dialog.report.toPlainText().splitlines() == [
        "grey has no images, so it is not a class.",
        "Images with more than 8 bits: the value 1,023 is white, which is a guess.",
    ]
    dialog.white.setCurrentIndex(dialog.white.findText("4095"))
    dialog.white.activated.emit(dialog.white.currentIndex())
    assert dialog.outcome is None
    qtbot.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(dialog.report.isVisible, timeout=PATIENCE_MS)
    assert "the value 4,095 is white." in dialog.report.toPlainText()


def test_skipped_files_are_listed_before_the_images_are_used(
    pilot: Pilot, shapes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shapes / "white" / "torn.png").write_bytes(b"\x89PNG")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(shapes))
    pilot.key(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = dialog_of()
    pilot.click(dialog.start)
    pilot.wait(dialog.report.isVisible)
    skipped = "1 file was skipped:\nwhite/torn.png: damaged, or not an image"
    assert skipped in dialog.report.toPlainText()
    assert dialog.start.text() == "Use these images"
    pilot.click(dialog.start)
    pilot.wait(lambda: QApplication.activeModalWidget() is None)
    assert isinstance(pilot.window.document.experiment.data, PictureFolder)


def test_an_unsuitable_folder_is_refused_with_a_message(qtbot: QtBot, shapes: Path) -> None:
    dialog = FolderDialog(shapes / "white")
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    qtbot.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(dialog.message.isVisible, timeout=PATIENCE_MS)
    assert "at least two are needed" in dialog.message.text()
    assert "one subfolder of images" in dialog.message.text()
    assert dialog.outcome is None
    assert dialog.start.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_an_import_can_be_cancelled(
    qtbot: QtBot, shapes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3_000):
        (shapes / "white" / f"x{number}.png").symlink_to(shapes / "white" / "0.png")
    dialog = FolderDialog(shapes)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    qtbot.mouseClick(dialog.start, LEFT)
    assert dialog.bar.isVisible()
    # Closing it cancels as well, and leaves no thread running.
    dialog.close()
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE_MS)
    assert "cancelled" in dialog.message.text()
    assert not (shapes.parent / "data").exists()


def test_digits_become_the_test_set_of_mnist(pilot: Pilot, tmp_path: Path) -> None:
    root = tmp_path / "ours"
    for label in ("3", "eight"):
        (root / label).mkdir(parents=True)
        Image.new("RGB", (40, 40), "red").save(root / label / "one.png")
    pilot.window.imports.open_path(root)
    dialog = dialog_of()
    for _again in range(2):
        pilot.qtbot.keyClick(dialog.use, Qt.Key.Key_Down)
    # MNIST decides these.
    assert not dialog.side.isEnabled() and not dialog.colour.isEnabled()
    dialog.start.click()
    pilot.wait(lambda: "Expected folders named 0 to 9, received eight." in dialog.message.text())
    (root / "eight").rename(root / "8")
    dialog.start.click()
    pilot.wait(lambda: isinstance(pilot.window.document.experiment.data, OwnDigits))
    data = pilot.window.document.experiment.data
    assert isinstance(data, OwnDigits)
    assert (data.use, data.pictures) == ("test", 2)
    assert data.spec().in_shape == (1, 28, 28)
