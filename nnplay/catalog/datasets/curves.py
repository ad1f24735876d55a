"""The data sets along a curve: one input, one output."""

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
    """Points along a curve, optionally with outliers and a gap."""

    group: ClassVar[str] = LINES
    outliers: float = param(
        0.0,
        low=0.0,
        high=0.5,
        help=n_("Share of points moved far away; some losses are more robust to them than others."),
    )
    outlier_size: float = param(
        3.0, low=0.0, high=100_000.0, help=n_("How far above or below the curve outliers are.")
    )
    gap_low: float = param(
        0.0,
        low=-1000.0,
        high=1000.0,
        label=n_("gap from"),
        help=n_("Start of a range without points: shows how the network interpolates."),
    )
    gap_high: float = param(
        0.0,
        low=-1000.0,
        high=1000.0,
        label=n_("gap to"),
        help=n_("End of the range; equal to its start for no gap."),
    )

    @property
    def ends(self) -> tuple[float, float]:
        """The range of x."""
        raise NotImplementedError

    def faults(self) -> Iterable[Fault]:
        low, high = self.ends
        if self.gap_low > self.gap_high:
            yield Fault(
                "gap_high",
                _("Expected the end of the gap to be to the right of its start."),
                fix_label=_("Swap start and end"),
                fix=(("gap_low", self.gap_high), ("gap_high", self.gap_low)),
            )
        elif 0 < high - low <= min(self.gap_high, high) - max(self.gap_low, low):
            yield Fault(
                "gap_high",
                _("The gap covers the whole range: no points are left."),
                fix_label=_("Remove the gap"),
                fix=(("gap_low", 0.0), ("gap_high", 0.0)),
            )


@dataset(n_("Line"), formula="y = slope · x + offset + noise · U(0, 1)")
class Line(Flawed):
    """Points on a line from low to high, evenly spaced, with noise that is never negative."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:line"
    points: int = param(100_000, low=2, high=10_000_000, help=POINTS_HELP)
    slope: float = param(
        1.0,
        low=-100.0,
        high=100.0,
        help=n_("Slope of the line; the value that the weight should reach."),
    )
    offset: float = param(
        0.0, low=-100.0, high=100.0, help=n_("Value of the line at x = 0, before the noise.")
    )
    noise: float = param(1.2, low=0.0, high=100.0, help=NOISE_HELP)
    low: float = param(-3.0, low=-1000.0, high=1000.0, help=n_("Left end of the range."))
    high: float = param(3.0, low=-1000.0, high=1000.0, help=n_("Right end of the range."))

    @property
    def ends(self) -> tuple[float, float]:
        return self.low, self.high

    def spec(self) -> DataSpec:
        lowest = self.offset + min(self.slope * self.low, self.slope * self.high)
        lowest -= self.outlier_size if self.outliers else 0.0
        return DataSpec("regression", (1,), 1, (), self.points, 0, lowest)


@dataclass(frozen=True)
class Curve(Flawed):
    """Evenly spaced points along a curve, with normally distributed noise."""

    points: int = param(200, low=2, high=10_000_000, help=POINTS_HELP)
    noise: float = param(
        0.1, low=0.0, high=1000.0, help=n_("Standard deviation of the noise around the curve.")
    )
    low: float = param(-3.0, low=-1000.0, high=1000.0, help=n_("Left end of the range."))
    high: float = param(3.0, low=-1000.0, high=1000.0, help=n_("Right end of the range."))

    @property
    def ends(self) -> tuple[float, float]:
        return self.low, self.high

    def spec(self) -> DataSpec:
        return DataSpec("regression", (1,), 1, (), self.points, 0)


_AMPLITUDE = n_("Height of the wave above its middle.")
_FREQUENCY = n_("Angular frequency; 1 makes one period in 2π.")


@dataset(n_("Sine"), formula="y = amplitude · sin(frequency · x + phase)")
class Sine(Curve):
    """A smooth wave: few units are enough for one period, more periods need more."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:sine"
    amplitude: float = param(1.0, low=-100.0, high=100.0, help=_AMPLITUDE)
    frequency: float = param(2.0, low=0.0, high=100.0, help=_FREQUENCY)
    phase: float = param(0.0, low=-10.0, high=10.0, help=n_("Shifts the wave to the left."))


@dataset(n_("Sum of sines"), formula="y = Σ sin(k · frequency · x) / k for k = 1 … waves")
class SineSum(Curve):
    """A sum of harmonics: networks learn the low frequencies first and the high ones late."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:sine_sum"
    waves: int = param(
        3,
        low=1,
        high=20,
        help=n_(
            "Number of harmonics; each has a higher frequency and a lower amplitude than the last."
        ),
    )
    frequency: float = param(2.0, low=0.0, high=100.0, help=_FREQUENCY)


@dataset(n_("Step function"), formula="y = 0 if x < place else height")
class Jump(Curve):
    """Constant, a jump, and constant again: smooth activations round off its corners."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:jump"
    place: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Where it jumps."))
    height: float = param(1.0, low=-1000.0, high=1000.0, help=n_("Height of the jump."))


@dataset(n_("Absolute value"), formula="y = slope · |x - place|")
class AbsoluteValue(Curve):
    """Two straight lines that meet in a corner: two ReLU units can fit it exactly."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:absolute_value"
    place: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Where the corner is."))
    slope: float = param(1.0, low=-100.0, high=100.0, help=n_("Slope of both sides."))


@dataset(n_("Polynomial"), formula="y = a + b x + c x² + d x³ + e x⁴")
class PolynomialCurve(Curve):
    """A sum of powers of x: shows how badly a network extrapolates beyond the points."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:polynomial"
    a: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Value at x = 0."))
    b: float = param(-1.0, low=-1000.0, high=1000.0, help=n_("Coefficient of x."))
    c: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Coefficient of x²."))
    d: float = param(0.2, low=-1000.0, high=1000.0, help=n_("Coefficient of x³."))
    e: float = param(0.0, low=-1000.0, high=1000.0, help=n_("Coefficient of x⁴."))


@dataset(n_("Sinc"), formula="y = amplitude · sin(frequency · x) / (frequency · x)")
class Sinc(Curve):
    """A peak with waves that decay on both sides."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:sinc"
    amplitude: float = param(1.0, low=-100.0, high=100.0, help=n_("Height of the peak at x = 0."))
    frequency: float = param(5.0, low=0.0, high=100.0, help=_FREQUENCY)


EXAMPLE_CURVE = "sin(3*x) + 0.2*noise"
CURVE_NAMES = ("x", "noise", "uniform")
"""Names in a formula of a curve: x, and a normal and a uniform (0 to 1) number for each point."""


@dataset(n_("Custom formula"))
class Formula(Curve):
    """Points along your own formula, such as sin(3*x) + 0.2*noise."""

    target: ClassVar[str] = "nnplay.data.synthetic.curves:formula"
    expression: str = param(
        EXAMPLE_CURVE,
        longest=LONGEST,
        label="y =",
        help=n_(
            "y as a function of x. Available: noise (normal, standard deviation 1),"
            " uniform (0 to 1), pi, e, + - * / % **, comparisons, a if c else b, "
            "and sin cos tan exp log sqrt abs sign floor round min max and similar "
            "functions."
        ),
    )
    noise: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        help=n_("Standard deviation of noise in addition to that in the formula."),
    )

    def faults(self) -> Iterable[Fault]:
        yield from super().faults()
        yield from formula_faults("expression", self.expression, CURVE_NAMES, EXAMPLE_CURVE)
