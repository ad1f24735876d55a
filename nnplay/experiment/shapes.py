"""The shapes of the data on the way through a network, computed without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from nnplay.catalog import Layer, Shape, ShapeError
from nnplay.experiment.clamping import legal_kind


@dataclass(frozen=True)
class Row:
    """What is known about a layer at its position; None after a layer that does not fit."""

    in_shape: Shape | None
    out_shape: Shape | None
    parameters: int | None
    error: ShapeError | None = None
    trainable: int | None = None
    """The number of parameters that are not frozen."""


def trace_shapes(in_shape: Shape, network: Sequence[Layer]) -> tuple[Row, ...]:
    """Return one row per layer; the first that does not fit has the error.

    Illegal values count as the nearest legal ones.
    """
    rows: list[Row] = []
    shape: Shape | None = in_shape
    for given in network:
        if shape is None:
            rows.append(Row(None, None, None))
            continue
        layer = legal_kind(given)
        try:
            out = layer.out_shape(shape)
            count = sum(prod(weight) for weight in layer.weights(shape).values())
        except Exception as error:
            # The layer can come from a plug-in, which can fail in any way.
            rows.append(Row(shape, None, None, _as_shape_error(error, shape)))
            shape = None
            continue
        rows.append(Row(shape, out, count, trainable=0 if layer.frozen else count))
        shape = out
    return tuple(rows)


def _as_shape_error(error: Exception, shape: Shape) -> ShapeError:
    if isinstance(error, ShapeError):
        return error
    return ShapeError(f"something else ({type(error).__name__}: {error})", shape)
