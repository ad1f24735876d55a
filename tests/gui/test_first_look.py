"""The first impression of the window on a small screen."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnplay.catalog import Discs, Features, Parity, kinds
from nnplay.experiment import insert_layer, preset
from nnplay.experiment.checks.check import check
from nnplay.gui.app import FRAME, fits_on_screen
from nnplay.gui.editors.fix_all import is_of_the_stack
from nnplay.gui.forms import KindBox, NumberField
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.style.icons import icon
from nnplay.gui.style.theme import DARK, LIGHT, Theme, apply, font, theme
from nnplay.gui.window import MainWindow
from nnplay.session import Change, RunState
from tests.gui.piloting import Pilot


def test_a_window_too_large_for_its_screen_is_noticed(qtbot: QtBot) -> None:
    one = QWidget()
    qtbot.addWidget(one)
    room = one.screen().availableSize()
    one.resize(room - FRAME)
    assert fits_on_screen(one)
    one.resize(room - FRAME + QSize(0, 1))
    assert not fits_on_screen(one)
    one.resize(room - FRAME + QSize(1, 0))
    assert not fits_on_screen(one)


def test_removed_tabs_leave_no_gap(pilot: Pilot) -> None:
    bar = pilot.window.workspace.stacks["centre"].bar
    for key in ("spiral", "digits-offline", "linear-regression", "digits-offline"):
        pilot.open(key)
        there = [bar.tabRect(i) for i in range(bar.count()) if bar.isTabVisible(i)]
        ends = pairwise(there)
        assert all(right.left() <= left.right() + 1 for left, right in ends), key


def in_a_row(window: QWidget, width: int) -> bool:
    """Return whether the parts of a bar fit side by side within a width."""
    children = (part for part in window.children() if isinstance(part, QWidget))
    parts = [part.geometry() for part in children if part.isVisible() and part.height() > 10]
    parts.sort(key=lambda place: place.left())
    return parts[-1].right() <= width and all(a.right() < b.left() for a, b in pairwise(parts))


def overlaps(window: MainWindow, button: QWidget, title: QAction) -> bool:
    """Return whether a button in the menu bar overlaps one of the menus."""
    left = button.mapTo(window, button.rect().topLeft()).x()
    return button.isVisible() and left > window.menus.bar.actionGeometry(title).right()


def test_a_lesson_is_hidden_for_other_data(pilot: Pilot) -> None:
    pilot.open("linear-regression")
    window, lesson = pilot.window, pilot.window.workspace.lesson
    as_it_came = lesson.about.text()
    before = window.document.experiment
    window.document.edit(Change(replace(before, data=Parity()), "Data"))
    assert lesson.title.text() == Parity.label
    assert lesson.about.text() == Parity.help
    assert lesson.next_lesson.isVisible(), "the way on stays"
    window.document.edit(Change(before, "Back"))
    assert lesson.about.text() == as_it_came


def test_the_fix_for_mismatched_network_and_data_is_visible(pilot: Pilot) -> None:
    pilot.window.resize(1280, 700)
    pilot.open("linear-regression")
    window, editor = pilot.window, pilot.window.workspace.data_editor
    window.document.edit(Change(replace(window.document.experiment, data=Discs()), "Data"))
    button = editor.fit_button

    def is_in_sight() -> bool:
        return button.isVisible() and button.visibleRegion().boundingRect() == button.rect()

    pilot.wait(is_in_sight)


def test_a_narrow_window_hides_texts_instead_of_overlapping(pilot: Pilot) -> None:
    window = pilot.window
    for width in (960, 1024, 1280):
        window.resize(width, 640)
        # The bar is laid out again some events later.
        pilot.wait(lambda w=width: window.width() == w and in_a_row(window.transport, w))
        titles = window.menus.bar.actions()
        assert all(window.menus.bar.actionGeometry(title).width() > 0 for title in titles), width
        first = next(iter(window.examples.buttons.values()))
        pilot.wait(lambda t=titles[-1], f=first: overlaps(window, f, t))
    assert all(button.isVisible() for button in window.examples.buttons.values())


def test_eight_layers_are_visible_above_the_form(pilot: Pilot) -> None:
    pilot.window.resize(1280, 720)
    editor = pilot.window.workspace.network_editor
    for key in ("spiral", "mnist-cnn"):
        pilot.open(key)
        pilot.wait(lambda: editor.inspector.isVisible())
        rows = range(min(9, editor.model.rowCount()))

        def in_sight(rows: range = rows) -> bool:
            seen = editor.view.viewport().rect()
            places = (editor.view.visualRect(editor.model.index(row)) for row in rows)
            return all(seen.contains(place) for place in places)

        pilot.wait(in_sight)
        assert editor.inspector.height() >= 84


def test_another_example_begins_at_its_first_layer(pilot: Pilot) -> None:
    pilot.open("mnist-cnn")
    view = pilot.window.workspace.network_editor.view
    view.setCurrentIndex(view.model().index(8, 0))
    pilot.open("spiral")
    assert view.currentIndex().row() == 1
    assert view.verticalScrollBar().value() == 0


def test_warming_up_is_shown_as_progress(pilot: Pilot) -> None:
    window = pilot.window
    window.live.state_changed.emit(RunState("starting", run_id=1, message="Warming up."))
    assert pilot.notice == "Warming up."
    shown = window.notice._icon.pixmap().toImage()
    assert shown == icon("running", theme().accent).pixmap(18, 18).toImage()
    assert shown != icon("good", theme().accent).pixmap(18, 18).toImage()
    assert theme().bad not in window.notice.styleSheet()
    window.live.state_changed.emit(RunState("paused", run_id=1, message="It diverged."))
    assert theme().bad in window.notice.styleSheet()


def test_a_success_message_disappears_with_the_next_edit_and_an_error_stays(pilot: Pilot) -> None:
    window = pilot.window
    again = Change(replace(window.document.experiment, seed=5), "New seed")
    window.notice.show_news("Imported.")
    window.document.edit(again)
    assert pilot.notice == ""
    window.notice.show_message("It broke.")
    window.document.edit(Change(replace(window.document.experiment, seed=6), "New seed"))
    assert pilot.notice == "It broke."


def test_the_focus_moves_to_the_tools_when_painting_begins(pilot: Pilot) -> None:
    pilot.open("spiral")
    paint_controller = pilot.window.workspace.panel(DecisionPanel).paint_controller
    button: Any = paint_controller._copy_button
    pilot.wait(button.isVisible)
    pilot.window.activateWindow()
    button.setFocus()
    pilot.qtbot.keyClick(button, Qt.Key.Key_Space)
    pilot.wait(lambda: paint_controller.bar.isVisible())
    assert paint_controller.bar.tools["brush"].hasFocus()


def test_a_zero_with_a_meaning_shows_its_meaning(qtbot: QtBot) -> None:
    param = next(p for p in kinds("data")["MNIST"].params() if p.name == "samples")
    field = NumberField(param)
    qtbot.addWidget(field)
    assert field.lineEdit().text() == "0 = all"
    given: list[object] = []
    field.value_edited.connect(lambda _name, value: given.append(value))
    field.lineEdit().setCursorPosition(0)
    qtbot.keyClicks(field, "50")
    assert field.lineEdit().text() == "500 = all"
    assert given[-1] == 500
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.lineEdit().text() == "500"
    field.show_value(0)
    assert field.lineEdit().text() == "0 = all"


def test_data_sets_are_under_headings_that_cannot_be_chosen(qtbot: QtBot) -> None:
    box = KindBox("data", "Data set")
    qtbot.addWidget(box)
    keys = [box.itemData(row) for row in range(box.count())]
    assert sorted(filter(None, keys)) == sorted(kinds("data"))
    headings = [row for row, key in enumerate(keys) if key is None]
    assert keys[0] is None
    assert len({box.itemText(row) for row in headings}) == len(headings) > 3
    model: Any = box.model()
    assert not any(model.item(row).isEnabled() for row in headings)
    for row in headings:
        own = {kinds("data")[key].group for key in keys[row + 1 :][: _until_none(keys, row)]}
        assert own == {box.itemText(row)}


def _until_none(keys: list[str | None], row: int) -> int:
    rest = keys[row + 1 :]
    return rest.index(None) if None in rest else len(rest)


def test_an_error_in_a_formula_is_not_reported_for_the_data() -> None:
    spiral = preset("spiral").experiment
    slipped = insert_layer(spiral, 0, Features(typed="sin(x*y"))
    (problem,) = (one for one in check(slipped) if str(one.where).startswith("network[0]"))
    assert not is_of_the_stack(problem)
    unfit = replace(spiral, network=spiral.network[:-1])
    assert any(map(is_of_the_stack, check(unfit)))


def test_the_buttons_do_not_move_when_the_first_changes_its_text(pilot: Pilot) -> None:
    transport = pilot.window.transport
    places, texts = set(), set()
    for phase in ("idle", "running", "paused", "finished"):
        for stale in (False, True):
            transport.show_state(RunState(phase=phase), stale)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # type: ignore[arg-type]
            places.add(pilot.button(transport.step_action).x())
            texts.add(pilot.button(transport.train_action).text())
    assert texts == {"Train", "Pause", "Resume"}
    assert len(places) == 1


def test_button_texts_are_centred(pilot: Pilot) -> None:
    transport = pilot.window.transport
    first = [(phase, transport.train_action) for phase in ("idle", "running", "paused", "finished")]
    others = [("running", transport.step_action), ("running", transport.stop_action)]
    for phase, action in (*first, *others):
        button = pilot.button(action)
        transport.show_state(RunState(phase=phase))
        picture = button.grab().toImage()
        rows = range(6, picture.height() - 6)
        ground = picture.pixel(8, picture.height() // 2)
        inked = [x for x in range(6, picture.width() - 6)
                 if any(picture.pixel(x, y) != ground for y in rows)]  # fmt: skip
        left, right = inked[0], picture.width() - 1 - inked[-1]
        # An icon has some room of its own around what it shows.
        assert abs(left - right) <= 5, button.text()


def test_the_legend_of_the_map_names_both_classes_in_a_narrow_window(pilot: Pilot) -> None:
    pilot.open("spiral")
    window, key = pilot.window, pilot.window.workspace.panel(DecisionPanel).two_class_legend
    scales = {}
    for width in (1280, 1024):
        window.resize(width, 700)
        pilot.wait(lambda w=width: window.width() == w and in_a_row(window.transport, w))
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # type: ignore[arg-type]
        picture = key.grab().toImage()
        middle = picture.height() // 2
        colours = [picture.pixelColor(x, middle).name() for x in range(picture.width())]
        squares = [x for x, colour in enumerate(colours) if colour == theme().classes[1]]
        name = QFontMetrics(font("small")).horizontalAdvance("class 1")
        assert squares[-1] + name < key.width(), width
        # Between the names there is the scale, as far as there is room.
        circles = [x for x, colour in enumerate(colours) if colour == theme().classes[0]]
        scales[width] = squares[0] - circles[-1] - name
    assert scales[1280] > 56 > scales[1024]


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_every_button_has_a_frame_that_reacts_to_the_mouse(look: Theme, pilot: Pilot) -> None:
    apply(look)
    for action in (pilot.window.transport.step_action, pilot.window.transport.redraw_action):
        button = pilot.button(action)
        middle = QPoint(0, button.height() // 2)

        def frame(button: QToolButton = button, at: QPoint = middle) -> str:
            return button.grab().toImage().pixelColor(at).name()

        assert frame() == look.border
        button.setFocus()
        pilot.wait(lambda f=frame: f() == look.accent)
        pilot.window.transport.setFocus()
    apply(LIGHT)
