"""Steps of several networks at once: their weights lie side by side, and one call serves all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.catalog import Layer, Optimizer
from nnplay.engine.batches import Batches
from nnplay.engine.comparing.vmapped_layers import Ask, Layout, ask_of, losses_of
from nnplay.engine.evaluation.accuracy import count_correct
from nnplay.engine.evaluation.inference import evaluating
from nnplay.engine.model.build import build_optimizer
from nnplay.engine.model.precision import forward_in
from nnplay.engine.modules.penalised_weights import penalised_weights
from nnplay.engine.step import Factors, StepLog, constant_factors
from nnplay.experiment import Experiment, Regularisation
from nnplay.translation import n_

Poll = Callable[[], object]


class Stack:
    """The weights of several networks, alike at first, and what the networks answer."""

    def __init__(
        self, model: nn.Sequential, network: Sequence[Layer], networks: int, x: Tensor
    ) -> None:
        """Copy a model so many times; `x` is an example of a batch."""
        self.model = model
        self.networks = networks
        learnt = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        device = next(model.parameters()).device
        # A row for each network, so that an optimizer can take it for one long weight.
        self.rows = torch.empty(networks, sum(p.numel() for _n, p in learnt), device=device)
        self.slopes = torch.zeros_like(self.rows)
        self.weights: dict[str, Tensor] = {}
        self._pieces: list[tuple[slice, torch.Size]] = []
        start = 0
        for name, weight in learnt:
            piece = slice(start, start + weight.numel())
            self.rows[:, piece] = weight.detach().reshape(1, -1)
            self._pieces.append((piece, weight.shape))
            self.weights[name] = self._shaped(self.rows, -1).detach().requires_grad_()
            start = piece.stop
        moving = {
            f"{index}.{name}": buffer
            for index, (layer, module) in enumerate(zip(network, model, strict=True))
            for name, buffer in module.named_buffers()
            if not layer.frozen
        }
        self.buffers = {name: torch.stack([b] * networks) for name, b in moving.items()}
        self._slope_pieces = [self._shaped(self.slopes, i) for i in range(len(learnt))]
        self._asks = [
            self._ask_of(str(index), module, layout)
            for index, (module, layout) in enumerate(zip(model, _layouts(model, x), strict=True))
        ]

    def _shaped(self, rows: Tensor, index: int) -> Tensor:
        piece, shape = self._pieces[index]
        return rows[:, piece].view(len(rows), *shape)

    def _ask_of(self, place: str, module: nn.Module, layout: Layout) -> Ask:
        weights, buffers = (
            {name[len(place) + 1 :]: t for name, t in all_.items() if name.split(".")[0] == place}
            for all_ in (self.weights, self.buffers)
        )
        return ask_of(module, weights, buffers, self.networks, layout)

    def __call__(self, x: Tensor) -> Tensor:
        """Return the answers (networks, samples, ...) to inputs that all of them get."""
        is_stacked = False
        for ask in self._asks:
            x, is_stacked = ask(x, is_stacked)
        return x

    def find_gradients(self, total: Tensor) -> None:
        """Put how a number, summed over the networks, changes with each weight into `slopes`."""
        found = torch.autograd.grad(total, list(self.weights.values()), allow_unused=True)
        pairs = [(p, f) for p, f in zip(self._slope_pieces, found, strict=True) if f is not None]
        torch._foreach_copy_([p for p, _f in pairs], [f for _p, f in pairs])

    def parameters_of(self, network: int) -> list[nn.Parameter]:
        """Return the weights of one network as an optimizer takes them, their slopes with them."""
        parameters = []
        for index in range(len(self._pieces)):
            parameter = nn.Parameter(self._shaped(self.rows, index)[network])
            parameter.grad = self._shaped(self.slopes, index)[network]
            parameters.append(parameter)
        return parameters

    def row_of(self, network: int) -> nn.Parameter:
        """Return all weights of one network as one long parameter, its slopes with it."""
        parameter = nn.Parameter(self.rows[network])
        parameter.grad = self.slopes[network]
        return parameter

    def largest(self) -> Tensor:
        """Return the largest of each network's numbers: not finite where one of them is not."""
        largest = self.rows.abs().amax(1)
        for buffer in self.buffers.values():
            if buffer.is_floating_point():
                own = buffer.reshape(self.networks, -1).abs().amax(1)
                largest = torch.maximum(largest, own)
        return largest

    def put_into_model(self, network: int) -> nn.Sequential:
        """Return the model, with the weights of one network until another one's are put there."""
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                if name in self.weights:
                    parameter.copy_(self.weights[name][network])
            for name, buffer in self.model.named_buffers():
                if name in self.buffers:
                    buffer.copy_(self.buffers[name][network])
        return self.model


def _layouts(model: nn.Sequential, x: Tensor) -> list[Layout]:
    """Return how the inputs of each layer lie in memory, for one network; see `ask_of`."""
    found: list[Layout] = []
    with evaluating(model):
        for layer in model:
            strides = x.stride()
            found.append(tuple(sorted(range(x.dim()), key=strides.__getitem__, reverse=True)))
            x = layer(x)
    return found


class Penalties:
    """What each network's large weights cost on top of its loss, see `Regulariser.penalty`."""

    def __init__(self, stack: Stack, rules: Regularisation, network: Sequence[Layer]) -> None:
        self._shrunk: list[tuple[Tensor, float, float]] = []
        for index, (layer, module) in enumerate(zip(network, stack.model, strict=True)):
            l1, l2 = rules.l1 + layer.strengths[0], rules.l2 + layer.strengths[1]
            wanted = {id(weight) for weight in penalised_weights(module)} if l1 or l2 else set()
            for name, weight in module.named_parameters():
                if id(weight) in wanted:
                    self._shrunk.append((stack.weights[f"{index}.{name}"], l1, l2))

    def __call__(self) -> Tensor | None:
        """Return a penalty for each network, or None where nothing is added."""
        if not self._shrunk:
            return None
        total = torch.zeros((), device=self._shrunk[0][0].device)
        for weight, l1, l2 in self._shrunk:
            if l1:
                total = total + l1 * weight.abs().flatten(1).sum(1)
            if l2:
                total = total + l2 * weight.square().flatten(1).sum(1)
        return total


class VmappedRuns:
    """Trains several networks that differ in the constants of their optimizers."""

    name = n_("stacked")

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
        self._stack = Stack(model, experiment.network, len(optimizers), batches.get(0)[0])
        device = self._device = self._stack.rows.device
        self._forward = forward_in(experiment.precision, self._stack, device)
        self._losses = losses_of(loss_function, len(optimizers))
        self._penalties = Penalties(self._stack, experiment.regularisation, experiment.network)
        self._rules = experiment.regularisation
        self._form = experiment.loss.target_form
        self._batches = batches
        self._rates = [optimizer.lr for optimizer in optimizers]
        self._factors: list[Factors] = [constant_factors] * len(optimizers)
        self._optimizers, self._groups = self._optimizers_for(optimizers)

    def _optimizers_for(
        self, optimizers: Sequence[Optimizer]
    ) -> tuple[list[torch.optim.Optimizer], list[list[dict[str, object]]]]:
        """Return what moves the weights, and for each network the groups with its constants."""
        if all(one.by_number for one in optimizers):
            rows = [
                {"params": [self._stack.row_of(i)], **one.args()}
                for i, one in enumerate(optimizers)
            ]
            made = build_optimizer(optimizers[0], rows, self._device)
            return [made], [[group] for group in made.param_groups]
        each = [
            build_optimizer(one, self._stack.parameters_of(i), self._device)
            for i, one in enumerate(optimizers)
        ]
        return each, [one.param_groups for one in each]

    def get_ready(self) -> None:
        """Do nothing: PyTorch is ready."""

    def advance(self, steps: int, poll: Poll) -> list[StepLog]:
        """Take that many steps; a loss is NaN where a number was not finite after its step."""
        shape = (4, steps, self._stack.networks)
        figures = torch.full(shape, torch.nan, dtype=torch.float64, device=self._device)
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
            self._stack.find_gradients(total.sum())
            self._clip()
            for optimizer in self._optimizers:
                optimizer.step()
            figures[0, i] = loss.detach()
            if self._form != "values":
                figures[1, i] = count_correct(logits.detach(), y, self._form)
            if penalty is not None:
                figures[2, i] = penalty.detach()
            figures[3, i] = self._stack.largest() + total.detach()
            self.step += 1
        losses, hits, penalties, health = figures.cpu().numpy()
        losses[~np.isfinite(health)] = np.nan
        hits /= self._batches.sizes(self.step - steps, steps)[:, None]
        columns = zip(losses.T, hits.T, penalties.T, rates, strict=True)
        return [StepLog(*one) for one in columns]

    def tune(self, network: int, optimizer: Optimizer, factors: Factors = constant_factors) -> None:
        """Take on a network's optimizer, its rate times what each step's factor is."""
        self._rates[network], self._factors[network] = optimizer.lr, factors
        for group in self._groups[network]:
            group.update(optimizer.args())

    def model(self, network: int) -> nn.Sequential:
        """Return one network, which is good until the next is asked for."""
        return self._stack.put_into_model(network)

    def _clip(self) -> None:
        """Shorten the gradient of each network by itself, as `Regulariser.clip` does."""
        slopes, most = self._stack.slopes, self._rules.clip_at
        if self._rules.clip == "by norm":
            length = slopes.norm(dim=1, keepdim=True)
            slopes.mul_((most / (length + 1e-6)).clamp(max=1.0))
        elif self._rules.clip == "by value":
            slopes.clamp_(-most, most)
