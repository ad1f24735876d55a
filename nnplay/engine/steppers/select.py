"""Which stepper serves an experiment, and why."""

from __future__ import annotations

import torch
from torch import nn

from nnplay.catalog import (
    Activation,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Layer,
    LayerNorm,
    Shape,
    Softmax,
)
from nnplay.engine.batches import Batches, Tensors
from nnplay.engine.kernels.installed import library, missing
from nnplay.engine.kernels.plan import LARGEST_NORMALISED
from nnplay.engine.kernels.stepper import CompiledStepper
from nnplay.engine.model.precision import float32_layers, why_slow
from nnplay.engine.model.regularisation import Regulariser
from nnplay.engine.model.threads import batch_of
from nnplay.engine.step import Stepper
from nnplay.engine.steppers import cuda_graph as graphs
from nnplay.engine.steppers.cuda_graph import GraphStepper
from nnplay.engine.steppers.eager import EagerStepper
from nnplay.engine.steppers.torch_stepper import TorchTraining
from nnplay.experiment import Experiment, trace_shapes
from nnplay.translation import _, ngettext

_SERVED = (torch.float32, torch.uint8)
_SERVED_LAYERS = Dense, Dropout, Flatten, Activation, BatchNorm, LayerNorm
_MOST = 100_000_000
"""Samples of which torch still draws the order in the way that the kernel does."""


def choose_stepper(
    experiment: Experiment,
    model: nn.Sequential,
    loss_function: nn.Module,
    batches: Batches,
    held: Tensors,
    regularisation: Regulariser,
) -> Stepper:
    """Return the fastest stepper that serves the experiment; it says why it was taken.

    `held` are the validation samples, which some steppers ask themselves.

    A stepper may lay the model's parameters out anew in memory, so that this comes before anything
    that holds on to them.
    """
    records = False
    if experiment.stepper == "eager":
        why = _("chosen in the experiment")
    elif batches.samples.x.device.type == "cuda":
        why = graphs.obstacle(experiment)
        if not why:
            records, why = True, _("the GPU plays back a step that was recorded")
    else:
        why = obstacle(experiment)
        if batches.samples.x.dtype not in _SERVED or len(batches.samples) > _MOST:
            why = _("its data are not what the compiled steps are made for")
        if not why:
            return _compiled(experiment, model, loss_function, batches, held)
    form, precision = experiment.loss.target_form, experiment.precision
    device = batches.samples.x.device
    notes = why_slow(precision, device), float32_layers(precision, device, model)
    why = "; ".join(filter(None, (why, *notes)))
    training = TorchTraining(
        model, loss_function, experiment.optimizer, batches, form, regularisation, precision
    )
    if records:
        return GraphStepper(training, why)
    return EagerStepper(training, why)


def obstacle(experiment: Experiment) -> str:
    """Return what keeps compiled steps from serving an experiment on a CPU, or nothing."""
    if experiment.precision != "float32":
        return _("computes in {precision}").format(precision=experiment.precision)
    if experiment.augmentation.is_on:
        return _("augments its images at random")
    return _stranger(experiment)


def _stranger(experiment: Experiment) -> str:
    """Name the first part that no kernel computes, or say why there are no kernels, or nothing."""
    network = experiment.network
    rows = trace_shapes(experiment.data.spec().in_shape, network)
    for layer, row in zip(network, rows, strict=True):
        if not isinstance(layer, _SERVED_LAYERS) or _is_by_place(layer, row.in_shape or ()):
            return _("has {layer}").format(layer=_(layer.label))
    normalised = any(isinstance(one, BatchNorm) and not one.frozen for one in network)
    if normalised and batch_of(experiment) > LARGEST_NORMALISED:
        text = _("normalises a batch of more than {most} samples")
        return text.format(most=f"{LARGEST_NORMALISED:,}")
    if missing():
        return missing()
    tables = library().tables
    served = set().union(*tables.values())
    for part in (*network, experiment.loss, experiment.optimizer):
        if not isinstance(part, Flatten | Identity) and part.key not in served:
            return _("has {layer}").format(layer=_(part.label))
    return ""


def _is_by_place(layer: Layer, in_shape: Shape) -> bool:
    """Return whether a layer treats the places of a picture or sequence apart from its channels."""
    return isinstance(layer, BatchNorm | LayerNorm | Softmax) and len(in_shape) != 1


def _compiled(
    experiment: Experiment,
    model: nn.Sequential,
    loss_function: nn.Module,
    batches: Batches,
    held: Tensors,
) -> Stepper:
    count = sum(parameter.numel() for parameter in model.parameters())
    why = ngettext(
        "dense network of {count} parameter", "dense network of {count} parameters", count
    ).format(count=f"{count:,}")
    return CompiledStepper(experiment, model, loss_function, batches, held, library(), why)
