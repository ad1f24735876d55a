"""Tab visits the window in the order that is seen, also where fields were built again."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from nnplay.catalog import SGD, Adam
from nnplay.experiment import set_value
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.session import Change
from tests.gui.piloting import Pilot

MOST = 200


def visited(pilot: Pilot, key: Qt.Key, start: QWidget) -> list[QWidget]:
    """Press a key until the focus is back where it began; return every widget that had it."""
    start.setFocus()
    found = [start]
    while len(found) < MOST:
        pilot.qtbot.keyClick(found[-1], key)
        now = QApplication.focusWidget()
        assert now is not None
        if now is start:
            return found
        found.append(now)
    raise AssertionError("the focus never came back")


def test_tab_goes_in_the_order_seen(pilot: Pilot) -> None:
    window, workspace = pilot.window, pilot.window.workspace
    # Each of these builds fields again, which Qt would visit last.
    pilot.open("spiral")
    pilot.open("linear-regression")
    training, data = workspace.training_editor, workspace.data_editor
    for optimizer in (Adam(), SGD()):
        changed = set_value(window.document.experiment, "optimizer", optimizer)
        window.document.edit(Change(changed, "Choose"))
    training.optimizer.fold.click()
    # Qt shows new fields some events later.
    pilot.wait(training.rate.field("lr").isVisible)
    start = pilot.button(window.transport.train_action)
    order = visited(pilot, Qt.Key.Key_Tab, start)
    ways = [
        start,
        pilot.button(window.transport.step_action),
        window.transport.speed.slider,
        data.section.box,
        *(data.section.first.field(name) for name in ("points", "noise")),
        workspace.network_editor.add_button,
        workspace.network_editor.view,
        workspace.network_editor.inspector.form.field("units"),
        workspace.panel(FitPanel).plot,
        workspace.panel(CurvesPanel).log_button,
        training.rate.field("lr"),
        training.epochs,
        training.full,
        training.loss.box,
        training.optimizer.box,
        training.optimizer.form.field("momentum"),
        training.schedule.box,
        training.computing.button,
    ]
    names = [widget.accessibleName() for widget in ways]
    places = [order.index(widget) for widget in ways]
    assert places == sorted(places), [n for _p, n in sorted(zip(places, names, strict=True))]
    assert visited(pilot, Qt.Key.Key_Backtab, start) == [start, *order[:0:-1]]


def test_a_field_that_tab_reaches_is_scrolled_into_view(pilot: Pilot) -> None:
    pilot.window.resize(1280, 720)
    training = pilot.window.workspace.training_editor
    training.schedule.box.setFocus()
    while QApplication.focusWidget() is not training.computing.button:
        pilot.key(Qt.Key.Key_Tab)
    assert not training.computing.button.visibleRegion().isEmpty()
