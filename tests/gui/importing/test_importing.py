"""Importing data in the real window: guesses, corrections, reports, and undo."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnplay.catalog import CrossEntropy, Dense, ReLU, Series, Table
from nnplay.data.load import clear_cache
from nnplay.experiment import open_file
from nnplay.experiment.storage.starter import starter
from nnplay.gui.importing.table_dialog import ImportDialog
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.gui.style import theme
from tests.gui.piloting import PATIENCE_MS, Pilot

CTRL = Qt.KeyboardModifier.ControlModifier
FLOWERS = "a,b,colour,kind\n" + "".join(
    f"{i},{i % 7}.5,{'red' if i % 3 else 'blue'},{'xyz'[i % 3]}\n" for i in range(60)
)
BAD = "a,kind\n1,x\n2\n3,y\n\n4,x,9\n5,y\nfive,x\n6,y\n"
Open = Callable[..., ImportDialog]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    clear_cache()
    yield
    clear_cache()


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    theme.apply(theme.LIGHT)
    opened: list[ImportDialog] = []

    def make(content: str | bytes, name: str = "mine.csv") -> ImportDialog:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        made = ImportDialog(path)
        qtbot.addWidget(made)
        opened.append(made)
        with qtbot.waitExposed(made):
            made.show()
        settle(made)
        return made

    def settle(made: ImportDialog) -> None:
        qtbot.waitUntil(lambda: not made.is_busy, timeout=PATIENCE_MS)

    yield make
    for one in opened:
        one.shut_down(PATIENCE_MS)


def settle(qtbot: QtBot, made: ImportDialog) -> None:
    qtbot.waitUntil(lambda: not made.is_busy, timeout=PATIENCE_MS)


def choose(box: object, text: str) -> None:
    index = box.findText(text)  # type: ignore[attr-defined]
    assert index >= 0, text
    box.setCurrentIndex(index)  # type: ignore[attr-defined]
    box.activated.emit(index)  # type: ignore[attr-defined]


def imported(made: ImportDialog, qtbot: QtBot) -> Table:
    qtbot.mouseClick(made.start, Qt.MouseButton.LeftButton)
    settle(qtbot, made)
    table = made.outcome.table  # type: ignore[union-attr]
    assert isinstance(table, Table)
    return table


def kinds(made: ImportDialog) -> str:
    return "".join(made.preview.types_model.roles)


def test_guesses_are_shown_and_a_clean_file_is_imported_at_once(dialog: Open, qtbot: QtBot) -> None:
    made = dialog(FLOWERS.replace(",", ";").replace(".", ","))
    options = made.options
    assert options.delimiter.currentText() == "semicolon"
    assert (options.encoding.currentData(), options.decimal.currentData()) == ("utf-8", True)
    assert options.heading.isChecked()
    assert (options.target.currentText(), options.task.currentText()) == ("kind", "classes")
    assert kinds(made) == "nnct"
    assert made.preview.rows_model.index(1, 1).data() == "1,5"
    assert made.preview.rows_model.headerData(0, Qt.Orientation.Vertical) == "2"
    with qtbot.waitSignal(made.accepted, timeout=PATIENCE_MS):
        qtbot.mouseClick(made.start, Qt.MouseButton.LeftButton)
    table = made.outcome.table  # type: ignore[union-attr]
    assert (table.samples, table.features, table.spec().class_names) == (60, 4, ("x", "y", "z"))
    assert (table.delimiter, table.comma, table.roles) == ("semicolon", True, "nnct")


def test_guesses_are_corrected(dialog: Open, qtbot: QtBot) -> None:
    made = dialog("a;b|c\n1;2|3\n4;5|6\n7;8|é\n".encode("cp1252"))
    choose(made.options.delimiter, "bar")
    settle(qtbot, made)
    assert made.preview.types_model.names == ("a;b", "c")
    choose(made.options.delimiter, "semicolon")
    settle(qtbot, made)
    assert made.preview.types_model.names == ("a", "b|c")
    qtbot.mouseClick(made.options.heading, Qt.MouseButton.LeftButton)
    settle(qtbot, made)
    assert made.preview.types_model.names == ("column 1", "column 2")
    choose(made.options.encoding, "UTF-8")
    settle(qtbot, made)
    assert "is not encoded in utf-8" in made.message.text()
    assert not made.start.isEnabled()
    choose(made.options.encoding, "CP1252")
    settle(qtbot, made)
    assert not made.message.isVisible()
    assert made.start.isEnabled()
    assert kinds(made) == "ct"


def test_types_are_set_by_the_keyboard_and_there_is_always_one_target(
    dialog: Open, qtbot: QtBot
) -> None:
    made = dialog(FLOWERS)
    types = made.preview.types
    types.setFocus()
    types.setCurrentIndex(made.preview.types_model.index(0, 0))
    qtbot.keyClick(types, Qt.Key.Key_I)
    assert kinds(made) == "inct"
    qtbot.keyClick(types, Qt.Key.Key_T)
    assert kinds(made) == "tncc"
    assert made.options.target.currentText() == "a"
    assert made.options.task.currentText() == "numbers"
    qtbot.keyClick(types, Qt.Key.Key_N)
    assert kinds(made) == "nnct"
    choose(made.options.target, "b")
    assert kinds(made) == "ntcc"
    choose(made.options.task, "classes")
    table = imported(made, qtbot)
    assert (table.roles, table.spec().outputs) == ("ntcc", 7)


def test_the_list_of_types_opens_by_enter_and_takes_a_choice(dialog: Open, qtbot: QtBot) -> None:
    made = dialog(FLOWERS)
    types = made.preview.types
    types.setFocus()
    types.setCurrentIndex(made.preview.types_model.index(0, 1))
    qtbot.keyClick(types, Qt.Key.Key_Return)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    qtbot.keyClick(popup.focusWidget() or popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup.focusWidget() or popup, Qt.Key.Key_Return)
    assert kinds(made) == "ncct"


def test_every_bad_line_is_reported_by_number_before_the_import(dialog: Open, qtbot: QtBot) -> None:
    made = dialog(BAD)
    choose_type = made.preview.types_model
    choose_type.setData(choose_type.index(0, 0), "n")
    qtbot.mouseClick(made.start, Qt.MouseButton.LeftButton)
    settle(qtbot, made)
    assert made.isVisible()
    lines = made.report.toPlainText().splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith("line")] == [
        "line 3",
        "line 6",
        "line 8",
    ]
    assert "“five” is not a number" in made.report.toPlainText()
    qtbot.mouseClick(made.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == made.report.toPlainText()
    # Another choice discards the result; then it has to be imported again.
    choose(made.options.missing, "drop the row")
    assert (made.outcome, made.start.text()) == (None, "Import")
    table = imported(made, qtbot)
    assert (table.samples, table.missing) == (4, "drop rows")
    with qtbot.waitSignal(made.accepted, timeout=PATIENCE_MS):
        qtbot.mouseClick(made.start, Qt.MouseButton.LeftButton)


def test_a_cancelled_import_leaves_nothing(dialog: Open, qtbot: QtBot, tmp_path: Path) -> None:
    made = dialog("a,b,y\n" + "".join(f"{i},{i}.5,{i}\n" for i in range(300_000)))
    seen: list[int] = []
    made.bar.valueChanged.connect(seen.append)
    qtbot.mouseClick(made.start, Qt.MouseButton.LeftButton)
    assert made.cancel.text() == "Stop"
    qtbot.waitUntil(lambda: any(value > 0 for value in seen), timeout=PATIENCE_MS)
    qtbot.mouseClick(made.cancel, Qt.MouseButton.LeftButton)
    settle(qtbot, made)
    assert "cancelled" in made.message.text()
    assert made.isVisible()
    assert made.outcome is None
    assert not list((tmp_path / "data").rglob("*.*"))


def test_an_unreadable_file_is_reported_and_can_be_cancelled(dialog: Open, qtbot: QtBot) -> None:
    made = dialog(bytes(range(256)) * 20)
    assert "not a text file" in made.message.text()
    assert not made.start.isEnabled()
    with qtbot.waitSignal(made.rejected, timeout=PATIENCE_MS):
        qtbot.keyClick(made, Qt.Key.Key_Escape)


def drop(pilot: Pilot, path: Path) -> None:
    """Drag a file onto the window and drop it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(400, 300), action, mime, buttons, keys)
    QApplication.sendEvent(pilot.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(pilot.window, QDropEvent(QPointF(400, 300), action, mime, buttons, keys))


def take(pilot: Pilot) -> None:
    """Import what the dialog shows."""
    dialog = pilot.window.dialogs.dialog
    assert dialog is not None
    pilot.wait(lambda: not dialog.is_busy)
    with pilot.qtbot.waitSignal(pilot.window.imports.imported, timeout=PATIENCE_MS):
        pilot.click(dialog.start)
    pilot.wait(lambda: pilot.window.dialogs.dialog is None)


def test_a_dragged_file_becomes_the_data_and_the_network_fits(pilot: Pilot, tmp_path: Path) -> None:
    window = pilot.window
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS)
    before = window.document.experiment
    drop(pilot, path)
    take(pilot)
    experiment = window.document.experiment
    assert isinstance(experiment.data, Table)
    assert window.controller.problems == ()
    assert experiment.loss == CrossEntropy()
    assert experiment.network == (Dense(64), ReLU(), Dense(3))
    assert (experiment.name, experiment.about) == ("flowers", "")
    assert experiment.split.scaling == "standardised"
    assert "60 rows" in pilot.notice and "3 classes" in pilot.notice
    pilot.type_epochs(2)
    pilot.click_train()
    assert pilot.wait_phase("finished", "failed").phase == "finished"
    # Kept beside its table, it opens again from another folder; a changed table is reported.
    window.files.save_to(tmp_path / "exp.json")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("exp.json", "flowers.csv"):
        (tmp_path / name).rename(elsewhere / name)
    opened = open_file(elsewhere / "exp.json")
    assert opened.data.values()["file"] == str(elsewhere / "flowers.csv")
    assert '"file": "flowers.csv"' in (elsewhere / "exp.json").read_text()
    clear_cache()
    (elsewhere / "flowers.csv").write_text(FLOWERS + "1,2,red,x\n")
    window.files.open_path(elsewhere / "exp.json")
    pilot.wait(lambda: "has changed" in window.workspace.panel(DataPreview).empty_text)
    # Without its file it is shown as it was imported, with a note.
    (elsewhere / "flowers.csv").unlink()
    window._load(again=True)
    pilot.wait(lambda: "no longer exists" in pilot.notice)
    assert "has changed" not in window.workspace.panel(DataPreview).empty_text
    for _step in range(3):
        pilot.key(Qt.Key.Key_Z, CTRL)
    assert replace(window.document.experiment, epochs=before.epochs) == before


def test_a_pasted_table_is_stored_only_on_import(pilot: Pilot, tmp_path: Path) -> None:
    window, pasted = pilot.window, tmp_path / "data" / "pasted"
    QGuiApplication.clipboard().setText("no table")
    pilot.key(Qt.Key.Key_V, CTRL)
    assert "not hold a table" in pilot.notice
    QGuiApplication.clipboard().setText(FLOWERS.replace(",", "\t"))
    pilot.key(Qt.Key.Key_V, CTRL)
    dialog = window.dialogs.dialog
    assert dialog is not None
    pilot.wait(lambda: not dialog.is_busy)
    assert kinds(dialog) == "nnct"
    pilot.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    pilot.wait(lambda: window.dialogs.dialog is None)
    assert not list(pasted.iterdir())
    pilot.key(Qt.Key.Key_V, CTRL)
    take(pilot)
    assert len(list(pasted.iterdir())) == 1
    assert window.controller.problems == ()


def test_a_column_is_imported_as_a_series(pilot: Pilot, tmp_path: Path) -> None:
    path = tmp_path / "river.csv"
    path.write_text("day,level\n" + "".join(f"{i},{(i % 12) / 12}\n" for i in range(200)))
    drop(pilot, path)
    dialog = pilot.window.dialogs.dialog
    assert dialog is not None
    pilot.wait(lambda: not dialog.is_busy)
    choose(dialog.options.use, "a time series")
    assert kinds(dialog) == "it"
    pilot.type(dialog.options.steps, "12")
    take(pilot)
    experiment = pilot.window.document.experiment
    data = experiment.data
    assert isinstance(data, Series)
    assert (data.column, data.steps, data.length) == ("level", 12, 200)
    assert pilot.window.controller.problems == ()
    # Another table in the user's own experiment changes only what it must.
    pilot.type_epochs(7)
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    drop(pilot, tmp_path / "flowers.csv")
    take(pilot)
    after = pilot.window.document.experiment
    assert pilot.window.controller.problems == ()
    assert "Adapted to the data" in pilot.notice
    assert (after.epochs, after.optimizer) == (7, experiment.optimizer)
    assert after.network != starter(after.data).network
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert pilot.window.document.experiment == replace(experiment, epochs=7)
