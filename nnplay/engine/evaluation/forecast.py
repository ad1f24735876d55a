"""A series drawn forward by a network that is fed its own answers."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from nnplay.catalog import DataSpec
from nnplay.data import Samples, Scaling
from nnplay.data.arrays import Floats
from nnplay.data.synthetic.windows import tail_of
from nnplay.engine.evaluation.inference import evaluating
from nnplay.link import Forecast, frozen_array

MOST_STEPS = 60
"""Each is a pass of its own through the network."""


def end_of_series(spec: DataSpec, samples: Samples) -> Floats | None:
    """Return the end of the series that the samples are cut from, None where there is none.

    It holds one piece, as the network takes it, and what comes behind: a quarter of the samples,
    and MOST_STEPS at most.
    """
    is_series = spec.task == "regression" and spec.outputs == 1
    if not is_series or len(spec.in_shape) != 2 or spec.in_shape[1] != 1 or len(samples) < 4:
        return None
    return tail_of(samples.x, samples.y, min(MOST_STEPS, max(2, len(samples) // 4)))


def forecast(model: nn.Module, tail: Floats, steps: int, scaling: Scaling | None) -> Forecast:
    """Return how a network goes on from the first `steps` values of `tail`, beside the rest of it.

    After the first step it sees nothing but its own answers in place of the true values; all is in
    the units of the data.
    """
    device = next(model.parameters()).device
    known, target = tail[:steps], tail[steps:]
    size = 1.0 if scaling is None else float(scaling.size[..., 0].reshape(-1)[0])
    shift = 0.0 if scaling is None else float(scaling.shift[..., 0].reshape(-1)[0])
    window = torch.tensor((known - shift) / size, dtype=torch.float32, device=device)
    predictions = []
    with evaluating(model):
        for _step in target:
            answer = model(window.reshape(1, steps, 1)).reshape(1)
            predictions.append(answer)
            window = torch.cat((window[1:], (answer - shift) / size))
    predicted = torch.cat(predictions).cpu().numpy().astype(np.float32)
    return Forecast(frozen_array(known), frozen_array(target), frozen_array(predicted))
