"""The registry of probes: a class decorated with `@probe` is all that a new one takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeVar

import nnplay.engine.probes
from nnplay.experiment import Experiment
from nnplay.link import Payload, Selection

if TYPE_CHECKING:
    from nnplay.engine.setup import Setup

Cost = Literal["low", "high"]
"""low: a few milliseconds, so it is part of every frame that wants it; high: such probes take
turns, one a frame, so that several of them do not slow the cheap ones down."""
P_co = TypeVar("P_co", bound=Payload, covariant=True)
AnyProbe = TypeVar("AnyProbe", bound="type[Probe[Payload]]")


class Probe(ABC, Generic[P_co]):
    """One question to the network of one run.

    It must leave the training alone: weights, gradients, the mode of every module and the state of
    all random number generators are the same after `advance` and `take` as before.
    """

    payload: ClassVar[type[Payload]]
    cost: ClassVar[Cost]

    @abstractmethod
    def __init__(self, setup: Setup) -> None:
        """Choose the samples to ask about, once a run, when a view first wants the payload."""

    @staticmethod
    @abstractmethod
    def is_possible(experiment: Experiment) -> bool:
        """Return whether the question makes sense for such an experiment."""

    def select(self, selection: Selection) -> None:
        """Ask about what the user has selected; called before each of the others."""

    def advance(self, seconds: float) -> bool:
        """Do a part of the work for about that long; return whether anything changed.

        For payloads too expensive to compute at once; the default has nothing to do.
        """
        return False

    def refine(self, seconds: float) -> None:
        """Prepare the last payload of a run, which no `advance` follows, for about that long."""

    @abstractmethod
    def take(self) -> P_co | None:
        """Return the payload at the current step, None where the data of this run have none."""


_registry: dict[type[Payload], type[Probe[Payload]]] = {}


def probe(payload: type[Payload], *, cost: Cost = "low") -> Callable[[AnyProbe], AnyProbe]:
    """Register the decorated class as the probe that gives `payload`; ValueError for a second."""

    def register(kind: AnyProbe) -> AnyProbe:
        if payload in _registry:
            raise ValueError(f"{payload.__name__} already comes from {_registry[payload].__name__}")
        kind.payload, kind.cost = payload, cost
        _registry[payload] = kind
        return kind

    return register


def probes() -> dict[type[Payload], type[Probe[Payload]]]:
    """Return all probes by their payloads."""
    _import_all()
    return dict(_registry)


def possible_probes(experiment: Experiment) -> dict[type[Payload], type[Probe[Payload]]]:
    """Return the probes that make sense for an experiment, by their payloads."""
    return {payload: kind for payload, kind in probes().items() if kind.is_possible(experiment)}


@cache
def _import_all() -> None:
    for module in iter_modules(nnplay.engine.probes.__path__):
        import_module(f"nnplay.engine.probes.{module.name}")
