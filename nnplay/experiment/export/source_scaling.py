"""The lines of an exported script that scale samples, and turn outputs into predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, prod
from textwrap import wrap

from nnplay.experiment.outputs import (
    LEARNABLE_MEAN,
    LEARNABLE_STD,
    output_range,
    target_scaling_rule,
)
from nnplay.experiment.value import Experiment


@dataclass(frozen=True)
class ScriptScaling:
    """How the samples of a run were scaled, as plain numbers; empty for what was not."""

    x_shape: tuple[int, ...] = ()
    """The shape of `x_shift` and `x_size`, which hold their numbers in order."""
    x_shift: tuple[float, ...] = ()
    x_size: tuple[float, ...] = ()
    y_mean: tuple[float, ...] = ()
    y_std: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.x_shift) == len(self.x_size) == (prod(self.x_shape) if self.x_shape else 0)
        assert len(self.y_mean) == len(self.y_std)


@dataclass(frozen=True)
class Scaling:
    """What a script scales, by the statistics of a run or by those that it computes itself."""

    experiment: Experiment
    known: ScriptScaling | None

    @property
    def of_inputs(self) -> bool:
        """Whether inputs are scaled."""
        if self.known is not None:
            return bool(self.known.x_shift)
        return self.experiment.split.scaling != "none"

    @property
    def of_targets(self) -> bool:
        """Whether targets are standardised, or may be."""
        if self.known is not None:
            return bool(self.known.y_mean)
        return target_scaling_rule(self.experiment) != "none"

    @property
    def is_any(self) -> bool:
        """Whether anything is scaled."""
        return self.of_inputs or self.of_targets

    def statistics(self) -> Iterator[str]:
        """Yield the statistics: those of the run, or neutral ones until they are computed."""
        known = self.known or ScriptScaling()
        for name, numbers, shape in (
            ("X_SHIFT", known.x_shift, known.x_shape),
            ("X_SIZE", known.x_size, known.x_shape),
            ("Y_MEAN", known.y_mean, ()),
            ("Y_STD", known.y_std, ()),
        ):
            if numbers:
                yield f"{name} = torch.tensor("
                listed = ", ".join(map(repr, numbers))
                yield from wrap(f"[{listed}],", 96, initial_indent="    ", subsequent_indent="    ")
                yield "    dtype=torch.float64,"
                yield f").reshape({shape!r})" if len(shape) > 1 else ")"
        if self.known is None:
            measured = "computed from the training samples below"
            if self.of_inputs:
                yield f"X_SHIFT, X_SIZE = 0.0, 1.0  # {measured}"
            if self.of_targets:
                yield f"Y_MEAN, Y_STD = 0.0, 1.0  # {measured}"

    def functions(self) -> Iterator[str]:
        """Yield the functions that use the statistics."""
        if self.of_inputs:
            yield from ("", "", "def network_inputs(x):")
            yield '    """Return inputs as the network takes them, from those of the data."""'
            yield "    return ((x.double() - X_SHIFT) / X_SIZE).float()"
        if self.of_targets:
            yield from ("", "", "def network_targets(y):")
            yield '    """Return targets as the network learns them, from those of the data."""'
            yield "    return ((y.double() - Y_MEAN) / Y_STD).float()"
        if self.experiment.loss.target_form == "values":
            yield from ("", "", "def values_of(output):")
            yield '    """Return the numbers that an output predicts, in the units of the data."""'
            value = "output.double()"
            if self.experiment.loss.link == "log":
                value += ".exp()"
            if self.of_targets:
                value += " * Y_STD + Y_MEAN"
            yield f"    return {value}"
        yield from self._predict()

    def _predict(self) -> Iterator[str]:
        is_value = self.experiment.loss.target_form == "values"
        kind = "numbers" if is_value else "outputs (logits)"
        yield from ("", "", "def predict(x):")
        yield f'    """Return the predicted {kind} for samples in the units of the data."""'
        yield "    model.eval()"
        yield "    with torch.no_grad():"
        yield f"        output = model({'network_inputs(x)' if self.of_inputs else 'x'})"
        yield "    return values_of(output)" if is_value else "    return output"

    def measuring(self, convert: str = "torch.from_numpy") -> Iterator[str]:
        """Yield the lines that compute the statistics from the training samples `x` and `y`.

        `convert` is a function that they are put through; empty to leave them as NumPy arrays.
        """
        if self.known is not None:
            return
        if self.of_inputs:
            yield from self._measuring_inputs(convert)
        if self.of_targets:
            yield from self._measuring_targets(convert)

    def _measuring_inputs(self, convert: str) -> Iterator[str]:
        # Per channel of images, per feature otherwise, as `nnplay.data.scaling` does.
        dimensions = len(self.experiment.data.spec().in_shape) + 1
        feature = 1 if dimensions == 4 else dimensions - 1
        axes = tuple(axis for axis in range(dimensions) if axis != feature)
        yield f"low, high = (pick({axes}, keepdims=True).astype(float) for pick in (x.min, x.max))"
        if self.experiment.split.scaling == "0 to 1":
            yield "shift, size = low, high - low"
        else:
            yield f"shift = x.mean({axes}, dtype=float, keepdims=True)"
            yield f"size = x.std({axes}, dtype=float, keepdims=True)"
        yield "size = np.where(high > low, size, 1.0)  # of a constant feature: 1"
        yield f"X_SHIFT, X_SIZE = {_put(convert, 'shift[0]')}, {_put(convert, 'size[0]')}"

    def _measuring_targets(self, convert: str) -> Iterator[str]:
        yield "exact = y.astype(float)"
        yield "mean, std = exact.mean(0), exact.std(0)"
        yield "std = np.where(exact.max(0) > exact.min(0), std, 1.0)"
        standardise = f"Y_MEAN, Y_STD = {_put(convert, 'mean')}, {_put(convert, 'std')}"
        if target_scaling_rule(self.experiment) == "standardised":
            yield standardise
            return
        smallest, largest = LEARNABLE_STD
        yield "deviation = exact.std(0)"
        suits = (
            f"({smallest} <= deviation).all() and (deviation <= {largest}).all()"
            f" and (abs(mean) <= {LEARNABLE_MEAN}).all()"
        )
        low, high = output_range(self.experiment.network)
        if isfinite(low) and isfinite(high):
            suits = f"({suits}) or (exact.min() >= {low!r} and exact.max() <= {high!r})"
        yield f"if not ({suits}):"
        yield f"    {standardise}  # they are not about that size already"


def _put(convert: str, value: str) -> str:
    return f"{convert}({value})" if convert else value
