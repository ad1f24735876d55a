"""Every text that a user can see comes out of the catalogue of translations."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QTabBar,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

import nnplay
from nnplay import translation as words
from nnplay.catalog import Family, kinds
from nnplay.experiment import chapters, remove_layer, set_value
from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.session import Change
from tests.gui.piloting import PATIENCE_MS, Pilot, opening_windows

# Each opens a window: those that are like another one are left to `make slow`.
ALIKE = {"mnist-mlp", "mnist-first-net", "mnist-deeper"}
EXAMPLES = [
    pytest.param(one.key, marks=pytest.mark.slow if one.key in ALIKE else ())
    for one in chapters()[0].presets
]


LETTER = re.compile(r"[^\W\d_]")
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)


class Marked(gettext.NullTranslations):
    """Puts «…» around every text, so that one that was not translated can be seen."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"«{msgid1 if n == 1 else msgid2}»"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_catalogue", Marked())


# What is the same in every language, each with its reason.
SAME = (
    r"nnplay",  # the name of the program
    r"[xy]",  # the signs of variables; x is between width and height too
    r"[a-z_]+\.json",  # names of files
    r"\[\*\] – nnplay",  # Qt puts the mark of a changed document there
    r"\((Ctrl\+|Shift\+|Alt\+)*(Esc|Del|Backspace|F\d+|[A-Z])\)",  # keys
)


FORMULAS = {
    line.strip()
    for family in get_args(Family)
    for kind in kinds(family).values()
    for line in kind.formula.splitlines()
}
"""In the signs of mathematics."""
OF_QT = {"ScrollLeftButton", "ScrollRightButton", "qt_toolbar_ext_button"}
"""Named in Qt's own translations."""


def bare(text: str) -> str:
    """Return the parts of a text that were not translated but should be.

    That is HTML, powers of ten, and devices as PyTorch calls them.
    """
    text = re.sub(r"<[^>]*>|&\w+;|\b(?:cpu|cuda:\d+)\b|\d[\d,.]*e[-+]?\d+", " ", text)
    while "«" in text:
        less = re.sub(r"«[^«»]*»", " ", text)
        if less == text:
            break
        text = less
    return text


def untranslated(text: str) -> str:
    """Return the lines of a text that were not translated, or nothing."""
    lines = [line.strip() for line in bare(text).splitlines()]
    return "\n".join(
        line
        for line in lines
        if LETTER.search(line)
        and line not in FORMULAS
        and not any(re.fullmatch(one, line) for one in SAME)
    )


def texts_of(thing: QObject) -> Iterator[str]:
    """Yield what an object can show or have read out."""
    if isinstance(thing, QWidget):
        yield from (thing.toolTip(), thing.accessibleName(), thing.windowTitle())
        yield from (thing.whatsThis(), thing.statusTip())
    if isinstance(thing, QLabel | QAbstractButton):
        yield thing.text()
    elif isinstance(thing, QLineEdit):
        yield thing.placeholderText()
    elif isinstance(thing, QGroupBox | QMenu):
        yield thing.title()
    elif isinstance(thing, QAction):
        yield from (thing.text(), thing.toolTip())
    elif isinstance(thing, QTabBar):
        for index in range(thing.count()):
            yield from (thing.tabText(index), thing.tabToolTip(index))
    elif isinstance(thing, QComboBox | QListWidget | QTableWidget):
        yield from texts_of_model(thing.model())


def texts_of_model(model: QAbstractItemModel) -> Iterator[str]:
    # A list model has no public column count.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(model.rowCount()):
        for column in range(columns):
            for role in ROLES:
                yield str(model.index(row, column).data(role) or "")
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")


def foreign(thing: QObject) -> bool:
    """Whether an object is Qt's own, or of pyqtgraph, whose menus and dialogs are never shown."""
    if thing.objectName() in OF_QT:
        return True
    while thing is not None:
        if type(thing).__module__.startswith("pyqtgraph"):
            return True
        thing = thing.parent()
    return False


def faults(window: QObject) -> list[str]:
    """Return what an object and all inside it show untranslated."""
    found = set()
    for thing in (window, *window.findChildren(QObject)):
        if foreign(thing):
            continue
        for text in texts_of(thing):
            if untranslated(text):
                name = thing.objectName() or type(thing).__name__
                found.add(f"{name}: {text!r}")
    return sorted(found)


@pytest.fixture
def pilot(marked: None, qtbot: QtBot, nnplay_home: Path) -> Iterator[Pilot]:
    with opening_windows(qtbot, nnplay_home) as make:
        yield make()


@pytest.mark.parametrize("key", EXAMPLES)
def test_the_window_with_each_example(key: str, pilot: Pilot) -> None:
    window = pilot.window
    window.files.open_preset(key)
    experiment = window.document.experiment
    if experiment.data.offline:
        loaded: list[object] = []
        window.loading.loaded.connect(loaded.append)
        window.display.load(again=True)
        pilot.wait(lambda: bool(loaded))
    network = window.workspace.network_editor
    for row in range(network.model.rowCount()):
        network.view.setCurrentIndex(network.model.index(row))
        assert not faults(window)
    assert not faults(network.context_menu())
    # And with invalid settings: no layers, and numbers that are out of their range.
    broken = set_value(set_value(experiment, "network", ()), "optimizer.lr", -1.0)
    for wrong in (broken, remove_layer(experiment, 0), set_value(experiment, "epochs", 0)):
        window.document.edit(Change(wrong, "«Break»"))
        assert not faults(window)


@pytest.mark.parametrize("key", ["linear-regression", "spiral", "digits-offline"])
def test_the_window_after_a_run(key: str, pilot: Pilot) -> None:
    window = pilot.window
    window.files.open_preset(key)
    window.document.edit(Change(set_value(window.document.experiment, "epochs", 2), "«Change»"))
    window.controller.train()
    assert not faults(window)
    assert pilot.wait_phase("finished", "failed").phase == "finished"
    assert not faults(window)
    if key == "digits-offline":
        window.workspace.panel(ConfusionPanel).choose((0, 0))
        assert not faults(window)


@pytest.mark.parametrize("key", ["mnist", "cifar-10"])
def test_the_dialog_for_downloads(
    key: str, marked: None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnplay.data.download.registry import ARCHIVES
    from nnplay.gui.importing.download_dialog import DownloadDialog

    monkeypatch.setitem(ARCHIVES, key, replace(ARCHIVES[key], mirrors=()))
    dialog = DownloadDialog(key)
    qtbot.addWidget(dialog)
    assert not faults(dialog)
    for way in (lambda: dialog.import_path(Path("nowhere.gz")), dialog.start.click):
        with qtbot.waitExposed(dialog):
            dialog.open()
        way()
        assert not faults(dialog)
        qtbot.waitUntil(dialog.start.isEnabled, timeout=PATIENCE_MS)
        assert not [text for text in faults(dialog) if "nowhere.gz" not in text]


def test_the_dialog_for_a_folder_of_images(
    marked: None, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    from nnplay.gui.importing.folder_dialog import FolderDialog

    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    for name in ("7", "8"):
        (tmp_path / "9" / name).mkdir(parents=True)
        Image.new("L", (4, 4)).save(tmp_path / "9" / name / "1.png")
    for path in (tmp_path / "9" / "7", tmp_path / "9"):
        dialog = FolderDialog(path)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        dialog.start.click()
        qtbot.waitUntil(dialog.start.isEnabled, timeout=PATIENCE_MS)
        assert not [text for text in faults(dialog) if str(tmp_path) not in text]


def test_the_dialog_for_imports(marked: None, qtbot: QtBot, tmp_path: Path) -> None:
    from nnplay.gui.importing.table_dialog import ImportDialog

    path = tmp_path / "1.csv"
    path.write_text("1,2\n3,4.5\n5\n,6\n")
    dialog = ImportDialog(path)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE_MS)
    # The names of encodings and of the file are the same in every language.
    own = re.compile(r"CalmComboBox: '(UTF|CP|GB|BIG|SHIFT|EUC|ISO)|1\.csv|: '\d")
    assert not [text for text in faults(dialog) if not own.search(text)]
    dialog.start.click()
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE_MS)
    assert dialog.report.isVisible()
    assert not untranslated(dialog.report.toPlainText())
    assert not [text for text in faults(dialog) if not own.search(text)]


def test_untranslated_texts_are_found(marked: None, qtbot: QtBot) -> None:
    """The check itself sees each sort of text that is not translated."""
    for make in (
        lambda: QLabel("Untranslated"),
        lambda: _with(QLabel(words._("translated")), "setToolTip", "Untranslated"),
        lambda: QLabel(f"{words._('translated')} untranslated"),
        lambda: _with(QComboBox(), "addItem", "Untranslated"),
        lambda: _with(QTabBar(), "addTab", "Untranslated"),
        lambda: _with(QLineEdit(), "setPlaceholderText", "Untranslated"),
        lambda: _with(QMenu(), "setTitle", "Untranslated"),
    ):
        thing = make()
        qtbot.addWidget(thing)
        assert faults(thing)
    fine = QLabel(f"{words._('translated {n}').format(n=words._('inside'))} 3.5e-4 · 12×12")
    qtbot.addWidget(fine)
    assert not faults(fine)


def _with(widget: Any, setter: str, text: str) -> Any:
    getattr(widget, setter)(text)
    return widget


SOURCE = Path(nnplay.__file__).parent
SHOWN = {
    "setText", "setToolTip", "setPlaceholderText", "setWindowTitle", "setAccessibleName",
    "addTab", "addItem", "addAction", "addMenu", "setTitle", "show_message", "set_empty",
    "set_note", "setStatusTip", "setWhatsThis", "setFormat", "setLabel", "drawText",
    "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QAction", "QStaticText",
}  # fmt: skip


def shown_literals(path: Path) -> Iterator[str]:
    """Yield the texts in a source file that go straight onto the screen."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for argument in node.args if called in SHOWN else ():
            text = argument.value if isinstance(argument, ast.Constant) else None
            if isinstance(text, str) and untranslated(text):
                yield f"{path.name}:{node.lineno} {text!r}"


def test_no_literal_is_shown_untranslated() -> None:
    found = [one for path in SOURCE.rglob("gui/**/*.py") for one in shown_literals(path)]
    assert found == []


def test_every_marked_text_is_a_literal() -> None:
    """A catalogue is made from the source: what `_` gets there must be a literal or a variable."""
    found = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            marks = node.func.id in ("_", "n_", "ngettext")
            made_up = [a for a in node.args[:2] if isinstance(a, ast.JoinedStr | ast.BinOp)]
            if marks and made_up:
                found.append(f"{path.name}:{node.lineno}")
    assert found == []
