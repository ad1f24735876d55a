"""What the user has selected, which views show and probes are asked about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """A rectangle of the plane of the inputs, in the units of the data."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float


@dataclass(frozen=True)
class Selection:
    """One selection for all views."""

    sample: int = 0
    """Index within the part that predictions are shown of."""
    area: Area | None = None
    """What is visible of the plane of two inputs; None where it is not known."""
    typed: tuple[float, ...] | None = None
    """The inputs of a sample that was typed or drawn, in row-major order and not scaled; pixels are
    from 0 to 1. None without one."""
    layer: int | None = None
    """Position in the network of the layer of the selected unit; None without one."""
    unit: int | None = None
    """Number of the selected unit, or of the channel, within its layer."""
