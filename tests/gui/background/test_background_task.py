"""Background work: its result, its end, its replacement, and that tasks take turns."""

from collections.abc import Iterator
from threading import Event, Lock

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnplay.data import DataError
from nnplay.gui.background.background_task import BackgroundTask
from tests.gui.piloting import PATIENCE_MS


@pytest.fixture
def parent(qtbot: QtBot) -> Iterator[QObject]:
    made = QObject()
    yield made
    for task in made.findChildren(BackgroundTask):
        assert task.shut_down(PATIENCE_MS)
    made.deleteLater()


@pytest.fixture
def task(parent: QObject) -> BackgroundTask:
    return BackgroundTask(parent, poll_ms=5)


def result_of(qtbot: QtBot, task: BackgroundTask, work: object) -> object:
    with qtbot.waitSignal(task.ended, timeout=PATIENCE_MS) as caught:
        task.start(work)  # type: ignore[arg-type]
        assert task.is_busy
    assert not task.is_busy
    (result,) = caught.args
    return result


def until_cancelled(task: BackgroundTask) -> str:
    while not task.is_cancelled():
        Event().wait(0.001)
    return "cancelled"


def test_what_the_work_returns_is_emitted_once(qtbot: QtBot, task: BackgroundTask) -> None:
    heard: list[object] = []
    task.ended.connect(heard.append)
    assert result_of(qtbot, task, lambda: 7) == 7
    assert result_of(qtbot, task, lambda: None) is None
    assert heard == [7, None]


@pytest.mark.parametrize("error", [DataError("no file"), MemoryError(), ValueError("a bug")])
def test_an_exception_is_emitted(
    qtbot: QtBot, task: BackgroundTask, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def work() -> None:
        raise error

    assert result_of(qtbot, task, work) is error
    # Only a bug is logged.
    assert bool(caplog.records) == isinstance(error, ValueError)
    assert result_of(qtbot, task, lambda: "again") == "again"


def test_it_polls_while_busy_and_cancels_on_request(qtbot: QtBot, task: BackgroundTask) -> None:
    with qtbot.waitSignal(task.polled, timeout=PATIENCE_MS):
        task.start(lambda: until_cancelled(task))
    with qtbot.waitSignal(task.ended, timeout=PATIENCE_MS) as caught:
        task.cancel()
    assert caught.args == ["cancelled"]
    assert result_of(qtbot, task, task.is_cancelled) is False, "new work is not cancelled"


def test_reports_arrive_in_order_before_the_result(qtbot: QtBot, task: BackgroundTask) -> None:
    heard: list[object] = []
    task.reported.connect(heard.append)
    task.ended.connect(heard.append)

    def work() -> str:
        for number in range(100):
            task.report(number)
        return "result"

    assert result_of(qtbot, task, work) == "result"
    assert heard == [*range(100), "result"]


def test_new_work_replaces_the_work_in_progress_and_what_waits(
    qtbot: QtBot, task: BackgroundTask
) -> None:
    heard: list[object] = []
    begun = Event()
    task.reported.connect(heard.append)
    task.ended.connect(heard.append)

    def first() -> str:
        begun.set()
        until_cancelled(task)
        task.report("report of replaced work")
        return "result of replaced work"

    task.start(first)
    assert begun.wait(60)
    task.start(lambda: heard.append("never begun"))
    assert result_of(qtbot, task, lambda: "newest") == "newest"
    assert heard == ["newest"]


def test_replaced_work_that_is_cancelled_has_no_result(qtbot: QtBot, task: BackgroundTask) -> None:
    begun = Event()

    def first() -> str:
        begun.set()
        return until_cancelled(task)

    task.start(first)
    assert begun.wait(60)
    task.start(lambda: "never begun")
    with qtbot.waitSignal(task.ended, timeout=PATIENCE_MS) as caught:
        task.cancel()
    assert caught.args == [None]


def test_tasks_that_share_a_turn_work_one_after_another(qtbot: QtBot, parent: QObject) -> None:
    turn, order, go = Lock(), [], Event()
    one, other = BackgroundTask(parent, turn), BackgroundTask(parent, turn)

    def first() -> None:
        go.wait(60)
        order.append("first")

    one.start(first)
    qtbot.waitUntil(turn.locked, timeout=PATIENCE_MS)
    other.start(lambda: order.append("second"))
    with qtbot.waitSignal(other.ended, timeout=PATIENCE_MS):
        go.set()
    assert order == ["first", "second"]
    assert not turn.locked()


def test_a_task_that_waits_for_its_turn_can_be_cancelled(qtbot: QtBot, parent: QObject) -> None:
    turn, begun = Lock(), []
    task = BackgroundTask(parent, turn)
    with turn:
        task.start(lambda: begun.append("work"))
        with qtbot.waitSignal(task.ended, timeout=PATIENCE_MS) as caught:
            task.cancel()
    assert caught.args == [None]
    assert not begun


def test_the_turn_is_released_when_work_fails(qtbot: QtBot, parent: QObject) -> None:
    turn = Lock()
    task = BackgroundTask(parent, turn)

    def work() -> None:
        raise DataError("no file")

    assert isinstance(result_of(qtbot, task, work), DataError)
    assert not turn.locked()


def test_shutting_down_stops_and_waits(qtbot: QtBot, task: BackgroundTask) -> None:
    assert task.shut_down(0), "nothing is in progress"
    task.start(lambda: until_cancelled(task))
    assert task.shut_down(PATIENCE_MS)
    qtbot.waitUntil(lambda: not task.is_busy, timeout=PATIENCE_MS)


def test_shutting_down_reports_work_that_continues(qtbot: QtBot, task: BackgroundTask) -> None:
    go = Event()
    task.start(lambda: go.wait(60))
    assert not task.shut_down(1)
    go.set()
    assert task.shut_down(PATIENCE_MS)
