"""The tree of branches beside the list of runs."""

from dataclasses import replace
from random import Random

import pytest

from nnplay.gui.runs.lanes import RowLanes, row_lanes
from nnplay.gui.runs.run_list import RunList
from nnplay.gui.runs.run_rows import run_rows
from nnplay.record.recorded_run import Parent, RecordedRun


def test_runs_without_branches_have_no_lanes() -> None:
    assert row_lanes([("b", None), ("a", "gone")]) == (RowLanes(), RowLanes())
    assert row_lanes([]) == ()


def test_a_branch_hangs_on_its_parent() -> None:
    newest_first = [("d", "a"), ("c", None), ("b", "a"), ("a", None)]
    assert row_lanes(newest_first) == (
        RowLanes(0, (), (), True, 2),
        RowLanes(1, (0,), (), False, 2),
        RowLanes(1, (0,), (), True, 2),
        RowLanes(0, (), (0, 1), False, 2),
    )


@pytest.mark.parametrize("seed", range(20))
def test_each_line_leads_from_a_branch_to_its_parent(seed: int) -> None:
    chance, count = Random(seed), 20
    parents: list[str | None] = [
        str(chance.randrange(number)) if number and chance.random() < 0.6 else None
        for number in range(count)
    ]
    runs = [(str(number), parents[number]) for number in reversed(range(count))]
    lanes = row_lanes(runs)
    for row, (run_id, parent) in enumerate(runs):
        own = lanes[row]
        assert own.has_parent == (parent is not None)
        assert own.lane not in own.through
        if parent is None:
            continue
        end = [one for one, _parent in runs].index(parent)
        assert own.lane in lanes[end].children, run_id
        for between in lanes[row + 1 : end]:
            assert own.lane in between.through
            assert own.lane != between.lane
    assert {one.count for one in lanes} == {max(one.lane for one in lanes) + 1}


def test_the_tip_names_the_parent_and_the_step(runs: tuple[RecordedRun, ...]) -> None:
    step = runs[0].last_step
    rows = {row.number: row for row in run_rows(RunList(runs))}
    assert f"branch of run 1 at step {step}" in rows[3].tip
    assert rows[3].lanes.has_parent
    assert rows[1].lanes.children == (rows[3].lanes.lane,)
    assert not rows[2].branch
    gone = replace(runs[2], parent=Parent("gone", 7, 1200))
    (row,) = run_rows(RunList((gone,)))
    assert "branch of run 7 at step 1,200" in row.tip
    assert row.lanes.count == 0
