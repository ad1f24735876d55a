"""Each editor opens alone, in both themes, fits a narrow column, and leaves no widgets behind."""

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnplay.experiment.checks.check import check
from nnplay.gui.editors.data import DataEditor
from nnplay.gui.editors.network.editor import NetworkEditor
from nnplay.gui.editors.preview import CASES, PreviewSession, main
from nnplay.gui.editors.training import TrainingEditor
from nnplay.gui.style import theme

EDITORS: list[Any] = [DataEditor, NetworkEditor, TrainingEditor]


@pytest.fixture(autouse=True)
def look_of_before(qapp: QApplication) -> Iterator[None]:
    style, palette, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    yield
    theme.apply(theme.LIGHT)
    qapp.setStyleSheet(style)
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("editor", EDITORS)
def test_saves_an_image_of_itself(
    editor: Any, look: str, tmp_path: Path, qapp: QApplication
) -> None:
    out = tmp_path / "editor.png"
    given = ["--save", str(out), "--theme", look, "--size", "300x600", "--case", "broken"]
    assert main(editor, given) == 0
    image = QImage(str(out))
    assert image.size() == QSize(300, 600)
    surface = theme.LIGHT.surface if look == "light" else theme.DARK.surface
    assert image.pixelColor(6, 590).name() == surface
    colours = {image.pixelColor(x, y).name() for x in range(0, 300, 2) for y in range(0, 600, 2)}
    assert len(colours) > 20
    assert main(editor, ["--save", str(tmp_path / "no" / "such.png")]) == 1


@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.parametrize("editor_class", EDITORS)
def test_fits_a_column_of_300_pixels(editor_class: Any, case: str, qtbot: QtBot) -> None:
    theme.apply(theme.LIGHT)
    editor = editor_class()
    qtbot.addWidget(editor)
    editor.resize(300, 350)
    PreviewSession(editor, CASES[case])
    with qtbot.waitExposed(editor):
        editor.show()

    def labels_fit() -> bool:
        labels = (one for one in editor.findChildren(QLabel) if one.isVisible() and one.wordWrap())
        return all(one.height() >= one.heightForWidth(one.width()) for one in labels)

    # Layouts inside each other settle some events later.
    qtbot.waitUntil(labels_fit)
    assert (editor.width(), editor.height()) == (300, 350)
    for child in editor.findChildren(QWidget):
        if child.isVisible() and not child.isWindow():
            right = child.mapTo(editor, child.rect().topRight()).x()
            assert right < 300, child


@pytest.mark.parametrize("editor_class", EDITORS)
def test_a_closed_editor_is_deleted(editor_class: Any, qapp: QApplication) -> None:
    gone = []
    for _round in range(3):
        editor = editor_class()
        for case in ("cnn", "broken", "line"):
            editor.show_experiment(CASES[case], check(CASES[case]))
        editor.show()
        theme.apply(theme.DARK)
        gone.append(weakref.ref(editor))
        editor.close()
        editor.deleteLater()
        del editor
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
    assert [ref() for ref in gone] == [None] * 3


def test_two_hundred_layers_are_shown_in_a_narrow_column(qtbot: QtBot) -> None:
    editor = NetworkEditor()
    qtbot.addWidget(editor)
    editor.resize(300, 600)
    with qtbot.waitExposed(editor):
        editor.show()
    session = PreviewSession(editor, CASES["long"])
    assert editor.model.rowCount() == 204
    # The rows are painted, so that edits leave no more widgets than there were.
    editor.view.setCurrentIndex(editor.model.index(202))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    before = len(editor.findChildren(QWidget))
    editor.duplicate()
    editor.remove()
    assert session.experiment == CASES["long"]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert len(editor.findChildren(QWidget)) == before
