"""The experiment: everything that determines a run, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnplay.catalog import Constant, Dataset, Layer, Loss, Optimizer, Schedule, param
from nnplay.experiment.augmentation import Augmentation
from nnplay.experiment.training_rules import Policy, Regularisation
from nnplay.translation import n_


@dataclass(frozen=True)
class Split:
    """Shares of the samples for validation and test, and how inputs and targets are scaled.

    Scaling is part of it because its statistics are computed on the training set alone.
    """

    validation: float = param(
        0.0,
        low=0.0,
        high=0.9,
        help=n_(
            "Share of the samples for validation: shows during training how the "
            "network does on unseen data."
        ),
    )
    test: float = param(
        0.0,
        low=0.0,
        high=0.9,
        help=n_(
            "Share of the samples for the final test; data sets with an official "
            "test set use that instead."
        ),
    )
    stratified: bool = param(False, help=n_("Gives every part the same proportion of each class."))
    scaling: str = param(
        "none",
        choices=(n_("none"), n_("0 to 1"), n_("standardised")),
        help=n_(
            "Brings all inputs to the same scale: between 0 and 1, or to mean 0 and"
            " standard deviation 1, using statistics of the training samples only. "
            "Networks learn much more easily from scaled inputs."
        ),
    )
    target_scaling: str = param(
        "automatic",
        choices=(n_("automatic"), n_("none"), n_("standardised")),
        extra=True,
        label=n_("target scaling"),
        help=n_(
            "Brings numbers to predict to mean 0 and standard deviation 1 while the network "
            "learns, by statistics of the training samples; predictions and errors are shown in "
            "the units of the data. Automatic leaves targets that are already about that size. "
            "Has no effect on classes, labels and counts."
        ),
    )
    how: str = param(
        "automatic",
        choices=(n_("automatic"), n_("random"), n_("in order"), n_("by group")),
        extra=True,
        label=n_("held out"),
        help=n_(
            "Which samples are held out. Random: any. In order: the last ones, as for a series, "
            "where a random choice would hold out windows whose neighbours are trained on. By "
            "group: all samples with the same value of an input go to the same part, such as all "
            "images of a person. Automatic: in order for a series, random otherwise."
        ),
    )
    group: str = param(
        "",
        longest=200,
        extra=True,
        label=n_("group"),
        help=n_(
            "The name of the input whose values are the groups, or its number, counted from 1; "
            "used if groups are held out."
        ),
    )


@dataclass(frozen=True)
class Experiment:
    """A network, its data and how it is trained."""

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
    """Samples per step; None is the full batch, all training samples in every step."""
    epochs: int = param(
        10, low=1, high=10_000_000, help=n_("Number of passes over the training samples.")
    )
    seed: int = param(
        0,
        low=0,
        high=2**32 - 1,
        help=n_("Seed of all random numbers: the same seed gives the same run again."),
    )
    draw: int = param(
        0,
        low=0,
        high=2**32 - 1,
        help=n_("Initialisation seed: change it for different initial weights on the same data."),
    )
    start: str = param(
        "",
        longest=4096,
        extra=True,
        label=n_("pretrained weights"),
        help=n_(
            "Weights to start from: the key of bundled ones, or the path of a "
            "weights.safetensors saved by a run. The first layers whose shapes "
            "match load them, except those with their own initialiser; all others "
            "are initialised."
        ),
    )
    device: str = "auto"
    """auto, cpu, cuda or cuda:N."""
    stepper: str = param(
        "auto",
        choices=(n_("auto"), n_("eager")),
        called=(n_("Fastest available"), n_("Plain PyTorch (eager)")),
        label=n_("steps"),
        help=n_(
            "How training steps are executed. Fastest available (auto) uses "
            "compiled steps, or CUDA graphs on a GPU, if they support every part of"
            " the network, and eager steps otherwise; the run reports which it uses"
            " and why. Eager steps are plain PyTorch, one operation after another: "
            "they run any network, but small ones train many times slower. Results "
            "are the same up to rounding."
        ),
    )
    precision: str = param(
        "float32",
        choices=("float32", "bfloat16", "tf32"),
        extra=True,
        label=n_("precision"),
        help=n_(
            "Numeric precision of the network during training. float32 has 7 "
            "digits. bfloat16 has 3 and needs half the memory: convolutions and "
            "wide layers can train twice as fast on processors that support it, "
            "with a slightly noisier loss. tf32 lets a GPU multiply with 4 digits. "
            "Weights, loss and validation stay in float32."
        ),
    )
    name: str = ""
    about: str = ""
    """A few sentences on what to look at."""


SamplesKey = tuple[Dataset, Split, int]
"""What the samples of an experiment depend on."""


def samples_key(experiment: Experiment) -> SamplesKey:
    """Return what is the same for experiments with the same samples in the same parts."""
    return experiment.data, experiment.split, experiment.seed
