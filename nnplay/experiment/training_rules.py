"""What training keeps to besides its optimizer: how weights are restrained, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.catalog import param
from nnplay.experiment.monitored_metrics import FIGURES, Figure
from nnplay.translation import n_


@dataclass(frozen=True)
class Regularisation:
    """What keeps a network from learning its training samples by heart; all of it is off at first.

    The penalty on the loss is l1 · Σ|w| + l2 · Σw² over the weights: matrices, kernels and
    embeddings, but neither biases nor the gains of normalisations.
    """

    l1: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        label="L1",
        help=n_("Adds L1 · Σ|w| to the loss: drives weights that matter little to exactly 0."),
    )
    l2: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        label="L2",
        help=n_("Adds L2 · Σw² to the loss: keeps all weights small, and the answer smooth."),
    )
    clip: str = param(
        "off",
        choices=(n_("off"), n_("by norm"), n_("by value")),
        label=n_("gradient clipping"),
        help=n_(
            "Bounds how far one step can go: by norm shortens the gradient of all weights together "
            "and keeps its direction, by value cuts each number off by itself."
        ),
    )
    clip_at: float = param(
        1.0,
        low=1e-6,
        high=1e6,
        label=n_("clip at"),
        help=n_("The largest norm, or the largest value, that a gradient keeps."),
    )
    label_noise: float = param(
        0.0,
        low=0.0,
        high=1.0,
        label=n_("label noise"),
        help=n_(
            "Share of the training samples that are given a wrong class or label, by the seed: "
            "shows how well a network resists learning errors by heart."
        ),
    )


@dataclass(frozen=True)
class Policy:
    """In what order samples come, when training ends, and which weights it leaves."""

    shuffle: bool = param(
        True,
        label=n_("shuffle"),
        help=n_("Draws a new order of the samples for every epoch; off keeps theirs."),
    )
    drop_last: bool = param(
        False,
        label=n_("drop last batch"),
        help=n_("Leaves out the last batch of an epoch where it is smaller than the others."),
    )
    watch: str = param(
        next(iter(FIGURES)),
        choices=tuple(FIGURES),
        label=n_("watch"),
        help=n_(
            "The figure that early stopping, best weights, target and a schedule that reduces on "
            "plateau go by, taken after each epoch. Precision, recall and F1 are means over the "
            "classes."
        ),
    )
    early_stopping: bool = param(
        False,
        label=n_("early stopping"),
        help=n_("Ends the run when the watched figure has stopped getting better."),
    )
    patience: int = param(
        5,
        low=1,
        high=1_000_000,
        label=n_("patience"),
        help=n_("Epochs in a row that early stopping lets pass without an improvement."),
    )
    min_delta: float = param(
        0.0,
        low=0.0,
        high=1e6,
        label=n_("least improvement"),
        help=n_("By how much the watched figure must get better for early stopping to count it."),
    )
    keep_best: bool = param(
        False,
        label=n_("keep best weights"),
        help=n_("Leaves the weights of the epoch with the best watched figure, not the last ones."),
    )
    stop_at_target: bool = param(
        False,
        label=n_("stop at a target"),
        help=n_("Ends the run when the watched figure is as good as the target."),
    )
    target: float = param(
        0.1,
        low=-1e6,
        high=1e6,
        label=n_("target"),
        help=n_("A loss or error to come down to, or a share from 0 to 1 to rise to."),
    )
    time_limit: float = param(
        0.0,
        low=0.0,
        high=1e6,
        zero=n_("no limit"),
        label=n_("time limit (s)"),
        help=n_("Ends the run after so many seconds of training; 0 sets no limit."),
    )

    @property
    def is_watching(self) -> bool:
        """Whether anything goes by the watched figure."""
        return self.early_stopping or self.keep_best or self.stop_at_target

    @property
    def figure(self) -> Figure:
        """What is watched."""
        return FIGURES[self.watch]
