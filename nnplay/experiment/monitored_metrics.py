"""What a run can be judged by at the end of each epoch, and which way is better: said once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Literal

from nnplay.catalog import DataSpec, Task
from nnplay.translation import n_

Metric = Literal[
    "loss", "accuracy", "exact", "top5", "precision", "recall", "f1", "auc", "rmse", "mae", "r2"
]


@dataclass(frozen=True)
class Figure:
    """One number per epoch."""

    name: str
    """As a file has it and, translated, as a user reads it."""
    metric: Metric
    part: Literal["train", "validation"] = "validation"
    higher: bool = False
    """Whether it is better when it is higher."""
    least: float = -inf
    most: float = inf
    """What it lies between."""
    tasks: tuple[Task, ...] = ("classification", "multilabel", "regression")
    fewest: int = 1
    """The least number of classes."""
    largest: float = inf
    """The greatest number of classes."""

    @property
    def column(self) -> str:
        """Where it stands in the row of an epoch besides `watched`, or nothing."""
        front = "train" if self.part == "train" else "val"
        return f"{front}_{self.metric}" if self.metric in ("loss", "accuracy") else ""

    def suits(self, spec: DataSpec) -> bool:
        """Say whether there is such a figure for data like these."""
        if spec.task not in self.tasks:
            return False
        return spec.task != "classification" or self.fewest <= spec.outputs <= self.largest

    def is_better(self, value: float, other: float) -> bool:
        """Say whether a value of it is better than another."""
        return value > other if self.higher else value < other


def _share(
    name: str,
    metric: Metric,
    tasks: tuple[Task, ...] = ("classification",),
    *,
    fewest: int = 2,
    largest: float = inf,
) -> Figure:
    return Figure(
        name,
        metric,
        higher=True,
        least=0.0,
        most=1.0,
        tasks=tasks,
        fewest=fewest,
        largest=largest,
    )


_NUMBERS: tuple[Task, ...] = ("regression",)
_RIGHT: tuple[Task, ...] = ("classification", "multilabel")
_ALL = (
    Figure(n_("validation loss"), "loss"),
    _share(n_("validation accuracy"), "accuracy", _RIGHT),
    Figure(n_("training loss"), "loss", "train"),
    Figure(n_("training accuracy"), "accuracy", "train", True, 0.0, 1.0, _RIGHT, fewest=2),
    _share(n_("validation all labels right"), "exact", ("multilabel",)),
    _share(n_("validation top-5"), "top5", fewest=6),
    _share(n_("validation precision"), "precision"),
    _share(n_("validation recall"), "recall"),
    _share(n_("validation F1"), "f1"),
    _share(n_("validation AUC"), "auc", largest=2),
    Figure(n_("validation RMSE"), "rmse", least=0.0, tasks=_NUMBERS),
    Figure(n_("validation MAE"), "mae", least=0.0, tasks=_NUMBERS),
    Figure(n_("validation R²"), "r2", higher=True, most=1.0, tasks=_NUMBERS),
)
FIGURES: Mapping[str, Figure] = MappingProxyType({one.name: one for one in _ALL})
"""Every figure by its name; precision, recall and F1 are plain means over the classes."""
