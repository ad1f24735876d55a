"""Importing data in the real window: guesses, corrections, reports, and undo."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
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
    window.display.load(again=True)
    pilot.wait(lambda: "no longer exists" in pilot.notice)
    visible = [panel for panel in window.workspace.built if panel.isVisible()]
    assert visible
    assert not any("has changed" in panel.empty_text for panel in visible)
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
    # Another table gets settings of its own, whatever was open; undo brings back the former.
    pilot.type_epochs(7)
    pilot.window.files.save_to(tmp_path / "river.json")
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    drop(pilot, tmp_path / "flowers.csv")
    take(pilot)
    after = pilot.window.document.experiment
    assert pilot.window.controller.problems == ()
    assert "A small network with matching settings has been set up." in pilot.notice
    assert after == replace(starter(after.data), seed=experiment.seed, name="flowers")
    # Saving asks for a file, and does not overwrite that of the former experiment.
    assert pilot.window.document.path is None
    assert pilot.window.document.is_dirty
    # The space bar trains, and opens no example.
    assert pilot.window.focusWidget() is pilot.window.transport.focusProxy()
    pilot.key(Qt.Key.Key_Z, CTRL)
    assert pilot.window.document.experiment == replace(experiment, epochs=7)
    assert pilot.window.document.path == tmp_path / "river.json"


def settled_lines(made: ImportDialog) -> list[str]:
    assert made.detected.isVisible()
    return made.detected.toPlainText().splitlines()


REPORT = "Growth of beans\n\nnr,day,size,zip,kind\n,,cm,,\n" + "".join(
    f"{i},{i % 28 + 1}.3.2024,{i * 7 % 13}.5,0{1067 + i % 3},{['none', 'Minor', 'minor'][i % 3]}\n"
    for i in range(1, 61)
)


def test_what_was_detected_is_listed_and_follows_the_types(dialog: Open, qtbot: QtBot) -> None:
    made = dialog(REPORT)
    assert kinds(made) == "idnct"
    assert settled_lines(made) == [
        "The column names are in line 3; 2 lines above are skipped.",
        "1 line below the column names is skipped.",
        "day holds dates, read with the day first. They become days since the first, and month, "
        "weekday and time where these vary.",
        "zip holds codes with leading zeros, which are read as categories.",
        "kind: “minor” is read as “Minor”.",
        "kind: “none” counts as a category, not as missing.",
        "nr is not used: it numbers the rows.",
    ]
    types = made.preview.types_model
    for column, letter in ((0, "n"), (1, "c"), (3, "i")):
        types.setData(types.index(0, column), letter)
    assert settled_lines(made)[2:] == [
        "kind: “minor” is read as “Minor”.",
        "kind: “none” counts as a category, not as missing.",
    ]
    table = imported(made, qtbot)
    assert table.roles == "ncnit"


def test_lines_around_the_heading_are_corrected(dialog: Open, qtbot: QtBot) -> None:
    made = dialog(REPORT)
    options = made.options
    assert (options.above.value, options.below.value) == (2, 1)
    type_number(qtbot, options.below, "0")
    settle(qtbot, made)
    assert made.preview.rows_model.index(0, 2).data() == "cm"
    type_number(qtbot, options.above, "3")
    settle(qtbot, made)
    assert made.preview.types_model.names[2] == "cm"
    qtbot.mouseClick(options.heading, Qt.MouseButton.LeftButton)
    settle(qtbot, made)
    assert made.preview.types_model.names[2] == "column 3"
    assert not options.below.isEnabled()
    type_number(qtbot, options.above, "4")
    settle(qtbot, made)
    table = imported(made, qtbot)
    assert (table.above, table.below, table.heading, table.samples) == (4, 0, False, 60)


def type_number(qtbot: QtBot, field: QWidget, text: str) -> None:
    field.setFocus()
    field.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Tab)


def test_words_that_are_missing_or_the_same_are_corrected(dialog: Open, qtbot: QtBot) -> None:
    made = dialog(REPORT)
    qtbot.keyClicks(made.options.missing_words, "none")
    settle(qtbot, made)
    assert not any("none" in line for line in settled_lines(made))
    qtbot.mouseClick(made.options.exact_words, Qt.MouseButton.LeftButton)
    settle(qtbot, made)
    assert not any("Minor" in line for line in settled_lines(made))
    table = imported(made, qtbot)
    assert table.spec().class_names == ("Minor", "minor")
    assert table.samples == 40


def test_another_sheet_is_guessed_afresh(dialog: Open, qtbot: QtBot, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "cover"
    for row in range(4):
        book.active.cell(row + 1, 1, f"line {row}")
    secret = book.create_sheet("secret")
    secret.sheet_state = "hidden"
    for row, line in enumerate(FLOWERS.splitlines()):
        for column, cell in enumerate(line.split(",")):
            secret.cell(row + 1, column + 1, cell)
    book.save(tmp_path / "book.xlsx")
    made = dialog((tmp_path / "book.xlsx").read_bytes(), "book.xlsx")
    options = made.options
    # The cover has one column, which can only be a series.
    choose(options.sheet, "cover")
    settle(qtbot, made)
    assert options.use.currentText() == "a time series"
    choose(options.use, "a time series")
    choose(options.sheet, "secret (hidden)")
    settle(qtbot, made)
    assert options.use.currentText() == "a table"
    assert kinds(made) == "nnct"
    assert "Hidden sheets: secret." in settled_lines(made)
    assert imported(made, qtbot).sheet == "secret"


def test_notes_of_the_whole_file_are_shown_before_the_data_are_used(
    dialog: Open, qtbot: QtBot
) -> None:
    rows = "".join(f"{i * 7 % 13}.5,{'late' if i > 250 else 'Late'},{i % 2}\n" for i in range(300))
    made = dialog("size,word,kind\n" + rows)
    before = settled_lines(made)
    qtbot.mouseClick(made.start, Qt.MouseButton.LeftButton)
    settle(qtbot, made)
    assert made.isVisible()
    assert [line for line in settled_lines(made) if line not in before] == [
        "word: “late” is read as “Late”."
    ]
    with qtbot.waitSignal(made.accepted, timeout=PATIENCE_MS):
        qtbot.mouseClick(made.start, Qt.MouseButton.LeftButton)
