"""The divergence of an answer from a truth that is spread over the classes."""

import torch
from torch import nn


class KLDivergence(nn.Module):
    """Measures how far the softmax of the answers is from the truth, in the sense of Kullback.

    Takes logits (n, classes) and class numbers (n,); the truth gives its class 1 less the
    smoothing, and shares that evenly among all classes. Gives the mean over the samples.
    """

    def __init__(self, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.label_smoothing = label_smoothing
        self.divergence = nn.KLDivLoss(reduction="batchmean")

    def forward(self, answer: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        classes = answer.shape[1]
        certain = nn.functional.one_hot(target, classes).to(answer.dtype)
        spread = (1 - self.label_smoothing) * certain + self.label_smoothing / classes
        divergence: torch.Tensor = self.divergence(answer.log_softmax(1), spread)
        return divergence

    def extra_repr(self) -> str:
        return f"label_smoothing={self.label_smoothing}"
