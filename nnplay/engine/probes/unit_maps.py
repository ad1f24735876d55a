"""What every unit of a network with two inputs passes on, over the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnplay.engine.probes.decision import MAP_MARGIN
from nnplay.engine.probes.probe import Probe, probe
from nnplay.experiment import Experiment
from nnplay.experiment.stages import network_stages
from nnplay.link import Payload, frozen_array
from nnplay.link.frames import Floats

if TYPE_CHECKING:
    from nnplay.engine.setup import Setup

SIDE = 24
"""Rows and columns of a map."""
MOST_UNITS = 64
"""Units of a stage that have maps; more would be too small to see."""


@dataclass(frozen=True)
class UnitMaps(Payload):
    """Maps of the units of each stage of the drawing, the inputs first.

    They cover the range of the training inputs with a tenth of it on each side.
    """

    maps: tuple[Floats | None, ...]
    """(units, rows, columns) in the units of the network, row 0 at the lowest y; None for a stage
    with too many units, or whose units have no single value for a point."""


@probe(UnitMaps)
class UnitMapsProbe(Probe[UnitMaps]):
    """Passes a coarse grid through the network, stage by stage."""

    def __init__(self, setup: Setup) -> None:
        import torch

        self._setup = setup
        self._stages = network_stages(setup.spec.in_shape, setup.experiment.network)
        x = setup.parts.train.x
        low, high = x.min(0), x.max(0)
        margin = np.maximum((high - low) * MAP_MARGIN, 1e-3)
        across, up = np.linspace(low - margin, high + margin, SIDE, dtype=np.float32).T
        points = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
        self._inputs = torch.from_numpy(points).to(setup.device)

    @staticmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the inputs are points of the plane."""
        return experiment.data.spec().is_plane

    def take(self) -> UnitMaps:
        """Return the maps at the current step."""
        from nnplay.engine.evaluation.inference import evaluating

        model, x = self._setup.stepper.model, self._inputs
        maps: list[Floats | None] = []
        position = 0
        with evaluating(model):
            for stage in self._stages:
                end = position if stage.last is None else stage.last + 1
                for layer in list(model)[position:end]:
                    x = layer(x)
                position = end
                if len(stage.shape) == 1 and stage.units <= MOST_UNITS:
                    values = x.detach().float().cpu().numpy()
                    maps.append(frozen_array(values.T.reshape(-1, SIDE, SIDE)))
                else:
                    maps.append(None)
        return UnitMaps(tuple(maps))
