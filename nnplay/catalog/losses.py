"""The losses: how far predictions are from the targets, as one number to minimise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar, Literal

from nnplay.catalog.kind import Call, Fault, Kind, Numbers, loss, param
from nnplay.translation import _, n_

TargetForm = Literal["values", "classes", "binary", "labels"]
Link = Literal["identity", "log"]


class Loss(Kind):
    """A PyTorch loss, averaged over the batch."""

    target_form: ClassVar[TargetForm]
    """How targets are given: "values" (floats, one per output), "classes" (one class index),
    "binary" (one 0 or 1 for one output) or "labels" (a 0 or 1 for each output).
    """
    takes_logits: ClassVar[bool] = False
    """Whether it applies softmax or sigmoid to the outputs itself."""
    lowest_target: ClassVar[float | None] = None
    """The smallest target that it can learn to predict, None if there is no limit."""
    link: ClassVar[Link] = "identity"
    """What turns an output into the number that is predicted: nothing, or exp ("log")."""
    degree: ClassVar[int | None] = None
    """The power that the loss is multiplied by if all numbers are multiplied: 1 or 2 for a loss of
    the differences between predictions and targets, None for others. Only differences stay the
    same problem when targets are standardised."""

    def args(self) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call."""
        return self.values()

    @property
    def needs_class_counts(self) -> bool:
        """Whether its call depends on the number of training samples of each class."""
        return False

    def call(self, counts: Sequence[int] | None = None) -> Call:
        """Return the PyTorch call that makes this loss.

        `counts` are the training samples of each class; where they are needed but unknown, the
        arguments that depend on them are left out.
        """
        return Call(self.target, self.args())

    def faults(self, outputs: int) -> Iterable[Fault]:
        """Return the parameters that do not fit the number of classes, labels or values."""
        return ()


@dataclass(frozen=True, kw_only=True)
class ClassLoss(Loss):
    """A classification loss that can weight classes differently."""

    class_weights: str = param(
        "none",
        choices=(n_("none"), n_("balanced"), n_("typed")),
        label=n_("class weights"),
        help=n_(
            "How much each class counts. Balanced: the rarer a class is in the "
            "training set, the more each of its samples counts, so that a network "
            "cannot do well by ignoring it."
        ),
    )
    typed_weights: str = param(
        "",
        longest=20_000,
        label=n_("weights"),
        help=n_("One positive number per class, such as 1, 1, 5; used if class weights are typed."),
    )

    @property
    def needs_class_counts(self) -> bool:
        return self.class_weights == "balanced"

    def unused(self) -> frozenset[str]:
        return frozenset() if self.class_weights == "typed" else frozenset({"typed_weights"})

    def args(self) -> Mapping[str, Any]:
        own = ("class_weights", "typed_weights")
        return {name: value for name, value in self.values().items() if name not in own}

    def call(self, counts: Sequence[int] | None = None) -> Call:
        weights: tuple[float, ...] | None = None
        if self.class_weights == "balanced" and counts is not None:
            weights = balanced_weights(counts)
        elif self.class_weights == "typed":
            weights = _numbers(self.typed_weights)
        more = {} if weights is None else {"weight": Numbers(weights)}
        return Call(self.target, {**self.args(), **more})

    def faults(self, outputs: int) -> Iterable[Fault]:
        if self.class_weights != "typed":
            return
        found = _numbers(self.typed_weights)
        if found is not None and len(found) == outputs:
            return
        received = self.typed_weights if found is None else str(len(found))
        yield Fault(
            "typed_weights",
            _("Expected {classes} positive numbers, one per class, received {received}.").format(
                classes=outputs, received=received[:40] or _("nothing")
            ),
            fix_label=_("Weight all classes equally"),
            fix=(("typed_weights", ", ".join("1" * outputs)),),
        )


def balanced_weights(counts: Sequence[int]) -> tuple[float, ...]:
    """Return samples / (classes · count) of each class, which gives all the same total weight.

    The mean over the samples is 1, which is also the weight of a class without samples.
    """
    total = sum(counts)
    return tuple(total / (len(counts) * count) if count else 1.0 for count in counts)


def _numbers(text: str) -> tuple[float, ...] | None:
    """Return the positive numbers that a text lists, None if it contains anything else."""
    try:
        found = tuple(float(one) for one in text.replace(",", " ").replace(";", " ").split())
    except ValueError:
        return None
    legal = all(isfinite(one) and _LEAST_WEIGHT <= one <= _MOST_WEIGHT for one in found)
    return found if found and legal else None


_SMOOTHING = n_(
    "Share of the target spread evenly over all classes: makes the network less overconfident."
)
_LEAST_WEIGHT, _MOST_WEIGHT = 1e-6, 1e6
_POSITIVE_WEIGHT = n_(
    "How much a positive target counts compared with a negative one; more "
    "finds more positives, with more false alarms."
)


@loss(n_("Mean squared error"), formula="mean (ŷ - y)²")
class MSE(Loss):
    """For regression: large errors count most, so a few outliers can pull the fit towards them."""

    target: ClassVar[str] = "torch.nn:MSELoss"
    target_form: ClassVar[TargetForm] = "values"
    degree: ClassVar[int | None] = 2


@loss(n_("Mean absolute error"), formula="mean |ŷ - y|")
class MAE(Loss):
    """For regression with outliers: the loss grows only in proportion to the error."""

    target: ClassVar[str] = "torch.nn:L1Loss"
    target_form: ClassVar[TargetForm] = "values"
    degree: ClassVar[int | None] = 1


@loss(n_("Huber"), formula="½ e² if |e| < δ else δ (|e| - ½ δ)")
class Huber(Loss):
    """For regression: squared for small errors, absolute for large ones."""

    target: ClassVar[str] = "torch.nn:HuberLoss"
    target_form: ClassVar[TargetForm] = "values"
    degree: ClassVar[int | None] = 2
    delta: float = param(
        1.0,
        low=1e-6,
        high=1e6,
        help=n_(
            "The error at which the loss changes from squared to absolute; in standard deviations "
            "of the targets if these are standardised."
        ),
    )


@loss(n_("Poisson"), formula="e^ŷ - y ŷ")
class Poisson(Loss):
    """For counts such as visitors per hour: the output is the logarithm of the expected count."""

    target: ClassVar[str] = "torch.nn:PoissonNLLLoss"
    target_form: ClassVar[TargetForm] = "values"
    lowest_target: ClassVar[float | None] = 0.0
    link: ClassVar[Link] = "log"
    full: bool = param(
        False,
        help=n_("Adds a term that does not depend on the network: other values, same training."),
    )


@loss(n_("Cross-entropy"), formula="-log softmax(ŷ)[y]")
class CrossEntropy(ClassLoss):
    """For classification: one output (logit) per class, without softmax, which the loss applies."""

    target: ClassVar[str] = "torch.nn:CrossEntropyLoss"
    target_form: ClassVar[TargetForm] = "classes"
    takes_logits: ClassVar[bool] = True
    label_smoothing: float = param(
        0.0,
        low=0.0,
        high=1.0,
        help=_SMOOTHING,
    )


@loss(n_("KL divergence"), formula="Σ y log(y / softmax(ŷ)), y the smoothed target")
class KLDivergence(Loss):
    """For classification with label smoothing where 0 is a perfect loss; like cross-entropy.

    One output (logit) per class.
    """

    target: ClassVar[str] = "nnplay.engine.modules.kl_divergence:KLDivergence"
    target_form: ClassVar[TargetForm] = "classes"
    takes_logits: ClassVar[bool] = True
    label_smoothing: float = param(0.0, low=0.0, high=1.0, help=_SMOOTHING)


@loss(n_("Multi-class hinge"), formula="Σ max(0, margin - ŷ[y] + ŷ[k]) over k ≠ y, / classes")
class MultiHinge(ClassLoss):
    """For classification; only wrong or narrow predictions count, as in a support vector machine.

    One output per class.
    """

    target: ClassVar[str] = "torch.nn:MultiMarginLoss"
    target_form: ClassVar[TargetForm] = "classes"
    margin: float = param(
        1.0,
        low=0.001,
        high=1000.0,
        help=n_("How much higher the score of the correct class must be than any other."),
    )
    p: int = param(1, low=1, high=2, label=n_("power"), help=n_("2 squares the shortfall."))


@dataclass(frozen=True, kw_only=True)
class PositiveLoss(Loss):
    """Binary cross-entropy on logits, for one output or many."""

    target: ClassVar[str] = "torch.nn:BCEWithLogitsLoss"
    takes_logits: ClassVar[bool] = True
    positive_weight: float = param(
        1.0, low=0.001, high=1000.0, label=n_("positive weight"), help=_POSITIVE_WEIGHT
    )

    def args(self) -> Mapping[str, Any]:
        alike = self.positive_weight == 1
        return {} if alike else {"pos_weight": Numbers((self.positive_weight,))}


@loss(n_("Binary cross-entropy"), formula="-[y log σ(ŷ) + (1 - y) log(1 - σ(ŷ))]")
class BinaryCrossEntropy(PositiveLoss):
    """For two classes: one output (logit), without sigmoid, which the loss applies."""

    target_form: ClassVar[TargetForm] = "binary"


@loss(
    n_("Multi-label cross-entropy"),
    formula="mean of -[y log σ(ŷ) + (1 - y) log(1 - σ(ŷ))] over the labels",
)
class LabelCrossEntropy(PositiveLoss):
    """For samples that can have several labels or none: one output (logit) per label."""

    target_form: ClassVar[TargetForm] = "labels"


@loss(n_("Binary hinge"), formula="max(0, margin - s ŷ), s is -1 or +1")
class BinaryHinge(Loss):
    """For two classes and one output: predictions beyond the margin, if correct, cost nothing."""

    target: ClassVar[str] = "nnplay.engine.modules.hinge:BinaryHinge"
    target_form: ClassVar[TargetForm] = "binary"
    margin: float = param(
        1.0,
        low=0.001,
        high=1000.0,
        help=n_("How far from 0 on the correct side the output must be."),
    )
    squared: bool = param(False, help=n_("Squares the shortfall: large misses count most."))
