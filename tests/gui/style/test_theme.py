"""The theme: one function changes everything at once, and notifies all listeners."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnplay.gui.style import theme


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme.apply(theme.LIGHT)


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_a_theme_change_reaches_palette_style_and_listeners(
    look: theme.Theme, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(theme.bus.changed):
        theme.apply(look)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert theme.theme() is look
    assert app.palette().color(QPalette.ColorRole.Window).name() == look.window
    assert app.palette().color(QPalette.ColorRole.Text).name() == look.text
    assert look.accent in app.styleSheet()


def test_the_type_scale_keeps_its_sizes(qapp: QApplication) -> None:
    theme.apply(theme.LIGHT)
    theme.apply(theme.DARK)
    sizes = [theme.font(role).pixelSize() for role in ("small", "body", "title", "number")]
    assert sizes == [11, 13, 15, 20]
    assert theme.font("strong").weight() == QFont.Weight.DemiBold
    assert QFontInfo(theme.font("body")).pixelSize() == 13


def test_digits_have_one_width(qapp: QApplication) -> None:
    theme.apply(theme.LIGHT)
    widths = {QFontMetricsF(theme.font("body")).horizontalAdvance(d) for d in "0123456789"}
    assert len(widths) == 1
