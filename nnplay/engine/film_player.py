"""What the views show of a network at any moment of its film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from nnplay.engine.frames import FrameMaker
from nnplay.engine.model.own_random import OwnRandom
from nnplay.engine.prepare import prepare
from nnplay.engine.run_request import RunRequest
from nnplay.engine.training.clock import Clock
from nnplay.engine.training.warm_up import Poll
from nnplay.experiment import Experiment
from nnplay.link import FilmLayout, Frame, Link, PayloadKind, Selection, WeightFrame
from nnplay.translation import _

ADVANCE_SECONDS = 0.02
"""For payloads that are computed in parts: of a large network, a subset is shown while the film
plays."""
STILL_SECONDS = 0.5
"""The same for a film that stands still, and for the untrained network."""


class FilmPlayer:
    """A network on the CPU, with its data, whose weights are those of one frame after another.

    One thread is enough, as it must not slow down a training beside it.
    """

    def __init__(self, experiment: Experiment, poll: Poll) -> None:
        """Load the data and build the network; raises what `prepare` raises.

        `poll` is called at intervals and may raise to cancel.
        """
        self.experiment = experiment
        # Eager steps leave the parameters where they are, and nothing has to be compiled.
        plain = replace(experiment, device="cpu", stepper="eager", precision="float32")
        random = OwnRandom()
        with random:
            self._setup = prepare(RunRequest(0, plain, threads=1), poll, random)
        self._link = Link(announce=lambda event: None)
        self._clock = Clock()
        self._maker = FrameMaker(0, self._setup, self._link, self._clock)
        self._shown: WeightFrame | None = None

    def frame(
        self,
        layout: FilmLayout,
        weights: WeightFrame,
        demand: frozenset[PayloadKind],
        selection: Selection,
        seconds: float,
    ) -> Frame:
        """Return the views' payloads of the network with some weights; its run id is 0.

        Each payload that is computed in parts may take about that many `seconds`.
        """
        if weights is not self._shown:
            self._put(layout.weights(weights), weights.step)
            self._shown = weights
        frame = self.untrained(demand, selection, seconds)
        progress = replace(frame.progress, seconds=weights.seconds)
        return replace(frame, loss=weights.loss, lr=weights.lr, progress=progress)

    def untrained(
        self, demand: frozenset[PayloadKind], selection: Selection, seconds: float
    ) -> Frame:
        """Return the payloads of the network as it is, at first with its initial weights."""
        mailbox = self._link.mailbox
        mailbox.demand, mailbox.selection = demand, selection
        self._maker.make(self.experiment.optimizer.lr, force=True, seconds=seconds)
        frame = mailbox.take()
        assert frame is not None
        return frame

    def _put(self, weights: Mapping[str, npt.NDArray[Any]], step: int) -> None:
        setup = self._setup
        state = setup.model.state_dict()
        shapes = {n: tuple(one.shape) for n, one in state.items() if one.is_floating_point()}
        if shapes != {name: array.shape for name, array in weights.items()}:
            # As in a file that was not written by nnplay.
            raise ValueError(_("its weights do not fit the network of its experiment."))
        tensors = {name: torch.from_numpy(np.ascontiguousarray(w)) for name, w in weights.items()}
        # Counters are not filmed, as no prediction depends on them.
        setup.model.load_state_dict(tensors, strict=False)
        setup.stepper.step = step
        if setup.running_predictions is not None:
            setup.running_predictions.forget_weights()
