"""Selects the stepper of an experiment, and says why."""

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

_SUPPORTED_TYPES = (torch.float32, torch.uint8)
_SUPPORTED_LAYERS = Dense, Dropout, Flatten, Activation, BatchNorm, LayerNorm
_MOST_SAMPLES = 100_000_000
"""Above this number torch shuffles in another way than the kernel does."""


def choose_stepper(
    experiment: Experiment,
    model: nn.Sequential,
    loss_function: nn.Module,
    batches: Batches,
    validation: Tensors,
    regularisation: Regulariser,
) -> Stepper:
    """Return the fastest stepper that supports the experiment, with the reason for the choice.

    `validation` are the samples that some steppers evaluate themselves.

    A stepper may move the model's parameters in memory, so call this before anything keeps
    references to them.
    """
    records = False
    if experiment.stepper == "eager":
        why = _("chosen in the experiment")
    elif batches.samples.x.device.type == "cuda":
        why = graphs.unsupported(experiment)
        if not why:
            records, why = True, _("each step is recorded once and replayed by the GPU")
    else:
        why = unsupported(experiment)
        if batches.samples.x.dtype not in _SUPPORTED_TYPES:
            why = _("has inputs that are neither float32 nor bytes")
        if len(batches.samples) > _MOST_SAMPLES:
            why = _("has more than {most} samples").format(most=f"{_MOST_SAMPLES:,}")
        if not why:
            return _compiled(experiment, model, loss_function, batches, validation)
    target_form, precision = experiment.loss.target_form, experiment.precision
    device = batches.samples.x.device
    notes = why_slow(precision, device), float32_layers(precision, device, model)
    why = "; ".join(filter(None, (why, *notes)))
    training = TorchTraining(
        model, loss_function, experiment.optimizer, batches, target_form, regularisation, precision
    )
    if records:
        return GraphStepper(training, why)
    return EagerStepper(training, why)


def unsupported(experiment: Experiment) -> str:
    """Return why compiled steps cannot run an experiment on a CPU; empty if they can."""
    if experiment.precision != "float32":
        return _("computes in {precision}").format(precision=experiment.precision)
    if experiment.augmentation.is_on:
        return _("augments its images at random")
    return _unsupported_part(experiment)


def _unsupported_part(experiment: Experiment) -> str:
    """Return the first part without a kernel, or why no kernels can be used, or nothing."""
    network = experiment.network
    rows = trace_shapes(experiment.data.spec().in_shape, network)
    for layer, row in zip(network, rows, strict=True):
        if not isinstance(layer, _SUPPORTED_LAYERS) or _is_over_channels(layer, row.in_shape or ()):
            return _("has {layer}").format(layer=_(layer.label))
    normalised = any(isinstance(one, BatchNorm) and not one.frozen for one in network)
    if normalised and batch_of(experiment) > LARGEST_NORMALISED:
        text = _("normalises a batch of more than {most} samples")
        return text.format(most=f"{LARGEST_NORMALISED:,}")
    if missing():
        return missing()
    tables = library().tables
    supported = set().union(*tables.values())
    for part in (*network, experiment.loss, experiment.optimizer):
        if not isinstance(part, Flatten | Identity) and part.key not in supported:
            return _("has {layer}").format(layer=_(part.label))
    return ""


def _is_over_channels(layer: Layer, in_shape: Shape) -> bool:
    """Return whether a layer works on the channels of an image or sequence, which has no kernel."""
    return isinstance(layer, BatchNorm | LayerNorm | Softmax) and len(in_shape) != 1


def _compiled(
    experiment: Experiment,
    model: nn.Sequential,
    loss_function: nn.Module,
    batches: Batches,
    validation: Tensors,
) -> Stepper:
    count = sum(parameter.numel() for parameter in model.parameters())
    why = ngettext(
        "dense network of {count} parameter", "dense network of {count} parameters", count
    ).format(count=f"{count:,}")
    return CompiledStepper(experiment, model, loss_function, batches, validation, library(), why)
