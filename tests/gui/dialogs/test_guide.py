"""Help: the first steps and the glossary, beside the window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from nnplay.gui.dialogs.guide import GuideDialog, entries
from tests.gui.piloting import Pilot


def test_the_first_steps_open_beside_the_window_and_close_by_escape(pilot: Pilot) -> None:
    pilot.key(Qt.Key.Key_F1)
    (guide,) = pilot.window.findChildren(GuideDialog)
    assert guide.isVisible() and not guide.isModal()
    assert "Train a first network" in guide.shown
    area = guide.findChild(QScrollArea)
    assert area.widget().width() <= area.viewport().width()
    pilot.qtbot.keyClick(guide, Qt.Key.Key_Escape)
    pilot.wait(lambda: not pilot.window.findChildren(GuideDialog))


def test_the_glossary_is_in_order_and_can_be_searched(pilot: Pilot) -> None:
    pilot.key(Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    (glossary,) = pilot.window.findChildren(GuideDialog)
    assert list(glossary.shown) == sorted(glossary.shown)
    assert {"Epoch", "Learning rate", "Loss", "Overfitting"} <= set(glossary.shown)
    pilot.qtbot.keyClicks(glossary.search, "weight decay? dropout")
    assert glossary.shown == ()
    glossary.search.clear()
    pilot.qtbot.keyClicks(glossary.search, "one pass over")
    assert glossary.shown == ("Epoch",)
    glossary.close()


def test_the_words_of_the_window_are_in_the_texts() -> None:
    text = " ".join(text for _title, text in entries("first-steps"))
    for word in ("Train (F5)", "Speed", "Learning rate, epochs and batch size", "Add layer"):
        assert word in text
