"""The map of the plane: over what is visible, finer where there is time, never slower."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from nnplay.catalog import Adam, Blobs, Painted
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.engine.probes.decision import MAP_SIDE, DecisionMap, DecisionProbe
from nnplay.engine.setup import Setup
from nnplay.experiment import Split
from nnplay.link import Area, Frame, Selection
from tests.engine.rig import Run, small, threaded

PLANE = small(optimizer=Adam(0.05), epochs=3)


def set_up(experiment=PLANE) -> Setup:
    return prepare(RunRequest(1, experiment, threads=1))


def corners_and_middle(drawn: DecisionMap) -> tuple[np.ndarray, np.ndarray]:
    """Return some places of a map, in the units of the data, and its values there."""
    rows, columns = drawn.values.shape
    at = [(0, 0), (0, columns - 1), (rows - 1, 0), (rows // 3, columns // 2)]
    x = np.linspace(drawn.x_low, drawn.x_high, columns)
    y = np.linspace(drawn.y_low, drawn.y_high, rows)
    places = np.array([(x[column], y[row]) for row, column in at])
    return places, np.array([drawn.values[one] for one in at])


def assert_right(setup: Setup, drawn: DecisionMap) -> None:
    places, values = corners_and_middle(drawn)
    if setup.parts.scaling is not None:
        places = (places - setup.parts.scaling.shift) / setup.parts.scaling.size
    setup.model.eval()
    with torch.no_grad():
        logits = setup.model(torch.tensor(places, dtype=torch.float32))
    setup.model.train()
    np.testing.assert_allclose(values, logits.softmax(1)[:, 1], atol=1e-4)


@pytest.mark.parametrize("scaling", ["none", "standardised"])
def test_the_map_covers_what_is_visible_with_square_cells(scaling: str) -> None:
    data, split = Blobs(points=90, classes=2), Split(0.2, scaling=scaling)
    setup = set_up(replace(PLANE, data=data, split=split))
    probe = DecisionProbe(setup)
    before = probe.take()
    wide = before.x_high - before.x_low
    seen = Area(before.x_low - wide, before.x_high + wide / 2, before.y_low, before.y_high)
    probe.select(Selection(area=seen))
    drawn = probe.take()
    assert (drawn.x_low, drawn.x_high) == (seen.x_low, seen.x_high)
    assert (drawn.y_low, drawn.y_high) == (seen.y_low, seen.y_high)
    rows, columns = drawn.values.shape
    assert 0.95 * MAP_SIDE**2 < rows * columns <= MAP_SIDE**2, "as costly as before"
    cell = (drawn.x_high - drawn.x_low) / columns, (drawn.y_high - drawn.y_low) / rows
    assert cell[0] == pytest.approx(cell[1], rel=0.1)
    assert_right(setup, drawn)


def test_the_data_are_on_the_map_however_near_or_far_the_view_is() -> None:
    probe = DecisionProbe(set_up())
    home = probe.take()
    probe.select(Selection(area=Area(0.0, 0.1, 0.0, 0.1)))
    near = probe.take()
    assert (near.x_low, near.y_high) == (home.x_low, home.y_high)
    probe.select(Selection(area=Area(-1e9, 1e9, -1e9, 1e9)))
    far = probe.take()
    assert far.x_low < home.x_low < home.x_high < far.x_high
    assert far.x_high - far.x_low < 10 * (home.x_high - home.x_low)


def test_only_a_network_that_is_not_training_has_a_finer_map() -> None:
    setup = set_up()
    probe = DecisionProbe(setup)
    for _frame in range(3):
        setup.stepper.advance(1)
        assert not probe.advance(10.0)
        assert probe.take().values.shape == (MAP_SIDE, MAP_SIDE)
    assert not probe.advance(0.0), "no time, nothing done"
    assert probe.advance(60.0)
    fine = probe.take()
    assert fine.values.shape == (4 * MAP_SIDE, 4 * MAP_SIDE)
    assert_right(setup, fine)
    assert not probe.advance(60.0), "nothing is left to do"
    setup.stepper.advance(1)
    assert probe.take().values.shape == (MAP_SIDE, MAP_SIDE), "the finer one is old"
    assert_right(setup, probe.take())


def test_the_map_becomes_finer_in_a_pause_and_at_the_end() -> None:
    with threaded(PLANE) as run:
        run.link.mailbox.demand = frozenset({DecisionMap})
        run.link.control.step(3)
        run.wait_for_rows(3)

        def until_fine() -> None:
            for _ in range(20_000):
                frame: Frame | None = run.link.mailbox.take()
                drawn = None if frame is None else frame.get(DecisionMap)
                if drawn is not None and len(drawn.values) > MAP_SIDE:
                    return
                run.thread.join(0.002)
            raise AssertionError("no finer map")

        until_fine()
        run.link.control.close()
    ended = Run(PLANE, demand=frozenset({DecisionMap})).frames[-1].get(DecisionMap)
    assert ended is not None and len(ended.values) > MAP_SIDE
    unseen = Run(PLANE).frames[-1].get(DecisionMap)
    assert unseen is None or len(unseen.values) == MAP_SIDE, "no work for what nobody sees"


def test_the_last_map_has_room_around_what_is_visible() -> None:
    setup = set_up()
    probe = DecisionProbe(setup)
    setup.stepper.advance(3)
    before = probe.take()
    probe.refine(60.0)
    last = probe.take()
    assert last.values.shape == (4 * MAP_SIDE, 4 * MAP_SIDE)
    wide = before.x_high - before.x_low
    assert before.x_low - last.x_low == pytest.approx(0.25 * wide)
    assert last.x_high - before.x_high == pytest.approx(0.25 * wide)
    assert_right(setup, last)


def test_painted_points_of_one_place_have_a_map() -> None:
    points = tuple((0.5, 0.5, number % 2) for number in range(40))
    probe = DecisionProbe(set_up(replace(PLANE, data=Painted(points=points))))
    probe.select(Selection(area=Area(0.0, 1.0, 0.2, 0.8)))
    assert np.isfinite(probe.take().values).all()
