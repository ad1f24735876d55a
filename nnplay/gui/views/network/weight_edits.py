"""Which weights of a drawing can be set by hand, and which were."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from nnplay.gui.views.network.drawn import Drawn
from nnplay.link import weight_path

_WITH_BIAS = ("Dense", "Conv2d", "Conv1d")


@dataclass(frozen=True)
class WeightEdit:
    """A weight before and after a change."""

    path: str
    """As `nnplay.link.weight_path` returns it."""
    old: float
    new: float


class EditHistory:
    """Changes that can be undone and made again, in their order."""

    def __init__(self) -> None:
        self._edits: list[WeightEdit] = []
        self._done = 0

    @property
    def is_empty(self) -> bool:
        """Whether there was no change."""
        return not self._edits

    def clear(self) -> None:
        """Forget all of them."""
        self._edits, self._done = [], 0

    def add(self, edit: WeightEdit) -> None:
        """Add a change; those that were undone are forgotten."""
        self._edits[self._done :] = [edit]
        self._done += 1

    def undo(self) -> tuple[str, float] | None:
        """Return the path and the value that take the last change back; None without one."""
        if not self._done:
            return None
        self._done -= 1
        edit = self._edits[self._done]
        return edit.path, edit.old

    def redo(self) -> tuple[str, float] | None:
        """Return the path and the value that make the change again that was undone last."""
        if self._done == len(self._edits):
            return None
        edit = self._edits[self._done]
        self._done += 1
        return edit.path, edit.new


def edge_value(drawn: Drawn, gap: int, source: int, target: int) -> tuple[str, float] | None:
    """Return the path and the value of an edge; None if it is not a single weight."""
    one, earlier = drawn.stages[gap + 1], drawn.stages[gap].stage
    if one.weights is None or one.stage.kind != "Dense" or one.stage.layer is None:
        return None
    if one.weights.shape[1] != prod(earlier.shape):
        return None
    path = weight_path(f"{one.stage.layer}.weight", (target, source))
    return path, float(one.weights[target, source])


def bias_value(drawn: Drawn, stage: int, unit: int) -> tuple[str, float] | None:
    """Return the path and the value of the bias of a unit; None if it has none of its own."""
    one = drawn.stages[stage]
    if one.bias is None or one.stage.kind not in _WITH_BIAS:
        return None
    return weight_path(f"{one.stage.layer}.bias", (unit,)), float(one.bias[unit])
