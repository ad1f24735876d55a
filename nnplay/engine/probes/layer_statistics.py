"""Weights, activations, gradients and updates of each layer, as distributions and as norms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import Activation
from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.experiment.stages import Stage, network_stages
from nnplay.link import Payload, frozen_array
from nnplay.link.frames import Floats

if TYPE_CHECKING:
    from torch import Tensor, nn

    from nnplay.engine.setup import Setup

MOST_SAMPLES = 256
FEWEST_SAMPLES = 32
MOST_PRODUCTS = 70_000_000
"""Of a network that multiplies more often in a forward pass of all samples, fewer are used."""
MOST_COUNTED = 8192
"""Numbers that a histogram counts: of more, a fixed random subset."""
BINS = 91
"""An odd number, so that 0 is in the middle of a bin."""
BIN_UNIT = 0.02
"""Bins are of nearly equal width in numbers below it, and in their logarithms above it."""
LARGEST = 200.0
"""The outermost bins hold everything beyond it too."""
SHARE_OF_TIME = 0.03
"""Share of the time that may go into this probe while the network trains."""
AMPLE = 4
"""With that many times the seconds that they take, statistics are renewed at once: a film that is
looked at needs those of each moment."""
FLAT = 0.05
"""A saturated activation has a slope below this share of its largest."""
_RECTIFIERS = ("ReLU", "ReLU6")


def on_scale(values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return numbers on the asinh scale of the histograms: -1 and 1 are the ends of its range."""
    scaled: npt.NDArray[Any] = np.arcsinh(np.asarray(values) / BIN_UNIT)
    return scaled / float(np.arcsinh(LARGEST / BIN_UNIT))


@dataclass(frozen=True)
class Distribution:
    """The distribution of many numbers."""

    shares: Floats
    """(BINS,): the share of the numbers in each bin; the bins divide `on_scale` evenly."""
    zeros: float
    """The share of the numbers that are exactly 0."""
    mean: float
    std: float


@dataclass(frozen=True)
class LayerFigures:
    """One layer with a matrix, kernels or a table, at one step."""

    layer: int
    """Its position in the network."""
    kind: str
    """Its key, such as "Dense"."""
    name: str
    """That the user gave it."""
    activation: str
    """Key of the activation that follows it, such as "ReLU"; "" without one."""
    frozen: bool
    weights: Distribution
    """Without biases."""
    activations: Distribution
    """What it passes on after its activation; without one, its own outputs."""
    dead: float | None
    """The share of its ReLUs that are 0 for all samples and places; None without ReLUs."""
    saturated: float | None
    """The share of its units that are near a bound of Sigmoid or Tanh for more than half of the
    samples and places; None for other activations."""
    gradient: float | None
    """Norm of the gradient of the loss with respect to its weights; None if it is frozen."""
    update: float | None
    """Mean change of its weights per step since the statistics before, as a share of their norm;
    None at the first ones."""


@dataclass(frozen=True)
class LayerStatistics(Payload):
    """All layers with weights, the first one first."""

    layers: tuple[LayerFigures, ...]
    step: int
    samples: int
    """Training samples that activations and gradients are of."""
    update_steps: int
    """Steps that the updates are the mean of; 0 at the first statistics."""


@probe(LayerStatistics)
class LayerStatisticsProbe(Probe[LayerStatistics]):
    """Passes a fixed set of training samples forwards and backwards, at intervals.

    The loss is that of the experiment, without its regularisation, and the network is in
    evaluation mode: no dropout, no augmentation, and normalisations use their running statistics.
    """

    def __init__(self, setup: Setup) -> None:
        import torch

        self._setup = setup
        network = setup.experiment.network
        stages = network_stages(setup.spec.in_shape, network)
        self._stages = tuple(stage for stage in stages if _has_weights(stage, setup))
        self._ends = {_end(stage, setup.experiment): stage for stage in self._stages}
        train = setup.tensors["train"]
        count = min(len(train), _affordable(setup))
        chosen = np.random.default_rng(0).permutation(len(train))[:count]
        index = torch.from_numpy(np.sort(chosen).astype(np.int64)).to(setup.device)
        self._x, self._y = train.inputs(index), train.y.index_select(0, index)
        self._statistics: LayerStatistics | None = None
        self._before: list[Tensor] = []
        self._step = self._seen = -1
        """The steps of the statistics, and of the last call of `advance`."""
        self._cost = self._not_before = 0.0

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return True: every network has weights and a loss."""
        return True

    def advance(self, seconds: float) -> bool:
        """Renew the statistics if it is time, or if the network is not being trained."""
        step, seen = self._setup.stepper.step, self._seen
        self._seen = step
        if step == self._step:
            return False
        is_due = step == seen or perf_counter() >= self._not_before
        if not is_due and seconds < AMPLE * self._cost:
            return False
        self._renew()
        return True

    def refine(self, seconds: float) -> None:
        """Renew the statistics for the last frame of a run."""
        if self._setup.stepper.step != self._step:
            self._renew()

    def take(self) -> LayerStatistics:
        """Return the newest statistics, which may be of an earlier step."""
        if self._statistics is None:
            self._renew()
        assert self._statistics is not None
        return self._statistics

    def _renew(self) -> None:
        begin = perf_counter()
        modules = [self._setup.stepper.model[_position(stage)] for stage in self._stages]
        weights = [_weights(module) for module in modules]
        outputs, gradients = self._passes(weights)
        step = self._setup.stepper.step
        steps = abs(step - self._step) if self._statistics is not None else 0
        flat = [_flat(ones) for ones in weights]
        before, self._before = self._before, [one.clone() for one in flat]
        self._statistics = LayerStatistics(
            tuple(
                self._figures(
                    stage, outputs[number], flat[number], gradients[number],
                    _update(flat[number], before[number], steps) if steps else None,
                )
                for number, stage in enumerate(self._stages)
            ), step, len(self._x), steps,
        )  # fmt: skip
        self._step = step
        end = perf_counter()
        self._cost = end - begin
        self._not_before = end + self._cost * (1 / SHARE_OF_TIME - 1)

    def _passes(self, weights: list[list[nn.Parameter]]) -> tuple[list[Tensor], list[float | None]]:
        """Return what each layer passes on, and the norm of its gradient."""
        import torch

        from nnplay.engine.evaluation.inference import evaluating

        model, x = self._setup.stepper.model, self._x
        outputs: list[Tensor] = []
        learning = [one for ones in weights for one in ones if one.requires_grad]
        # cuDNN has no backward pass for recurrent layers in evaluation mode.
        with evaluating(model), torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
            for position, module in enumerate(model):
                x = module(x)
                if position in self._ends:
                    outputs.append(x)
            loss = self._setup.loss_function(x, self._y)
            found = iter(torch.autograd.grad(loss, learning, allow_unused=True) if learning else ())
        norms: list[float | None] = []
        for ones in weights:
            taken = [next(found) for one in ones if one.requires_grad]
            # A layer that nothing flows back to has no gradient at all.
            parts = [one for one in taken if one is not None]
            norm = float(_flat(parts).norm()) if parts else 0.0
            norms.append(norm if taken else None)
        return outputs, norms

    def _figures(
        self,
        stage: Stage,
        outputs: Tensor,
        weights: Tensor,
        gradient: float | None,
        update: float | None,
    ) -> LayerFigures:
        activation = _activation(stage, self._setup.experiment)
        dead = saturated = None
        if activation in _RECTIFIERS:
            dead = float((_by_unit(outputs).amax(0) <= 0).double().mean())
        elif activation in ("Sigmoid", "Tanh"):
            saturated = _saturated(_by_unit(outputs), activation)
        return LayerFigures(
            _position(stage), stage.kind, stage.name, activation, stage.frozen,
            _distribution(weights), _distribution(outputs.detach().flatten()),
            dead, saturated, gradient, update,
        )  # fmt: skip


def _has_weights(stage: Stage, setup: Setup) -> bool:
    return stage.layer is not None and bool(_weights(setup.model[stage.layer]))


def _position(stage: Stage) -> int:
    assert stage.layer is not None
    return stage.layer


def _first_activation(stage: Stage, experiment: Experiment) -> int | None:
    network = experiment.network
    return next((at for at in stage.following if isinstance(network[at], Activation)), None)


def _activation(stage: Stage, experiment: Experiment) -> str:
    at = _first_activation(stage, experiment)
    return "" if at is None else experiment.network[at].key


def _end(stage: Stage, experiment: Experiment) -> int:
    """Return the position of the layer whose outputs are the activations of a stage."""
    at = _first_activation(stage, experiment)
    return _position(stage) if at is None else at


def _affordable(setup: Setup) -> int:
    """Return how many samples to pass, so that even a large network takes few milliseconds."""
    shape, products = setup.spec.in_shape, 0
    for layer in setup.experiment.network:
        out = layer.out_shape(shape)
        places = prod(out[1:]) if len(out) == 3 else shape[0] if len(shape) == 2 else 1
        products += places * sum(prod(one) for one in layer.weights(shape).values())
        shape = out
    return int(np.clip(MOST_PRODUCTS // max(1, products), FEWEST_SAMPLES, MOST_SAMPLES))


def _weights(module: nn.Module) -> list[nn.Parameter]:
    named = module.named_parameters()
    return [one for name, one in named if "bias" not in name.rpartition(".")[2]]


def _flat(tensors: list[Any]) -> Tensor:
    import torch

    parts = [one.detach().float().flatten() for one in tensors]
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _update(now: Tensor, before: Tensor, steps: int) -> float:
    size = float(now.norm())
    return float((now - before).norm()) / steps / size if size else 0.0


def _by_unit(outputs: Tensor) -> Tensor:
    """Return activations as (samples and places, units): channels are the units of an image."""
    x = outputs.detach()
    if x.ndim == 4:
        x = x.movedim(1, -1)
    return x.reshape(-1, x.shape[-1])


def _saturated(values: Tensor, activation: str) -> float:
    """Return the share of units (values, units) whose activation is mostly near a bound."""
    slope = 4 * values * (1 - values) if activation == "Sigmoid" else 1 - values.square()
    return float(((slope < FLAT).double().mean(0) > 0.5).double().mean())


@lru_cache(maxsize=64)
def _subset(size: int) -> npt.NDArray[np.int64]:
    # Not every n-th number, which would always belong to the same few units.
    return np.random.default_rng(0).integers(size, size=MOST_COUNTED)


def _distribution(values: Tensor) -> Distribution:
    """Return the distribution of numbers (n,)."""
    import torch

    values = values.float()
    mean = values.mean()
    # torch.std takes ten times as long.
    std = (values - mean).norm() / len(values) ** 0.5
    counted = values
    if len(values) > MOST_COUNTED:
        counted = values[torch.from_numpy(_subset(len(values))).to(values.device)]
    numbers = counted.cpu().numpy()
    numbers = numbers[np.isfinite(numbers)]
    bins = ((on_scale(numbers) + 1) * (BINS / 2)).astype(np.int64).clip(0, BINS - 1)
    shares = np.bincount(bins, minlength=BINS) / max(1, len(numbers))
    zeros = float(np.mean(numbers == 0)) if len(numbers) else 0.0
    return Distribution(frozen_array(shares.astype(np.float32)), zeros, float(mean), float(std))
