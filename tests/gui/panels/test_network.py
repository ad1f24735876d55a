"""The drawing of the network: what is hit, focused and written, on the widget itself."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnplay.engine.probes.network_weights import NetworkWeights
from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panel.linked_selection import LinkedSelection
from nnplay.gui.panels.network import NetworkPanel
from nnplay.gui.views.network.drawn import formula_of
from nnplay.gui.views.network.geometry import EdgePaths
from nnplay.gui.views.network.value_editor import typed_value

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(open_panel: object) -> NetworkPanel:
    return open_panel(NetworkPanel, "plane", (700, 420))  # type: ignore[operator]


def network(panel: NetworkPanel) -> NetworkWeights:
    assert panel.view.drawn is not None
    return panel.view.drawn.network


def middle(panel: NetworkPanel, stage: int, unit: int) -> QPoint:
    layout = panel.view.layout_now
    assert layout is not None
    box = layout.columns[stage].unit(unit)
    return QPointF(box.x + box.width / 2, box.y + box.height / 2).toPoint()


def click(panel: NetworkPanel, at: QPoint) -> None:
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, NONE, at)


def test_units_and_edges_are_under_the_mouse(panel: NetworkPanel) -> None:
    view = panel.view
    for stage, units in enumerate((2, 8, 2)):
        for unit in range(units):
            assert view.unit_at(QPointF(middle(panel, stage, unit))) == (stage, unit)
    assert view.layout_now is not None
    at = EdgePaths(view.layout_now).path(0, 1, 6).pointAtPercent(0.5)
    assert view.edge_at(at) == (0, 1, 6)
    assert view.edge_at(QPointF(1, 1)) is None
    QTest.mouseMove(view, at.toPoint())
    weights = network(panel).stages[1].weights
    assert weights is not None
    assert "weight from y to 7 of Dense" in panel.readout.text()
    shown = re.findall(r"[−\d.]+$", panel.readout.text())[0].replace("−", "-")
    assert float(shown) == pytest.approx(float(weights[6, 1]), rel=1e-3)


def test_a_click_focuses_a_unit_and_shows_its_formula(panel: NetworkPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.view.unit_focused) as focused:
        click(panel, middle(panel, 1, 2))
    assert focused.args == [(1, 2)] and panel.view.focus == (1, 2)
    stage, inputs = network(panel).stages[1], network(panel).stages[0].activation
    assert stage.weights is not None and stage.bias is not None and inputs is not None
    QTest.mouseMove(panel.view, QPoint(2, 2))
    formula, numbers = panel.readout.text().split("\n")
    assert formula.startswith("ReLU(") and "·x" in formula and "·y" in formula
    plain = numbers.replace("− ", "-").replace("−", "-")
    read = [float(one) for one in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", plain)]
    row = stage.weights[2]
    expected = [row[0], inputs[0], row[1], inputs[1], stage.bias[2], stage.activation[2]]
    np.testing.assert_allclose(read, expected, rtol=0.006)
    click(panel, QPoint(3, 3))  # beside all units
    assert panel.view.focus is None


def test_keys_move_between_units_and_focus_one(panel: NetworkPanel, qtbot: QtBot) -> None:
    view = panel.view
    view.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.focus == (1, 2)
    assert "unit 3" in view.describe_hovered()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.focus is None


def test_a_focused_unit_shows_all_its_ways(panel: NetworkPanel) -> None:
    view = panel.view
    view.set_focus((1, 4))
    assert view.layout_now is not None
    apart = EdgePaths(view.layout_now).path(0, 0, 7).pointAtPercent(0.7)
    assert view.edge_at(apart) is None  # faded
    own = EdgePaths(view.layout_now).path(0, 0, 4).pointAtPercent(0.5)
    assert view.edge_at(own) == (0, 0, 4)


def test_the_largest_terms_of_a_long_formula_and_the_rest(panel: NetworkPanel) -> None:
    drawn = panel.view.drawn
    assert drawn is not None
    _formula, numbers = formula_of(drawn, 2, 1, most=2)
    stages = drawn.stages
    row, values = stages[2].weights[1], stages[1].activation
    assert values is not None
    largest = np.argsort(-np.abs(row * values))[:2]
    rest = float(row @ values - row[largest] @ values[largest])
    found = re.search(r"\(6 more: ([−\d.e]+)\)", numbers)
    assert found is not None
    assert float(found[1].replace("−", "-")) == pytest.approx(rest, rel=0.006)


def test_it_is_described_in_words(panel: NetworkPanel) -> None:
    assert panel.view.accessibleName() == "Drawing of the network"
    words = panel.view.accessibleDescription()
    assert "Inputs: 2 units" in words and "Dense: 8 units" in words
    run = example_run("plane")
    shown = network(panel)
    dead = np.zeros(8, bool)
    dead[:3] = True
    stages = (shown.stages[0], replace(shown.stages[1], dead=dead), shown.stages[2])
    frame = replace(run.frame, payloads={NetworkWeights: replace(shown, stages=stages)})
    panel.show_frame(frame)
    assert "Dense: 8 units, 3 dead" in panel.view.accessibleDescription()


def test_another_sample_is_asked_for(panel: NetworkPanel, qtbot: QtBot) -> None:
    count = len(example_run("plane").parts.validation)
    for index in (1, 2):
        with qtbot.waitSignal(panel.sample_selected) as chosen:
            QTest.keyClick(panel, Qt.Key.Key_N)
        assert chosen.args == [index]
    assert count > 2


def test_a_frame_without_the_network_changes_nothing(panel: NetworkPanel) -> None:
    before = network(panel)
    panel.show_frame(replace(example_run("plane").frame, payloads={}))
    assert network(panel) is before
    panel.clear()
    assert panel.is_empty and panel.view.drawn is None


def test_the_selected_unit_is_shared_by_all_panels(panel: NetworkPanel, qtbot: QtBot) -> None:
    linked = LinkedSelection(panel)
    linked.follow(panel)
    with qtbot.waitSignal(linked.changed) as changed:
        click(panel, middle(panel, 2, 1))
    assert changed.args is not None
    selection = changed.args[0]
    assert (selection.layer, selection.unit) == (2, 1)  # the second Dense, after ReLU
    panel.show_unit(0, 5)
    assert panel.view.focus == (1, 5)
    panel.show_unit(0, 50)  # of another network
    assert panel.view.focus is None
    panel.show_unit(None, None)
    assert panel.view.focus is None


def test_a_weight_is_typed_and_taken_back(panel: NetworkPanel, qtbot: QtBot) -> None:
    view = panel.view
    weights = network(panel).stages[1].weights
    assert weights is not None and view.layout_now is not None
    at = EdgePaths(view.layout_now).path(0, 1, 6).pointAtPercent(0.5).toPoint()
    sent: list[tuple[str, float]] = []
    panel.weight_edited.connect(lambda path, value: sent.append((path, value)))
    click(panel, at)
    assert view.editor.isVisible()
    QTest.keyClicks(view.editor, "1/4")
    QTest.keyClick(view.editor, Qt.Key.Key_Return)
    assert not view.editor.isVisible()
    assert sent == [("weight.0.weight[6,1]", 0.25)]
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert sent[1] == ("weight.0.weight[6,1]", float(weights[6, 1]))
    redo = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(view, Qt.Key.Key_Z, redo)
    assert sent[2] == sent[0] and len(sent) == 3


def test_a_bias_is_typed_and_nonsense_is_refused(panel: NetworkPanel, qtbot: QtBot) -> None:
    view = panel.view
    assert view.layout_now is not None
    box = view.layout_now.columns[2].unit(1)
    click(panel, QPointF(box.x, box.y + box.height).toPoint())
    with qtbot.assertNotEmitted(panel.weight_edited):
        QTest.keyClicks(view.editor, "x + 1")
        QTest.keyClick(view.editor, Qt.Key.Key_Return)
    assert view.editor.isVisible()
    view.editor.selectAll()
    with qtbot.waitSignal(panel.weight_edited) as sent:
        QTest.keyClicks(view.editor, "-0,5")
        QTest.keyClick(view.editor, Qt.Key.Key_Return)
    assert sent.args == ["weight.2.bias[1]", -0.5]
    click(panel, QPointF(box.x, box.y + box.height).toPoint())
    with qtbot.assertNotEmitted(panel.weight_edited):
        QTest.keyClick(view.editor, Qt.Key.Key_Escape)
    assert not view.editor.isVisible()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5", 0.5), ("0,5", 0.5), ("−2e-3", -0.002), ("1/3", 1 / 3), ("sqrt(2)", 2**0.5),
        ("", None), ("x", None), ("1/0", None), ("nan", None), ("1e999", None), ("two", None),
    ],
)  # fmt: skip
def test_numbers_and_formulas_are_read(text: str, expected: float | None) -> None:
    assert typed_value(text) == (None if expected is None else pytest.approx(expected))


def test_weights_of_an_earlier_moment_are_not_typed(panel: NetworkPanel, qtbot: QtBot) -> None:
    view = panel.view
    assert view.layout_now is not None
    box = view.layout_now.columns[2].unit(1)
    corner = QPointF(box.x, box.y + box.height).toPoint()
    panel.show_position(40)
    click(panel, corner)
    assert not view.editor.isVisible()
    panel.show_position(None)
    click(panel, corner)
    assert view.editor.isVisible()
    panel.show_position(40)
    assert not view.editor.isVisible()
