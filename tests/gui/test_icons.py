"""The icons: each is the letter of the font that it is said to be, and is drawn."""

import json

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from nnplay.gui.style.icons import GLYPHS, icon, icon_font

SIZE = QSize(32, 32)


def colours(one: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    """Return the colours of the pixels that are drawn in full."""
    image = one.pixmap(SIZE, mode).toImage()
    every = (image.pixelColor(x, y) for x in range(32) for y in range(32))
    return {colour.name() for colour in every if colour.alpha() == 255}


def test_every_letter_has_the_name_it_is_listed_under() -> None:
    numbers = json.loads(icon_font("json").read_text("utf-8"))
    assert {name: f"{number:x}" for name, number in GLYPHS.values()} == {
        name: numbers[name].removeprefix("0x").lower() for name, _number in GLYPHS.values()
    }


@pytest.mark.parametrize("key", GLYPHS)
def test_an_icon_is_drawn_in_its_colour(key: str, qapp: QApplication) -> None:
    assert colours(icon(key, "#0b62c4")) == {QColor("#0b62c4").name()}


def test_an_icon_that_is_off_is_drawn_in_the_other_colour(qapp: QApplication) -> None:
    assert colours(icon("stop", "#0b62c4", "#d3d8df"), QIcon.Mode.Disabled) == {"#d3d8df"}
