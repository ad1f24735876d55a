"""The title and the text above the panels: those of the lesson, and what an edit does to them."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from nnplay.experiment import preset, set_value
from nnplay.gui.bars.lesson import Lesson


def test_an_edited_lesson_says_that_its_text_describes_the_original(qtbot: QtBot) -> None:
    lesson = Lesson()
    qtbot.addWidget(lesson)
    own = preset("linear-regression").experiment
    lesson.show_experiment(own)
    assert lesson.title.text() == "Linear regression"
    assert lesson.edited.text() == ""
    lesson.show_experiment(set_value(own, "data.noise", 4.0))
    assert lesson.title.text() == "Linear regression (edited)"
    assert lesson.edited.text() == "The text describes the original."
    assert lesson.about.text() == own.about
    lesson.show_experiment(replace(own, device="cpu"))
    assert lesson.title.text() == "Linear regression", "the text says nothing of the device"


def test_an_own_experiment_keeps_its_name(qtbot: QtBot) -> None:
    lesson = Lesson()
    qtbot.addWidget(lesson)
    own = replace(preset("linear-regression").experiment, name="Rents of 2024", about="Mine.")
    lesson.show_experiment(own)
    assert (lesson.title.text(), lesson.about.text()) == ("Rents of 2024", "Mine.")
    assert lesson.edited.text() == ""
