"""The data sets: what they are, known before a single number is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from nnplay.catalog.kind import Fault, Kind, kinds
from nnplay.catalog.layers import Shape
from nnplay.translation import n_

Task = Literal["regression", "classification", "multilabel"]
"""Numbers to predict, one class per sample, or any number of labels per sample."""


LINES, PLANE = n_("Lines and curves"), n_("Points of the plane")
PICTURES, TABLES, SEQUENCES = n_("Pictures"), n_("Tables"), n_("Sequences")
OWN = n_("Your own data")
"""Headings of the list of data sets."""
_MAPPED: dict[Task, tuple[int, int]] = {
    "regression": (1, 1),
    "classification": (2, 10),
    "multilabel": (1, 10),
}
"""The least and the most outputs of which a map of the plane can be drawn."""


@dataclass(frozen=True)
class DataSpec:
    """What a network must take and give for a data set."""

    task: Task
    in_shape: Shape
    """One sample, without the batch."""
    outputs: int
    """Values per sample for a regression, classes, or labels."""
    class_names: tuple[str, ...]
    """Of classes or labels; empty for a regression."""
    samples: int
    """Samples to split into training, validation and, where there are no own test data, test."""
    test_samples: int
    """Samples of an official test part, 0 where there is none."""
    lowest_target: float | None = None
    """The smallest number to predict, None where it shows only once the data are there."""
    input_names: tuple[str, ...] = ()
    """Of the numbers of a row; empty where they have no names of their own."""
    input_bytes: Literal[1, 4] = 4
    """What a number of a sample takes in memory: 4 as float32, 1 where pictures stay bytes."""

    @property
    def can_be_right(self) -> bool:
        """Whether an answer is right or wrong, as of classes and labels, not near or far."""
        return self.task != "regression"

    @property
    def is_picture(self) -> bool:
        """Whether a sample is channels × height × width."""
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
        """Whether the answers make a map: two numbers in, and one number, 2 to 10 classes, or up
        to 10 labels out.

        More than 10 classes have no colours and marks that can be told apart.
        """
        fewest, most = _MAPPED[self.task]
        return self.in_shape == (2,) and fewest <= self.outputs <= most


class Dataset(Kind):
    """Where samples come from; `target` names the function in `nnplay.data` that loads them."""

    archive: ClassVar[str] = ""
    """The key of what must be fetched first, in `nnplay.data.download.registry`."""

    @property
    def offline(self) -> bool:
        """Whether it is there without a download."""
        return not self.archive

    def spec(self) -> DataSpec:
        """Say what the data are."""
        raise NotImplementedError

    def faults(self) -> Iterable[Fault]:
        """Say which constants, each legal by itself, do not go together."""
        return ()


def archives() -> tuple[str, ...]:
    """Return the keys of all that data sets need to have fetched."""
    needed = (getattr(kind, "archive", "") for kind in kinds("data").values())
    return tuple(dict.fromkeys(key for key in needed if key))


POINTS_HELP = n_("More points show the noise better and take longer per epoch.")
NOISE_HELP = n_("How far the points stray; more makes the task harder.")
