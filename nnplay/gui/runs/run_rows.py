"""The texts of a recorded run in the list of runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from nnplay.experiment import differences
from nnplay.gui.runs.lanes import RowLanes, row_lanes
from nnplay.gui.runs.run_curves import RunCurves, Values, curves_of
from nnplay.gui.runs.run_list import RunList
from nnplay.gui.views.metric_block import duration, number, share
from nnplay.link import Result, Scores
from nnplay.record.recorded_run import RecordedRun
from nnplay.translation import _, ngettext

_DIGITS = 3


@dataclass(frozen=True)
class RunRow:
    """One row of the list."""

    id: str
    number: int
    name: str
    """Given by the user, or that of the experiment; empty without either."""
    changes: str
    """What differs from its parent, or from the run before."""
    figures: tuple[str, ...]
    """Final and best metrics, one kind a line."""
    cost: str
    """Epochs, time and device."""
    note: str
    is_pinned: bool
    is_shown: bool
    """Whether the other panels show it."""
    place: int | None
    """Its place among the runs that are compared, None if it is not."""
    curves: RunCurves
    environment: str
    """Versions, machine, device and threads."""
    has_result: bool
    """Whether it has ended with an evaluation, which some exports need."""
    branch: str = ""
    """Which run it is a branch of, and after which step; empty if of none."""
    lanes: RowLanes = field(default_factory=RowLanes)
    """The tree of branches in its row."""

    @property
    def title(self) -> str:
        """The number and the name."""
        return f"{self.number}  {self.name}" if self.name else _("Run {n}").format(n=self.number)

    @property
    def tip(self) -> str:
        """All texts, in full."""
        lines = (
            self.title,
            self.branch,
            self.changes,
            *self.figures,
            self.cost,
            self.environment,
            self.note,
        )
        return "\n".join(filter(None, lines))


def run_rows(shown: RunList) -> tuple[RunRow, ...]:
    """Return the rows, the newest run first."""
    by_id = {run.id: run for run in shown.runs}
    newest_first = [
        (run.id, None if run.parent is None else run.parent.id) for run in reversed(shown.runs)
    ]
    ids = [run_id for run_id, _parent in newest_first]
    lanes = dict(zip(ids, row_lanes(newest_first), strict=True))
    rows = []
    for index, run in enumerate(shown.runs):
        parent = by_id.get(run.parent.id) if run.parent is not None else None
        before = shown.runs[index - 1] if index else None
        rows.append(
            RunRow(
                run.id,
                run.number,
                run.name or _(run.experiment.name or run.experiment.data.label),
                _changes(run, parent, before),
                _figures(run),
                _cost(run),
                run.note,
                run.is_pinned,
                run.id == shown.shown,
                shown.compared.place(run.id),
                curves_of(run),
                _environment(run),
                run.result is not None,
                _branch(run),
                lanes[run.id],
            )
        )
    return tuple(reversed(rows))


def _branch(run: RecordedRun) -> str:
    if run.parent is None:
        return ""
    text = _("branch of run {n} at step {step:,}")
    return text.format(n=run.parent.number, step=run.parent.step)


def short_name(run: RecordedRun) -> str:
    """Return the name of a run in a legend."""
    name = run.name or _(run.experiment.name)
    return f"{run.number} {name}" if name else _("run {n}").format(n=run.number)


def _changes(run: RecordedRun, parent: RecordedRun | None, before: RecordedRun | None) -> str:
    if run.parent is not None:
        text = _("from run {n}, step {step:,}").format(n=run.parent.number, step=run.parent.step)
        if parent is None:
            return text
        changed = differences(parent.edited, run.edited)
        return " · ".join((text, *changed))
    if before is None:
        return ""
    changed = differences(before.edited, run.edited)
    if type(before.experiment.data) is not type(run.experiment.data):
        # All the rest differs as well, and says nothing.
        changed = changed[:1]
    return " · ".join(changed) or _("the same as run {n}").format(n=before.number)


def _figures(run: RecordedRun) -> tuple[str, ...]:
    names = dict(zip(run.epochs.columns, run.epochs.read().T, strict=True))
    validates = bool(np.isfinite(names["val_loss"]).any())
    prefix = "val" if validates else "train"
    final = _final(run.result, prefix)
    accuracies, losses = names[f"{prefix}_accuracy"], names[f"{prefix}_loss"]
    if final is None or final.loss is None:
        final = Scores(_last(losses), _last(accuracies))
    if final.loss is None:
        steps = run.steps.column("loss")
        final = Scores(_last(steps))
        losses = steps
    part = _("validation") if validates else _("training")
    lines = []
    if final.regression is not None:
        metrics = final.regression
        values = f"R² {number(metrics.r2, _DIGITS)} · RMSE {number(metrics.rmse, _DIGITS)}"
        lines.append(_("{part}: {values}").format(part=part, values=values))
    elif final.accuracy is not None:
        best = share(_best(accuracies, higher=True))
        lines.append(_with_best(_("{part} accuracy"), part, share(final.accuracy), best))
    best = number(_best(losses, higher=False), _DIGITS)
    lines.append(_with_best(_("{part} loss"), part, number(final.loss, _DIGITS), best))
    return tuple(lines)


def _with_best(name: str, part: str, final: str, best: str) -> str:
    text = f"{name.format(part=part)} {final}"
    return text if best == final else f"{text}, " + _("best {value}").format(value=best)


def _final(result: Result | None, prefix: str) -> Scores | None:
    if result is None:
        return None
    return result.validation if prefix == "val" else result.train


def _last(values: Values) -> float | None:
    value = float(values[-1]) if len(values) else float("nan")
    return value if isfinite(value) else None


def _best(values: Values, *, higher: bool) -> float | None:
    real = values[np.isfinite(values)]
    if not len(real):
        return None
    return float(real.max() if higher else real.min())


def _environment(run: RecordedRun) -> str:
    """Return the versions that a run was trained with, and where."""
    known = run.environment
    if not known.nnplay:
        return _("Versions: unknown")
    words = [
        f"nnplay {known.nnplay}",
        f"PyTorch {known.torch}",
        f"NumPy {known.numpy}",
        f"Python {known.python}",
        known.platform,
    ]
    if run.started is not None:
        threads = run.started.threads
        words.append(run.started.device)
        words.append(ngettext("{n} thread", "{n} threads", threads).format(n=threads))
    return " · ".join(words)


def _cost(run: RecordedRun) -> str:
    result, started = run.result, run.started
    done = run.steps.column("epoch")
    epochs = float(done[-1]) if len(done) else 0.0
    count = f"{epochs:,.{0 if epochs % 1 == 0 else 1}f}"
    words = [ngettext("{n} epoch", "{n} epochs", 1 if epochs == 1 else 2).format(n=count)]
    words.append(duration(run.seconds if result is None else result.seconds))
    if result is not None:
        words.append(result.device)
    elif started is not None:
        words.append(started.device)
    if result is None or result.stopped:
        words.append(_("stopped"))
    return " · ".join(words)
