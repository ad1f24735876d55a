"""The icons: every file is one of the family, is used, and is drawn in the given colour."""

import ast
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

import nnplay
from nnplay.assets import asset
from nnplay.gui.style.icons import icon, icon_keys

SIZE = QSize(32, 32)
KEYS = icon_keys()
GIVEN = QColor("#0b62c4")


def colours(one: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    """Return the colours of the pixels that are drawn in full."""
    image = one.pixmap(SIZE, mode).toImage()
    every = (image.pixelColor(x, y) for x in range(32) for y in range(32))
    # Where two strokes overlap, blending rounds by one.
    return {
        colour.name() if not _is_near(colour, GIVEN) else GIVEN.name()
        for colour in every
        if colour.alpha() == 255
    }


def _is_near(one: QColor, other: QColor) -> bool:
    pairs = zip(one.getRgb(), other.getRgb(), strict=True)
    return all(abs(a - b) <= 1 for a, b in pairs)


@pytest.mark.parametrize("key", KEYS)
def test_every_file_is_of_one_family(key: str) -> None:
    text = asset("icons", f"{key}.svg").read_text("utf-8")
    root = ElementTree.fromstring(text)
    assert root.get("viewBox") == "0 0 24 24"
    assert (root.get("stroke"), root.get("stroke-width")) == ("currentColor", "2")
    assert (root.get("stroke-linecap"), root.get("stroke-linejoin")) == ("round", "round")
    colours_named = set(re.findall(r'(?:fill|stroke)="([^"]*)"', text))
    assert colours_named <= {"none", "currentColor"}


def test_every_file_is_used_somewhere() -> None:
    named = set()
    for path in Path(nnplay.__file__).parent.rglob("gui/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
    assert set(KEYS) <= named


@pytest.mark.parametrize("key", KEYS)
def test_an_icon_is_drawn_in_its_colour(key: str, qapp: QApplication) -> None:
    assert colours(icon(key, "#0b62c4")) == {GIVEN.name()}


def test_a_disabled_icon_is_drawn_in_the_other_colour(qapp: QApplication) -> None:
    assert colours(icon("stop", "#0b62c4", "#d3d8df"), QIcon.Mode.Disabled) == {"#d3d8df"}


def test_a_transparent_icon_draws_nothing(qapp: QApplication) -> None:
    assert colours(icon("whole", "transparent", "transparent")) == set()


def test_an_icon_is_sharp_at_twice_the_resolution(qapp: QApplication) -> None:
    """Every pixel of an enlarged pixmap would be repeated; a drawn one has finer edges."""
    picture = icon("clear", "#0b62c4").pixmap(QSize(16, 16), 2.0)
    assert picture.size() == QSize(32, 32)
    image = picture.toImage()
    blocks = [
        {image.pixelColor(2 * x + i, 2 * y + j).rgba() for i in (0, 1) for j in (0, 1)}
        for x in range(16)
        for y in range(16)
    ]
    assert any(len(block) > 1 for block in blocks)


def test_an_unknown_key_names_the_missing_file() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/nothing\.svg"):
        icon("nothing", "#0b62c4")
