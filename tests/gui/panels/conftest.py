"""Panels as in the window: with a theme, showing an example run."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnplay.gui.panel import standalone as alone
from nnplay.gui.panel.example_runs import ExampleKey, example_run
from nnplay.gui.panel.panel import Panel
from nnplay.gui.style import theme

P = TypeVar("P", bound=Panel)
Open = Callable[..., P]


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    if theme.theme() is not theme.LIGHT or not qapp.styleSheet():
        theme.apply(theme.LIGHT)
    yield
    if theme.theme() is not theme.LIGHT:
        theme.apply(theme.LIGHT)


@pytest.fixture
def open_panel(qtbot: QtBot) -> Open[P]:
    """Return a function that opens a panel, showing an example run if one is named."""

    def make(
        kind: type[P], sort: ExampleKey | None = None, size: tuple[int, int] = (700, 400)
    ) -> P:
        panel = kind()
        qtbot.addWidget(panel)
        panel.resize(*size)
        if sort is not None:
            alone.feed(panel, example_run(sort))
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return make
