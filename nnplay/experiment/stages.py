"""What a drawing of a network consists of: the inputs, then a stage for each layer with units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnplay.catalog import Features, Flatten, Layer, Shape
from nnplay.catalog.layers.base import Weighted
from nnplay.catalog.layers.plain import Reshape


@dataclass(frozen=True)
class Stage:
    """The inputs, or a layer that computes new units, with the layers that follow it.

    Activations, normalisation, pooling and dropout belong to the stage whose units they change.
    """

    layer: int | None
    """Position of the layer in the network; None for the inputs."""
    kind: str
    """Key of the layer, such as "Dense"; "" for the inputs."""
    shape: Shape
    """What it passes on of one sample, before it is flattened."""
    following: tuple[int, ...] = ()
    """Positions of the layers up to the next stage."""
    functions: tuple[str, ...] = ()
    """Keys of those among them that change values outside training, such as "ReLU"."""
    frozen: bool = False
    name: str = ""
    """That the user gave the layer."""

    @property
    def units(self) -> int:
        """The number of features, or of channels of an image."""
        return self.shape[0] if len(self.shape) == 3 else self.shape[-1]

    @property
    def last(self) -> int | None:
        """Position of its last layer; None for inputs that no layer changes."""
        return self.following[-1] if self.following else self.layer


def network_stages(in_shape: Shape, network: Sequence[Layer]) -> tuple[Stage, ...]:
    """Return the stages of a network whose layers fit, the inputs first.

    Raises ShapeError where a layer does not fit.
    """
    found = [Stage(None, "", in_shape)]
    shape = in_shape
    for position, layer in enumerate(network):
        out = layer.out_shape(shape)
        if isinstance(layer, Weighted | Features):
            found.append(Stage(position, layer.key, out, frozen=layer.frozen, name=layer.name))
        else:
            stage = found[-1]
            # Pixels of a flattened image belong to a channel, so its channels stay the units.
            keeps = out == shape or isinstance(layer, Flatten | Reshape)
            found[-1] = replace(
                stage,
                following=(*stage.following, position),
                functions=stage.functions + (() if layer.keeps_values else (layer.key,)),
                shape=stage.shape if keeps or stage.layer is None else out,
            )
        shape = out
    return tuple(found)
