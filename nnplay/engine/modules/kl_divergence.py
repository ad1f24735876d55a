"""The Kullback-Leibler divergence between targets and predicted class probabilities."""

import torch
from torch import nn


class KLDivergence(nn.Module):
    """Computes the Kullback-Leibler divergence of the softmax of logits from smoothed targets.

    Takes logits (n, classes) and class numbers (n,). A target has 1 less the smoothing on its
    class, and the smoothing evenly on all classes. Returns the mean over the samples.
    """

    def __init__(self, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.label_smoothing = label_smoothing
        self.divergence = nn.KLDivLoss(reduction="batchmean")

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        classes = logits.shape[1]
        one_hot = nn.functional.one_hot(target, classes).to(logits.dtype)
        smoothed = (1 - self.label_smoothing) * one_hot + self.label_smoothing / classes
        divergence: torch.Tensor = self.divergence(logits.log_softmax(1), smoothed)
        return divergence

    def extra_repr(self) -> str:
        return f"label_smoothing={self.label_smoothing}"
