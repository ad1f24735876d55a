"""What is known of a data set before its samples are loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from nnplay.catalog.kind import Fault, Kind, kinds
from nnplay.catalog.layers import Shape
from nnplay.translation import n_

Task = Literal["regression", "classification", "multilabel"]
"""Numbers to predict, one class per sample, or any number of labels per sample."""


LINES, PLANE = n_("Lines and curves"), n_("Points in the plane")
PICTURES, TABLES, SEQUENCES = n_("Images"), n_("Tables"), n_("Sequences")
OWN = n_("Your own data")
"""Headings in the list of data sets."""
_MAPPED: dict[Task, tuple[int, int]] = {
    "regression": (1, 1),
    "classification": (2, 10),
    "multilabel": (1, 10),
}
"""The minimum and maximum number of outputs for which a decision map can be drawn."""


@dataclass(frozen=True)
class DataSpec:
    """The inputs and outputs that a network needs for a data set."""

    task: Task
    in_shape: Shape
    """The shape of one sample, without the batch."""
    outputs: int
    """The number of values per sample (regression), classes, or labels."""
    class_names: tuple[str, ...]
    """The names of classes or labels; empty for regression."""
    samples: int
    """The number of samples to split; its own test and validation parts are not included."""
    test_samples: int
    """The number of samples of the official test set, 0 if there is none."""
    lowest_target: float | None = None
    """The smallest value to predict, None if it is only known once the data are loaded."""
    input_names: tuple[str, ...] = ()
    """The names of the input features; empty if they have none."""
    input_bytes: Literal[1, 4] = 4
    """Bytes of an input number in memory: 4 as float32, 1 for images kept as bytes."""
    validation_samples: int = 0
    """The number of samples of the data set's own validation part, 0 if there is none."""

    @property
    def has_accuracy(self) -> bool:
        """Whether a prediction is either correct or wrong, as for classes and labels."""
        return self.task != "regression"

    @property
    def is_picture(self) -> bool:
        """Whether a sample is an image: channels × height × width."""
        return len(self.in_shape) == 3

    @property
    def is_curve(self) -> bool:
        """Whether one number is predicted from one number, so that the network is a curve."""
        return self.task == "regression" and self.in_shape == (1,) and self.outputs == 1

    @property
    def is_series(self) -> bool:
        """Whether the next value of a series is predicted from those before it."""
        one_feature = len(self.in_shape) == 2 and self.in_shape[1] == 1
        return self.task == "regression" and one_feature and self.outputs == 1

    @property
    def is_plane(self) -> bool:
        """Whether predictions can be drawn as a map: two inputs, and a number or up to 10 classes.

        Colours and markers of more than 10 classes could not be distinguished.
        """
        fewest, most = _MAPPED[self.task]
        return self.in_shape == (2,) and fewest <= self.outputs <= most


class Dataset(Kind):
    """A data set; `target` names the function in `nnplay.data` that loads it."""

    needs_scaling: ClassVar[bool] = False
    """Whether the inputs are on scales of their own, which a network should not see unscaled."""
    archive: ClassVar[str] = ""
    """The key in `nnplay.data.download.registry` of the archive to download first."""

    @property
    def offline(self) -> bool:
        """Whether it is available without a download."""
        return not self.archive

    def spec(self) -> DataSpec:
        """Return what is known of the data before they are loaded."""
        raise NotImplementedError

    def faults(self) -> Iterable[Fault]:
        """Return the parameters that are legal by themselves but not together."""
        return ()


def archives() -> tuple[str, ...]:
    """Return the keys of the archives of all data sets."""
    needed = (getattr(kind, "archive", "") for kind in kinds("data").values())
    return tuple(dict.fromkeys(key for key in needed if key))


POINTS_HELP = n_("More points average out the noise but take longer per epoch.")
NOISE_HELP = n_("How far the points scatter; more makes the task harder.")
