"""Progress shown from the training thread: often enough to look live, too rarely to cost time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from nnplay.cli.progress import FrameTicker, StepBar
from nnplay.link import Frame, Progress


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [1000.0]
    monkeypatch.setattr("nnplay.cli.progress.time.monotonic", lambda: now[0])
    yield now


def frame(step: int, steps: int = 10, loss: float = 0.5) -> Frame:
    return Frame(1, step, Progress(step, steps, step / 5, 2, 1.0, 100.0, 1.0), loss, 0.1)


def test_requests_ten_frames_a_second_and_shows_each(clock: list[float]) -> None:
    seen: list[int] = []
    ticker = FrameTicker(lambda one: seen.append(one.step))
    for step in range(1000):
        if ticker.is_empty:
            ticker.put(frame(step))
        clock[0] += 0.01
    assert 90 <= len(seen) <= 101
    ticker.put(frame(1000))
    ticker.put(frame(1000))
    assert seen[-2:] == [1000, 1000]


def test_time_spent_on_drawing_is_not_counted_as_training(clock: list[float]) -> None:
    def slow(_frame: Frame) -> None:
        clock[0] += 5

    ticker = FrameTicker(slow)
    ticker.put(frame(1))
    assert not ticker.is_empty


def test_the_bar_says_where_the_run_is(capsys: pytest.CaptureFixture[str]) -> None:
    bar = StepBar(shown=True)
    for step in (0, 5, 10):
        bar.show(frame(step, loss=float("nan") if step == 0 else 0.25))
    bar.close()
    said = capsys.readouterr()
    assert not said.out
    assert "nan" not in said.err
    last = said.err.splitlines()[-1]
    assert "10/10" in last
    assert "epoch 2.0/2" in last
    assert "loss 0.25" in last


def test_the_bar_shows_the_loss_of_standardised_targets_in_data_units_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bar = StepBar(shown=True)
    # Targets with a standard deviation of 20: a squared error is 400 times as large in their units.
    bar.show(replace(frame(5, loss=0.25), loss_unit=400.0))
    bar.close()
    assert "loss 0.25 (100 in data units)" in capsys.readouterr().err


def test_no_bar_unless_requested(capsys: pytest.CaptureFixture[str]) -> None:
    bar = StepBar(shown=False)
    bar.show(frame(1))
    bar.close()
    assert not capsys.readouterr().err
