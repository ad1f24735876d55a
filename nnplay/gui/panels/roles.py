"""What each panel is for: known before it stands, and before the libraries that it draws with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnplay.catalog import DataSpec
from nnplay.translation import n_


def _always(_spec: DataSpec) -> bool:
    return True


@dataclass(frozen=True)
class Role:
    """What a panel shows, and of which data."""

    heading: str
    """Source English, shown through `_`."""
    fits: Callable[[DataSpec], bool] = _always
    """Whether there is anything to show for such data."""
    has_tools: bool = True
    """Whether buttons stand beside the heading."""
    height: int = 0
    """In pixels, of one whose column scrolls, whatever it holds; 0 takes the room there is."""


def _is_curve(spec: DataSpec) -> bool:
    return spec.task == "regression" and spec.in_shape == (1,) and spec.outputs == 1


def _is_plane(spec: DataSpec) -> bool:
    return spec.is_plane


def _is_series(spec: DataSpec) -> bool:
    # Steps of one number, of which the next is to be told.
    steps_of_one = len(spec.in_shape) == 2 and spec.in_shape[1] == 1
    return spec.task == "regression" and steps_of_one and spec.outputs == 1


def _can_be_right(spec: DataSpec) -> bool:
    return spec.has_accuracy


def _parts_two(spec: DataSpec) -> bool:
    # Two classes, or labels, each of which parts two.
    return spec.task == "multilabel" or (spec.task == "classification" and spec.outputs == 2)


def _is_regression(spec: DataSpec) -> bool:
    return spec.task == "regression"


def _is_seen_one_by_one(spec: DataSpec) -> bool:
    # Pictures or sequences, of classes or with labels.
    return spec.has_accuracy and (spec.is_picture or len(spec.in_shape) == 2)


FIT = Role(n_("Fit"), _is_curve)
DECISION = Role(n_("Decision map"), _is_plane)
FORECAST = Role(n_("Forecast"), _is_series)
CONFUSION = Role(n_("Confusion matrix"), _can_be_right)
ROC = Role(n_("ROC curve"), _parts_two)
RESIDUALS = Role(n_("Residuals"), _is_regression)
SAMPLES = Role(n_("Samples"))
CURVES = Role(n_("Curves"))
PREDICT = Role(n_("Predict"), _is_seen_one_by_one)
RESULTS = Role(n_("Results"))
PREVIEW = Role(n_("Data"), has_tools=False, height=280)
