"""From kinds to PyTorch: the only place that turns the name of a class into an object."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import torch
from torch import nn

from nnplay.catalog import Call, Layer, Loss, Numbers, Optimizer, Shape
from nnplay.engine.model.dynamo_stub import install_dynamo_stub
from nnplay.engine.modules.freeze import freeze
from nnplay.engine.modules.initialisers import initialise


def resolve(call: Call) -> Any:
    """Return the class or function that a call names."""
    module, _, name = call.target.partition(":")
    return getattr(import_module(module), name)


def build_network(network: Sequence[Layer], in_shape: Shape) -> nn.Sequential:
    """Return the network as a torch module; a sample has `in_shape`, a batch one axis more.

    Initialisers that a layer has of its own come after all layers are built, so that the initial
    weights of the other layers do not depend on them.
    """
    modules: list[nn.Module] = []
    shape = in_shape
    for layer in network:
        call = layer.call(shape)
        modules.append(resolve(call)(**call.args))
        shape = layer.out_shape(shape)
    for layer, module in zip(network, modules, strict=True):
        drawing = layer.initialisation
        if drawing is not None:
            initialise(module, resolve(drawing), **drawing.args)
        if layer.frozen:
            freeze(module)
    return nn.Sequential(*modules)


def build_loss(loss: Loss, counts: Sequence[int] | None = None) -> nn.Module:
    """Return the loss as a torch module, averaging over the batch.

    `counts` are the numbers of training samples in each class, for losses with class weights.
    """
    call = loss.call(counts)
    module: nn.Module = resolve(call)(**_with_tensors(call.args))
    return module


def _with_tensors(args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: torch.tensor(value.values) if isinstance(value, Numbers) else value
        for name, value in args.items()
    }


def build_optimizer(
    optimizer: Optimizer,
    parameters: Iterable[nn.Parameter] | Sequence[Mapping[str, Any]],
    device: torch.device,
) -> torch.optim.Optimizer:
    """Return the optimizer for the parameters that are not frozen, fused where torch offers it.

    Instead of parameters there may be parameter groups, which are passed on as they are.
    """
    install_dynamo_stub()
    call = optimizer.call()
    make = resolve(call)
    args = dict(call.args)
    if device.type == "cpu" and "fused" in inspect.signature(make).parameters:
        args["fused"] = True
    learning = [p for p in parameters if not isinstance(p, nn.Parameter) or p.requires_grad]
    made: torch.optim.Optimizer = make(learning, **args)
    return made
