"""Every dialog of nnplay: each button does something, each complaint is shown, each closes.

The dialogs are found by themselves: a new one fails here until this file says how to open it.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

import nnplay.gui
from nnplay.catalog import SGD, Circle, CrossEntropy, Dense, Tanh
from nnplay.data.download.registry import ARCHIVES
from nnplay.data.load import clear_cache
from nnplay.experiment import Experiment, Split
from nnplay.gui.dialogs.guide import GuideDialog
from nnplay.gui.dialogs.task_dialog import TaskDialog
from nnplay.gui.filming.dialog import FilmDialog
from nnplay.gui.forms import NumberField
from nnplay.gui.importing.download_dialog import DownloadDialog
from nnplay.gui.importing.folder_dialog import FolderDialog
from nnplay.gui.importing.table_dialog import ImportDialog
from nnplay.gui.learning_rates.dialog import LearningRatesDialog
from nnplay.gui.predicting.file_dialog import PredictFileDialog
from nnplay.gui.seeds.dialog import SeedsDialog
from tests.gui.piloting import PATIENCE_MS

LEFT = Qt.MouseButton.LeftButton
EXPERIMENT = Experiment(
    Circle(points=60), (Dense(4), Tanh(), Dense(2)), CrossEntropy(), SGD(0.02),
    split=Split(0.2), batch_size=20, epochs=2, seed=3, device="cpu", stepper="eager",
)  # fmt: skip
ENDLESS = replace(EXPERIMENT, epochs=1_000_000)


@dataclass
class Opened:
    """A dialog in one of its states."""

    dialog: TaskDialog
    files_asked: list[str] = field(default_factory=list)


class Opener:
    """Opens each dialog in each state with different buttons."""

    def __init__(self, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._qtbot, self._folder = qtbot, folder
        self._files_asked: list[str] = []
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, self._note(name))

    def _note(self, name: str) -> Callable[..., tuple[str, str]]:
        def ask(*_args: object) -> tuple[str, str]:
            self._files_asked.append(name)
            return "", ""

        return ask

    def open(self, state: str) -> Opened:
        dialog: TaskDialog = getattr(self, state.replace(" ", "_"))()
        return Opened(dialog, self._files_asked)

    def _show(self, dialog: TaskDialog) -> None:
        self._qtbot.addWidget(dialog)
        with self._qtbot.waitExposed(dialog):
            dialog.open()
        if not isinstance(dialog, ImportDialog):
            assert not dialog.is_busy

    def _settle(self, dialog: TaskDialog) -> None:
        self._qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE_MS)

    def _click_start(self, dialog: TaskDialog) -> None:
        self._qtbot.mouseClick(dialog.start, LEFT)
        self._settle(dialog)

    def table(self) -> ImportDialog:
        path = self._folder / "table.csv"
        path.write_text("a,b,y\n" + "".join(f"{i},{i}.5,{i % 2}\n" for i in range(50)))
        dialog = ImportDialog(path)
        self._show(dialog)
        self._settle(dialog)
        return dialog

    def table_with_bad_lines(self) -> ImportDialog:
        path = self._folder / "bad.csv"
        path.write_text("a,kind\n1,x\n2\n3,y\n4,x,9\n5,y\n")
        dialog = ImportDialog(path)
        self._show(dialog)
        self._settle(dialog)
        self._click_start(dialog)
        return dialog

    def table_in_progress(self) -> ImportDialog:
        path = self._folder / "long.csv"
        path.write_text("a,b,y\n" + "".join(f"{i},{i}.5,{i}\n" for i in range(300_000)))
        dialog = ImportDialog(path)
        self._show(dialog)
        self._settle(dialog)
        self._qtbot.mouseClick(dialog.start, LEFT)
        return dialog

    def _images(self, name: str) -> Path:
        root = self._folder / name
        for label, grey in (("black", 0), ("white", 255)):
            (root / label).mkdir(parents=True, exist_ok=True)
            Image.new("L", (6, 6), grey).save(root / label / "0.png")
        return root

    def folder(self) -> FolderDialog:
        dialog = FolderDialog(self._images("shapes"))
        self._show(dialog)
        return dialog

    def folder_with_skipped_files(self) -> FolderDialog:
        root = self._images("torn")
        (root / "white" / "torn.png").write_bytes(b"\x89PNG")
        dialog = FolderDialog(root)
        self._show(dialog)
        self._click_start(dialog)
        return dialog

    def folder_in_progress(self) -> FolderDialog:
        root = self._images("many")
        for number in range(3_000):
            path = root / "white" / f"x{number}.png"
            if not path.is_symlink():
                path.symlink_to(root / "white" / "0.png")
        dialog = FolderDialog(root)
        self._show(dialog)
        self._qtbot.mouseClick(dialog.start, LEFT)
        return dialog

    def download(self) -> DownloadDialog:
        dialog = DownloadDialog("mnist")
        self._show(dialog)
        return dialog

    def seeds(self) -> SeedsDialog:
        dialog = SeedsDialog(EXPERIMENT)
        self._show(dialog)
        return dialog

    def seeds_in_progress(self) -> SeedsDialog:
        dialog = SeedsDialog(ENDLESS)
        self._show(dialog)
        self._qtbot.mouseClick(dialog.start, LEFT)
        return dialog

    def rates(self) -> LearningRatesDialog:
        dialog = LearningRatesDialog(EXPERIMENT)
        self._show(dialog)
        return dialog

    def rates_compared(self) -> LearningRatesDialog:
        dialog = self.rates()
        self._click_start(dialog)
        return dialog

    def rates_in_progress(self) -> LearningRatesDialog:
        dialog = LearningRatesDialog(ENDLESS)
        self._show(dialog)
        dialog.fields["epochs"].show_value(1_000_000)
        self._qtbot.mouseClick(dialog.start, LEFT)
        return dialog


STATES: dict[type[TaskDialog], tuple[str, ...]] = {
    ImportDialog: ("table", "table with bad lines", "table in progress"),
    FolderDialog: ("folder", "folder with skipped files", "folder in progress"),
    DownloadDialog: ("download",),
    SeedsDialog: ("seeds", "seeds in progress"),
    LearningRatesDialog: ("rates", "rates compared", "rates in progress"),
}
ALL = [state for states in STATES.values() for state in states]
BUSY = [state for state in ALL if state.endswith("in progress")]


@pytest.fixture
def opener(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Opened]]:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    # No mirror: a download fails at once, without the network.
    monkeypatch.setitem(ARCHIVES, "mnist", replace(ARCHIVES["mnist"], mirrors=()))
    clear_cache()
    opened: list[Opened] = []
    made = Opener(qtbot, tmp_path, monkeypatch)

    def make(state: str) -> Opened:
        opened.append(made.open(state))
        return opened[-1]

    yield make
    for one in opened:
        one.dialog.shut_down(PATIENCE_MS)
    opened.clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # type: ignore[arg-type]
    clear_cache()


def all_dialogs() -> set[type[QDialog]]:
    """Return every class of dialog in nnplay, whether a module imports it or not."""
    for module in pkgutil.walk_packages(nnplay.gui.__path__, "nnplay.gui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[QDialog]] = set()
    waiting: list[type[QDialog]] = [QDialog]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("nnplay.") and kind is not TaskDialog:
                found.add(kind)
    return found


def test_each_dialog_of_nnplay_is_tested_here() -> None:
    # The guide has neither work nor input, the prediction of files only Cancel and Close, a film
    # needs a run: they have tests of their own.
    assert all_dialogs() - {FilmDialog, GuideDialog, PredictFileDialog} == set(STATES)


def seen(opened: Opened, is_busy: bool) -> dict[str, object]:
    """Return everything visible of a dialog, except the progress of its work."""
    dialog = opened.dialog
    notes: dict[str, object] = {
        "visible": dialog.isVisible(),
        "result": dialog.result(),
        "busy": dialog.is_busy,
        "cancelled": dialog.is_busy and dialog.task.is_cancelled(),
        "clipboard": QGuiApplication.clipboard().text(),
        "files asked": len(opened.files_asked),
    }
    for number, widget in enumerate(dialog.findChildren(QWidget)):
        if widget.window() is dialog and (isinstance(widget, QAbstractButton) or not is_busy):
            notes[f"{number} {type(widget).__name__}"] = (*state_of(widget), widget.isVisible())
    return notes


def state_of(widget: QWidget) -> tuple[object, ...]:
    if isinstance(widget, QAbstractButton):
        return widget.text(), widget.isEnabled(), widget.isChecked()
    if isinstance(widget, QLabel | QLineEdit):
        return (widget.text(),)
    if isinstance(widget, QComboBox):
        return (widget.currentText(), widget.isEnabled())
    return (widget.isEnabled(),)


def buttons_of(dialog: QDialog) -> list[tuple[str, QAbstractButton]]:
    """Return the buttons that nnplay made, with their places among all of them."""
    buttons = dialog.findChildren(QAbstractButton)
    return [
        (f"{number} {type(button).__name__}", button)
        for number, button in enumerate(buttons)
        if not isinstance(button.parent(), QTableView) and not is_of_pyqtgraph(button)
    ]


def is_of_pyqtgraph(thing: Any) -> bool:
    while thing is not None:
        if type(thing).__module__.startswith("pyqtgraph"):
            return True
        thing = thing.parent()
    return False


@pytest.mark.parametrize("kind", STATES, ids=lambda kind: kind.__name__)
def test_each_button_does_something(
    kind: type[TaskDialog], opener: Callable[[str], Opened], qtbot: QtBot
) -> None:
    clicked: set[str] = set()
    every: set[str] = set()
    for state in STATES[kind]:
        names = [name for name, _button in buttons_of(opener(state).dialog)]
        every |= set(names)
        for name in names:
            # Each click at a dialog of its own, as it may close.
            opened = opener(state)
            button = dict(buttons_of(opened.dialog))[name]
            if not (button.isVisible() and button.isEnabled()):
                continue
            QGuiApplication.clipboard().setText("before")
            before, text = seen(opened, state in BUSY), button.text()
            qtbot.mouseClick(button, LEFT)
            # The effect of a button may appear later, when the file has been read.
            wait_for_change(qtbot, opened, state, before, text)
            clicked.add(name)
    assert clicked == every


def wait_for_change(
    qtbot: QtBot, opened: Opened, state: str, before: dict[str, object], text: str
) -> None:
    def check() -> None:
        assert seen(opened, state in BUSY) != before, f"{text!r} does nothing in {state!r}"

    qtbot.waitUntil(check, timeout=PATIENCE_MS)


@pytest.mark.parametrize("state", ALL)
def test_cancel_closes_without_a_result(
    state: str, opener: Callable[[str], Opened], qtbot: QtBot
) -> None:
    dialog = opener(state).dialog
    was_busy = dialog.is_busy
    stays = was_busy and not dialog.closes_when_cancelled
    assert dialog.cancel.text() == ("Stop" if stays else dialog._close_text)
    qtbot.mouseClick(dialog.cancel, LEFT)
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE_MS)
    if stays:
        # The first click stops the work and says so; the dialog can be used again.
        assert dialog.isVisible()
        assert dialog.message.isVisible()
        assert dialog.message.text() == dialog.cancelled_text
        assert dialog.cancel.text() != "Stop"
        assert dialog.start.isEnabled()
        qtbot.mouseClick(dialog.cancel, LEFT)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=PATIENCE_MS)
    assert dialog.result() == QDialog.DialogCode.Rejected


@pytest.mark.parametrize("state", BUSY)
@pytest.mark.parametrize("way", ["window", "escape", "shut down"])
def test_no_thread_runs_in_a_dialog_that_is_closed(
    way: str, state: str, opener: Callable[[str], Opened], qtbot: QtBot
) -> None:
    dialog = opener(state).dialog
    threads = dialog.findChildren(QThread)
    assert any(thread.isRunning() for thread in threads)
    if way == "shut down":
        assert dialog.shut_down(PATIENCE_MS)
        assert not any(thread.isRunning() for thread in threads)
    while dialog.isVisible():
        if way == "window":
            dialog.close()
        elif way == "escape":
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        # It stays while its thread is running, and does not abort the process.
        assert dialog.isVisible() or not any(thread.isRunning() for thread in threads)
        qtbot.wait(1)
    assert not any(thread.isRunning() for thread in threads)
    assert not dialog.task.is_busy


@pytest.mark.parametrize("state", [states[0] for states in STATES.values()])
def test_each_complaint_of_a_field_is_shown(
    state: str, opener: Callable[[str], Opened], qtbot: QtBot
) -> None:
    dialog = opener(state).dialog
    if isinstance(dialog, ImportDialog):
        dialog.options.use.setCurrentIndex(1)
        dialog.options.use.activated.emit(1)
    for number in dialog.findChildren(NumberField):
        assert number.isVisible()
        number.setFocus()
        number.selectAll()
        qtbot.keyClicks(number, "-7")
        qtbot.keyClick(number, Qt.Key.Key_Return)
        assert len(complaints(dialog)) == 1
        number.selectAll()
        qtbot.keyClicks(number, f"{number.value:g}")
        qtbot.keyClick(number, Qt.Key.Key_Return)
        assert not complaints(dialog)


def complaints(dialog: QObject) -> list[str]:
    labels = dialog.findChildren(QLabel, "problem")
    return [one.text() for one in labels if one.isVisible() and one.text()]


def test_a_table_without_a_proper_row_cannot_be_imported(
    qtbot: QtBot, tmp_path: Path, opener: Callable[[str], Opened]
) -> None:
    dialog = opener("table").dialog
    assert isinstance(dialog, ImportDialog)
    assert dialog.start.isEnabled()
    assert "50 rows" in dialog.status.text()
    path = tmp_path / "names.csv"
    path.write_text("a,b,c\n1,2\n3\n4,5\n")
    empty = ImportDialog(path)
    qtbot.addWidget(empty)
    with qtbot.waitExposed(empty):
        empty.open()
    qtbot.waitUntil(lambda: not empty.is_busy, timeout=PATIENCE_MS)
    if not empty.options.heading.isChecked():
        qtbot.mouseClick(empty.options.heading, LEFT)
    qtbot.waitUntil(lambda: not empty.is_busy, timeout=PATIENCE_MS)
    assert empty.preview.rows_model.rowCount() == 0
    assert not empty.start.isEnabled()
    assert "Check the delimiter" in empty.message.text()
    assert empty.message.isVisible()
    qtbot.mouseClick(empty.start, LEFT)
    assert not empty.is_busy
    QApplication.processEvents()


def test_options_are_shown_where_they_apply(opener: Callable[[str], Opened]) -> None:
    dialog = opener("table").dialog
    assert isinstance(dialog, ImportDialog)
    options = dialog.options
    for_text = (options.delimiter, options.encoding, options.decimal)
    assert all(box.isVisible() for box in for_text)
    assert not options.sheet.isVisible()
    assert options.task.isVisible() and options.missing.isVisible()
    assert not options.steps.isVisible()
    options.use.setCurrentIndex(1)
    options.use.activated.emit(1)
    assert options.steps.isVisible()
    assert not options.task.isVisible() and not options.missing.isVisible()
    assert not dialog.preview.types.isEnabled()
