"""Texts from files are shown literally: none is rendered as HTML, which loads what it names."""

import ast
import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QTimer
from PySide6.QtGui import QAction, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QMessageBox,
    QTextEdit,
    QWidget,
)

from nnplay.data.importing.series import import_series
from nnplay.data.importing.source_file import SourceFile
from nnplay.data.importing.table import import_table
from nnplay.experiment import Experiment, FileError, dumps, loads, preset
from nnplay.experiment.storage.starter import starter
from nnplay.gui.style.plain import LONGEST_LABEL, ElidedLabel, PlainLabel, plain
from tests.gui.piloting import Pilot

GUI = Path(__file__).parent.parent.parent.parent / "nnplay" / "gui"
IMAGE = '<img src="none.png">'
TABLES = "<table><tr><td>" * 12
ROOT = QModelIndex()
TIP = Qt.ItemDataRole.ToolTipRole


def is_rendered(text: str) -> bool:
    """Return whether Qt would load the image or lay out the tables of a text."""
    return Qt.mightBeRichText(text) and ("<img" in text or "<table><tr><td><table" in text)


def rendered_in(window: QWidget) -> Iterator[str]:
    """Yield each place in a window where a text from a file is rendered."""
    for widget in [window, *window.findChildren(QWidget)]:
        name = type(widget).__name__
        if is_rendered(widget.toolTip()):
            yield f"tool tip of {name}: {widget.toolTip()[:80]}"
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
            yield f"{name}: {widget.text()[:80]!r} is not plain"
        if isinstance(widget, QTextEdit):
            yield f"{name} renders"
        if isinstance(widget, QAbstractItemView | QComboBox) and widget.model() is not None:
            yield from (f"item of {name}: {tip[:80]}" for tip in tips_of(widget.model()))
        if isinstance(widget, QGraphicsView):
            for item in widget.scene().items() if widget.scene() is not None else ():
                if isinstance(item, QGraphicsTextItem) and "<img" in item.toHtml():
                    yield f"{name}: {item.toPlainText()[:80]}"
    for action in window.findChildren(QAction):
        if is_rendered(action.toolTip()):
            yield f"tool tip of an action: {action.toolTip()[:80]}"


def tips_of(model: QAbstractItemModel) -> Iterator[str]:
    rows = min(model.rowCount(ROOT), 20)
    columns = 1 if isinstance(model, QAbstractListModel) else min(model.columnCount(ROOT), 20)
    found = [
        model.data(model.index(row, column, ROOT), TIP)
        for row in range(rows)
        for column in range(columns)
    ]
    found += [model.headerData(n, Qt.Orientation.Horizontal, TIP) for n in range(columns)]
    found += [model.headerData(n, Qt.Orientation.Vertical, TIP) for n in range(rows)]
    yield from (tip for tip in found if isinstance(tip, str) and is_rendered(tip))


def spoilt(value: Any, text: str) -> Any:
    """Return a JSON document with every string replaced, except the names of kinds."""
    if isinstance(value, dict):
        kept = ("kind", "nnplay")
        return {key: one if key in kept else spoilt(one, text) for key, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one, text) for one in value]
    return text if isinstance(value, str) else value


def hostile_experiments(text: str) -> Iterator[Experiment]:
    """Yield experiments that hold a text in every field that can."""
    document = json.loads(dumps(preset("spiral").experiment))
    document["network"] = [{**layer, "name": text} for layer in document["network"]]
    document |= {"start": text, "about": text, "name": text, "device": text}
    document["loss"] = {"kind": "CrossEntropy", "typed_weights": text}
    for data in (
        {"kind": "Table", "name": text, "classes": text, "inputs": text, "file": text,
         "roles": text, "sheet": text, "encoding": text, "delimiter": text, "digest": text},
        {"kind": "Series", "name": text, "column": text, "file": text, "sheet": text},
        {"kind": "PictureFolder", "name": text, "classes": text},
        {"kind": "Formula", "expression": text},
    ):  # fmt: skip
        yield loads(json.dumps(spoilt({**document, "data": data}, text)))


@pytest.mark.parametrize("text", [IMAGE, TABLES], ids=["image", "tables"])
def test_no_field_of_an_experiment_is_rendered(text: str, pilot: Pilot) -> None:
    for experiment in hostile_experiments(text):
        pilot.window.document.open(experiment, Path(f"{text.replace('/', '')}.json"), text)
        QApplication.processEvents()
        assert list(rendered_in(pilot.window)) == []
    pilot.window.notice.show_message(text, text)
    assert list(rendered_in(pilot.window)) == []


def hostile_table(folder: Path) -> Path:
    path = folder / "evil.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"{IMAGE}width", f"{IMAGE}height", f"{IMAGE}class"])
        for number in range(40):
            writer.writerow([number, (number * 7) % 11, f"{IMAGE}{'ab'[number % 2]}"])
    return path


def test_no_column_or_class_of_a_table_is_rendered(pilot: Pilot, tmp_path: Path) -> None:
    path = hostile_table(tmp_path)
    table = import_table(path).table
    # What the import would replace can still stand in an experiment's file.
    names = {
        "classes": table.classes.replace("‹", "<"),
        "inputs": table.inputs.replace("‹", "<"),
        "name": IMAGE,
    }
    assert IMAGE in names["classes"] and IMAGE in names["inputs"]
    series = import_series(SourceFile(path), f"{IMAGE}height".replace("<", "‹"), 3).series
    for data in (table.changed(**names), series.changed(name=IMAGE)):
        experiment = starter(data)
        pilot.window.document.open(replace(experiment, epochs=3), None, "")
        pilot.click_train()
        pilot.wait_phase("finished")
        pilot.window.workspace.show_last_frame()
        if data.spec().class_names:
            assert IMAGE in data.spec().class_names[0] and IMAGE in data.spec().input_names[0]
        assert list(rendered_in(pilot.window)) == []


def test_a_question_shows_the_name_literally(pilot: Pilot) -> None:
    pilot.window.document.open(replace(preset("spiral").experiment, name=IMAGE), None, "")
    pilot.type_epochs(9)
    seen = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            seen.append((box.text(), box.textFormat()))
            box.button(QMessageBox.StandardButton.Cancel).click()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(10)
    assert not pilot.window.close()
    timer.stop()
    assert [format_ for _text, format_ in seen] == [Qt.TextFormat.PlainText]
    assert IMAGE in seen[0][0]


def widths(pilot: Pilot) -> list[int]:
    QApplication.processEvents()
    return pilot.window.workspace.columns.panes["across"].sizes()


@pytest.mark.parametrize("text", ["x" * 210, "W" * 4000, IMAGE * 200], ids=["210", "4000", "image"])
def test_a_long_text_does_not_squeeze_the_columns(text: str, pilot: Pilot) -> None:
    before, size = widths(pilot), pilot.window.size()
    for experiment in hostile_experiments(text[:200]):
        described = replace(experiment, about=text)
        pilot.window.document.open(described, Path(f"{text[:200].replace('/', '')}.json"), text)
        assert widths(pilot) == before
        assert pilot.window.size() == size


def test_texts_of_a_file_have_limits() -> None:
    document = json.loads(dumps(preset("spiral").experiment))
    for field, limit in (("name", 200), ("about", 20_000), ("device", 200)):
        assert getattr(loads(json.dumps({**document, field: "x" * limit})), field) == "x" * limit
        with pytest.raises(FileError, match=f"{field}: .*at most {limit:,} characters"):
            loads(json.dumps({**document, field: "x" * (limit + 1)}))


def test_plain_keeps_ordinary_texts_and_shortens_very_long_ones(qapp: QApplication) -> None:
    assert plain("x < 3 & y > 2") == "x < 3 & y > 2"
    assert not is_rendered(plain(IMAGE))
    assert len(plain("x" * 100_000)) < 5_000
    label = PlainLabel("x" * 10**6)
    assert len(label.text()) == LONGEST_LABEL
    label.deleteLater()


# ------------------------------------------------------------- held by reading the code


def is_own_text(node: ast.expr) -> bool:
    """Return whether an expression is a text of the program, or goes through `plain`."""
    if isinstance(node, ast.IfExp):
        return is_own_text(node.body) and is_own_text(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_own_text(node.left) and is_own_text(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        is_translation = node.func.id == "_" and isinstance(node.args[0], ast.Constant)
        return node.func.id == "plain" or is_translation
    return isinstance(node, ast.Constant)


WIDGETS = {"QLabel", "QTextEdit", "QTextBrowser", "QToolTip.showText", "QMessageBox"}
WIDGETS |= {f"QMessageBox.{kind}" for kind in ("question", "information", "warning", "critical")}
WIDGETS |= {"QMessageBox.about"}


def unsafe(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "QLabel" in map(ast.unparse, node.bases):
            yield f"{node.lineno}: a class of QLabel"
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called.endswith((".setToolTip", ".setWhatsThis", ".setStatusTip")):
            if not is_own_text(node.args[0]):
                yield f"{node.lineno}: {called} without plain()"
        elif called.endswith(".setItemData") and "ToolTipRole" in ast.unparse(node):
            if not is_own_text(node.args[1]):
                yield f"{node.lineno}: {called} without plain()"
        elif called.endswith(".setLabel") and "escape(" not in ast.unparse(node.args[0]):
            yield f"{node.lineno}: {called} without escape()"
        elif (
            called in WIDGETS
            or called.endswith((".setHtml", ".addLegend"))
            or called.startswith("QMessageBox.")
        ):
            yield f"{node.lineno}: {called}"


# The only rendered text, a table of keys, is the program's own.
OWN = {"style/plain.py", "bars/menus.py"}


def test_no_module_shows_a_text_that_qt_might_render() -> None:
    found = [
        f"{name}:{what}"
        for path in sorted(GUI.rglob("*.py"))
        if (name := str(path.relative_to(GUI))) not in OWN
        for what in unsafe(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def test_the_search_finds_what_it_is_for() -> None:
    code = 'a.setToolTip(f"{x}")\nb = QLabel(x)\nc.setToolTip(_("Own.") if y else plain(x))'
    assert [one[0] for one in unsafe(ast.parse(code))] == ["1", "2"]
    assert issubclass(ElidedLabel, PlainLabel)
