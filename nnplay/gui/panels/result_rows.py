"""The figures of a finished run as rows of text, for a table and for the clipboard."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.gui.views.figures import NONE_TEXT, number, share
from nnplay.link import Result
from nnplay.record.metrics import per_class
from nnplay.words import _


@dataclass(frozen=True)
class Line:
    """One row: its name and its cells."""

    name: str
    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """Column titles, the first of the names, and rows."""

    columns: tuple[str, ...]
    rows: tuple[Line, ...]


def duration(seconds: float) -> str:
    """Return a time in the units that fit it, such as `74.3 s` or `1 h 02 min`."""
    if seconds < 1:
        return _("{ms:.0f} ms").format(ms=1000 * seconds)
    if seconds < 100:
        return _("{s:.1f} s").format(s=seconds)
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _("{min} min {s:02d} s").format(min=minutes, s=rest)
    return _("{h} h {min:02d} min").format(h=minutes // 60, min=minutes % 60)


def summary(result: Result) -> tuple[tuple[str, str], ...]:
    """Return name and figure of the run's time, extent, speed, device, and a line's weights."""
    pairs = [
        (_("time taken"), duration(result.seconds)),
        (_("epochs"), f"{result.epochs:,.6g}"),
        (_("steps"), f"{result.steps:,}"),
        (_("samples/s"), speed(result.samples_per_second)),
        (_("device"), result.device),
    ]
    weight, bias = result.weights.get("0.weight"), result.weights.get("0.bias")
    if len(result.weights) == 2 and weight is not None and bias is not None and weight.size == 1:
        pairs.append((_("weight"), number(float(weight.flat[0]), 5)))
        pairs.append((_("bias"), number(float(bias.flat[0]), 5)))
    return tuple(pairs)


def speed(samples_per_second: float) -> str:
    """Return samples per second, in millions where there are so many."""
    if samples_per_second >= 1e6:
        return _("{count:,.1f} million").format(count=samples_per_second / 1e6)
    return f"{samples_per_second:,.0f}"


def score_table(result: Result) -> Table:
    """Return loss and, for a classification, accuracy of each part of the data that there is."""
    named = (
        (_("training"), result.train),
        (_("validation"), result.validation),
        (_("test"), result.test),
    )
    there = [(name, scores) for name, scores in named if scores.loss is not None]
    classifies = any(scores.accuracy is not None for _name, scores in there)
    rows = []
    for name, scores in there:
        cells = [number(scores.loss)]
        if classifies:
            cells.append(share(scores.accuracy, 2))
        rows.append(Line(name, tuple(cells)))
    columns = [_("part"), _("loss")] + ([_("accuracy")] if classifies else [])
    return Table(tuple(columns), tuple(rows))


def class_table(result: Result) -> Table | None:
    """Return the scores of every class and their plain means, or None for a regression."""
    if result.outcomes is None:
        return None
    scores = per_class(result.outcomes.confusion)
    names = result.experiment.data.spec().class_names
    count = len(result.outcomes.confusion)
    if len(names) != count:
        names = tuple(str(number) for number in range(count))
    rows = [
        Line(_(name), (f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", f"{n:,}"))
        for name, p, r, f, n in zip(names, *scores, strict=True)
    ]
    means = [f"{column.mean():.3f}" if count else NONE_TEXT for column in scores[:3]]
    # First, since it is what two runs are compared by, and a low panel shows only the top.
    rows.insert(0, Line(_("mean"), (*means, ""), strong=True))
    columns = (_("class"), _("precision"), _("recall"), _("F1"), _("count"))
    return Table(columns, tuple(rows))
