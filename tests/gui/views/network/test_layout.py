"""Where stages are drawn and which weights are drawn as edges, from shapes and numbers alone."""

from itertools import pairwise

import numpy as np
import pytest

from nnplay.experiment.stages import Stage
from nnplay.gui.views.network.edges import SmoothScale, edge_widths, edges_of
from nnplay.gui.views.network.layout import NetworkLayout, lay_out, regime_of

MARGINS = (20.0, 30.0, 60.0, 40.0)


def vector(units: int, layer: int | None = 0) -> Stage:
    return Stage(layer, "" if layer is None else "Dense", (units,))


def laid_out(
    *units: int, size: tuple[float, float] = (600.0, 400.0), before: NetworkLayout | None = None
) -> NetworkLayout:
    stages = [vector(count, None if at == 0 else at) for at, count in enumerate(units)]
    return lay_out(stages, [False] * len(units), size, MARGINS, before=before)


@pytest.mark.parametrize(
    ("sources", "units", "expected"),
    [
        (2, 8, "all"), (16, 16, "all"), (16, 17, "strongest"), (64, 64, "strongest"),
        (65, 10, "block"), (784, 512, "block"),
    ],
)  # fmt: skip
def test_the_regime_follows_from_the_number_of_units(
    sources: int, units: int, expected: str
) -> None:
    assert regime_of(sources, units) == expected


def test_a_regime_is_kept_a_little_beyond_its_limit() -> None:
    assert regime_of(16, 19, before="all") == "all"  # 20 % more than 16
    assert regime_of(16, 20, before="all") == "strongest"
    assert regime_of(10, 76, before="strongest") == "strongest"
    assert regime_of(10, 77, before="strongest") == "block"


def test_columns_and_units_are_inside_and_apart() -> None:
    layout = laid_out(2, 8, 8, 1)
    assert layout.regimes == ("all", "all", "all")
    assert [column.form for column in layout.columns] == ["units"] * 4
    for column in layout.columns:
        boxes = [column.unit(at) for at in range(column.shown)]
        assert all(box.y >= 30 and box.y + box.height <= 360 for box in boxes)
        for one, other in pairwise(boxes):
            assert other.y > one.y + one.height
    lefts = [column.box.x for column in layout.columns]
    gaps = [layout.gap(at)[1] - layout.gap(at)[0] for at in range(3)]
    assert lefts[0] == 20 and min(gaps) > 60 and np.ptp(gaps) < 1e-6
    last = layout.columns[-1].box
    assert last.x + last.width == pytest.approx(540)


def test_many_units_become_a_grid_whose_cells_can_be_hit() -> None:
    layout = laid_out(8, 200, 10)
    grid = layout.columns[1]
    assert grid.form == "grid" and grid.shown == 200 and layout.regimes == ("block", "block")
    for unit in (0, 7, 199):
        box = grid.unit(unit)
        assert grid.unit_at(box.x + box.width / 2, box.y + box.height / 2) == unit
    assert grid.unit_at(grid.box.x - 1, grid.box.y) is None


def test_a_column_that_is_slightly_too_low_stays_one() -> None:
    wide = laid_out(8, 40, size=(600.0, 400.0))
    assert wide.columns[1].form == "units"
    lower = (600.0, 376.0)  # 7.65 for each unit, where 8 are asked for at first
    assert laid_out(8, 40, size=lower).columns[1].form == "grid"
    assert laid_out(8, 40, size=lower, before=wide).columns[1].form == "units"
    assert laid_out(8, 40, size=(600.0, 250.0), before=wide).columns[1].form == "grid"


def test_all_edges_are_there_weakest_first() -> None:
    weights = np.array([[3.0, -1.0], [0.5, -2.0]], np.float32)
    edges = edges_of(weights, np.ones(2, np.float32), "all")
    assert edges.left_out == 0
    assert edges.weights.tolist() == [0.5, -1.0, -2.0, 3.0]
    assert (edges.sources.tolist(), edges.targets.tolist()) == ([0, 1, 1, 0], [1, 0, 1, 0])


def test_the_strongest_edges_are_those_that_contribute_most() -> None:
    weights = np.random.default_rng(1).normal(0, 1, (5, 30)).astype(np.float32)
    std = np.random.default_rng(2).uniform(0, 9, 30).astype(np.float32)
    edges = edges_of(weights, std, "strongest")
    assert edges.left_out == 26
    for target in range(5):
        found = set(edges.sources[edges.targets == target].tolist())
        ranked = sorted(range(30), key=lambda at: -abs(float(weights[target, at] * std[at])))
        assert found == set(ranked[:4])


def test_widths_grow_with_the_root_of_the_weight() -> None:
    widths = edge_widths(np.array([0.0, 0.25, -1.0, 9.0, np.nan], np.float32), 1.0)
    np.testing.assert_allclose(widths, [0.5, 2.0, 3.5, 0.5 + 3 * 1.5**0.5, 0.5], rtol=1e-6)
    assert edge_widths(np.ones(1, np.float32), 0.0)[0] == 0.5


def test_scales_follow_within_about_a_second() -> None:
    smooth = SmoothScale()
    assert smooth.follow([1.0], 10.0) == [1.0]
    assert smooth.follow([2.0], 11.0) == [pytest.approx(1 + (1 - np.exp(-1)))]
    assert smooth.follow([2.0], 20.0) == [pytest.approx(2.0, abs=1e-3)]
    smooth.clear()
    assert smooth.follow([5.0], 20.0) == [5.0]
    assert smooth.follow([5.0, 1.0], 20.1) == [5.0, 1.0]  # of another network
