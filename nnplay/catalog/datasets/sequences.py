"""The data sets of sequences: consecutive steps of one or more numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from nnplay.catalog.datasets.base import SEQUENCES, Dataset, DataSpec
from nnplay.catalog.datasets.files import FromFile
from nnplay.catalog.kind import Fault, dataset, param
from nnplay.translation import _, n_

LONGEST_SERIES = 5_000_000


@dataset(n_("Wave prediction"), formula="sin(t) + ½ sin(0.37 t) + noise")
class Wave(Dataset):
    """Windows of a wave that never repeats itself; the next step is to be predicted."""

    group: ClassVar[str] = SEQUENCES
    target: ClassVar[str] = "nnplay.data.synthetic.sequences:wave"
    samples: int = param(1000, low=2, high=1_000_000, help=n_("Number of windows."))
    steps: int = param(
        20, low=1, high=1000, help=n_("Steps in a window: how far back the network can look.")
    )
    pace: float = param(
        0.3, low=0.001, high=10.0, help=n_("How far the wave advances in one step.")
    )
    noise: float = param(
        0.05, low=0.0, high=10.0, help=n_("Standard deviation of the noise of every step.")
    )

    def spec(self) -> DataSpec:
        return DataSpec("regression", (self.steps, 1), 1, (), self.samples, 0)


@dataset(n_("Parity of bits"))
class Parity(Dataset):
    """Sequences of bits: is the number of ones even or odd? Every bit flips the target."""

    group: ClassVar[str] = SEQUENCES
    target: ClassVar[str] = "nnplay.data.synthetic.sequences:parity"
    samples: int = param(2000, low=4, high=1_000_000, help=n_("Number of sequences."))
    steps: int = param(
        8,
        low=1,
        high=200,
        help=n_("Bits in a sequence; each additional one makes the task much harder."),
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


@dataset(n_("Imported series"))
class Series(FromFile):
    """A column of your own file as a time series; the next value is to be predicted."""

    target: ClassVar[str] = "nnplay.data.importing.series:series"
    needs_scaling: ClassVar[bool] = True
    name: str = param(
        "",
        longest=255,
        label=n_("series"),
        help=n_("Name of the series; initially that of its file."),
    )
    steps: int = param(
        20, low=1, high=1000, help=n_("Steps in a window: how far back the network can look.")
    )
    column: str = param(
        "", longest=200, editable=False, help=n_("The column of the file that contains the series.")
    )
    length: int = param(
        3, low=3, high=LONGEST_SERIES, editable=False, help=n_("Number of values in the series.")
    )

    def spec(self) -> DataSpec:
        pieces = max(1, self.length - self.steps)
        return DataSpec("regression", (self.steps, 1), 1, (), pieces, 0)

    def faults(self) -> Iterable[Fault]:
        if not self.file:
            yield Fault(
                "name",
                _("No series has been imported yet."),
                _("Use File > Import table… and choose a column of a file."),
            )
        elif self.length < self.steps + 2:
            what = _(
                "A series of {length:,} values is too short for two windows of {steps:,} steps."
            )
            fewer = max(1, self.length // 2)
            yield Fault(
                "steps",
                what.format(length=self.length, steps=self.steps),
                _("Use fewer steps."),
                _("Set {value}").format(value=fewer),
                (("steps", fewer),),
            )
