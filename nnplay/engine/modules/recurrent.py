"""Recurrent layers that return the whole sequence or only the last states."""

from functools import cache

import torch
from torch import nn


@cache
def has_bfloat16_lstm() -> bool:
    """Return whether torch can train an LSTM in bfloat16 on this CPU.

    oneDNN has no such LSTM for processors without AVX-512, and reports that only on use.
    """
    try:
        # The random numbers of a seeded run must not depend on when this is called.
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            lstm = nn.LSTM(1, 1)
            with torch.autocast("cpu", torch.bfloat16, cache_enabled=False):
                states = lstm(torch.zeros(1, 1, 1))[0]
            states.sum().backward()
    except RuntimeError:
        return False
    return True


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
        in_bfloat16 = x.device.type == "cpu" and torch.is_autocast_enabled("cpu")
        if in_bfloat16 and isinstance(self.rnn, nn.LSTM) and not has_bfloat16_lstm():
            with torch.autocast("cpu", enabled=False):
                states: torch.Tensor = self.rnn(x.float())[0]
        else:
            states = self.rnn(x)[0]
        if self.whole:
            return states
        # The backward direction ends at the first step.
        forwards, backwards = states[:, -1, : self.units], states[:, 0, self.units :]
        return torch.cat((forwards, backwards), 1)

    def extra_repr(self) -> str:
        return f"whole={self.whole}"
