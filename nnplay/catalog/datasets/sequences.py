"""The data sets of sequences: steps one after another, each of one or more numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from nnplay.catalog.datasets.base import SEQUENCES, Dataset, DataSpec
from nnplay.catalog.datasets.files import FromFile
from nnplay.catalog.kind import Fault, dataset, param
from nnplay.translation import _, n_

LONGEST_SERIES = 5_000_000


@dataset(n_("Wave to go on"), formula="sin(t) + ½ sin(0.37 t) + noise")
class Wave(Dataset):
    """Some steps of a wave that never repeats itself, of which the next one is to be told."""

    group: ClassVar[str] = SEQUENCES
    target: ClassVar[str] = "nnplay.data.synthetic.sequences:wave"
    samples: int = param(
        1000, low=2, high=1_000_000, help=n_("How many pieces of the wave there are.")
    )
    steps: int = param(
        20, low=1, high=1000, help=n_("Steps in a piece: how far back the network can look.")
    )
    pace: float = param(
        0.3, low=0.001, high=10.0, help=n_("How far the wave moves on in one step.")
    )
    noise: float = param(
        0.05, low=0.0, high=10.0, help=n_("Standard deviation of the noise on every step.")
    )

    def spec(self) -> DataSpec:
        return DataSpec("regression", (self.steps, 1), 1, (), self.samples, 0)


@dataset(n_("Parity of bits"))
class Parity(Dataset):
    """Bits one after another, of which the ones are even or odd: each one turns the answer."""

    group: ClassVar[str] = SEQUENCES
    target: ClassVar[str] = "nnplay.data.synthetic.sequences:parity"
    samples: int = param(2000, low=4, high=1_000_000, help=n_("How many rows of bits there are."))
    steps: int = param(
        8, low=1, high=200, help=n_("Bits in a row; each more makes the task much harder.")
    )

    def spec(self) -> DataSpec:
        names = (n_("even"), n_("odd"))
        return DataSpec("classification", (self.steps, 1), 2, names, self.samples, 0)


@dataset(n_("MNIST by rows"))
class MNISTRows(Dataset):
    """The digits of MNIST read from top to bottom, as 28 steps of 28 pixels."""

    group: ClassVar[str] = SEQUENCES
    target: ClassVar[str] = "nnplay.data.synthetic.sequences:mnist_rows"
    archive: ClassVar[str] = "mnist"

    def spec(self) -> DataSpec:
        names = tuple("0123456789")
        return DataSpec("classification", (28, 28), 10, names, 60_000, 10_000, input_bytes=1)


@dataset(n_("Own series"))
class Series(FromFile):
    """A column of a file of your own, step by step, of which the next value is to be told."""

    target: ClassVar[str] = "nnplay.data.importing.series:series"
    name: str = param(
        "", longest=255, label=n_("series"), help=n_("What it is called; at first, as its file.")
    )
    steps: int = param(
        20, low=1, high=1000, help=n_("Steps in a piece: how far back the network can look.")
    )
    column: str = param(
        "", longest=200, editable=False, help=n_("The column of the file that holds the series.")
    )
    length: int = param(
        3, low=3, high=LONGEST_SERIES, editable=False, help=n_("Values in the whole series.")
    )

    def spec(self) -> DataSpec:
        pieces = max(1, self.length - self.steps)
        return DataSpec("regression", (self.steps, 1), 1, (), pieces, 0)

    def faults(self) -> Iterable[Fault]:
        if not self.file:
            yield Fault(
                "name",
                _("No series has been imported yet."),
                _("File > Import data… reads one from a column of a file."),
            )
        elif self.length < self.steps + 2:
            what = _("A series of {length:,} values has no two pieces of {steps:,} steps.")
            fewer = max(1, self.length // 2)
            yield Fault(
                "steps",
                what.format(length=self.length, steps=self.steps),
                _("Look back fewer steps."),
                _("Set {value}").format(value=fewer),
                (("steps", fewer),),
            )
