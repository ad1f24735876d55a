"""The picture of a schedule: the rate planned for each epoch, and the rate that the run has."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import Constant
from nnplay.experiment import Experiment
from nnplay.experiment.sizes import ticks_per_epoch
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.views.plots.small_plot import Floats, Line, Scale, SmallPlot
from nnplay.link import Trace
from nnplay.translation import _

MOST_POINTS = 400
"""Epochs, or steps, that are asked for their rate; more would not be told apart."""
LOW = 0.05
"""A rate below this share of the highest one cannot be read on a linear axis."""


class SchedulePlot(QWidget):
    """Shows plan and run above each other; hidden where the rate stays what it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: tuple[object, ...] = ()
        self._planned = (np.empty(0), np.empty(0))
        self._epochs = 1
        self.plot = _LazyPlot(self)
        self.words = hint_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.plot)
        layout.addWidget(self.words)

    def show_experiment(self, experiment: Experiment) -> None:
        """Draw what the schedule of an experiment plans."""
        schedule, rate, epochs = experiment.schedule, experiment.optimizer.lr, experiment.epochs
        ticks = ticks_per_epoch(experiment)
        plan = (schedule, rate, epochs, ticks, experiment.policy.watch)
        if plan == self._plan:
            return
        self._plan, self._epochs = plan, epochs
        is_plain = isinstance(schedule, Constant) and not schedule.warmup
        self.setHidden(is_plain)
        if is_plain:
            return
        course, count = schedule.stretched(ticks), epochs * ticks
        asked = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round())
        rates = np.array([rate * course.factor(int(tick), count) for tick in asked])
        self._planned = stairs(asked / ticks, rates, float(epochs))
        words = _("Drops once the {figure} stops getting better: the run will tell when.")
        self.words.setText(words.format(figure=_(experiment.policy.figure.name)))
        self.words.setVisible(schedule.listens)
        self.redraw()

    def show_rates(self, steps: Trace | None) -> None:
        """Draw the rate of a run beside the plan, as far as it has come; None for no run."""
        self.plot.follow(steps)

    def redraw(self) -> None:
        """Put plan and run into the plot."""
        lines = [Line(_("planned"), *self._planned, "muted", dashed=True)]
        x, y = self.plot.run.line()
        marker = None
        if len(x):
            lines.append(Line(_("this run"), x, y, "accent"))
            marker = float(x[-1])
        positive = [line.y[line.y > 0] for line in lines]
        low, high = 0.0, max((float(y.max()) for y in positive if len(y)), default=1.0)
        # Where a good part of a line would lie on the ground. A low end, as of a cosine, stays.
        log = any(np.count_nonzero(y < LOW * high) > len(y) / 4 for y in positive)
        if log:
            low = min(float(y.min()) for y in positive if len(y)) / 1.5
        end = max(float(self._epochs), marker or 0.0)
        scale = Scale((0.0, end), (low, high * (1.5 if log else 1.08)), log)
        self.plot.show_lines(lines, scale, marker)
        text = _("Learning rate: planned from {first:.3g} to {last:.3g} over {epochs} epochs.")
        first, last = (float(self._planned[1][at]) for at in (0, -1))
        said = text.format(first=first, last=last, epochs=self._epochs)
        if marker is not None:
            now = _("Now {rate:.3g} in epoch {epoch:.2f}.")
            said += " " + now.format(rate=float(y[-1]), epoch=marker)
        self.plot.setAccessibleName(said)


class _LazyPlot(SmallPlot):
    """Reads the rates of a run when it is painted, so that it costs nothing where nobody looks."""

    def __init__(self, owner: SchedulePlot) -> None:
        super().__init__(_("epoch"), height=112)
        self._owner = owner
        self.run = RunRates()
        self._stale = False

    def follow(self, steps: Trace | None) -> None:
        """Draw the rates of another run, or more of the same."""
        if self.run.follow(steps):
            self._stale = True
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Take in what has come, and draw."""
        if self._stale:
            self._stale = False
            self.run.read()
            self._owner.redraw()
        super().paintEvent(event)


class RunRates:
    """The rate of a run over its epochs, kept as the few places where it changes."""

    def __init__(self) -> None:
        self._steps: Trace | None = None
        self._read = 0
        self._since: list[float] = []
        self._rates: list[float] = []
        self._end = 0.0

    def follow(self, steps: Trace | None) -> bool:
        """Take another trace, or the same; say whether there is something new to read."""
        changed = steps is not self._steps
        if changed:
            self._forget()
            self._steps = steps
        return changed or (steps is not None and len(steps) > self._read)

    def read(self) -> bool:
        """Read the rows that have come; say whether there were any."""
        rows = None if self._steps is None else self._steps.read(self._read)
        if self._steps is None or rows is None or not len(rows):
            return False
        epoch, lr = (rows[:, self._steps.columns.index(name)] for name in ("epoch", "lr"))
        before = self._rates[-1] if self._rates else np.nan
        new = np.flatnonzero(np.diff(lr, prepend=before) != 0)
        # A row stands at the end of its step: the rate held since the row before.
        starts = np.concatenate([[self._end], epoch[:-1]])
        self._since += starts[new].tolist()
        self._rates += lr[new].tolist()
        if len(self._since) > 4 * MOST_POINTS:
            # From the end, so that the newest stays.
            self._since, self._rates = self._since[::-2][::-1], self._rates[::-2][::-1]
        self._end = float(epoch[-1])
        self._read += len(rows)
        return True

    def _forget(self) -> None:
        self._read, self._end = 0, 0.0
        self._since, self._rates = [], []

    def line(self) -> tuple[Floats, Floats]:
        """Return the rates as a line of stairs up to where the run is."""
        return stairs(np.array(self._since), np.array(self._rates), self._end)


def stairs(since: Floats, values: Floats, end: float) -> tuple[Floats, Floats]:
    """Return the line of values that each hold from a place on until the next, the last to `end`.

    All are of shape (n,); the line has 2n points.
    """
    edges = np.append(since, end)
    return np.stack([edges[:-1], edges[1:]], axis=1).reshape(-1), np.repeat(values, 2)
