"""What a drawing of the network shows: its weights, and what each unit does with them."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.experiment.stages import Stage, network_stages
from nnplay.link import Payload, Selection, frozen_array
from nnplay.link.frames import Floats

if TYPE_CHECKING:
    from torch import Tensor

    from nnplay.engine.setup import Setup

MOST_SAMPLES = 256
"""Training samples that standard deviations and silent units are taken from."""
MOST_WEIGHTS = 16_384
"""Larger matrices are passed on as pictures only."""
PICTURE_SIDE = 64
MOST_TILES = 64
STATISTICS_SHARE = 0.05
"""Share of the time that may go into standard deviations while the network trains."""
_RECTIFIERS = ("ReLU", "ReLU6")


@dataclass(frozen=True)
class StageWeights:
    """A stage of the drawing at one step."""

    stage: Stage
    std: Floats
    """(units,): standard deviation of what each unit passes on, over samples and places."""
    dead: npt.NDArray[np.bool_]
    """(units,): whether its ReLU is 0 for all samples and places."""
    activation: Floats | None = None
    """(units,): what it passes on of the selected sample, the mean over places."""
    weights: Floats | None = None
    """(units, sources): from the units of the stage before; None if there are too many."""
    bias: Floats | None = None
    """(units,)."""
    picture: Floats | None = None
    """(up to 64, up to 64): the matrix, the largest magnitude of each block of it."""
    tiles: Floats | None = None
    """(n, height, width): the weights of the first units as images, where they are."""
    scale: float = 0.0
    """95 % of the weights have at most this magnitude."""
    connections: int = 0
    """The number of weights that lead to its units."""


@dataclass(frozen=True)
class NetworkWeights(Payload):
    """All stages of a network, the inputs first."""

    stages: tuple[StageWeights, ...]
    sample: Floats | None
    """The selected sample as the network receives it, of the shape of one sample; None without."""
    predicted: Floats | None
    """Of the selected sample: (classes,) or (labels,) probabilities, or (outputs,) values in the
    units of the data."""
    loss: float | None = None
    """Mean over some training samples, without penalties."""
    samples: int = 0
    """The number of training samples that statistics and loss are taken from."""


@dataclass(frozen=True)
class _Statistics:
    std: tuple[Floats, ...]
    dead: tuple[npt.NDArray[np.bool_], ...]
    loss: float


@probe(NetworkWeights)
class NetworkWeightsProbe(Probe[NetworkWeights]):
    """Reads the weights, and passes a fixed set of training samples through the network.

    The samples are passed at intervals while the network trains, the selected one for each frame.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        count = len(setup.parts.train)
        chosen = np.random.default_rng(0).permutation(count)[:MOST_SAMPLES]
        index = _index(np.sort(chosen), setup)
        self._samples = setup.tensors["train"].inputs(index)
        self._targets = setup.tensors["train"].y[index]
        self._shown = setup.tensors[setup.evaluated_part]
        self._index = 0
        self._stages = network_stages(setup.spec.in_shape, setup.experiment.network)
        self._statistics: _Statistics | None = None
        self._renewed = self._seen = (-1, -1)
        """The moments of the statistics, and of the last call of `advance`."""
        self._cost = self._not_before = 0.0

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return True: every network can be drawn."""
        return True

    def select(self, selection: Selection) -> None:
        """Pass the selected sample through the network."""
        self._index = selection.sample

    def advance(self, seconds: float) -> bool:
        """Renew the statistics if it is time, or if the network is not being trained."""
        now, before = self._moment(), self._seen
        self._seen = now
        if now == self._renewed:
            return False
        if now != before and perf_counter() < self._not_before and self._cost > seconds:
            return False
        self._renew()
        return True

    def refine(self, seconds: float) -> None:
        """Renew the statistics for the last frame of a run."""
        self._renew()

    def take(self) -> NetworkWeights:
        """Return the network at the current step."""
        if self._statistics is None:
            self._renew()
        assert self._statistics is not None
        sample = self._sample()
        passed = None if sample is None else self._pass(sample)
        stages = []
        for number, stage in enumerate(self._stages):
            activation = None
            if passed is not None:
                activation = _by_unit(passed[number], stage).mean((0, 2))
            std, dead = self._statistics.std[number], self._statistics.dead[number]
            stages.append(self._stage(number, std, dead, activation))
        predicted = None
        if passed is not None:
            output = self._setup.output
            last = passed[-1]
            found = (
                output.values(last)[0]
                if output.form == "values"
                else output.probabilities(last)[0].cpu().numpy()
            )
            predicted = frozen_array(found.astype(np.float32))
        shown = None if sample is None else frozen_array(sample[0].cpu().numpy())
        loss, count = self._statistics.loss, len(self._samples)
        return NetworkWeights(tuple(stages), shown, predicted, loss, count)

    def _sample(self) -> Tensor | None:
        if not 0 <= self._index < len(self._shown):
            return None
        return self._shown.inputs(slice(self._index, self._index + 1))

    def _renew(self) -> None:
        begin = perf_counter()
        silent: dict[int, npt.NDArray[np.bool_]] = {}
        passed = self._pass(self._samples, silent)
        std, dead = [], []
        for number, stage in enumerate(self._stages):
            units = _by_unit(passed[number], stage)
            # Of a run that diverges, outputs may be as large as float32 can hold, or infinite.
            with np.errstate(over="ignore", invalid="ignore"):
                deviation = units.std((0, 2), dtype=np.float64).astype(np.float32)
            std.append(frozen_array(deviation))
            dead.append(frozen_array(silent.get(number, np.zeros(stage.units, bool))))
        loss = float(self._setup.loss_function(passed[-1], self._targets))
        self._statistics = _Statistics(tuple(std), tuple(dead), loss)
        self._renewed = self._moment()
        end = perf_counter()
        self._cost = end - begin
        self._not_before = end + self._cost / STATISTICS_SHARE

    def _moment(self) -> tuple[int, int]:
        """Return what tells two states of the weights apart.

        A film has other weights at the same step if a run went back to its best ones.
        """
        stepper = self._setup.stepper
        return stepper.step, sum(weight._version for weight in stepper.model.parameters())

    def _pass(
        self, x: Tensor, silent: dict[int, npt.NDArray[np.bool_]] | None = None
    ) -> list[Tensor]:
        """Return what each stage passes on of samples (n, *in_shape), in evaluation mode.

        `silent` is filled in with the units of a stage whose ReLU is 0 everywhere.
        """
        from nnplay.engine.evaluation.inference import evaluating

        network = self._setup.experiment.network
        model = self._setup.stepper.model
        found = []
        with evaluating(model):
            for number, stage in enumerate(self._stages):
                if stage.layer is None:
                    found.append(x)
                positions = (
                    (*stage.following,) if stage.layer is None else (stage.layer, *stage.following)
                )
                for position in positions:
                    x = model[position](x)
                    if silent is not None and network[position].key in _RECTIFIERS:
                        units = _by_unit(x, stage)
                        silent[number] = units.max((0, 2)) <= 0
                if stage.layer is not None:
                    found.append(x)
        return found

    def _stage(
        self,
        number: int,
        std: Floats,
        dead: npt.NDArray[np.bool_],
        activation: Floats | None,
    ) -> StageWeights:
        from nnplay.engine.model.layer_matrix import (
            downsampled,
            layer_matrix,
            per_source,
            tiles_of,
        )

        stage = self._stages[number]
        shown = None if activation is None else frozen_array(activation)
        matrix = None
        if stage.layer is not None:
            matrix = layer_matrix(self._setup.stepper.model[stage.layer])
        if matrix is None:
            return StageWeights(stage, std, dead, shown)
        weights = matrix.weights.detach().cpu().numpy()
        earlier = self._stages[number - 1]
        sources = per_source(weights, earlier.shape)
        plain = weights.reshape(len(weights), -1) if sources is None else sources
        is_large = plain.size > MOST_WEIGHTS
        tiles = tiles_of(weights, earlier.shape if number == 1 else (), MOST_TILES)
        bias = matrix.bias
        return StageWeights(
            stage, std, dead, shown,
            None if is_large or sources is None else frozen_array(sources),
            None if bias is None else frozen_array(bias.detach().cpu().numpy()),
            frozen_array(downsampled(plain, PICTURE_SIDE)),
            None if tiles is None else frozen_array(tiles),
            float(np.quantile(np.abs(plain[:: max(1, len(plain) // 64)]), 0.95)),
            weights.size,
        )  # fmt: skip


def _index(chosen: npt.NDArray[Any], setup: Setup) -> Tensor:
    import torch

    return torch.from_numpy(chosen.astype(np.int64)).to(setup.device)


def _by_unit(x: Tensor, stage: Stage) -> Floats:
    """Return what a stage passes on, flattened or not, as (samples, units, places)."""
    values: Floats = x.detach().float().cpu().numpy()
    if values.size == len(values) * int(np.prod(stage.shape)):
        values = values.reshape(len(values), *stage.shape)
    if values.ndim == 2:
        return values[:, :, np.newaxis]
    if values.ndim == 3:
        return values.transpose(0, 2, 1)
    return values.reshape(len(values), values.shape[1], -1)
