"""Frames for the views: made on demand, and within a fixed share of the processor time."""

from __future__ import annotations

from collections.abc import Mapping
from time import thread_time
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from nnplay.engine.probes.probe import Probe, possible_probes
from nnplay.engine.setup import Setup
from nnplay.engine.training.clock import Clock
from nnplay.link import Frame, Link, Payload, PayloadKind, Selection

FRAME_SHARE = 0.04
"""Share of a run's processor time that may go into frames; time spent waiting does not count."""
THROTTLED_SHARE = 0.5
"""Share of the time in which a run is slowed down on purpose that may go into frames."""
ADVANCE_SECONDS = 0.004
"""Per frame and probe, for work that is done in parts: many short parts follow a run better than a
few long ones."""
IDLE_ADVANCE_SECONDS = 0.03
REFINE_SECONDS = 0.4
"""At the end of a run, for each payload that is visible."""


class FrameMaker:
    """Takes the payloads that the mailbox asks for and puts them there as frames."""

    def __init__(self, run_id: int, setup: Setup, link: Link, clock: Clock) -> None:
        self._id = run_id
        self._setup = setup
        self._mailbox = link.mailbox
        self._clock = clock
        self._losses: npt.NDArray[np.float64] = np.empty(0)
        self._not_before = 0.0
        self._shown: tuple[int, frozenset[PayloadKind], Selection] | None = None
        self._possible = possible_probes(setup.experiment)
        self._probes: dict[PayloadKind, Probe[Payload]] = {}
        self._turn = 0
        self._loss_unit = setup.output.loss_unit
        self.steps = setup.steps
        """Steps of the whole run, which may be changed while it is in progress."""

    def forget_weights(self) -> None:
        """Ask everything again, as weights were changed without a step."""
        self._probes.clear()
        self._shown = None
        if self._setup.running_predictions is not None:
            self._setup.running_predictions.forget_weights()

    def record_losses(self, losses: npt.NDArray[np.float64]) -> None:
        """Keep the losses of the newest steps, for the loss that a frame shows."""
        if len(losses):
            self._losses = losses[-self._setup.batches.per_epoch :]

    @property
    def loss(self) -> float:
        """The mean loss of the newest steps, NaN before the first."""
        return float(self._losses.mean()) if len(self._losses) else float("nan")

    def add_idle_time(self, seconds: float) -> None:
        """Allow frames more time after a pause of the throttle, so that slow runs are shown too."""
        self._not_before -= seconds * THROTTLED_SHARE / FRAME_SHARE

    def make(
        self,
        lr: float,
        force: bool = False,
        everything: bool = False,
        seconds: float = ADVANCE_SECONDS,
    ) -> None:
        """Put a frame into the mailbox if it is empty and time allows, or in any case by `force`.

        `everything` takes all payloads that are possible, for the last frame of a run, and refines
        those in demand; otherwise each probe may work for some `seconds`.
        """
        now, selection = thread_time(), self._mailbox.selection
        if not force and (now < self._not_before or not self._mailbox.is_empty):
            return
        demand = self._mailbox.demand
        probes = self._requested(frozenset(self._possible) if everything else demand)
        if not force:
            probes = self._one_turn(probes)
        if everything:
            for probe in self._requested(demand):
                probe.refine(REFINE_SECONDS)
        else:
            for probe in probes:
                probe.advance(seconds)
        self._put(lr, probes)
        end = thread_time()
        self._not_before = end + (end - now) * (1 / FRAME_SHARE - 1)
        self._shown = (self._setup.stepper.step, demand, selection)

    def idle(self, lr: float, seconds: float = IDLE_ADVANCE_SECONDS) -> None:
        """While nothing trains: finish work that is done in parts, follow demand and selection."""
        demand, selection = self._mailbox.demand, self._mailbox.selection
        shown = (self._setup.stepper.step, demand, selection)
        probes = self._requested(demand)
        changed = self._shown != shown
        for probe in probes:
            changed |= probe.advance(min(seconds, IDLE_ADVANCE_SECONDS))
        if changed:
            self._put(lr, probes)
            self._shown = shown

    def _requested(self, demand: frozenset[PayloadKind]) -> list[Probe[Payload]]:
        """Return the probes of these payloads that are possible, to ask about what is selected.

        They are made on first use.
        """
        requested = [kind for kind in self._possible if kind in demand]
        for kind in requested:
            if kind not in self._probes:
                self._probes[kind] = self._possible[kind](self._setup)
            self._probes[kind].select(self._mailbox.selection)
        return [self._probes[kind] for kind in requested]

    def _one_turn(self, probes: list[Probe[Payload]]) -> list[Probe[Payload]]:
        """Return the cheap ones and, of the expensive ones, the one whose turn it is."""
        expensive = [probe for probe in probes if probe.cost == "high"]
        if len(expensive) < 2:
            return probes
        self._turn += 1
        chosen = expensive[self._turn % len(expensive)]
        return [probe for probe in probes if probe.cost == "low" or probe is chosen]

    def _put(self, lr: float, probes: list[Probe[Payload]]) -> None:
        taken = (probe.take() for probe in probes)
        payloads: Mapping[PayloadKind, Payload] = MappingProxyType(
            {type(payload): payload for payload in taken if payload is not None}
        )
        step = self._setup.stepper.step
        progress = self._clock.progress(step, self.steps, self._setup.batches.per_epoch)
        self._mailbox.put(Frame(self._id, step, progress, self.loss, lr, payloads, self._loss_unit))
