"""Weights that another run left, put into a network before its first step."""

from __future__ import annotations

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from nnplay.engine.modules.load_weights import by_layer, load_matching_weights
from nnplay.experiment import Experiment, WeightsError, start_words, takers, weights_path
from nnplay.translation import _


def start_from(experiment: Experiment, model: nn.Sequential) -> str:
    """Give the layers that can take them the weights of `experiment.start`; say which did.

    Only the tensors that are taken are read, so that the size of the file does not matter.
    WeightsError where none can be had.
    """
    found = takers(experiment)
    if not found:
        return ""
    sources = {taker.source for taker in found}
    drawn = {index for index, layer in enumerate(experiment.network) if layer.drawing}
    try:
        with safe_open(weights_path(experiment.start), "pt") as file:
            numbers = {name: int(name.partition(".")[0]) for name in file.keys()}  # noqa: SIM118
            taken_names = [name for name, number in numbers.items() if number in sources]
            # What is left out counts as a layer all the same, so that pairs stay pairs.
            left = {number: dict[str, Tensor]() for number in numbers.values()}
            left |= by_layer({name: file.get_tensor(name) for name in taken_names})
        taken = load_matching_weights(model, left, drawn)
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            _("The weights to start from cannot be read: {why}.").format(why=error),
            _("Choose another file, or start without one."),
        ) from error
    wanted = tuple(taker.layer for taker in found)
    if len(taken) < len(wanted):
        index = wanted[len(taken)]
        raise WeightsError(
            _(
                "{layer} (layer {number}) cannot take its weights: the statistics beside them are "
                "of another shape, or missing."
            ).format(layer=_(experiment.network[index].label), number=index + 1),
            _("Choose another file, or start without one."),
        )
    return start_words(experiment, wanted)
