"""The tree of branches as lanes beside the rows of the list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RowLanes:
    """The lines in one row, by the numbers of their lanes, counted from the left."""

    lane: int = 0
    """Where the run itself is."""
    through: tuple[int, ...] = ()
    """Lanes of other branches, from the top of the row to its bottom."""
    children: tuple[int, ...] = ()
    """Lanes of branches of this run, which come from the rows above and end here."""
    has_parent: bool = False
    """Whether a line goes on to the parent, in one of the rows below."""
    count: int = 0
    """The lanes of all rows; 0 if no run in the list is a branch of another one in it."""


def row_lanes(runs: Sequence[tuple[str, str | None]]) -> tuple[RowLanes, ...]:
    """Return the lines of each row; `runs` are the ids of runs and of their parents, newest first.

    A parent that is not among the runs, or above its branch, has no line.
    """
    places = {run_id: row for row, (run_id, _parent) in enumerate(runs)}
    ends: list[str] = []
    """By lane, the run that it leads to; "" for a free one."""
    found = []
    for row, (run_id, parent) in enumerate(runs):
        children = tuple(lane for lane, end in enumerate(ends) if end == run_id)
        for lane in children:
            ends[lane] = ""
        if not children and "" not in ends:
            ends.append("")
        lane = children[0] if children else ends.index("")
        through = tuple(other for other, end in enumerate(ends) if end)
        has_parent = parent is not None and places.get(parent, -1) > row
        ends[lane] = str(parent) if has_parent else ""
        found.append(RowLanes(lane, through, children, has_parent, 0))
    count = len(ends) if any(one.has_parent for one in found) else 0
    return tuple(
        RowLanes(one.lane, one.through, one.children, one.has_parent, count) for one in found
    )
