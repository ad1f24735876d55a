"""The metrics that can be monitored at the end of each epoch."""

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
class MonitoredMetric:
    """A metric that has one value per epoch."""

    name: str
    """The name in files; shown to users in translation."""
    metric: Metric
    part: Literal["train", "validation"] = "validation"
    higher: bool = False
    """Whether higher is better."""
    least: float = -inf
    most: float = inf
    """The range of its values."""
    tasks: tuple[Task, ...] = ("classification", "multilabel", "regression")
    fewest: int = 1
    """The minimum number of classes."""
    largest: float = inf
    """The maximum number of classes."""

    @property
    def column(self) -> str:
        """Its column in the history besides `watched`, or empty."""
        front = "train" if self.part == "train" else "val"
        return f"{front}_{self.metric}" if self.metric in ("loss", "accuracy") else ""

    def suits(self, spec: DataSpec) -> bool:
        """Return whether the metric is defined for a data set."""
        if spec.task not in self.tasks:
            return False
        return spec.task != "classification" or self.fewest <= spec.outputs <= self.largest

    def is_better(self, value: float, other: float) -> bool:
        """Return whether `value` is better than `other`."""
        return value > other if self.higher else value < other


def _share(
    name: str,
    metric: Metric,
    tasks: tuple[Task, ...] = ("classification",),
    *,
    fewest: int = 2,
    largest: float = inf,
) -> MonitoredMetric:
    return MonitoredMetric(
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
    MonitoredMetric(n_("validation loss"), "loss"),
    _share(n_("validation accuracy"), "accuracy", _RIGHT),
    MonitoredMetric(n_("training loss"), "loss", "train"),
    MonitoredMetric(n_("training accuracy"), "accuracy", "train", True, 0.0, 1.0, _RIGHT, fewest=2),
    _share(n_("validation all labels right"), "exact", ("multilabel",)),
    _share(n_("validation top-5"), "top5", fewest=6),
    _share(n_("validation precision"), "precision"),
    _share(n_("validation recall"), "recall"),
    _share(n_("validation F1"), "f1"),
    _share(n_("validation AUC"), "auc", largest=2),
    MonitoredMetric(n_("validation RMSE"), "rmse", least=0.0, tasks=_NUMBERS),
    MonitoredMetric(n_("validation MAE"), "mae", least=0.0, tasks=_NUMBERS),
    MonitoredMetric(n_("validation R²"), "r2", higher=True, most=1.0, tasks=_NUMBERS),
)
MONITORED_METRICS: Mapping[str, MonitoredMetric] = MappingProxyType({one.name: one for one in _ALL})
"""All metrics by name; precision, recall and F1 are macro averages over the classes."""
