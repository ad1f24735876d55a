"""The curves: loss and accuracy of the training and validation data over the whole run."""

from __future__ import annotations

from math import isnan, nan
from sys import maxsize
from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts
from nnplay.experiment import MONITORED_METRICS, Experiment, Policy
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import CURVES, Role
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.views.metric_block import number, share
from nnplay.gui.views.plots.curve_plot import CurvePlot
from nnplay.gui.views.plots.legend import LineLegend
from nnplay.gui.views.plots.long_line import Look
from nnplay.gui.views.plots.pyramid import Values
from nnplay.link import PayloadKind, Result, Trace
from nnplay.translation import _

_COLOURS = ("train", "train", "validation", "muted")
"""Of the lines of each plot, by their names in the theme; the last one is of the loss alone."""


class CurvesPanel(Panel):
    """Loss on the left, accuracy on the right; the loss has all the width for a regression."""

    role: ClassVar[Role] = CURVES
    wants: ClassVar[frozenset[PayloadKind]] = frozenset()
    min_interval_ms: ClassVar[int] = 66

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        looks = (
            Look(_("each step"), 1, strength=0.45),
            Look(_("training"), 2, mark="o"),
            Look(_("validation"), 2, dashed=True, mark="s"),
        )
        burdened = Look(_("with penalty"), 2)
        self.loss = CurvePlot(_("loss"), (*looks, burdened), shares=False, parent=self)
        self.loss.setAccessibleName(_("Loss over the run"))
        self.accuracy = CurvePlot(_("accuracy"), looks, shares=True, parent=self)
        self.accuracy.setAccessibleName(_("Accuracy over the run"))
        self.key = LineLegend(self)
        self.set_note_widget(self.key)
        self._plots = (self.loss, self.accuracy)
        self._steps: Trace | None = None
        self._total = _no_totals()
        self._read = [0, 0]
        self._classifies = True
        self._figure = MONITORED_METRICS[Policy().watch]
        self._best = nan
        self._known = (False,) * len(_COLOURS)
        self.log_button = self.add_tool(
            _("log"), _("Loss on a logarithmic axis: shows small changes late in a run"),
            self._set_log, key="L", checkable=True,
        )  # fmt: skip
        self.steps_button = self.add_tool(
            _("by step"), _("Count steps instead of epochs from left to right"),
            self._set_by_step, key="X", checkable=True,
        )  # fmt: skip
        self.add_tool(
            _("Reset view"), _("Show the whole run and follow it"), self.reset_view,
            key="A", icon="whole",
        )  # fmt: skip
        self.set_content(self._content_widget())
        for plot in self._plots:
            plot.set_colours(_COLOURS)
        bus.changed.connect(self._recolour_key)
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Hide the accuracy where there is none."""
        self._classifies = spec.has_accuracy
        self._show_accuracy()

    def show_run(self, experiment: Experiment) -> None:
        """Mark the best epoch by the figure that the run watches."""
        self._figure = experiment.policy.metric
        self._hide_best()

    def show_traces(self, steps: Trace, epochs: Trace) -> None:
        """Draw what is new in the traces; other traces than the last time start anew."""
        if steps is not self._steps or len(steps) < self._read[0] or len(epochs) < self._read[1]:
            self._forget()
            self._steps = steps
        by_step, by_epoch = _by_column(steps), _by_column(epochs)
        old, counts = self._read, [len(one["step"]) for one in (by_step, by_epoch)]
        if counts == old:
            return
        self._read = counts
        for plot, kind in zip(self._plots, ("loss", "accuracy"), strict=True):
            each, mean, held = plot.series[:3]
            each.show(by_step["epoch"], by_step["step"], by_step[kind])
            mean.show(by_epoch["epoch"], by_epoch["step"], by_epoch[f"train_{kind}"])
            held.show(by_epoch["epoch"], by_epoch["step"], by_epoch[f"val_{kind}"])
        if counts[1] > old[1]:
            new = {name: column[old[1] :] for name, column in by_epoch.items()}
            self._total.extend_by_column([new["train_loss"] + new["train_penalty"]])
            total = self._total.column("total")
            self.loss.series[3].show(by_epoch["epoch"], by_epoch["step"], total)
            self._mark_best(new["epoch"], new["step"], new["watched"])
        self.set_empty("")
        self._show_key()
        self._show_accuracy()
        for plot in self._plots:
            if not plot.isHidden():
                plot.refresh()

    def show_result(self, result: Result) -> None:
        """Use the width up: nothing more comes."""
        for plot in self._plots:
            if plot.follows:
                plot.reset_view()

    def clear(self) -> None:
        """Forget the run."""
        self._forget()
        self._recolour_key()
        self._steps = None
        self.set_empty(_("Press Train to draw the loss."))

    def reset_view(self) -> None:
        """Show the whole run."""
        for plot in self._plots:
            plot.reset_view()

    def _mark_best(self, epochs: Values, steps: Values, values: Values) -> None:
        if not np.isfinite(values).any():
            return
        at = int(np.nanargmax(values) if self._figure.higher else np.nanargmin(values))
        value = float(values[at])
        if not (isnan(self._best) or self._figure.is_better(value, self._best)):
            return
        self._best = value
        is_share = self._figure.metric in ("accuracy", "exact", "top5")
        written = share(value, 2) if is_share else number(value)
        text = _("best {value}, epoch {epoch}").format(value=written, epoch=f"{epochs[at]:.0f}")
        named = _("{figure}: {best}").format(figure=_(self._figure.name), best=text)
        on_accuracy = self._figure.metric == "accuracy"
        for plot, own in ((self.loss, not on_accuracy), (self.accuracy, on_accuracy)):
            short = text if self._figure.metric in ("loss", "accuracy") else named
            plot.set_best(float(epochs[at]), float(steps[at]), short if own else "")
            plot.setAccessibleDescription(named)

    def _hide_best(self) -> None:
        self._best = nan
        for plot in self._plots:
            plot.hide_best()
            plot.setAccessibleDescription("")

    def _forget(self) -> None:
        self._read = [0, 0]
        self._total = _no_totals()
        self._hide_best()
        self._known = (False,) * len(_COLOURS)
        for plot in self._plots:
            plot.hide_values()
            for series in plot.series:
                series.clear()
            plot.reset_view()

    def _set_log(self, on: bool) -> None:
        self.loss.set_log(on)

    def _set_by_step(self, on: bool) -> None:
        for plot in self._plots:
            plot.set_axis("step" if on else "epoch")

    def _show_accuracy(self) -> None:
        known = any(series.has_values() for series in self.accuracy.series)
        self.accuracy.setVisible(self._classifies and known)

    def _show_key(self) -> None:
        known = tuple(series.has_values() for series in self.loss.series)
        if known != self._known:
            self._known = known
            self._recolour_key()

    def _recolour_key(self) -> None:
        look = theme()
        lines = [
            (
                series.look.name,
                series.look.pen(getattr(look, colour), look.surface),
                series.look.mark,
            )
            for series, colour, known in zip(self.loss.series, _COLOURS, self._known, strict=True)
            if known
        ]
        # Where not all fits, the thin line of the single steps is what explains itself.
        if self._known[0]:
            lines = [*lines[1:], lines[0]]
        self.key.set_lines(lines)

    def _content_widget(self) -> QWidget:
        content = QWidget(self)
        layout = QHBoxLayout(content)
        layout.setContentsMargins(SPACE, 0, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.loss, 1)
        layout.addWidget(self.accuracy, 1)
        return content


def _by_column(trace: Trace) -> dict[str, Values]:
    """Return all rows so far, as views: millions of rows are not to be there twice."""
    return dict(zip(trace.columns, trace.read().T, strict=True))


def _no_totals() -> Trace:
    """Return an empty column for sums of the rows of a trace, each of which is kept."""
    return Trace(("total",), maxsize)


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(CurvesPanel))
