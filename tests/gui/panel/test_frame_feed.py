"""Visible panels get frames and traces at once if they are due, and the newest ones in any case."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panel.frame_feed import FrameFeed
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.link import Frame, Trace


class Recording(Panel):
    """A panel that notes what it is given; like the curves, it wants nothing new within 66 ms."""

    entry = CurvesPanel.entry

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Frame] = []
        self.traces: list[tuple[Trace, Trace]] = []

    def show_frame(self, frame: Frame) -> None:
        self.frames.append(frame)

    def show_traces(self, steps: Trace, epochs: Trace) -> None:
        self.traces.append((steps, epochs))


@pytest.fixture
def panel(qtbot: QtBot) -> Recording:
    made = Recording()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def feed_of(qapp: object) -> Callable[[list[Panel]], FrameFeed]:
    return lambda panels: FrameFeed(lambda: panels, parent=panels[0] if panels else None)


RUN = example_run("plane")


def test_the_first_frame_and_traces_are_shown_at_once(
    panel: Recording, feed_of: Callable[[list[Panel]], FrameFeed]
) -> None:
    feed = feed_of([panel])
    feed.show_frame(RUN.frame)
    feed.show_traces(RUN.steps, RUN.epochs)
    assert panel.frames == [RUN.frame]
    assert panel.traces == [(RUN.steps, RUN.epochs)]


def test_what_comes_too_soon_is_shown_later(
    panel: Recording, feed_of: Callable[[list[Panel]], FrameFeed], qtbot: QtBot
) -> None:
    feed = feed_of([panel])
    newer = example_run("images").frame
    feed.show_frame(RUN.frame)
    feed.show_traces(RUN.steps, RUN.epochs)
    feed.show_frame(newer)
    feed.show_traces(RUN.steps, RUN.epochs)
    assert panel.frames == [RUN.frame]
    assert len(panel.traces) == 1
    qtbot.waitUntil(lambda: panel.frames == [RUN.frame, newer])
    assert len(panel.traces) == 2


def test_a_panel_that_appears_gets_the_newest_and_none_twice(
    panel: Recording, feed_of: Callable[[list[Panel]], FrameFeed]
) -> None:
    feed = FrameFeed(list, parent=panel)
    feed.show_frame(RUN.frame)
    feed.show_traces(RUN.steps, RUN.epochs)
    assert panel.frames == []
    feed.show_in(panel)
    feed.show_in(panel)
    assert panel.frames == [RUN.frame]
    feed.clear()
    feed.show_in(panel)
    assert panel.frames == [RUN.frame]
    assert len(panel.traces) == 2
