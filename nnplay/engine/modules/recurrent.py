"""Recurrent layers that give the whole sequence or only what they end with."""

import torch
from torch import nn


class Recurrent(nn.Module):
    """Reads (batch, steps, features); `cell` is RNN, LSTM or GRU."""

    def __init__(
        self, cell: str, features: int, units: int, layers: int, bidirectional: bool, whole: bool
    ) -> None:
        super().__init__()
        kind = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}[cell]
        self.rnn = kind(features, units, layers, batch_first=True, bidirectional=bidirectional)
        self.units = units
        self.whole = whole

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.rnn(x)[0]
        if self.whole:
            return states
        # Who reads backwards ends at the first step.
        forwards, backwards = states[:, -1, : self.units], states[:, 0, self.units :]
        return torch.cat((forwards, backwards), 1)

    def extra_repr(self) -> str:
        return f"whole={self.whole}"
