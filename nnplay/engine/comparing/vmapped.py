"""Trains several networks at once: their weights are stacked, and one call serves all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.catalog import Layer, Optimizer
from nnplay.engine.batches import Batches
from nnplay.engine.comparing.vmapped_layers import LayerForward, Layout, forward_of, losses_of
from nnplay.engine.evaluation.accuracy import count_correct
from nnplay.engine.evaluation.inference import evaluating
from nnplay.engine.model.build import build_optimizer
from nnplay.engine.model.precision import forward_in
from nnplay.engine.modules.penalised_weights import penalised_weights
from nnplay.engine.step import Factors, StepLog, constant_factors
from nnplay.experiment import Experiment, Regularisation
from nnplay.translation import n_

Poll = Callable[[], object]


class VmappedNetwork:
    """Several networks with the same initial weights, which are stacked along a leading axis."""

    def __init__(
        self, model: nn.Sequential, network: Sequence[Layer], networks: int, x: Tensor
    ) -> None:
        """Copy a model `networks` times; `x` is an example of a batch."""
        self.model = model
        self.networks = networks
        trainable = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        device = next(model.parameters()).device
        # One row per network, so that an optimizer can update it as a single parameter.
        self.rows = torch.empty(networks, sum(p.numel() for _n, p in trainable), device=device)
        self.gradients = torch.zeros_like(self.rows)
        self.weights: dict[str, Tensor] = {}
        self._slices: list[tuple[slice, torch.Size]] = []
        start = 0
        for name, weight in trainable:
            part = slice(start, start + weight.numel())
            self.rows[:, part] = weight.detach().reshape(1, -1)
            self._slices.append((part, weight.shape))
            self.weights[name] = self._view(self.rows, -1).detach().requires_grad_()
            start = part.stop
        buffers = {
            f"{index}.{name}": buffer
            for index, (layer, module) in enumerate(zip(network, model, strict=True))
            for name, buffer in module.named_buffers()
            if not layer.frozen
        }
        self.buffers = {name: torch.stack([b] * networks) for name, b in buffers.items()}
        self._gradient_views = [self._view(self.gradients, i) for i in range(len(trainable))]
        self._forwards = [
            self._forward_of(str(index), kind, module, layout)
            for index, (kind, module, layout) in enumerate(
                zip(network, model, _layouts(model, x), strict=True)
            )
        ]

    def _view(self, rows: Tensor, index: int) -> Tensor:
        part, shape = self._slices[index]
        return rows[:, part].view(len(rows), *shape)

    def _forward_of(
        self, prefix: str, kind: Layer, module: nn.Module, layout: Layout
    ) -> LayerForward:
        weights, buffers = (
            {name[len(prefix) + 1 :]: t for name, t in all_.items() if name.split(".")[0] == prefix}
            for all_ in (self.weights, self.buffers)
        )
        return forward_of(kind, module, weights, buffers, self.networks, layout)

    def __call__(self, x: Tensor) -> Tensor:
        """Return the outputs (networks, samples, ...) for inputs that all of them get."""
        is_stacked = False
        for forward in self._forwards:
            x, is_stacked = forward(x, is_stacked)
        return x

    def compute_gradients(self, total: Tensor) -> None:
        """Write the gradient of `total`, a sum over the networks, into `gradients`."""
        found = torch.autograd.grad(total, list(self.weights.values()), allow_unused=True)
        pairs = [(p, f) for p, f in zip(self._gradient_views, found, strict=True) if f is not None]
        torch._foreach_copy_([p for p, _f in pairs], [f for _p, f in pairs])

    def parameters_of(self, network: int) -> list[nn.Parameter]:
        """Return the weights of one network, with their gradients, for an optimizer of its own."""
        parameters = []
        for index in range(len(self._slices)):
            parameter = nn.Parameter(self._view(self.rows, index)[network])
            parameter.grad = self._view(self.gradients, index)[network]
            parameters.append(parameter)
        return parameters

    def flat_parameter_of(self, network: int) -> nn.Parameter:
        """Return all weights of one network as one flat parameter, with its gradient."""
        parameter = nn.Parameter(self.rows[network])
        parameter.grad = self.gradients[network]
        return parameter

    def magnitude(self) -> Tensor:
        """Return the largest absolute value in each network: not finite if any of them is not."""
        magnitude = self.rows.abs().amax(1)
        for buffer in self.buffers.values():
            if buffer.is_floating_point():
                own = buffer.reshape(self.networks, -1).abs().amax(1)
                magnitude = torch.maximum(magnitude, own)
        return magnitude

    def put_into_model(self, network: int) -> nn.Sequential:
        """Copy the weights of one network into the model and return it."""
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                if name in self.weights:
                    parameter.copy_(self.weights[name][network])
            for name, buffer in self.model.named_buffers():
                if name in self.buffers:
                    buffer.copy_(self.buffers[name][network])
        return self.model


def _layouts(model: nn.Sequential, x: Tensor) -> list[Layout]:
    """Return the memory layout of the inputs of each layer, for one network; see `forward_of`."""
    found: list[Layout] = []
    with evaluating(model):
        for layer in model:
            strides = x.stride()
            found.append(tuple(sorted(range(x.dim()), key=strides.__getitem__, reverse=True)))
            x = layer(x)
    return found


class Penalties:
    """The L1 and L2 penalties of each network, see `Regulariser.penalty`."""

    def __init__(
        self, networks: VmappedNetwork, rules: Regularisation, network: Sequence[Layer]
    ) -> None:
        self._penalised: list[tuple[Tensor, float, float]] = []
        for index, (layer, module) in enumerate(zip(network, networks.model, strict=True)):
            l1, l2 = rules.l1 + layer.penalties[0], rules.l2 + layer.penalties[1]
            penalised = {id(weight) for weight in penalised_weights(module)} if l1 or l2 else set()
            for name, weight in module.named_parameters():
                if id(weight) in penalised:
                    self._penalised.append((networks.weights[f"{index}.{name}"], l1, l2))

    def __call__(self) -> Tensor | None:
        """Return the penalty of each network, or None without any."""
        if not self._penalised:
            return None
        total = torch.zeros((), device=self._penalised[0][0].device)
        for weight, l1, l2 in self._penalised:
            if l1:
                total = total + l1 * weight.abs().flatten(1).sum(1)
            if l2:
                total = total + l2 * weight.square().flatten(1).sum(1)
        return total


class VmappedRuns:
    """Trains several networks that differ in the hyperparameters of their optimizers."""

    name = n_("vmapped")

    def __init__(
        self,
        experiment: Experiment,
        optimizers: Sequence[Optimizer],
        model: nn.Sequential,
        loss_function: nn.Module,
        batches: Batches,
        why: str,
    ) -> None:
        self.why = why
        self.step = 0
        x, _targets = batches.get(0)
        self._network = VmappedNetwork(model, experiment.network, len(optimizers), x)
        device = self._device = self._network.rows.device
        self._forward = forward_in(experiment.precision, self._network, device)
        self._losses = losses_of(loss_function, len(optimizers))
        self._penalties = Penalties(self._network, experiment.regularisation, experiment.network)
        self._rules = experiment.regularisation
        self._form = experiment.loss.target_form
        self._batches = batches
        self._rates = [optimizer.lr for optimizer in optimizers]
        self._factors: list[Factors] = [constant_factors] * len(optimizers)
        self._optimizers, self._groups = self._optimizers_for(optimizers)

    def _optimizers_for(
        self, optimizers: Sequence[Optimizer]
    ) -> tuple[list[torch.optim.Optimizer], list[list[dict[str, object]]]]:
        """Return the torch optimizers, and the parameter groups of each network."""
        # An optimizer that treats each number by itself can update all weights of all networks as
        # one matrix. Others need the shapes, and so one optimizer per network.
        if all(one.by_number for one in optimizers):
            rows = [
                {"params": [self._network.flat_parameter_of(i)], **one.args()}
                for i, one in enumerate(optimizers)
            ]
            made = build_optimizer(optimizers[0], rows, self._device)
            return [made], [[group] for group in made.param_groups]
        each = [
            build_optimizer(one, self._network.parameters_of(i), self._device)
            for i, one in enumerate(optimizers)
        ]
        return each, [one.param_groups for one in each]

    def get_ready(self) -> None:
        """Do nothing: PyTorch is ready."""

    def advance(self, steps: int, poll: Poll) -> list[StepLog]:
        """Take that many steps; a loss is NaN if its step left a number that is not finite."""
        shape = (4, steps, self._network.networks)
        metrics = torch.full(shape, torch.nan, dtype=torch.float64, device=self._device)
        rates = np.stack(
            [r * f(self.step, steps) for r, f in zip(self._rates, self._factors, strict=True)]
        )
        for i, now in enumerate(rates.T.tolist()):
            for groups, rate in zip(self._groups, now, strict=True):
                for group in groups:
                    group["lr"] = rate
            x, y = self._batches.get(self.step)
            logits = self._forward(x)
            loss, penalty = self._losses(logits, y), self._penalties()
            total = loss if penalty is None else loss + penalty
            self._network.compute_gradients(total.sum())
            self._clip()
            for optimizer in self._optimizers:
                optimizer.step()
            # Into a tensor on the device: reading a number here would wait for the device.
            metrics[0, i] = loss.detach()
            if self._form != "values":
                metrics[1, i] = count_correct(logits.detach(), y, self._form)
            if penalty is not None:
                metrics[2, i] = penalty.detach()
            metrics[3, i] = self._network.magnitude() + total.detach()
            self.step += 1
        losses, correct, penalties, magnitudes = metrics.cpu().numpy()
        losses[~np.isfinite(magnitudes)] = np.nan
        correct /= self._batches.sizes(self.step - steps, steps)[:, None]
        columns = zip(losses.T, correct.T, penalties.T, rates, strict=True)
        return [StepLog(*one) for one in columns]

    def tune(self, network: int, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Use an optimizer's hyperparameters for one network, see Stepper.tune."""
        self._rates[network], self._factors[network] = optimizer.lr, factors
        for group in self._groups[network]:
            group.update(optimizer.args())

    def model(self, network: int) -> nn.Sequential:
        """Return one network; it is valid until the next call."""
        return self._network.put_into_model(network)

    def _clip(self) -> None:
        """Clip the gradient of each network separately, as `Regulariser.clip` does."""
        gradients, most = self._network.gradients, self._rules.clip_at
        if self._rules.clip == "by norm":
            length = gradients.norm(dim=1, keepdim=True)
            gradients.mul_((most / (length + 1e-6)).clamp(max=1.0))
        elif self._rules.clip == "by value":
            gradients.clamp_(-most, most)
