"""The training rules besides the optimizer: regularisation, and when a run ends."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.catalog import param
from nnplay.experiment.monitored_metrics import MONITORED_METRICS, MonitoredMetric
from nnplay.translation import n_


@dataclass(frozen=True)
class Regularisation:
    """Everything against overfitting; all off by default.

    The penalty on the loss is l1 · Σ|w| + l2 · Σw² over the weights: matrices, kernels and
    embeddings, but not biases or normalisation weights.
    """

    l1: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        label="L1",
        help=n_("Adds L1 · Σ|w| to the loss: drives unimportant weights to exactly 0."),
    )
    l2: float = param(
        0.0,
        low=0.0,
        high=1000.0,
        label="L2",
        help=n_("Adds L2 · Σw² to the loss: keeps all weights small and predictions smooth."),
    )
    clip: str = param(
        "off",
        choices=(n_("off"), n_("by norm"), n_("by value")),
        label=n_("gradient clipping"),
        help=n_(
            "Limits the gradient. By norm: scales the gradient of all weights "
            "together and keeps its direction. By value: clips each number "
            "separately."
        ),
    )
    clip_at: float = param(
        1.0,
        low=1e-6,
        high=1e6,
        label=n_("clip at"),
        help=n_("The maximum norm or absolute value of the gradient."),
    )
    label_noise: float = param(
        0.0,
        low=0.0,
        high=1.0,
        label=n_("label noise"),
        help=n_(
            "Share of the training samples that get a wrong class or label, chosen "
            "by the seed: shows how well a network resists memorising errors."
        ),
    )


@dataclass(frozen=True)
class Policy:
    """The order of samples, when training ends, and which weights are kept."""

    shuffle: bool = param(
        True,
        label=n_("shuffle"),
        help=n_("Shuffles the samples before every epoch; off keeps their order."),
    )
    drop_last: bool = param(
        False,
        label=n_("drop last batch"),
        help=n_("Skips the last batch of an epoch if it is smaller than the others."),
    )
    watch: str = param(
        next(iter(MONITORED_METRICS)),
        choices=tuple(MONITORED_METRICS),
        label=n_("monitored metric"),
        help=n_(
            "The metric used by early stopping, best weights, target and reduce on "
            "plateau, computed after each epoch. Precision, recall and F1 are macro"
            " averages."
        ),
    )
    early_stopping: bool = param(
        False,
        label=n_("early stopping"),
        help=n_("Ends the run when the monitored metric has stopped improving."),
    )
    patience: int = param(
        5,
        low=1,
        high=1_000_000,
        label=n_("patience"),
        help=n_("Number of epochs without an improvement before early stopping."),
    )
    min_delta: float = param(
        0.0,
        low=0.0,
        high=1e6,
        label=n_("minimum improvement"),
        help=n_("Smallest improvement of the monitored metric that counts for early stopping."),
    )
    keep_best: bool = param(
        False,
        label=n_("keep best weights"),
        help=n_(
            "Keeps the weights of the epoch with the best monitored metric instead "
            "of the last ones."
        ),
    )
    stop_at_target: bool = param(
        False,
        label=n_("stop at target"),
        help=n_("Ends the run when the monitored metric reaches the target."),
    )
    target: float = param(
        0.1,
        low=-1e6,
        high=1e6,
        label=n_("target"),
        help=n_(
            "The value to reach: a loss or error must fall to it, an accuracy or "
            "another share (0 to 1) rise to it."
        ),
    )
    time_limit: float = param(
        0.0,
        low=0.0,
        high=1e6,
        zero=n_("no limit"),
        label=n_("time limit (s)"),
        help=n_("Ends the run after this many seconds of training; 0 for no limit."),
    )

    @property
    def is_watching(self) -> bool:
        """Whether anything uses the monitored metric."""
        return self.early_stopping or self.keep_best or self.stop_at_target

    @property
    def metric(self) -> MonitoredMetric:
        """The metric that is monitored."""
        return MONITORED_METRICS[self.watch]
