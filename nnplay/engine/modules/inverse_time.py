"""Inverse time decay of the learning rate, the `decay` of old Keras optimizers."""

import torch


class InverseTimeLR(torch.optim.lr_scheduler.LambdaLR):
    """Divides the initial rate by 1, 1 + decay, 1 + 2 decay, ... after each epoch."""

    def __init__(self, optimizer: torch.optim.Optimizer, decay: float) -> None:
        super().__init__(optimizer, lambda epoch: 1 / (1 + decay * epoch))
