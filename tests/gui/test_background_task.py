"""Work beside a dialog: what it answers, how it ends, and that it waits its turn."""

from collections.abc import Iterator
from threading import Event

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnplay.data import DataError
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.gui.background.thread import Worker
from tests.gui.piloting import PATIENCE_MS


@pytest.fixture
def background_task(qtbot: QtBot) -> Iterator[BackgroundTask]:
    parent = QObject()
    made = BackgroundTask(parent, poll_ms=5)
    yield made
    assert made.shut_down(PATIENCE_MS)
    parent.deleteLater()


def answer_of(qtbot: QtBot, background_task: BackgroundTask, work: object) -> object:
    with qtbot.waitSignal(background_task.answered, timeout=PATIENCE_MS) as caught:
        background_task.begin(work)  # type: ignore[arg-type]
        assert background_task.is_busy
    assert not background_task.is_busy
    (answer,) = caught.args
    return answer


def test_what_the_work_returns_is_the_answer_once(
    qtbot: QtBot, background_task: BackgroundTask
) -> None:
    heard: list[object] = []
    background_task.answered.connect(heard.append)
    assert answer_of(qtbot, background_task, lambda: 7) == 7
    assert answer_of(qtbot, background_task, lambda: None) is None
    assert heard == [7, None]


@pytest.mark.parametrize("error", [DataError("no file"), MemoryError(), ValueError("a bug")])
def test_what_ends_the_work_is_the_answer(
    qtbot: QtBot,
    background_task: BackgroundTask,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def work() -> None:
        raise error

    assert answer_of(qtbot, background_task, work) is error
    # Only what no user can mend is for the log.
    assert bool(caplog.records) == isinstance(error, ValueError)
    assert answer_of(qtbot, background_task, lambda: "again") == "again"


def test_it_is_looked_at_while_under_way_and_stops_when_asked(
    qtbot: QtBot, background_task: BackgroundTask
) -> None:
    def work() -> str:
        while not background_task.is_cancelled():
            Event().wait(0.001)
        return "stopped"

    with qtbot.waitSignal(background_task.looked, timeout=PATIENCE_MS):
        background_task.begin(work)
    with qtbot.waitSignal(background_task.answered, timeout=PATIENCE_MS) as caught:
        background_task.cancel()
    assert caught.args == ["stopped"]
    assert answer_of(qtbot, background_task, background_task.is_cancelled) is False, (
        "a new one starts afresh"
    )


def test_it_begins_when_another_thread_has_ended(
    qtbot: QtBot, background_task: BackgroundTask
) -> None:
    order: list[str] = []
    go = Event()
    other = Worker()

    def first() -> None:
        go.wait(60)
        order.append("other")

    other.begin(first)
    background_task.begin(lambda: order.append("errand"), [other])
    with qtbot.waitSignal(background_task.answered, timeout=PATIENCE_MS):
        go.set()
    assert order == ["other", "errand"]
    assert other.wait(PATIENCE_MS)


def test_shutting_down_stops_and_waits(qtbot: QtBot, background_task: BackgroundTask) -> None:
    def work() -> None:
        while not background_task.is_cancelled():
            Event().wait(0.001)

    assert background_task.shut_down(0), "nothing is under way"
    background_task.begin(work)
    assert background_task.shut_down(PATIENCE_MS)
    qtbot.waitUntil(lambda: not background_task.is_busy, timeout=PATIENCE_MS)
