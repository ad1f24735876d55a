"""The data sets: what they are, known before a single number is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nnplay.catalog.kind import Kind
from nnplay.catalog.layers import Shape
from nnplay.words import n_

Task = Literal["regression", "classification"]


@dataclass(frozen=True)
class DataSpec:
    """What a network must take and give for a data set."""

    task: Task
    in_shape: Shape
    """One sample, without the batch."""
    outputs: int
    """Values per sample for a regression, classes for a classification."""
    class_names: tuple[str, ...]
    """Empty for a regression."""
    samples: int
    """Samples to split into training, validation and, where there are no own test data, test."""
    test_samples: int
    """Samples of an official test part, 0 where there is none."""
    lowest_truth: float | None = None
    """The smallest number to predict, None where it shows only once the data are there."""

    @property
    def is_picture(self) -> bool:
        """Whether a sample is channels × height × width."""
        return len(self.in_shape) == 3

    @property
    def is_plane(self) -> bool:
        """Whether the answers make a map: two numbers in, 2 to 10 classes or one number out.

        More than 10 classes have no colours and marks that can be told apart.
        """
        fewest, most = (2, 10) if self.task == "classification" else (1, 1)
        return self.in_shape == (2,) and fewest <= self.outputs <= most


class Dataset(Kind):
    """Where samples come from; `target` names the function in `nnplay.data` that loads them."""

    offline: ClassVar[bool] = True
    """Whether it is there without a download."""

    def spec(self) -> DataSpec:
        """Say what the data are."""
        raise NotImplementedError


POINTS_HELP = n_("More points show the noise better and take longer per epoch.")
NOISE_HELP = n_("How far the points stray; more makes the task harder.")
