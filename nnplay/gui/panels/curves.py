"""Loss and accuracy of the training and validation data over the whole run."""

from __future__ import annotations

from dataclasses import replace
from math import isnan, nan
from sys import maxsize
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.experiment import MONITORED_METRICS, Experiment, Policy
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.registry import panel
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.views.metric_block import number, share
from nnplay.link import Frame, Result, Trace
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts
    from nnplay.gui.runs.run_list import RunList
    from nnplay.gui.views.plots.value_scale import Scale

Values = npt.NDArray[np.float64]
_COLOURS = ("train", "train", "validation", "muted")
"""Of the lines of each plot, by their names in the theme; only the loss has the last one."""


@panel(n_("Curves"), "below", min_interval_ms=66)
class CurvesPanel(Panel):
    """Loss on the left, accuracy on the right; a regression has the loss only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.views.plots.curve_plot import CurvePlot
        from nnplay.gui.views.plots.legend import GhostLegend, LineLegend
        from nnplay.gui.views.plots.long_line import LineStyle

        super().__init__(parent)
        styles = (
            LineStyle(_("each step"), 1, strength=0.45),
            LineStyle(_("training"), 2, mark="o"),
            LineStyle(_("validation"), 2, dashed=True, mark="s"),
        )
        penalised = LineStyle(_("with penalty"), 2)
        self.loss = CurvePlot(
            _("loss"), (*styles, penalised), shares=False, adapts=True, parent=self
        )
        self.loss.setAccessibleName(_("Loss over the run"))
        self.accuracy = CurvePlot(_("accuracy"), styles, shares=True, parent=self)
        self.accuracy.setAccessibleName(_("Accuracy over the run"))
        self.legend = LineLegend(self)
        self.set_note_widget(self.legend)
        self.ghost_legend = GhostLegend(self)
        self._runs: RunList | None = None
        self._ghosts: tuple[object, ...] = ()
        self._plots = (self.loss, self.accuracy)
        self._steps: Trace | None = None
        self._total = _no_totals()
        self._read = [0, 0]
        self._cuts = 0
        self._classifies = True
        self._monitored = MONITORED_METRICS[Policy().watch]
        self._best = nan
        self._known = (False,) * len(_COLOURS)
        self.log_button = self.add_tool(
            _("log"), _("Loss on a logarithmic axis: shows small changes late in a run"),
            self._set_log, key="L", checkable=True,
        )  # fmt: skip
        self.all_button = self.add_tool(
            _("all"),
            _("Show the first steps too: without them, the axis fits the rest of the run"),
            self._set_all, key="F", checkable=True,
        )  # fmt: skip
        self.all_button.hide()
        self.loss.scale_changed.connect(self._show_scale)
        self.steps_button = self.add_tool(
            _("by step"), _("Steps instead of epochs on the horizontal axis"),
            self._set_by_step, key="X", checkable=True,
        )  # fmt: skip
        self.add_tool(
            _("Reset view"), _("Show the whole run and follow it"), self.reset_view,
            key="A", icon="whole",
        )  # fmt: skip
        self.set_content(self._content_widget())
        for plot in self._plots:
            plot.set_colours(_COLOURS)
        bus.changed.connect(self._update_legend)
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Hide the accuracy where there is none."""
        self._classifies = spec.has_accuracy
        self._show_accuracy()

    def show_run(self, experiment: Experiment) -> None:
        """Mark the best epoch by the metric that the run monitors."""
        self._monitored = experiment.policy.metric
        self._hide_best()

    def show_traces(self, steps: Trace, epochs: Trace) -> None:
        """Draw the new rows of the traces; traces of another run start from the beginning."""
        cuts = steps.cuts + epochs.cuts
        if steps is not self._steps or cuts != self._cuts:
            self._remove_lines()
            self._steps, self._cuts = steps, cuts
            self._show_ghosts()
        by_step, by_epoch = _by_column(steps), _by_column(epochs)
        old, counts = self._read, [len(one["step"]) for one in (by_step, by_epoch)]
        if counts == old:
            return
        self._read = counts
        for plot, kind in zip(self._plots, ("loss", "accuracy"), strict=True):
            each, mean, held_out = plot.lines[:3]
            each.show(by_step["epoch"], by_step["step"], by_step[kind])
            mean.show(by_epoch["epoch"], by_epoch["step"], by_epoch[f"train_{kind}"])
            held_out.show(by_epoch["epoch"], by_epoch["step"], by_epoch[f"val_{kind}"])
        if counts[1] > old[1]:
            new = {name: column[old[1] :] for name, column in by_epoch.items()}
            self._total.extend_by_column([new["train_loss"] + new["train_penalty"]])
            total = self._total.column("total")
            self.loss.lines[3].show(by_epoch["epoch"], by_epoch["step"], total)
            self._mark_best(new["epoch"], new["step"], new["watched"])
        self.set_empty("")
        self._show_legend()
        self._show_accuracy()
        for plot in self._plots:
            if not plot.isHidden():
                plot.refresh()

    def show_position(self, step: int | None) -> None:
        """Mark the step that the other views show."""
        for plot in self._plots:
            plot.set_position(None if step is None else self._place_of(step))

    def _place_of(self, step: int) -> tuple[float, float]:
        """Return a step as epoch and step."""
        steps = self._steps
        if steps is None or not len(steps):
            return 0.0, step
        last, epoch = steps.read()[-1, :2]
        return float(step * epoch / last), float(step)

    def show_runs(self, runs: RunList) -> None:
        """Draw the curves of the runs that are compared behind those of the run that is shown."""
        self._runs = runs
        self._show_ghosts()

    def _show_ghosts(self) -> None:
        from nnplay.gui.runs.ghosts import ghosts_of, longest_steps
        from nnplay.gui.runs.run_rows import short_name
        from nnplay.gui.views.plots.ghost_line import ghost_mark

        runs = () if self._runs is None else self._runs.compared_runs
        shown = "" if self._runs is None else self._runs.shown
        # The run that is shown has its own curves already.
        others = tuple(
            (place, run) for place, run in runs if run.steps is not self._steps and run.id != shown
        )
        drawn = tuple((place, run.id, run.steps, short_name(run)) for place, run in others)
        if drawn == self._ghosts:
            return
        self._ghosts = drawn
        steps = longest_steps(others)
        for plot, kind in zip(self._plots, ("loss", "accuracy"), strict=True):
            plot.set_ghosts(ghosts_of(others, kind), steps)
        self.ghost_legend.set_entries(
            [(ghost_mark(place), short_name(run)) for place, run in others]
        )
        self._show_accuracy()
        self._update_legend()
        self._say_if_empty()

    def show_frame(self, frame: Frame) -> None:
        """Say whether the loss is in the units of the data."""
        self._set_loss_unit(frame.loss_unit)

    def show_result(self, result: Result) -> None:
        """Use the full width, since nothing is added any more."""
        for plot in self._plots:
            if plot.follows:
                plot.reset_view()

    def clear(self) -> None:
        """Remove the lines."""
        self._remove_lines()
        self._update_legend()
        self._steps = None
        self._set_loss_unit(None)
        self._show_ghosts()
        self._show_accuracy()
        self._say_if_empty()

    def _say_if_empty(self) -> None:
        """Say what to do, where neither a run nor a ghost is drawn."""
        empty = self._read == [0, 0] and not self._ghosts
        self.set_empty(_("Press Train to draw the loss.") if empty else "")

    def reset_view(self) -> None:
        """Show the whole run."""
        for plot in self._plots:
            plot.reset_view()

    def _mark_best(self, epochs: Values, steps: Values, values: Values) -> None:
        if not np.isfinite(values).any():
            return
        metric = self._monitored
        at = int(np.nanargmax(values) if metric.higher else np.nanargmin(values))
        value = float(values[at])
        if not (isnan(self._best) or metric.is_better(value, self._best)):
            return
        self._best = value
        is_share = metric.metric in ("accuracy", "exact", "top5")
        written = share(value, 2) if is_share else number(value)
        text = _("best {value}, epoch {epoch}").format(value=written, epoch=f"{epochs[at]:.0f}")
        named = _("{metric}: {best}").format(metric=_(metric.name), best=text)
        on_accuracy = metric.metric == "accuracy"
        for plot, own in ((self.loss, not on_accuracy), (self.accuracy, on_accuracy)):
            short = text if metric.metric in ("loss", "accuracy") else named
            plot.set_best(float(epochs[at]), float(steps[at]), short if own else "")
            plot.setAccessibleDescription(named)

    def _set_loss_unit(self, unit: float | None) -> None:
        if unit == self.loss.unit:
            return
        self.loss.unit = unit
        standardised = _("loss (standardised)")
        self.loss.set_title("left", _("loss") if unit is None else standardised)

    def _hide_best(self) -> None:
        self._best = nan
        for plot in self._plots:
            plot.hide_best()
            plot.setAccessibleDescription("")

    def _remove_lines(self) -> None:
        self._read = [0, 0]
        self._total = _no_totals()
        self._hide_best()
        self._known = (False,) * len(_COLOURS)
        for plot in self._plots:
            plot.hide_values()
            for line in plot.lines:
                line.clear()
            plot.forget_scale()
            plot.reset_view()

    def _set_log(self, on: bool) -> None:
        self.loss.set_scale("log" if on else self._linear())

    def _set_all(self, on: bool) -> None:
        self.loss.set_scale("linear" if on else None)

    def _linear(self) -> Scale | None:
        """Return the scale without logarithms: without the first steps where they flatten it."""
        return "linear" if self.loss.found_scale == "log" else None

    def _show_scale(self) -> None:
        """Press the buttons of the scale that is used."""
        scale = self.loss.scale
        for button, on in ((self.log_button, scale == "log"), (self.all_button, scale == "linear")):
            blocked = button.blockSignals(True)
            button.setChecked(on)
            button.blockSignals(blocked)
        self.all_button.setVisible(self.loss.found_scale == "cut")

    def _set_by_step(self, on: bool) -> None:
        for plot in self._plots:
            plot.set_axis("step" if on else "epoch")

    def _show_accuracy(self) -> None:
        lines = (*self.accuracy.lines, *self.accuracy.ghosts)
        known = any(line.has_values() for line in lines)
        self.accuracy.setVisible(self._classifies and known)

    def _show_legend(self) -> None:
        known = tuple(line.has_values() for line in self.loss.lines)
        if known != self._known:
            self._known = known
            self._update_legend()

    def _update_legend(self) -> None:
        look = theme()
        lines = [
            (line.style.name, line.style.pen(getattr(look, colour), look.surface), line.style.mark)
            for line, colour, known in zip(self.loss.lines, _COLOURS, self._known, strict=True)
            if known
        ]
        if not lines and self._ghosts:
            # Without a run, the legend still has to say which of the ghosts' lines is which.
            styles = (line.style for line in self.loss.lines[1:3])
            lines = [
                (style.name, replace(style, width=1).pen(look.muted, look.surface), "")
                for style in styles
            ]
        # Where there is no room for all, the thin line of the steps explains itself.
        if self._known[0]:
            lines = [*lines[1:], lines[0]]
        self.legend.set_lines(lines)

    def _content_widget(self) -> QWidget:
        content = QWidget(self)
        plots = QHBoxLayout()
        plots.setSpacing(SPACE)
        plots.addWidget(self.loss, 1)
        plots.addWidget(self.accuracy, 1)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(SPACE, 0, SPACE // 2, SPACE // 2)
        layout.setSpacing(0)
        layout.addWidget(self.ghost_legend)
        layout.addLayout(plots, 1)
        return content


def _by_column(trace: Trace) -> dict[str, Values]:
    """Return all rows so far, as views: a copy of millions of rows would double their memory."""
    return dict(zip(trace.columns, trace.read().T, strict=True))


def _no_totals() -> Trace:
    """Return an empty column for sums over the rows of a trace, which keeps every row."""
    return Trace(("total",), maxsize)


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(CurvesPanel))
