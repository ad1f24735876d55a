"""How often the window draws a run: by the cost of drawing, not by the time waited."""

import pytest

import nnplay.gui.background.pacing
from nnplay.gui.background.pacing import DRAW_SHARE, FREE_SHARE, LONGEST_REST, Pacing


class Clocks:
    """Wall-clock and processor time, advanced by a test."""

    wall, work, everyone = 50.0, 7.0, 20.0

    def pass_by(self, seconds: float, working: float = 0.0, cores: float = 1.0) -> None:
        self.wall += seconds
        self.work += working
        self.everyone += cores * seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks()
    monkeypatch.setattr(nnplay.gui.background.pacing, "perf_counter", lambda: clocks.wall)
    monkeypatch.setattr(nnplay.gui.background.pacing, "thread_time", lambda: clocks.work)
    monkeypatch.setattr(nnplay.gui.background.pacing, "process_time", lambda: clocks.everyone)
    return clocks


def test_the_first_round_comes_at_once(clocks: Clocks) -> None:
    assert Pacing().rest() == 0.0


@pytest.mark.parametrize("share", [DRAW_SHARE, FREE_SHARE])
def test_rounds_take_their_share_of_the_time(clocks: Clocks, share: float) -> None:
    pacing = Pacing()
    pacing.share = share
    began, worked, rounds = clocks.wall, clocks.work, 0
    while rounds < 100:
        pacing.begin()
        rounds += 1
        clocks.pass_by(0.012, working=0.009)  # painting, with a wait for the interpreter in it
        while pacing.rest() > 0:
            clocks.pass_by(0.001)
    taken = (clocks.work - worked) / (clocks.wall - began)
    assert taken == pytest.approx(share, rel=0.03)


def test_waiting_costs_nothing(clocks: Clocks) -> None:
    pacing = Pacing()
    pacing.begin()
    clocks.pass_by(5.0)
    assert pacing.rest() == 0.0


@pytest.mark.parametrize(("cores", "factor"), [(0.5, 2.0), (1.0, 1.0), (8.0, 1.0)])
def test_the_share_is_of_the_programs_processor_time(
    clocks: Clocks, cores: float, factor: float
) -> None:
    pacing = Pacing()
    pacing.begin()
    clocks.pass_by(0.002, working=0.001)
    while pacing.rest() > 0:
        clocks.pass_by(0.0005, cores=cores)
    rested = clocks.wall - 50.0 - 0.002
    assert rested == pytest.approx(factor * (0.001 / DRAW_SHARE - 0.002), rel=0.05)


def test_later_work_of_the_window_is_not_counted_for_the_round(clocks: Clocks) -> None:
    pacing = Pacing()
    pacing.begin()
    clocks.pass_by(0.033, working=0.006)
    rest = pacing.rest()
    clocks.pass_by(0.01, working=0.01)
    assert pacing.rest() == pytest.approx(rest - 0.01)


def test_another_round_follows_a_costly_one(clocks: Clocks) -> None:
    pacing = Pacing()
    pacing.begin()
    clocks.pass_by(20.0, working=20.0)
    pacing.begin()
    clocks.pass_by(0.1, working=10.0)
    assert pacing.rest() == pytest.approx(LONGEST_REST - 0.1)
