"""The experiment: everything that decides a run, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnplay.catalog import Constant, Dataset, Layer, Loss, Optimizer, Schedule, param
from nnplay.experiment.augmentation import Augmentation
from nnplay.experiment.training_rules import Policy, Regularisation
from nnplay.translation import n_


@dataclass(frozen=True)
class Split:
    """Shares of the samples that are held back from training, and how the inputs are scaled.

    Scaling stands here because its figures are taken from the training part alone.
    """

    validation: float = param(
        0.0,
        low=0.0,
        high=0.9,
        help=n_("Share kept aside to see, while training, how the network does on unseen samples."),
    )
    test: float = param(
        0.0,
        low=0.0,
        high=0.9,
        help=n_(
            "Share kept for the very end; data with an official test part use that one instead."
        ),
    )
    stratified: bool = param(
        False, help=n_("Gives every part the same share of each class, where there are classes.")
    )
    scaling: str = param(
        "none",
        choices=(n_("none"), n_("0 to 1"), n_("standardised")),
        help=n_(
            "Brings inputs of different size to one: between 0 and 1, or to mean 0 and deviation "
            "1, each by the training samples alone. Networks learn such inputs far more easily."
        ),
    )


@dataclass(frozen=True)
class Experiment:
    """A network, its data and how it is trained: undo, files, lessons and runs hold these."""

    data: Dataset
    network: tuple[Layer, ...]
    loss: Loss
    optimizer: Optimizer
    schedule: Schedule = field(default_factory=Constant)
    split: Split = field(default_factory=Split)
    regularisation: Regularisation = field(default_factory=Regularisation)
    policy: Policy = field(default_factory=Policy)
    augmentation: Augmentation = field(default_factory=Augmentation)
    batch_size: int | None = 32
    """Samples per step; None is the full batch, all training samples in each step."""
    epochs: int = param(
        10, low=1, high=10_000_000, help=n_("How many times the training samples are gone through.")
    )
    seed: int = param(
        0,
        low=0,
        high=2**32 - 1,
        help=n_("Where all chance starts: the same seed gives the same run again."),
    )
    draw: int = param(
        0,
        low=0,
        high=2**32 - 1,
        help=n_(
            "Which drawing of the first weights: another number starts from other weights "
            "on the same data."
        ),
    )
    start: str = param(
        "",
        longest=4096,
        extra=True,
        label=n_("start from"),
        help=n_(
            "Weights to start from: the key of bundled ones, or the path of a weights.safetensors "
            "that a run left. The first layers whose shapes match take them, except those with "
            "first weights chosen for themselves; all others are drawn."
        ),
    )
    device: str = "auto"
    """auto, cpu, cuda or cuda:N."""
    stepper: str = param(
        "auto",
        choices=(n_("auto"), n_("eager")),
        called=(n_("the fastest that serve"), n_("plain PyTorch (eager)")),
        label=n_("steps"),
        help=n_(
            "How a run does its steps; it says which it takes, and why. The fastest that serve "
            "(auto) are compiled, or recorded on a GPU, where they know every part of the network, "
            "and eager elsewhere. Eager ones are plain PyTorch, one operation after the other, as "
            "in a loop written by hand: they serve any network, but a small one trains many times "
            "slower. What is learnt is the same but for rounding."
        ),
    )
    precision: str = param(
        "float32",
        choices=("float32", "bfloat16", "tf32"),
        extra=True,
        label=n_("precision"),
        help=n_(
            "The numbers that the network computes with while it trains. float32 has 7 digits. "
            "bfloat16 has 3 and half the size: convolutions and wide layers can train twice as "
            "fast where the processor has instructions for it, and the loss becomes a little "
            "noisier. tf32 lets a GPU multiply with 4 digits. Weights, loss and validation stay "
            "float32."
        ),
    )
    name: str = ""
    about: str = ""
    """What to look at, in a few sentences, for whoever opens it."""
