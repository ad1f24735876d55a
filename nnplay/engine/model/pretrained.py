"""Transfer learning: initial weights from another run."""

from __future__ import annotations

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from nnplay.engine.model.finite import are_finite
from nnplay.engine.modules.load_weights import by_layer, load_matching_weights
from nnplay.experiment import (
    Experiment,
    WeightsError,
    infinite_weights,
    loading_layers,
    start_text,
    weights_path,
)
from nnplay.translation import _


def start_from(experiment: Experiment, model: nn.Sequential) -> str:
    """Load the weights of `experiment.start` into the layers that match; return a note on which.

    Reads only the tensors that it loads, so that the size of the file does not matter. Raises
    WeightsError if the file cannot be read or a layer does not match.
    """
    found = loading_layers(experiment)
    if not found:
        return ""
    sources = {taker.source for taker in found}
    skipped = {index for index, layer in enumerate(experiment.network) if layer.initialisation}
    try:
        with safe_open(weights_path(experiment.start), "pt") as file:
            numbers = {name: int(name.partition(".")[0]) for name in file.keys()}  # noqa: SIM118
            loaded_names = [name for name, number in numbers.items() if number in sources]
            # Layers that are not loaded count all the same, so that the others stay in line.
            weights_of = {number: dict[str, Tensor]() for number in numbers.values()}
            tensors = {name: file.get_tensor(name) for name in loaded_names}
            weights_of |= by_layer(tensors)
        bad = next((name for name, one in tensors.items() if not are_finite([one])), None)
        if bad is not None:
            raise infinite_weights(weights_path(experiment.start), bad)
        loaded = load_matching_weights(model, weights_of, skipped)
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            _("The initial weights cannot be read: {why}.").format(why=error),
            _("Choose another file, or start without one."),
        ) from error
    expected = tuple(taker.layer for taker in found)
    if len(loaded) < len(expected):
        index = expected[len(loaded)]
        raise WeightsError(
            _(
                "{layer} (layer {number}) cannot load its weights: its running statistics have "
                "another shape or are missing."
            ).format(layer=_(experiment.network[index].label), number=index + 1),
            _("Choose another file, or start without one."),
        )
    return start_text(experiment, expected)
