"""The plot of a schedule: the planned learning rate, and that of the run so far."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.experiment import Experiment
from nnplay.experiment.sizes import ticks_per_epoch
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.forms.numbers import write_rounded
from nnplay.gui.views.plots.small_plot import Floats, Line, Scale, SmallPlot
from nnplay.link import Trace
from nnplay.translation import _

MOST_POINTS = 400
"""The maximum number of epochs or steps at which the plan is evaluated."""
LOW = 0.05
"""A rate below this share of the highest one is not legible on a linear axis."""


class SchedulePlot(QWidget):
    """Plots the plan and the run together; hidden if the learning rate is constant."""

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
        """Plot the schedule of an experiment."""
        schedule, rate, epochs = experiment.schedule, experiment.optimizer.lr, experiment.epochs
        ticks = ticks_per_epoch(experiment)
        plan = (schedule, rate, epochs, ticks, experiment.policy.watch)
        if plan == self._plan:
            return
        self._plan, self._epochs = plan, epochs
        is_plain = schedule.is_constant and not schedule.warmup
        self.setHidden(is_plain)
        if is_plain:
            return
        course, count = schedule.in_ticks(ticks), epochs * ticks
        asked = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(int))
        rates = rate * np.array(course.factors(asked.tolist(), count))
        self._planned = stairs(asked / ticks, rates, float(epochs))
        words = _(
            "Drops when the {metric} stops improving, so the epochs are not known in advance."
        )
        self.words.setText(words.format(metric=_(experiment.policy.metric.name)))
        self.words.setVisible(schedule.uses_metric)
        self.redraw()

    def show_rates(self, steps: Trace | None) -> None:
        """Plot the learning rate of a run so far beside the plan; None for no run."""
        self.plot.follow(steps)

    def redraw(self) -> None:
        """Draw the plan and the run."""
        lines = [Line(_("planned"), *self._planned, "muted", dashed=True)]
        x, y = self.plot.run.line()
        marker = None
        if len(x):
            lines.append(Line(_("this run"), x, y, "accent"))
            marker = float(x[-1])
        positive = [line.y[line.y > 0] for line in lines]
        low, high = 0.0, max((float(y.max()) for y in positive if len(y)), default=1.0)
        # A logarithmic axis if a large part of a line would be indistinguishable from 0, but not
        # for a low end alone, as of a cosine.
        log = any(np.count_nonzero(y < LOW * high) > len(y) / 4 for y in positive)
        if log:
            low = min(float(y.min()) for y in positive if len(y)) / 1.5
        end = max(float(self._epochs), marker or 0.0)
        scale = Scale((0.0, end), (low, high * (1.5 if log else 1.08)), log)
        self.plot.show_lines(lines, scale, marker)
        text = _("Learning rate: planned from {first} to {last} over {epochs} epochs.")
        first, last = (write_rounded(float(self._planned[1][at])) for at in (0, -1))
        said = text.format(first=first, last=last, epochs=self._epochs)
        if marker is not None:
            now = _("Now {rate} in epoch {epoch:.2f}.")
            said += " " + now.format(rate=write_rounded(float(y[-1])), epoch=marker)
        self.plot.setAccessibleName(said)


class _LazyPlot(SmallPlot):
    """Reads the rates of a run only when painted, so that a hidden plot costs nothing."""

    def __init__(self, owner: SchedulePlot) -> None:
        super().__init__(_("epoch"), height=112)
        self._owner = owner
        self.run = RunRates()
        self._stale = False

    def follow(self, steps: Trace | None) -> None:
        """Follow another run, or more of the same."""
        if self.run.follow(steps):
            self._stale = True
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Read the new rates and draw."""
        if self._stale:
            self._stale = False
            self.run.read()
            self._owner.redraw()
        super().paintEvent(event)


class RunRates:
    """The learning rate of a run over its epochs, stored as the points where it changes."""

    def __init__(self) -> None:
        self._steps: Trace | None = None
        self._read = 0
        self._since: list[float] = []
        self._rates: list[float] = []
        self._end = 0.0

    def follow(self, steps: Trace | None) -> bool:
        """Follow a trace; return whether there is something new to read."""
        changed = steps is not self._steps
        if changed:
            self._forget()
            self._steps = steps
        return changed or (steps is not None and len(steps) > self._read)

    def read(self) -> bool:
        """Read the new rows; return whether there were any."""
        rows = None if self._steps is None else self._steps.read(self._read)
        if self._steps is None or rows is None or not len(rows):
            return False
        epoch, lr = (rows[:, self._steps.columns.index(name)] for name in ("epoch", "lr"))
        before = self._rates[-1] if self._rates else np.nan
        new = np.flatnonzero(np.diff(lr, prepend=before) != 0)
        # A row is written at the end of its step: its rate applies since the previous row.
        starts = np.concatenate([[self._end], epoch[:-1]])
        self._since += starts[new].tolist()
        self._rates += lr[new].tolist()
        if len(self._since) > 4 * MOST_POINTS:
            # Every second one from the end, so that the newest is kept.
            self._since, self._rates = self._since[::-2][::-1], self._rates[::-2][::-1]
        self._end = float(epoch[-1])
        self._read += len(rows)
        return True

    def _forget(self) -> None:
        self._read, self._end = 0, 0.0
        self._since, self._rates = [], []

    def line(self) -> tuple[Floats, Floats]:
        """Return the rates so far as a step line."""
        return stairs(np.array(self._since), np.array(self._rates), self._end)


def stairs(since: Floats, values: Floats, end: float) -> tuple[Floats, Floats]:
    """Return the step line of values that start at `since`; the last holds until `end`.

    All have shape (n,); the line has 2n points.
    """
    edges = np.append(since, end)
    return np.stack([edges[:-1], edges[1:]], axis=1).reshape(-1), np.repeat(values, 2)
