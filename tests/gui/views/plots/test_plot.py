"""A plot follows the theme, even while it is being closed."""

from pytestqt.qtbot import QtBot

from nnplay.gui.style import theme
from nnplay.gui.views.plots.plot import Plot


def test_axes_follow_the_theme(qtbot: QtBot) -> None:
    plot = Plot("x", "y")
    qtbot.addWidget(plot)
    for look in (theme.DARK, theme.LIGHT):
        theme.apply(look)
        assert plot.backgroundBrush().color().name() == look.surface
        assert [axis.textPen().color().name() for axis in plot.axes()] == [look.muted] * 2
    assert [axis.labelText for axis in plot.axes()] == ["x", "y"]


def test_a_closed_plot_survives_a_theme_change(qtbot: QtBot) -> None:
    plot = Plot("x", "y")
    plot.close()
    with qtbot.waitSignal(theme.bus.changed):
        theme.apply(theme.LIGHT)
    plot.deleteLater()
