"""What two threads share, and nothing else: commands, frames, rows and events."""

from collections.abc import Callable
from dataclasses import dataclass, field

from nnplay.link.control import Allowance, Control, Edit
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
from nnplay.link.mailbox import Mailbox
from nnplay.link.rates import (
    RateResult,
    RatesResult,
    learning_rate_curves,
)
from nnplay.link.selection import Selection
from nnplay.link.trace import EPOCH_COLUMNS, STEP_COLUMNS, Trace


@dataclass(frozen=True)
class Link:
    """Connects a trainer with whoever controls and watches it."""

    announce: Callable[[Event], None]
    mailbox: Mailbox = field(default_factory=Mailbox)
    control: Control = field(default_factory=Control)
    steps: Trace = field(default_factory=lambda: Trace(STEP_COLUMNS))
    epochs: Trace = field(default_factory=lambda: Trace(EPOCH_COLUMNS))


__all__ = [
    "EPOCH_COLUMNS",
    "STEP_COLUMNS",
    "Allowance",
    "ClassPredictions",
    "Closed",
    "Control",
    "Edit",
    "Evaluating",
    "Event",
    "Failed",
    "Finished",
    "Frame",
    "FrameHistory",
    "LabelPredictions",
    "Link",
    "Mailbox",
    "Part",
    "Paused",
    "Payload",
    "PayloadKind",
    "Progress",
    "RateResult",
    "RatesResult",
    "RegressionMetrics",
    "RegressionPredictions",
    "Result",
    "Resumed",
    "Scores",
    "Selection",
    "Started",
    "Trace",
    "WarmingUp",
    "frozen_array",
    "learning_rate_curves",
]
