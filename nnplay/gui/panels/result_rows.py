"""The figures of a finished run as rows of text, for a table and for the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite

from nnplay.gui.views.metric_block import NONE_TEXT, number, share, speed_text
from nnplay.link import Result, Scores
from nnplay.record.metrics import Counts, Mean, macro, micro, per_class, per_label, weighted
from nnplay.translation import _, n_


@dataclass(frozen=True)
class Line:
    """One row: its name and its cells."""

    name: str
    cells: tuple[str, ...]
    strong: bool = False
    tip: str = ""


@dataclass(frozen=True)
class Table:
    """Column titles, the first of the names, and rows."""

    columns: tuple[str, ...]
    rows: tuple[Line, ...]
    tips: tuple[str, ...] = ()
    """What the columns mean, where it needs saying."""


def _share2(value: float | None) -> str:
    return share(value, 2)


_SCORES: tuple[tuple[str, str, str, Callable[[float | None], str]], ...] = (
    ("loss", n_("loss"), n_("What training makes small, without any penalty."), number),
    ("accuracy", n_("accuracy"), n_("Share of right answers."), _share2),
    (
        "exact",
        n_("all labels"),
        n_("Share of samples all of whose labels are right; accuracy counts single labels."),
        _share2,
    ),
    ("top5", n_("top 5"), n_("Share whose class is among the five likeliest."), _share2),
    (
        "auc",
        n_("AUC"),
        n_(
            "Area under the ROC curve: the chance that a sample of the second class is given a "
            "higher probability of it than one of the first. 0.5 is guessing."
        ),
        number,
    ),
)
"""Of each column its field in the scores, name, meaning, and how it is written."""
_ERRORS = (
    ("mse", n_("MSE"), n_("Mean squared error: large errors count most.")),
    ("rmse", n_("RMSE"), n_("Root of the mean squared error, in the unit of the truth.")),
    ("mae", n_("MAE"), n_("Mean absolute error: every unit of error counts the same.")),
    (
        "r2",
        n_("R²"),
        n_("Share of the spread that is explained: 1 is perfect, 0 no better than the mean."),
    ),
)
"""Of each row its field in the errors, name and meaning."""


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
        (_("epochs"), f"{result.epochs:,.{2 if result.epochs % 1 else 0}f}"),
        (_("steps"), f"{result.steps:,}"),
        (_("mean samples/s"), speed_text(result.samples_per_second)),
        (_("device"), result.device),
    ]
    if result.penalty is not None:
        pairs.append((_("penalty"), number(result.penalty)))
    weight, bias = result.weights.get("0.weight"), result.weights.get("0.bias")
    if len(result.weights) == 2 and weight is not None and bias is not None and weight.size == 1:
        pairs.append((_("weight"), number(float(weight.flat[0]), 5)))
        pairs.append((_("bias"), number(float(bias.flat[0]), 5)))
    return tuple(pairs)


def score_table(result: Result) -> Table:
    """Return loss and, for classes and labels, accuracy of each part of the data that there is.

    For labels the share of samples with all of them right; from six classes on the share that is
    among the five likeliest, for two the area under the ROC.
    """
    there = _parts(result)
    columns = [
        (_(name), _(tip), [write(getattr(scores, field)) for _part, scores in there])
        for field, name, tip, write in _SCORES
        if any(getattr(scores, field) is not None for _part, scores in there)
    ]
    rows = tuple(
        Line(part, tuple(cells[line] for _name, _tip, cells in columns))
        for line, (part, _scores) in enumerate(there)
    )
    names = (_("part"), *(name for name, _tip, _cells in columns))
    return Table(names, rows, ("", *(tip for _name, tip, _cells in columns)))


def error_table(result: Result) -> Table | None:
    """Return how far a regression is off in each part of the data, or None for other tasks."""
    found = [(name, scores.regression) for name, scores in _parts(result) if scores.regression]
    if not found:
        return None
    # Parts side by side: numbers of very different length would not fit beside each other.
    rows = tuple(
        Line(_(name), tuple(number(getattr(e, field)) for _part, e in found), tip=_(tip))
        for field, name, tip in _ERRORS
    )
    return Table((_("error"), *(part for part, _errors in found)), rows)


def _parts(result: Result) -> list[tuple[str, Scores]]:
    named = (
        (_("training"), result.train),
        (_("validation"), result.validation),
        (_("test"), result.test),
    )
    return [(name, scores) for name, scores in named if scores.loss is not None]


def class_table(result: Result) -> Table | None:
    """Return the scores of every class or label and their means, or None for a regression."""
    if result.labels is not None:
        return _label_table(result, result.labels.confusion)
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
    total = f"{scores.support.sum():,}"
    means = _mean_rows(((_("macro"), macro(scores)), (_("weighted"), weighted(scores))), total)
    # First, since two runs are compared by them, and a low panel shows only the top.
    rows = [*means, *rows]
    columns = (_("class"), _("prec."), _("recall"), _("F1"), _("count"))
    tips = (
        _("macro: mean over the classes; weighted: mean over the samples."),
        _("Precision: of those taken for the class, the share that are of it."),
        _("Of those of the class, the share that were taken for it."),
        _("The harmonic mean of precision and recall."),
        _("How many are of the class."),
    )
    return Table(columns, tuple(rows), tips)


def _label_table(result: Result, confusion: Counts) -> Table:
    accuracies, scores = per_label(confusion)
    names = result.experiment.data.spec().class_names
    rows = [
        Line(
            _(name),
            (f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", _three(a)),
            tip=_("{name}: on {count:,} samples").format(name=_(name), count=n),
        )
        for name, a, p, r, f, n in zip(names, accuracies, *scores, strict=True)
    ]
    named = ((_("micro"), micro(confusion)), (_("macro"), macro(scores)))
    means = _mean_rows((*named, (_("weighted"), weighted(scores))), "")
    # A column for the counts would leave no room for the names.
    columns = (_("label"), _("prec."), _("recall"), _("F1"), _("right"))
    tips = (
        _(
            "micro: all labels counted together; macro: mean over the labels; weighted: mean over "
            "the samples that carry them."
        ),
        _("Precision: of the samples taken to carry the label, the share that do."),
        _("Of the samples that carry the label, the share that were taken to."),
        _("The harmonic mean of precision and recall."),
        _("Share of samples of which it is rightly said whether they carry the label."),
    )
    return Table(columns, (*means, *rows), tips)


def _mean_rows(means: Iterable[tuple[str, Mean]], *rest: str) -> list[Line]:
    return [Line(name, (*map(_three, mean), *rest), strong=True) for name, mean in means]


def _three(value: float) -> str:
    return f"{value:.3f}" if isfinite(value) else NONE_TEXT
