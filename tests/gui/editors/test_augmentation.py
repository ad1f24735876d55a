"""Augmentation is available for images, edited like everything else, with a preview."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nnplay.catalog import Adam, CrossEntropy, Dense, Digits, Flatten, Spiral
from nnplay.data import Samples
from nnplay.experiment import Augmentation, Experiment
from nnplay.gui.editors.training import TrainingEditor

Open = Callable[..., Any]
PATIENCE_MS = 30_000
DIGITS = Experiment(Digits(), (Flatten(), Dense(10)), CrossEntropy(), Adam())
PICTURES = np.random.default_rng(0).random((9, 1, 8, 8), dtype=np.float32)


@pytest.fixture
def session(open_editor: Open, qtbot: QtBot) -> Any:
    session = open_editor(TrainingEditor, DIGITS)
    yield session
    assert session.editor.augmentation.examples.shut_down(PATIENCE_MS)


def images(session: Any, row: int) -> list[bytes]:
    return [one.constBits().tobytes() for one in session.editor.augmentation.pairs.pictures[row]]


def test_it_is_shown_for_images_only_and_folded_at_first(session: Any) -> None:
    section = session.editor.augmentation
    assert section.isVisible()
    assert not section.form.isVisible()
    assert "all off" in section.button.accessibleName()
    session.show(replace(DIGITS, data=Spiral(), network=(Dense(2),)))
    assert not section.isVisible()


def test_augmentation_of_other_data_is_fixed_by_a_click(session: Any, qtbot: QtBot) -> None:
    section = session.editor.augmentation
    on = Augmentation(shift=0.1)
    session.show(replace(DIGITS, data=Spiral(), network=(Dense(2),), augmentation=on))
    assert section.isVisible()
    (fix,) = [b for b in section.findChildren(QPushButton) if b.isVisibleTo(section)]
    qtbot.keyClick(fix, Qt.Key.Key_Space)
    assert session.experiment.augmentation == Augmentation()
    assert not section.isVisible()


def test_values_are_edited_and_summed_up(session: Any, qtbot: QtBot) -> None:
    section = session.editor.augmentation
    section.button.setFocus()
    qtbot.keyClick(section.button, Qt.Key.Key_Space)
    field = section.form.field("rotation")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "15")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.experiment.augmentation == Augmentation(rotation=15.0)
    assert session.changes[-1].merge == "augmentation.rotation"
    qtbot.keyClick(section.form.field("flip_horizontal"), Qt.Key.Key_Space)
    assert session.experiment.augmentation == Augmentation(rotation=15.0, flip_horizontal=True)
    assert section.summary.text() == "rotation 15° · flip ↔"


def test_the_preview_follows_the_values_and_a_click(session: Any, qtbot: QtBot) -> None:
    section = session.editor.augmentation
    section.show_pictures(Digits().spec(), Samples(PICTURES, np.arange(9)))
    assert section.pairs.pictures == ((), ()), "closed it asks for nothing"
    section.button.setChecked(True)
    qtbot.waitUntil(lambda: len(images(session, 1)) == 6, timeout=PATIENCE_MS)
    above = images(session, 0)
    assert images(session, 1) == above, "nothing is on"
    session.show(replace(DIGITS, augmentation=Augmentation(rotation=90.0)))
    qtbot.waitUntil(lambda: images(session, 1) != above, timeout=PATIENCE_MS)
    assert images(session, 0) == above
    first = images(session, 1)
    qtbot.mouseClick(section.pairs, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: images(session, 1) != first, timeout=PATIENCE_MS)
    second = images(session, 1)
    section.pairs.setFocus()
    qtbot.keyClick(section.pairs, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: images(session, 1) not in (first, second), timeout=PATIENCE_MS)
