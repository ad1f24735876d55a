"""Work beside a dialog: what it answers, how it ends, and that it waits its turn."""

from collections.abc import Iterator
from threading import Event

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnplay.data import DataError
from nnplay.gui.background.errand import Errand
from nnplay.gui.background.thread import Worker
from tests.gui.piloting import PATIENCE_MS


@pytest.fixture
def errand(qtbot: QtBot) -> Iterator[Errand]:
    parent = QObject()
    made = Errand(parent, poll_ms=5)
    yield made
    assert made.shut_down(PATIENCE_MS)
    parent.deleteLater()


def answer_of(qtbot: QtBot, errand: Errand, work: object) -> object:
    with qtbot.waitSignal(errand.answered, timeout=PATIENCE_MS) as caught:
        errand.begin(work)  # type: ignore[arg-type]
        assert errand.is_busy
    assert not errand.is_busy
    (answer,) = caught.args
    return answer


def test_what_the_work_returns_is_the_answer_once(qtbot: QtBot, errand: Errand) -> None:
    heard: list[object] = []
    errand.answered.connect(heard.append)
    assert answer_of(qtbot, errand, lambda: 7) == 7
    assert answer_of(qtbot, errand, lambda: None) is None
    assert heard == [7, None]


@pytest.mark.parametrize("error", [DataError("no file"), MemoryError(), ValueError("a bug")])
def test_what_ends_the_work_is_the_answer(
    qtbot: QtBot, errand: Errand, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def work() -> None:
        raise error

    assert answer_of(qtbot, errand, work) is error
    # Only what no user can mend is for the log.
    assert bool(caplog.records) == isinstance(error, ValueError)
    assert answer_of(qtbot, errand, lambda: "again") == "again"


def test_it_is_looked_at_while_under_way_and_stops_when_asked(qtbot: QtBot, errand: Errand) -> None:
    def work() -> str:
        while not errand.is_cancelled():
            Event().wait(0.001)
        return "stopped"

    with qtbot.waitSignal(errand.looked, timeout=PATIENCE_MS):
        errand.begin(work)
    with qtbot.waitSignal(errand.answered, timeout=PATIENCE_MS) as caught:
        errand.cancel()
    assert caught.args == ["stopped"]
    assert answer_of(qtbot, errand, errand.is_cancelled) is False, "a new one starts afresh"


def test_it_begins_when_another_thread_has_ended(qtbot: QtBot, errand: Errand) -> None:
    order: list[str] = []
    go = Event()
    other = Worker()

    def first() -> None:
        go.wait(60)
        order.append("other")

    other.begin(first)
    errand.begin(lambda: order.append("errand"), [other])
    with qtbot.waitSignal(errand.answered, timeout=PATIENCE_MS):
        go.set()
    assert order == ["other", "errand"]
    assert other.wait(PATIENCE_MS)


def test_shutting_down_stops_and_waits(qtbot: QtBot, errand: Errand) -> None:
    def work() -> None:
        while not errand.is_cancelled():
            Event().wait(0.001)

    assert errand.shut_down(0), "nothing is under way"
    errand.begin(work)
    assert errand.shut_down(PATIENCE_MS)
    qtbot.waitUntil(lambda: not errand.is_busy, timeout=PATIENCE_MS)
