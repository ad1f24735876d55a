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


def summary(result: Result) -> tuple[str, ...]:
    """Return the run in a few words: time, extent, speed, device, and a line's weights."""
    words = [
        _("{time} taken").format(time=duration(result.seconds)),
        _("{epochs:,.4g} epochs").format(epochs=result.epochs),
        _("{steps:,} steps").format(steps=result.steps),
        _("{speed:,.0f} samples/s").format(speed=result.samples_per_second),
        result.device,
    ]
    weight, bias = result.weights.get("0.weight"), result.weights.get("0.bias")
    if len(result.weights) == 2 and weight is not None and bias is not None and weight.size == 1:
        words.append(_("weight {value}").format(value=number(float(weight.flat[0]), 5)))
        words.append(_("bias {value}").format(value=number(float(bias.flat[0]), 5)))
    return tuple(words)


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
        Line(_(name), (share(p), share(r), share(f), f"{n:,}"))
        for name, p, r, f, n in zip(names, *scores, strict=True)
    ]
    means = [share(float(column.mean())) if count else NONE_TEXT for column in scores[:3]]
    rows.append(Line(_("mean"), (*means, f"{int(scores.support.sum()):,}"), strong=True))
    columns = (_("class"), _("precision"), _("recall"), _("F1"), _("samples"))
    return Table(columns, tuple(rows))
