"""What the plug-in adds to the catalog; does not import PyTorch."""

from collections.abc import Mapping
from typing import Any, ClassVar

from nnplay.catalog import Layer, Shape
from nnplay.catalog.kind import layer, param


@layer("Scale", formula="y = s · x")
class Scale(Layer):
    """Multiplies each feature by a learned factor."""

    target: ClassVar[str] = "nnplay_example.modules:Scale"
    takes: ClassVar[tuple[int, ...]] = (1,)
    initial: float = param(1.0, low=-10.0, high=10.0, help="The factors before training.")

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        return {"features": in_shape[0], "initial": self.initial}

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        return {"factor": (in_shape[0],)}
