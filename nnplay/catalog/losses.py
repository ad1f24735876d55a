"""The losses: how wrong an answer is, as one number to make small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from nnplay.catalog.kind import Call, Kind, loss, param
from nnplay.words import n_


class Loss(Kind):
    """A PyTorch loss, averaged over the batch."""

    target_form: ClassVar[str]
    """What the truth is given as: "values" (floats, one per output), "classes" (one class number)
    or "binary" (one 0 or 1 for one output)."""
    squeezes: ClassVar[bool] = False
    """Whether it takes softmax or sigmoid of the outputs itself."""
    lowest_truth: ClassVar[float | None] = None
    """The smallest number that it can learn to predict, None where any will do."""

    def args(self) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call."""
        return self.values()

    def call(self) -> Call:
        """Return the PyTorch call that makes this loss."""
        return Call(self.target, self.args())


@loss(n_("Mean squared error"), formula="mean (ŷ - y)²")
class MSE(Loss):
    """For numbers: large errors count most, so a few outliers can pull the fit towards them."""

    target: ClassVar[str] = "torch.nn:MSELoss"
    target_form: ClassVar[str] = "values"


@loss(n_("Mean absolute error"), formula="mean |ŷ - y|")
class MAE(Loss):
    """For numbers with outliers: every unit of error counts the same."""

    target: ClassVar[str] = "torch.nn:L1Loss"
    target_form: ClassVar[str] = "values"


@loss(n_("Huber"), formula="½ e² if |e| < δ else δ (|e| - ½ δ)")
class Huber(Loss):
    """For numbers: squared for small errors, absolute for large ones."""

    target: ClassVar[str] = "torch.nn:HuberLoss"
    target_form: ClassVar[str] = "values"
    delta: float = param(
        1.0, low=1e-6, high=1e6, help=n_("The error at which it turns from squared to absolute.")
    )


@loss(n_("Poisson"), formula="e^ŷ - y ŷ")
class Poisson(Loss):
    """For counts such as visitors per hour: the output is the logarithm of the expected count."""

    target: ClassVar[str] = "torch.nn:PoissonNLLLoss"
    target_form: ClassVar[str] = "values"
    lowest_truth: ClassVar[float | None] = 0.0
    full: bool = param(
        False, help=n_("Adds what does not depend on the network: other numbers, same learning.")
    )


@loss(n_("Cross-entropy"), formula="-log softmax(ŷ)[y]")
class CrossEntropy(Loss):
    """For classes: one output (logit) per class; takes softmax itself, so the stack needs none."""

    target: ClassVar[str] = "torch.nn:CrossEntropyLoss"
    target_form: ClassVar[str] = "classes"
    squeezes: ClassVar[bool] = True
    label_smoothing: float = param(
        0.0,
        low=0.0,
        high=1.0,
        help=n_("Share of the truth spread over all classes: keeps the network from being sure."),
    )


@loss(n_("Hinge for classes"), formula="Σ max(0, margin - ŷ[y] + ŷ[k]) over k ≠ y, / classes")
class MultiHinge(Loss):
    """For classes, where only wrong or narrow answers should count, as in a support vector machine.

    One output per class.
    """

    target: ClassVar[str] = "torch.nn:MultiMarginLoss"
    target_form: ClassVar[str] = "classes"
    margin: float = param(
        1.0, low=0.001, high=1000.0, help=n_("By how much the right class must lead.")
    )
    p: int = param(1, low=1, high=2, label=n_("power"), help=n_("2 squares what is missing."))


@loss(n_("Binary cross-entropy"), formula="-[y log σ(ŷ) + (1 - y) log(1 - σ(ŷ))]")
class BinaryCrossEntropy(Loss):
    """For two classes: one output (logit); takes sigmoid itself, so the stack needs none."""

    target: ClassVar[str] = "torch.nn:BCEWithLogitsLoss"
    target_form: ClassVar[str] = "binary"
    squeezes: ClassVar[bool] = True


@loss(n_("Hinge for two classes"), formula="max(0, margin - s ŷ), s is -1 or +1")
class BinaryHinge(Loss):
    """For two classes and one output: answers beyond the margin on their side cost nothing."""

    target: ClassVar[str] = "nnplay.engine.modules.hinge:BinaryHinge"
    target_form: ClassVar[str] = "binary"
    margin: float = param(
        1.0, low=0.001, high=1000.0, help=n_("How far on its side of 0 an answer must lie.")
    )
    squared: bool = param(False, help=n_("Squares what is missing: far misses count most."))
