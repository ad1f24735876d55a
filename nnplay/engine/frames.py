"""Frames for the views: made only when wanted, and never for more than a share of the time."""

from __future__ import annotations

from collections.abc import Mapping
from time import thread_time
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from nnplay.engine.evaluation.forecast import forecast
from nnplay.engine.evaluation.probes import Plane, decision_map, fit_curve, plane_around
from nnplay.engine.setup import Setup
from nnplay.engine.training.clock import Clock
from nnplay.link import Frame, Link, Payload, PayloadName

FRAME_SHARE = 0.04
"""Share of a run's work that may go into frames, in time of the processor: waiting is no work."""
HELD_BACK_SHARE = 0.5
"""Share of the time in which a run is held back that may go into frames."""
BOARD_SECONDS = 0.004
"""Of a frame's time, for asking samples again: many short rounds follow a run better than few."""
IDLE_REFRESH_SECONDS = 0.03


class FrameMaker:
    """Answers the mailbox's demand with what the network shows at that moment."""

    def __init__(self, run_id: int, setup: Setup, link: Link, clock: Clock) -> None:
        self._id = run_id
        self._setup = setup
        self._mailbox = link.mailbox
        self._clock = clock
        self._losses: npt.NDArray[np.float64] = np.empty(0)
        self._not_before = 0.0
        self._shown: tuple[int, frozenset[PayloadName]] | None = None
        self._plane: Plane | None = None

    def saw(self, losses: npt.NDArray[np.float64]) -> None:
        """Take in the losses of steps just taken."""
        if len(losses):
            self._losses = losses[-self._setup.batches.per_epoch :]

    def rested(self, seconds: float) -> None:
        """Take in that the run was held back so long, without which slow runs would show late."""
        self._not_before -= seconds * HELD_BACK_SHARE / FRAME_SHARE

    def make(self, lr: float, force: bool = False, everything: bool = False) -> None:
        """Put a frame into the mailbox if it is wanted and time allows, or by `force`."""
        now = thread_time()
        if not force and (now < self._not_before or not self._mailbox.is_empty):
            return
        demand = self._mailbox.demand
        step = self._setup.stepper.step
        running_predictions = self._setup.running_predictions
        if running_predictions is not None and "outcomes" in demand and not everything:
            running_predictions.refresh(self._setup.model, step, BOARD_SECONDS)
        self._put(lr, self._payloads(self._possible() if everything else demand))
        end = thread_time()
        self._not_before = end + (end - now) * (1 / FRAME_SHARE - 1)
        self._shown = (step, demand)

    def idle(self, lr: float, seconds: float = IDLE_REFRESH_SECONDS) -> None:
        """While nothing trains: bring the outcomes up to date and follow a change of demand."""
        demand = self._mailbox.demand
        step = self._setup.stepper.step
        running_predictions = self._setup.running_predictions
        changed = self._shown != (step, demand)
        if running_predictions is not None and "outcomes" in demand:
            changed |= running_predictions.refresh(
                self._setup.model, step, min(seconds, IDLE_REFRESH_SECONDS)
            )
        if changed:
            self._put(lr, self._payloads(demand))
            self._shown = (step, demand)

    def _possible(self) -> frozenset[PayloadName]:
        spec = self._setup.spec
        names: set[PayloadName] = set()
        if spec.task == "regression" and spec.in_shape == (1,) and spec.outputs == 1:
            names.add("fit")
        if spec.is_plane:
            names.add("decision")
        if spec.can_be_right:
            names.add("outcomes")
        if self._setup.tail is not None:
            names.add("forecast")
        return frozenset(names)

    def _payloads(self, names: frozenset[PayloadName]) -> Mapping[PayloadName, Payload]:
        setup, scaling = self._setup, self._setup.parts.scaling
        wanted = names & self._possible()
        payloads: dict[PayloadName, Payload] = {}
        if "fit" in wanted:
            payloads["fit"] = fit_curve(setup.stepper, setup.parts.train, scaling)
        if "decision" in wanted:
            if self._plane is None:
                self._plane = plane_around(setup.parts.train, setup.device, scaling)
            payloads["decision"] = decision_map(setup.stepper, self._plane, setup.target_form)
        if "outcomes" in wanted and setup.running_predictions is not None:
            payloads["outcomes"] = setup.running_predictions.payload(setup.stepper.step)
        if "forecast" in wanted and setup.tail is not None:
            steps = setup.spec.in_shape[0]
            payloads["forecast"] = forecast(setup.model, setup.tail, steps, scaling)
        return MappingProxyType(payloads)

    def _put(self, lr: float, payloads: Mapping[PayloadName, Payload]) -> None:
        step = self._setup.stepper.step
        progress = self._clock.progress(step, self._setup.steps, self._setup.batches.per_epoch)
        loss = float(self._losses.mean()) if len(self._losses) else float("nan")
        self._mailbox.put(Frame(self._id, step, progress, loss, lr, payloads))
