"""The lines of an exported script that scale samples, and turn outputs into predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from textwrap import wrap

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


def scaling_functions(experiment: Experiment, scaling: ScriptScaling) -> Iterator[str]:
    """Yield the constants of a run, and functions that use them."""
    for name, numbers, shape in (
        ("X_SHIFT", scaling.x_shift, scaling.x_shape),
        ("X_SIZE", scaling.x_size, scaling.x_shape),
        ("Y_MEAN", scaling.y_mean, ()),
        ("Y_STD", scaling.y_std, ()),
    ):
        if numbers:
            yield f"{name} = torch.tensor("
            listed = ", ".join(map(repr, numbers))
            yield from wrap(f"[{listed}],", 96, initial_indent="    ", subsequent_indent="    ")
            yield "    dtype=torch.float64,"
            yield f").reshape({shape!r})" if len(shape) > 1 else ")"
    if scaling.x_shift:
        yield from ("", "", "def network_inputs(x):")
        yield '    """Return inputs as the network takes them, from those of the data."""'
        yield "    return ((x.double() - X_SHIFT) / X_SIZE).float()"
    if scaling.y_mean:
        yield from ("", "", "def network_targets(y):")
        yield '    """Return targets as the network learns them, from those of the data."""'
        yield "    return ((y.double() - Y_MEAN) / Y_STD).float()"
    if experiment.loss.target_form == "values":
        yield from ("", "", "def values_of(output):")
        yield '    """Return the numbers that an output predicts, in the units of the data."""'
        value = "output.double()"
        if experiment.loss.link == "log":
            value += ".exp()"
        if scaling.y_mean:
            value += " * Y_STD + Y_MEAN"
        yield f"    return {value}"
    if scaling.x_shift or experiment.loss.target_form == "values":
        yield from ("", "", "def predict(x):")
        kind = "numbers" if experiment.loss.target_form == "values" else "outputs (logits)"
        yield f'    """Return the predicted {kind} for samples in the units of the data."""'
        yield "    model.eval()"
        yield "    with torch.no_grad():"
        yield f"        output = model({'network_inputs(x)' if scaling.x_shift else 'x'})"
        is_value = experiment.loss.target_form == "values"
        yield "    return values_of(output)" if is_value else "    return output"
    yield ""


def scaled_samples(scaling: ScriptScaling, *, has_validation: bool) -> Iterator[str]:
    """Yield the lines that scale the samples that `train` is given."""
    if scaling.x_shift:
        yield "x = network_inputs(x)"
        if has_validation:
            yield "x_validation = network_inputs(x_validation)"
    if scaling.y_mean:
        yield "y = network_targets(y)"
