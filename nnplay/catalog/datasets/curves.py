"""The data sets along a curve: one number in, one number out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from nnplay.catalog.datasets.base import LINES, NOISE_HELP, POINTS_HELP, Dataset, DataSpec
from nnplay.catalog.formula import LONGEST, formula_faults
from nnplay.catalog.kind import Fault, dataset, param
from nnplay.translation import _, n_


@dataclass(frozen=True, kw_only=True)
class Flawed(Dataset):
    """Points beside each other, some far off and a stretch left out where wanted."""

    group: ClassVar[str] = LINES
    outliers: float = param(
        0.0,
        low=0.0,
        high=0.5,
        help=n_("Share of points thrown far off; some losses bear them better than others."),
    )
    outlier_size: float = param(
        3.0, low=0.0, high=100_000.0, help=n_("How far outliers lie above or below the curve.")
    )
    gap_low: float = param(
        0.0,
        low=-1000.0,
        high=1000.0,
        label=n_("gap from"),
        help=n_("Where a stretch without points begins: see what the network guesses there."),
    )
    gap_high: float = param(
        0.0,
        low=-1000.0,
        high=1000.0,
        label=n_("gap to"),
        help=n_("Where it ends; the same place as its beginning means no gap."),
    )

    @property
    def ends(self) -> tuple[float, float]:
        """Where the points begin and where they end."""
        raise NotImplementedError

    def faults(self) -> Iterable[Fault]:
        low, high = self.ends
        if self.gap_low > self.gap_high:
            yield Fault(
                "gap_high",
                _("Expected the gap to end right of where it begins."),
                cure_label=_("Swap the two ends"),
                cure=(("gap_low", self.gap_high), ("gap_high", self.gap_low)),
            )
        elif 0 < high - low <= min(self.gap_high, high) - max(self.gap_low, low):
            yield Fault(
                "gap_high",
                _("The gap takes the whole range: there is no place left for points."),
                cure_label=_("Leave no gap"),
                cure=(("gap_low", 0.0), ("gap_high", 0.0)),
            )


@dataset(n_("Line"), formula="y = slope · x + offset + noise · U(0, 1)")
class Line(Flawed):
    """Points along a line with noise that is never negative, evenly from low to high."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:line"
    points: int = param(100_000, low=2, high=10_000_000, help=POINTS_HELP)
    slope: float = param(
        1.0, low=-100.0, high=100.0, help=n_("Rise of the line; what the weight should become.")
    )
    offset: float = param(
        0.0, low=-100.0, high=100.0, help=n_("Height of the line at 0, before the noise.")
    )
    noise: float = param(1.2, low=0.0, high=100.0, help=NOISE_HELP)
    low: float = param(-3.0, low=-1000.0, high=1000.0, help=n_("Left end."))
    high: float = param(3.0, low=-1000.0, high=1000.0, help=n_("Right end."))

    @property
    def ends(self) -> tuple[float, float]:
        return self.low, self.high

    def spec(self) -> DataSpec:
        lowest = self.offset + min(self.slope * self.low, self.slope * self.high)
        lowest -= self.outlier_size if self.outliers else 0.0
        return DataSpec("regression", (1,), 1, (), self.points, 0, lowest)


@dataclass(frozen=True)
class Curve(Flawed):
    """Evenly spaced points along a curve, with normal noise."""

    points: int = param(200, low=2, high=10_000_000, help=POINTS_HELP)
    noise: float = param(
        0.1, low=0.0, high=1000.0, help=n_("Standard deviation of the noise around the curve.")
    )
    low: float = param(-3.0, low=-1000.0, high=1000.0, help=n_("Left end."))
    high: float = param(3.0, low=-1000.0, high=1000.0, help=n_("Right end."))

    @property
    def ends(self) -> tuple[float, float]:
        return self.low, self.high

    def spec(self) -> DataSpec:
        return DataSpec("regression", (1,), 1, (), self.points, 0)


_AMPLITUDE = n_("Height of the waves above their middle.")
_FREQUENCY = n_("How close the waves are; 1 makes one wave in 2π.")


@dataset(n_("Sine"), formula="y = amplitude · sin(frequency · x + phase)")
class Sine(Curve):
    """A smooth wave: few units are enough for one wave, more waves need more."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:sine"
    amplitude: float = param(1.0, low=-100.0, high=100.0, help=_AMPLITUDE)
    frequency: float = param(2.0, low=0.0, high=100.0, help=_FREQUENCY)
    phase: float = param(0.0, low=-10.0, high=10.0, help=n_("Moves the waves to the left."))


@dataset(n_("Sum of sines"), formula="y = Σ sin(k · frequency · x) / k for k = 1 … waves")
class SineSum(Curve):
    """Waves on waves: networks learn the slow ones first and the quick ones late."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:sine_sum"
    waves: int = param(
        3, low=1, high=20, help=n_("How many are added; each is quicker and lower than the last.")
    )
    frequency: float = param(2.0, low=0.0, high=100.0, help=_FREQUENCY)


@dataset(n_("Jump"), formula="y = 0 if x < place else height")
class Jump(Curve):
    """Flat, a jump, and flat again: smooth activations round its corners."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:jump"
    place: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Where it jumps."))
    height: float = param(1.0, low=-1000.0, high=1000.0, help=n_("How far it jumps."))


@dataset(n_("Absolute value"), formula="y = slope · |x - place|")
class AbsoluteValue(Curve):
    """Two straight lines that meet in a corner: two ReLU units can be exact."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:absolute_value"
    place: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Where the corner is."))
    slope: float = param(1.0, low=-100.0, high=100.0, help=n_("How steep both sides are."))


@dataset(n_("Polynomial"), formula="y = a + b x + c x² + d x³ + e x⁴")
class PolynomialCurve(Curve):
    """A sum of powers: outside the points, the network goes its own way."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:polynomial"
    a: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Height at 0."))
    b: float = param(-1.0, low=-1000.0, high=1000.0, help=n_("Factor of x."))
    c: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Factor of x²."))
    d: float = param(0.2, low=-1000.0, high=1000.0, help=n_("Factor of x³."))
    e: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Factor of x⁴."))


@dataset(n_("Sinc"), formula="y = amplitude · sin(frequency · x) / (frequency · x)")
class Sinc(Curve):
    """A peak with waves that die away to both sides."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:sinc"
    amplitude: float = param(1.0, low=-100.0, high=100.0, help=n_("Height of the peak at 0."))
    frequency: float = param(5.0, low=0.0, high=100.0, help=_FREQUENCY)


EXAMPLE_CURVE = "sin(3*x) + 0.2*noise"
CURVE_NAMES = ("x", "noise", "uniform")
"""What a formula of a curve can use: the place, a normal number of its own for each point, and one
that is evenly spread from 0 to 1."""


@dataset(n_("Typed formula"))
class Formula(Curve):
    """Points along a formula of your own, such as sin(3*x) + 0.2*noise."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:formula"
    expression: str = param(
        EXAMPLE_CURVE,
        longest=LONGEST,
        label="y =",
        help=n_(
            "What y is at x. Known are noise (normal, deviation 1), uniform (0 to 1), pi, e, "
            "+ - * / % **, comparisons, a if c else b, and sin cos tan exp log sqrt abs sign "
            "floor round min max and their kin."
        ),
    )
    noise: float = param(
        0.0, low=0.0, high=1000.0, help=n_("Noise around the curve besides that in the formula.")
    )

    def faults(self) -> Iterable[Fault]:
        yield from super().faults()
        yield from formula_faults("expression", self.expression, CURVE_NAMES, EXAMPLE_CURVE)
