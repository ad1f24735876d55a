"""View > Code: the script of what is edited, in the real window."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication

from nnplay.experiment import Experiment, Policy, preset, pytorch_source
from nnplay.gui.code.dock import CodeDock
from nnplay.gui.code.pane import CodePane
from nnplay.gui.style import theme
from nnplay.session import Change
from tests.gui.piloting import Pilot

CTRL = Qt.KeyboardModifier.ControlModifier


def open_pane(pilot: Pilot) -> CodePane:
    pilot.key(Qt.Key.Key_E, CTRL)
    dock = pilot.window.findChild(CodeDock)
    assert isinstance(dock, CodeDock) and dock.isVisible()
    pilot.wait(lambda: bool(dock.pane.text.toPlainText()))
    return dock.pane


def marked(pane: CodePane) -> list[str]:
    return [one.cursor.block().text().strip() for one in pane.text.extraSelections()]


def edited(pilot: Pilot, **changes: object) -> Experiment:
    experiment: Experiment = replace(pilot.window.document.experiment, **changes)  # type: ignore[arg-type]
    pilot.window.document.edit(Change(experiment, "an edit"))
    return experiment


def test_it_shows_the_script_and_marks_the_selected_layer(pilot: Pilot) -> None:
    pilot.open("spiral")
    pane = open_pane(pilot)
    assert pane.text.toPlainText() == pytorch_source(pilot.window.document.experiment)
    view = pilot.window.workspace.network_editor.view
    for row, words in ((1, "nn.Linear(in_features=2,"), (2, "nn.Tanh()"), (3, "in_features=8")):
        view.setCurrentIndex(view.model().index(row, 0))
        (line,) = marked(pane)
        assert words in line
    view.setCurrentIndex(view.model().index(0, 0))
    assert marked(pane) == []


def test_it_follows_edits_while_it_is_visible_only(pilot: Pilot) -> None:
    pilot.open("spiral")
    pane = open_pane(pilot)
    first = edited(pilot, epochs=17, policy=Policy(early_stopping=True))
    pilot.wait(lambda: pane.text.toPlainText() == pytorch_source(first))
    pilot.key(Qt.Key.Key_E, CTRL)
    assert not pane.isVisible()
    before = pane.text.toPlainText()
    experiment = edited(pilot, epochs=18)
    assert pane.text.toPlainText() == before
    pilot.key(Qt.Key.Key_E, CTRL)
    pilot.wait(lambda: pane.text.toPlainText() == pytorch_source(experiment))


def test_several_edits_are_written_once(pilot: Pilot) -> None:
    pilot.open("spiral")
    pane = open_pane(pilot)
    before, written = pane.text.toPlainText(), set[str]()
    pane.text.textChanged.connect(lambda: written.add(pane.text.toPlainText()))
    for epochs in range(20, 30):
        edited(pilot, epochs=epochs)
    pilot.wait(lambda: "epochs=29" in pane.text.toPlainText())
    assert written - {before, ""} == {pytorch_source(pilot.window.document.experiment)}


def test_what_cannot_run_keeps_the_last_script_and_says_why(pilot: Pilot) -> None:
    pilot.open("spiral")
    pane = open_pane(pilot)
    before = pane.text.toPlainText()
    edited(pilot, network=())
    pilot.wait(pane.note.isVisible)
    assert pane.text.toPlainText() == before
    assert pane.note.isVisible() and pane.note.text() and not pane.copy.isEnabled()
    pilot.window.document.edit(Change(preset("linear-regression").experiment, "back"))
    pilot.wait(lambda: "np.linspace" in pane.text.toPlainText())
    assert pane.copy.isEnabled() and not pane.note.isVisible()


def test_the_button_copies_the_whole_script(pilot: Pilot) -> None:
    pilot.open("spiral")
    pane = open_pane(pilot)
    pilot.click(pane.copy)
    assert QGuiApplication.clipboard().text() == pane.text.toPlainText()


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda one: one.key)
def test_colours_are_those_of_the_theme(pilot: Pilot, look: theme.Theme) -> None:
    pilot.open("spiral")
    pane = open_pane(pilot)
    before = theme.theme()
    theme.apply(look)
    try:
        block = pane.text.document().findBlockByNumber(0)
        colours = {f.format.foreground().color().name() for f in block.layout().formats()}
        assert colours == {QColor(look.muted).name()}
        line = next(
            b
            for n in range(pane.text.document().blockCount())
            if (b := pane.text.document().findBlockByNumber(n)).text().startswith("def train")
        )
        found = {f.format.foreground().color().name() for f in line.layout().formats()}
        assert QColor(look.accent).name() in found
    finally:
        theme.apply(before)
