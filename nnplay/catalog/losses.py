"""The losses: how wrong an answer is, as one number to make small."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar, Literal

from nnplay.catalog.kind import Call, Fault, Kind, Numbers, loss, param
from nnplay.translation import _, n_

TargetForm = Literal["values", "classes", "binary", "labels"]


class Loss(Kind):
    """A PyTorch loss, averaged over the batch."""

    target_form: ClassVar[TargetForm]
    """What the truth is given as: "values" (floats, one per output), "classes" (one class number),
    "binary" (one 0 or 1 for one output) or "labels" (a 0 or 1 for each output)."""
    squeezes: ClassVar[bool] = False
    """Whether it takes softmax or sigmoid of the outputs itself."""
    lowest_target: ClassVar[float | None] = None
    """The smallest number that it can learn to predict, None where any will do."""

    def args(self) -> Mapping[str, Any]:
        """Return the keyword arguments of the PyTorch call."""
        return self.values()

    @property
    def wants_counts(self) -> bool:
        """Whether its call depends on how many training samples there are of each class."""
        return False

    def call(self, counts: Sequence[int] | None = None) -> Call:
        """Return the PyTorch call that makes this loss.

        `counts` are the training samples of each class; where they are wanted and unknown, what
        depends on them is left out.
        """
        return Call(self.target, self.args())

    def faults(self, outputs: int) -> Iterable[Fault]:
        """Say which constants do not go together with so many classes, labels or numbers."""
        return ()


@dataclass(frozen=True, kw_only=True)
class ClassLoss(Loss):
    """A loss of classes that can count some classes for more than others."""

    class_weights: str = param(
        "none",
        choices=(n_("none"), n_("balanced"), n_("typed")),
        label=n_("class weights"),
        help=n_(
            "How much each class counts. Balanced: the rarer a class is in the training part, the "
            "more each of its samples counts, so that a network cannot do well by leaving it out."
        ),
    )
    typed_weights: str = param(
        "",
        longest=20_000,
        label=n_("weights"),
        help=n_("One number above 0 per class, such as 1, 1, 5; used where weights are typed."),
    )

    @property
    def wants_counts(self) -> bool:
        return self.class_weights == "balanced"

    def idle(self) -> frozenset[str]:
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
            _("Expected {classes} numbers above 0, one per class, received {received}.").format(
                classes=outputs, received=received[:40] or _("nothing")
            ),
            cure_label=_("Weigh all classes alike"),
            cure=(("typed_weights", ", ".join("1" * outputs)),),
        )


def balanced_weights(counts: Sequence[int]) -> tuple[float, ...]:
    """Return samples / (classes · count) of each class, so that all classes weigh the same.

    The mean over the samples is 1, which is also what a class without samples is given.
    """
    total = sum(counts)
    return tuple(total / (len(counts) * count) if count else 1.0 for count in counts)


def _numbers(text: str) -> tuple[float, ...] | None:
    """Return the numbers above 0 that a text lists, None where it lists anything else."""
    try:
        found = tuple(float(one) for one in text.replace(",", " ").replace(";", " ").split())
    except ValueError:
        return None
    legal = all(isfinite(one) and _LEAST_WEIGHT <= one <= _MOST_WEIGHT for one in found)
    return found if found and legal else None


_SMOOTHING = n_("Share of the truth spread over all classes: keeps the network from being sure.")
_LEAST_WEIGHT, _MOST_WEIGHT = 1e-6, 1e6
_POSITIVE_WEIGHT = n_(
    "How much a 1 in the truth counts against a 0; more finds more of them, with more false alarms."
)


@loss(n_("Mean squared error"), formula="mean (ŷ - y)²")
class MSE(Loss):
    """For numbers: large errors count most, so a few outliers can pull the fit towards them."""

    target: ClassVar[str] = "torch.nn:MSELoss"
    target_form: ClassVar[TargetForm] = "values"


@loss(n_("Mean absolute error"), formula="mean |ŷ - y|")
class MAE(Loss):
    """For numbers with outliers: every unit of error counts the same."""

    target: ClassVar[str] = "torch.nn:L1Loss"
    target_form: ClassVar[TargetForm] = "values"


@loss(n_("Huber"), formula="½ e² if |e| < δ else δ (|e| - ½ δ)")
class Huber(Loss):
    """For numbers: squared for small errors, absolute for large ones."""

    target: ClassVar[str] = "torch.nn:HuberLoss"
    target_form: ClassVar[TargetForm] = "values"
    delta: float = param(
        1.0, low=1e-6, high=1e6, help=n_("The error at which it turns from squared to absolute.")
    )


@loss(n_("Poisson"), formula="e^ŷ - y ŷ")
class Poisson(Loss):
    """For counts such as visitors per hour: the output is the logarithm of the expected count."""

    target: ClassVar[str] = "torch.nn:PoissonNLLLoss"
    target_form: ClassVar[TargetForm] = "values"
    lowest_target: ClassVar[float | None] = 0.0
    full: bool = param(
        False, help=n_("Adds what does not depend on the network: other numbers, same learning.")
    )


@loss(n_("Cross-entropy"), formula="-log softmax(ŷ)[y]")
class CrossEntropy(ClassLoss):
    """For classes: one output (logit) per class; takes softmax itself, so the stack needs none."""

    target: ClassVar[str] = "torch.nn:CrossEntropyLoss"
    target_form: ClassVar[TargetForm] = "classes"
    squeezes: ClassVar[bool] = True
    label_smoothing: float = param(
        0.0,
        low=0.0,
        high=1.0,
        help=_SMOOTHING,
    )


@loss(n_("KL divergence"), formula="Σ y log(y / softmax(ŷ)), y the smoothed truth")
class KLDivergence(Loss):
    """For classes with smoothed labels, where 0 should mean perfect: learns as cross-entropy does.

    One output per class.
    """

    target: ClassVar[str] = "nnplay.engine.modules.kl_divergence:KLDivergence"
    target_form: ClassVar[TargetForm] = "classes"
    squeezes: ClassVar[bool] = True
    label_smoothing: float = param(0.0, low=0.0, high=1.0, help=_SMOOTHING)


@loss(n_("Hinge for classes"), formula="Σ max(0, margin - ŷ[y] + ŷ[k]) over k ≠ y, / classes")
class MultiHinge(ClassLoss):
    """For classes, where only wrong or narrow answers should count, as in a support vector machine.

    One output per class.
    """

    target: ClassVar[str] = "torch.nn:MultiMarginLoss"
    target_form: ClassVar[TargetForm] = "classes"
    margin: float = param(
        1.0, low=0.001, high=1000.0, help=n_("By how much the right class must lead.")
    )
    p: int = param(1, low=1, high=2, label=n_("power"), help=n_("2 squares what is missing."))


@dataclass(frozen=True, kw_only=True)
class PositiveLoss(Loss):
    """Binary cross-entropy on logits, of one output or of many."""

    target: ClassVar[str] = "torch.nn:BCEWithLogitsLoss"
    squeezes: ClassVar[bool] = True
    positive_weight: float = param(
        1.0, low=0.001, high=1000.0, label=n_("positive weight"), help=_POSITIVE_WEIGHT
    )

    def args(self) -> Mapping[str, Any]:
        alike = self.positive_weight == 1
        return {} if alike else {"pos_weight": Numbers((self.positive_weight,))}


@loss(n_("Binary cross-entropy"), formula="-[y log σ(ŷ) + (1 - y) log(1 - σ(ŷ))]")
class BinaryCrossEntropy(PositiveLoss):
    """For two classes: one output (logit); takes sigmoid itself, so the stack needs none."""

    target_form: ClassVar[TargetForm] = "binary"


@loss(
    n_("Cross-entropy of labels"),
    formula="mean of -[y log σ(ŷ) + (1 - y) log(1 - σ(ŷ))] over the labels",
)
class LabelCrossEntropy(PositiveLoss):
    """For samples that may carry several labels, or none: each output (logit) is one yes or no."""

    target_form: ClassVar[TargetForm] = "labels"


@loss(n_("Hinge for two classes"), formula="max(0, margin - s ŷ), s is -1 or +1")
class BinaryHinge(Loss):
    """For two classes and one output: answers beyond the margin on their side cost nothing."""

    target: ClassVar[str] = "nnplay.engine.modules.hinge:BinaryHinge"
    target_form: ClassVar[TargetForm] = "binary"
    margin: float = param(
        1.0, low=0.001, high=1000.0, help=n_("How far on its side of 0 an answer must lie.")
    )
    squared: bool = param(False, help=n_("Squares what is missing: far misses count most."))
