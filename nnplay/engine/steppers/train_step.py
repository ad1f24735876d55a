"""One training step in PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from nnplay.engine.model.fused import UnwrappedOptimizer
from nnplay.engine.model.regularisation import Regulariser


def train_step(
    model: Callable[[Tensor], Tensor],
    loss_function: nn.Module,
    optimizer: torch.optim.Optimizer | UnwrappedOptimizer,
    regularisation: Regulariser,
    x: Tensor,
    y: Tensor,
) -> tuple[Tensor, Tensor | None, Tensor]:
    """Improve the weights once: this is all that training is.

    `x` is a batch of inputs, `y` its targets. Returns the loss, the penalty on large weights where
    there is one, and the logits, all from before the step.
    """
    optimizer.zero_grad()  # forget the gradients of the last batch
    logits = model(x)  # forward: what does the network predict?
    loss = loss_function(logits, y)  # how wrong is that, as one number?
    penalty = regularisation.penalty()  # what do large weights cost on top?
    total = loss if penalty is None else loss + penalty
    total.backward()  # backward: how does that change with each weight?
    regularisation.clip()  # not too far at once
    optimizer.step()  # move every weight a little downhill
    return loss.detach(), None if penalty is None else penalty.detach(), logits.detach()
