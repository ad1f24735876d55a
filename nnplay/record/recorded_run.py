"""A run as a value: what was trained, how it went, and all that is needed to look back or go on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nnplay.experiment import Experiment
from nnplay.link import (
    DivergedStep,
    Environment,
    Film,
    LiveEdit,
    Result,
    ResumePoints,
    Started,
    Trace,
)


@dataclass(frozen=True)
class Parent:
    """The run that another one continues, and after which step."""

    id: str
    number: int
    step: int


@dataclass(frozen=True)
class RecordedRun:
    """A run that has ended, or its state so far; nothing changes its traces and its film."""

    id: str
    """Unique among all runs of all users."""
    number: int
    """Unique among the runs of a document, counted from 1."""
    experiment: Experiment
    """As it was when the run started; `edits` are later changes."""
    steps: Trace
    epochs: Trace
    film: Film
    points: ResumePoints
    edits: tuple[LiveEdit, ...] = ()
    started: Started | None = None
    """How it was computed; None if it has not begun."""
    result: Result | None = None
    """None if it was ended without an evaluation."""
    parent: Parent | None = None
    name: str = ""
    """Given by the user."""
    note: str = ""
    is_pinned: bool = False
    diverged: tuple[DivergedStep, ...] = ()

    @property
    def seconds(self) -> float:
        """Time spent training."""
        newest = self.points.newest
        return 0.0 if newest is None else newest.seconds

    @property
    def environment(self) -> Environment:
        """The versions and the machine that it was trained with, as far as they are known."""
        return Environment() if self.started is None else self.started.environment

    @property
    def last_step(self) -> int:
        """The step of its newest weights that training can continue from."""
        newest = self.points.newest
        return 0 if newest is None else newest.step

    @property
    def edited(self) -> Experiment:
        """The experiment with the changes made during the run."""
        return with_edits(self.experiment, self.edits)

    @property
    def size(self) -> int:
        """The memory that it takes, in bytes; about."""
        film = sum(frame.numbers.nbytes for frame in self.film.frames)
        rows = self.steps.read().nbytes + self.epochs.read().nbytes
        weights = 0
        if self.result is not None:
            weights = sum(array.nbytes for array in self.result.weights.values())
        return film + rows + weights + sum(point.size for point in self.points.all)


def with_edits(experiment: Experiment, edits: tuple[LiveEdit, ...]) -> Experiment:
    """Return an experiment with changes that were made while a run of it was in progress."""
    for edit in edits:
        part, _dot, name = edit.path.partition(".")
        if part == "epochs":
            experiment = replace(experiment, epochs=int(edit.value))
        elif part == "optimizer":
            optimizer = experiment.optimizer.changed(**{name: edit.value})
            experiment = replace(experiment, optimizer=optimizer)
    return experiment
