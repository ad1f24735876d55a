"""What all layers have in common, and the shapes of the data that flow through a network."""

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

Its length determines its meaning: (features,) is a feature vector, (steps, features) a sequence,
(channels, height, width) an image. There is no (channels, length): all layers for sequences take
and return (steps, features), including those of torch that expect the opposite.
"""
FORMS: Mapping[int, str] = {
    1: n_("a feature vector"),
    2: n_("a sequence (steps × features)"),
    3: n_("an image (channels × height × width)"),
}
"""What a sample with one, two or three axes is."""


class ShapeError(ValueError):
    """A layer cannot take its input; says what it expected and what it received."""

    def __init__(self, expected: str, received: Shape, fix: str = "") -> None:
        self.expected = expected
        self.received = received
        self.fix = fix
        """Key of a layer that makes it fit if inserted before it ("Flatten"), or empty."""
        super().__init__(f"expected {expected}, received {shape_text(received)}")


def shape_text(shape: Shape) -> str:
    """Return a shape as text, such as `1 × 28 × 28`."""
    return " × ".join(str(n) for n in shape) if shape else "-"


@dataclass(frozen=True, kw_only=True)
class Layer(Kind):
    """A layer of the network; by default keeps the shape and has no weights."""

    name: str = param(
        "",
        longest=40,
        extra=True,
        label=n_("name"),
        help=n_("Name of this layer in the list, such as “features”; has no other effect."),
    )

    takes: ClassVar[tuple[int, ...]] = (1, 2, 3)
    """The numbers of axes that a sample can have."""
    randomness: ClassVar[Literal["none", "mask", "by input"]] = "none"
    """Its random numbers in a training step: none, a mask of the shape of its inputs, or as many as
    the values of its inputs need."""
    works_in_vmap: ClassVar[bool] = True
    """Whether torch.vmap can apply it to stacked weights."""
    passes_gradients: ClassVar[bool] = True
    """Whether gradients flow back through it to earlier layers."""
    keeps_values: ClassVar[bool] = False
    """Whether, outside training, it passes on all values unchanged, if in another shape."""

    def faults(self) -> Iterable[Fault]:
        """Return the parameters that are legal by themselves but not together."""
        return ()

    def out_shape(self, in_shape: Shape) -> Shape:
        """Return the output shape of one sample, or raise ShapeError."""
        self.need_form(in_shape)
        return in_shape

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call."""
        return self.own_values()

    def call(self, in_shape: Shape) -> Call:
        """Return the PyTorch call that makes this layer for an input shape."""
        return Call(self.target, self.args(in_shape))

    def weights(self, in_shape: Shape) -> Mapping[str, Shape]:
        """Return the shapes of the weights by their PyTorch names."""
        return {}

    @property
    def frozen(self) -> bool:
        """Whether training leaves its weights unchanged; False for layers without weights."""
        return False

    @property
    def penalties(self) -> tuple[float, float]:
        """L1 and L2 strengths of this layer, in addition to those of all layers."""
        return (0.0, 0.0)

    @property
    def initialisation(self) -> Call | None:
        """The PyTorch call that initialises its weights, None for PyTorch's default."""
        return None

    def saved_numbers(self, in_shape: Shape) -> int:
        """Return roughly how many numbers it keeps per sample for the backward pass."""
        return prod(self.out_shape(in_shape))

    def needs_batch_statistics(self, in_shape: Shape) -> bool:
        """Return whether a batch of one sample leaves it without a variance to divide by."""
        return False

    def need_form(self, in_shape: Shape) -> None:
        """Raise ShapeError, with the layer that would help, if it cannot take such samples."""
        if len(in_shape) in self.takes:
            return
        fix = {1: "Flatten"}.get(self.takes[0], "")
        if self.takes[0] == 2:
            fix = "PictureRows" if len(in_shape) == 3 else "Reshape"
        expected = n_("a feature vector or an image")
        raise ShapeError(FORMS[self.takes[0]] if len(self.takes) == 1 else expected, in_shape, fix)


@dataclass(frozen=True, kw_only=True)
class Learner(Layer):
    """A layer with trainable weights, which can be frozen."""

    frozen: bool = param(
        False,
        extra=True,
        label=n_("frozen"),
        help=n_(
            "Keeps the weights, and the running statistics of a normalisation, "
            "unchanged during training."
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Weighted(Learner):
    """A layer with matrices, kernels or embeddings; can have its own initialiser and penalties."""

    initialiser: str = param(
        USUAL,
        choices=tuple(INITIALISERS),
        extra=True,
        label=n_("initial weights"),
        help=n_(
            "How the initial weights are drawn. He suits ReLU and its variants, "
            "Xavier suits tanh and sigmoid; normal has standard deviation 0.05, "
            "uniform ranges over ±0.05. All but the default set biases to 0."
        ),
    )
    l1: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        extra=True,
        label=n_("own L1"),
        help=n_(
            "Adds L1 · Σ|w| of this layer to the loss, in addition to the L1 penalty on all layers."
        ),
    )
    l2: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        extra=True,
        label=n_("own L2"),
        help=n_(
            "Adds L2 · Σw² of this layer to the loss, in addition to the L2 penalty on all layers."
        ),
    )

    @property
    def penalties(self) -> tuple[float, float]:
        return (self.l1, self.l2)

    @property
    def initialisation(self) -> Call | None:
        return INITIALISERS[self.initialiser]
