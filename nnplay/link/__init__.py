"""What two threads share, and nothing else: commands, frames, rows and events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from nnplay.link.continuation import (
    Continuation,
    DivergedStep,
    LiveEdit,
    parsed_weight_path,
    weight_path,
)
from nnplay.link.control import Allowance, Control, Edit
from nnplay.link.environment import Environment
from nnplay.link.events import (
    Closed,
    Evaluating,
    Event,
    Failed,
    Finished,
    Paused,
    RegressionMetrics,
    RegressionPredictions,
    Result,
    Resumed,
    Scores,
    Started,
    WarmingUp,
)
from nnplay.link.film import Film, FilmLayout, WeightFrame, film_steps, rounded
from nnplay.link.frame_history import FrameHistory
from nnplay.link.frames import (
    ClassPredictions,
    Frame,
    LabelPredictions,
    Part,
    Payload,
    PayloadKind,
    Progress,
    frozen_array,
)
from nnplay.link.input_columns import InputColumn, InputColumns
from nnplay.link.mailbox import Mailbox
from nnplay.link.rates import (
    RateResult,
    RatesResult,
    learning_rate_curves,
)
from nnplay.link.resume_point import ResumePoint, ResumePoints
from nnplay.link.run_memory import RunMemory
from nnplay.link.seeds import Band, SeedResult, SeedsResult, band_of
from nnplay.link.selection import Area, Selection
from nnplay.link.trace import EPOCH_COLUMNS, STEP_COLUMNS, Trace
from nnplay.link.trained import Trained


class Recording(Protocol):
    """What was recorded of a run, by its link or afterwards."""

    @property
    def steps(self) -> Trace:
        """A row for each step."""

    @property
    def epochs(self) -> Trace:
        """A row for each epoch."""

    @property
    def film(self) -> Film:
        """Its weights at many steps."""

    @property
    def points(self) -> ResumePoints:
        """Where it can be continued."""


@dataclass(frozen=True)
class Link:
    """Connects a trainer with whoever controls and watches it."""

    announce: Callable[[Event], None]
    mailbox: Mailbox = field(default_factory=Mailbox)
    control: Control = field(default_factory=Control)
    steps: Trace = field(default_factory=lambda: Trace(STEP_COLUMNS))
    epochs: Trace = field(default_factory=lambda: Trace(EPOCH_COLUMNS))
    film: Film = field(default_factory=Film)
    points: ResumePoints = field(default_factory=ResumePoints)
    edits: list[LiveEdit] = field(default_factory=list)
    """What was changed during the run; only the trainer appends."""
    diverged: list[DivergedStep] = field(default_factory=list)
    """Where the run diverged; only the trainer appends."""

    @staticmethod
    def within(
        memory: RunMemory, announce: Callable[[Event], None], control: Control | None = None
    ) -> Link:
        """Return a link whose recording takes no more than some memory."""
        film, points = Film(limit=memory.film_bytes), ResumePoints(memory.point_bytes)
        return Link(announce, control=control or Control(), film=film, points=points)

    def begin(self, earlier: Recording, step: int) -> None:
        """Take over what an earlier run recorded up to a step, in order to continue from there."""
        for own, other in ((self.steps, earlier.steps), (self.epochs, earlier.epochs)):
            own.begin(other, step)
        self.film.begin(earlier.film, step)
        self.points.begin(earlier.points, step)


__all__ = [
    "EPOCH_COLUMNS",
    "STEP_COLUMNS",
    "Allowance",
    "Area",
    "Band",
    "ClassPredictions",
    "Closed",
    "Continuation",
    "Control",
    "DivergedStep",
    "Edit",
    "Environment",
    "Evaluating",
    "Event",
    "Failed",
    "Film",
    "FilmLayout",
    "Finished",
    "Frame",
    "FrameHistory",
    "InputColumn",
    "InputColumns",
    "LabelPredictions",
    "Link",
    "LiveEdit",
    "Mailbox",
    "Part",
    "Paused",
    "Payload",
    "PayloadKind",
    "Progress",
    "RateResult",
    "RatesResult",
    "Recording",
    "RegressionMetrics",
    "RegressionPredictions",
    "Result",
    "ResumePoint",
    "ResumePoints",
    "Resumed",
    "RunMemory",
    "Scores",
    "SeedResult",
    "SeedsResult",
    "Selection",
    "Started",
    "Trace",
    "Trained",
    "WarmingUp",
    "WeightFrame",
    "band_of",
    "film_steps",
    "frozen_array",
    "learning_rate_curves",
    "parsed_weight_path",
    "rounded",
    "weight_path",
]
