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


@loss(n_("Cross-entropy"), formula="-log softmax(ŷ)[y]")
class CrossEntropy(Loss):
    """For classes: one output (logit) per class; takes softmax itself, so the stack needs none."""

    target: ClassVar[str] = "torch.nn:CrossEntropyLoss"
    target_form: ClassVar[str] = "classes"


@loss(n_("Binary cross-entropy"), formula="-[y log σ(ŷ) + (1 - y) log(1 - σ(ŷ))]")
class BinaryCrossEntropy(Loss):
    """For two classes: one output (logit); takes sigmoid itself, so the stack needs none."""

    target: ClassVar[str] = "torch.nn:BCEWithLogitsLoss"
    target_form: ClassVar[str] = "binary"
