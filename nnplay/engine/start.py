"""Weights that another run left, put into a network before its first step."""

from __future__ import annotations

from safetensors import SafetensorError, safe_open
from torch import nn

from nnplay.engine.modules.taking import take_weights
from nnplay.experiment import Experiment, WeightsError, start_words, takers, weights_path
from nnplay.words import _


def start_from(experiment: Experiment, model: nn.Sequential) -> str:
    """Give the layers that can take them the weights of `experiment.start`; say which did.

    Only the tensors that are taken are read, so that the size of the file does not matter.
    WeightsError where none can be had.
    """
    sources = {taker.source for taker in takers(experiment)}
    if not sources:
        return ""
    try:
        with safe_open(weights_path(experiment.start), "pt") as file:
            names = [one for one in file.keys() if int(one.partition(".")[0]) in sources]  # noqa: SIM118
            taken = take_weights(model, {name: file.get_tensor(name) for name in names})
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            _("The weights to start from cannot be read: {why}.").format(why=error),
            _("Choose another file, or start without one."),
        ) from error
    return start_words(experiment, tuple(taken))
