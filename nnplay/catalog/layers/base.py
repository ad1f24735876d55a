"""What every layer is, and the shapes of what flows through a stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Literal

from nnplay.catalog.initialisers import INITIALISERS, USUAL
from nnplay.catalog.kind import Call, Fault, Kind, param
from nnplay.translation import n_

Shape = tuple[int, ...]
"""The shape of one sample, without the batch.

How many numbers it has says what they are: (features,) is a row, (steps, features) a sequence,
(channels, height, width) a picture. There is no (channels, length): the layers for sequences, those
of torch that want it the other way round too, all take and give (steps, features).
"""
FORMS: Mapping[int, str] = {
    1: n_("a row of features"),
    2: n_("a sequence (steps × features)"),
    3: n_("a picture (channels × height × width)"),
}
"""What a sample of one, two or three axes is."""


class ShapeError(ValueError):
    """A layer cannot take what comes in; says what it expected and what it received."""

    def __init__(self, expected: str, received: Shape, cure: str = "") -> None:
        self.expected = expected
        self.received = received
        self.cure = cure
        """Key of a layer which, put in front, makes it fit ("Flatten"), or nothing."""
        super().__init__(f"expected {expected}, received {shape_text(received)}")


def shape_text(shape: Shape) -> str:
    """Return a shape as people write it, such as `1 x 28 x 28`."""
    return " × ".join(str(n) for n in shape) if shape else "-"


@dataclass(frozen=True, kw_only=True)
class Layer(Kind):
    """A step of the network; by default keeps the shape and holds no weights."""

    name: str = param(
        "",
        longest=40,
        extra=True,
        label=n_("name"),
        help=n_("What the list calls this layer, such as “features”; changes nothing else."),
    )

    takes: ClassVar[tuple[int, ...]] = (1, 2, 3)
    """How many axes a sample may have."""
    randomness: ClassVar[Literal["none", "mask", "by input"]] = "none"
    """What it draws in training: a mask for its inputs, whose size depends on their shape alone, or
    as many random numbers as its inputs need."""
    works_in_vmap: ClassVar[bool] = True
    """Whether torch.vmap can apply it to stacked weights."""
    hears_gradients: ClassVar[bool] = True
    """Whether the layers in front of it can learn through it."""

    def faults(self) -> Iterable[Fault]:
        """Say which constants, each legal by itself, cannot be."""
        return ()

    def out_shape(self, in_shape: Shape) -> Shape:
        """Return the shape of one sample behind this layer, or raise ShapeError."""
        self.need_form(in_shape)
        return in_shape

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call."""
        return self.own_values()

    def call(self, in_shape: Shape) -> Call:
        """Return the PyTorch call that makes this layer for that input."""
        return Call(self.target, self.args(in_shape))

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        """Return the shapes of the parameters by PyTorch's names."""
        return {}

    @property
    def frozen(self) -> bool:
        """Whether training leaves it as it is; what holds no weights is never said to be."""
        return False

    @property
    def strengths(self) -> tuple[float, float]:
        """How much L1 and L2 its weights get on top of those of all layers."""
        return (0.0, 0.0)

    @property
    def drawing(self) -> Call | None:
        """The PyTorch call that draws its weights, None where PyTorch's own way is kept."""
        return None

    def kept(self, in_shape: Shape) -> int:
        """Return how many numbers of one sample it keeps for the way back, roughly."""
        return prod(self.out_shape(in_shape))

    def needs_company(self, in_shape: Shape) -> bool:
        """Say whether a batch of one sample would leave it without a spread to divide by."""
        return False

    def need_form(self, in_shape: Shape) -> None:
        """Raise ShapeError, with the layer that would help, unless it takes such samples."""
        if len(in_shape) in self.takes:
            return
        cure = {1: "Flatten"}.get(self.takes[0], "")
        if self.takes[0] == 2:
            cure = "PictureRows" if len(in_shape) == 3 else "Reshape"
        expected = n_("a row of features or a picture")
        raise ShapeError(FORMS[self.takes[0]] if len(self.takes) == 1 else expected, in_shape, cure)


@dataclass(frozen=True, kw_only=True)
class Learner(Layer):
    """A layer that holds something to learn, and can be kept from learning it."""

    frozen: bool = param(
        False,
        extra=True,
        label=n_("frozen"),
        help=n_(
            "Keeps the weights as they are, with the running statistics of a normalisation: only "
            "the other layers learn."
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Weighted(Learner):
    """A layer with matrices, kernels or tables, which can be drawn and restrained in own ways."""

    initialiser: str = param(
        USUAL,
        choices=tuple(INITIALISERS),
        extra=True,
        label=n_("first weights"),
        help=n_(
            "How they are drawn. He suits ReLU and its relatives, Xavier tanh and sigmoid; normal "
            "has deviation 0.05, uniform ends at ±0.05. All but the default set biases to 0."
        ),
    )
    l1: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        extra=True,
        label=n_("own L1"),
        help=n_("Adds L1 · Σ|w| of this layer to the loss, on top of the L1 of all layers."),
    )
    l2: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        extra=True,
        label=n_("own L2"),
        help=n_("Adds L2 · Σw² of this layer to the loss, on top of the L2 of all layers."),
    )

    @property
    def strengths(self) -> tuple[float, float]:
        return (self.l1, self.l2)

    @property
    def drawing(self) -> Call | None:
        return INITIALISERS[self.initialiser]
