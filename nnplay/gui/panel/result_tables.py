"""The results of a finished run as rows of text, for tables and for the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite

from nnplay.gui.views.metric_block import NONE_TEXT, duration, number, share, speed_text
from nnplay.link import Result, Scores
from nnplay.record.metrics import (
    Counts,
    Mean,
    macro,
    macro_of_classes,
    micro,
    per_class,
    per_label,
    weighted,
)
from nnplay.translation import _, n_


@dataclass(frozen=True)
class Row:
    """A row: its name and its cells."""

    name: str
    cells: tuple[str, ...]
    strong: bool = False
    tip: str = ""


@dataclass(frozen=True)
class Table:
    """Titles of the columns, the first of which holds the names, and rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    tips: tuple[str, ...] = ()
    """Explanations of the columns, where they need any."""


def _percent(value: float | None) -> str:
    return share(value, 2)


_SCORES: tuple[tuple[str, str, str, Callable[[float | None], str]], ...] = (
    ("loss", n_("loss"), n_("What training minimises, without any penalty."), number),
    (
        "loss_in_units",
        n_("in data units"),
        n_(
            "The loss in the units of the data: the loss beside it is of targets that were "
            "standardised for learning."
        ),
        number,
    ),
    ("accuracy", n_("accuracy"), n_("Share of correct predictions."), _percent),
    (
        "exact",
        n_("all labels"),
        n_("Share of samples with every label correct; accuracy counts labels one by one."),
        _percent,
    ),
    (
        "top5",
        n_("top 5"),
        n_("Share of samples whose class is among the five most probable."),
        _percent,
    ),
    (
        "auc",
        n_("AUC"),
        n_(
            "Area under the ROC curve: how often a random sample of the second class gets a higher "
            "probability than one of the first. 0.5 is random guessing."
        ),
        number,
    ),
)
"""For each column: field of the scores, title, explanation, and format."""
_ERRORS = (
    ("mse", n_("MSE"), n_("Mean squared error: emphasises large errors.")),
    ("rmse", n_("RMSE"), n_("Root mean squared error, in the unit of the target.")),
    ("mae", n_("MAE"), n_("Mean absolute error: weights all errors equally.")),
    (
        "r2",
        n_("R²"),
        n_("Share of the variance explained: 1 is perfect, 0 no better than predicting the mean."),
    ),
)
"""For each row: field of the errors, name and explanation."""


def summary(result: Result) -> tuple[tuple[str, str], ...]:
    """Return names and values: time, length, speed, device, and the weights of a straight line."""
    pairs = [
        (_("time taken"), duration(result.seconds)),
        (_("epochs"), f"{result.epochs:,.{2 if result.epochs % 1 else 0}f}"),
        (_("steps"), f"{result.steps:,}"),
        (_("mean samples/s"), speed_text(result.samples_per_second)),
        (_("device"), result.device),
    ]
    if result.penalty is not None:
        pairs.append((_("penalty"), number(result.penalty)))
    if (targets := result.scaling.targets) is not None and len(targets.mean) == 1:
        mean, std = number(targets.mean[0]), number(targets.std[0])
        pairs.append((_("learned targets"), f"(y − {mean}) / {std}"))
    weight, bias = result.weights.get("0.weight"), result.weights.get("0.bias")
    is_line = len(result.weights) == 2 and result.experiment.loss.link == "identity"
    if is_line and weight is not None and bias is not None and weight.size == 1:
        line = result.scaling.line_in_units(float(weight.flat[0]), float(bias.flat[0]))
        pairs += zip((_("weight"), _("bias")), (number(one, 5) for one in line), strict=True)
    return tuple(pairs)


def score_table(result: Result) -> Table:
    """Return loss and, for classes and labels, accuracy of each part of the data.

    Also the share of samples with every label correct, for six or more classes the top-5 accuracy,
    and for two the area under the ROC curve.
    """
    there = _parts(result)
    columns = [
        (_(name), _(tip), [write(getattr(scores, field)) for _part, scores in there])
        for field, name, tip, write in _SCORES
        if any(getattr(scores, field) is not None for _part, scores in there)
    ]
    rows = tuple(
        Row(part, tuple(cells[line] for _name, _tip, cells in columns))
        for line, (part, _scores) in enumerate(there)
    )
    names = (_("part"), *(name for name, _tip, _cells in columns))
    return Table(names, rows, ("", *(tip for _name, tip, _cells in columns)))


def error_table(result: Result) -> Table | None:
    """Return the errors of a regression for each part of the data, None for other tasks."""
    found = [(name, scores.regression) for name, scores in _parts(result) if scores.regression]
    if not found:
        return None
    # Parts side by side: numbers of very different lengths would not fit beside each other.
    rows = tuple(
        Row(_(name), tuple(number(getattr(e, field)) for _part, e in found), tip=_(tip))
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
    """Return the scores of every class or label and their means, None for a regression."""
    if result.label_predictions is not None:
        return _label_table(result, result.label_predictions.confusion)
    if result.class_predictions is None:
        return None
    scores = per_class(result.class_predictions.confusion)
    names = result.experiment.data.spec().class_names
    count = len(result.class_predictions.confusion)
    if len(names) != count:
        names = tuple(str(number) for number in range(count))
    rows = [
        Row(_(name), (f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", f"{n:,}"))
        for name, p, r, f, n in zip(names, *scores, strict=True)
    ]
    total = f"{scores.support.sum():,}"
    occurring = macro_of_classes(result.class_predictions.confusion)
    means = _mean_rows(((_("macro"), occurring), (_("weighted"), weighted(scores))), total)
    # First, as runs are compared by them and a low panel shows only the top.
    rows = [*means, *rows]
    columns = (_("class"), _("prec."), _("recall"), _("F1"), _("count"))
    tips = (
        _(
            "macro: mean over the classes that occur, as targets or predictions; weighted: mean "
            "weighted by the number of samples."
        ),
        _("Precision: of the samples predicted as this class, the share that belong to it."),
        _("Recall: of the samples in this class, the share predicted correctly."),
        _("F1: the harmonic mean of precision and recall."),
        _("The number of samples in this class."),
    )
    return Table(columns, tuple(rows), tips)


def _label_table(result: Result, confusion: Counts) -> Table:
    accuracies, scores = per_label(confusion)
    names = result.experiment.data.spec().class_names
    rows = [
        Row(
            _(name),
            (f"{p:.3f}", f"{r:.3f}", f"{f:.3f}", _three(a)),
            tip=_("{name}: on {count:,} samples").format(name=_(name), count=n),
        )
        for name, a, p, r, f, n in zip(names, accuracies, *scores, strict=True)
    ]
    named = ((_("micro"), micro(confusion)), (_("macro"), macro(scores)))
    means = _mean_rows((*named, (_("weighted"), weighted(scores))), "")
    # A column of counts would leave no room for the names.
    columns = (_("label"), _("prec."), _("recall"), _("F1"), _("acc."))
    tips = (
        _(
            "micro: over all labels together; macro: mean over the labels; weighted: mean weighted "
            "by the number of samples with each label."
        ),
        _("Precision: of the samples predicted to have the label, the share that do."),
        _("Recall: of the samples with the label, the share predicted to have it."),
        _("F1: the harmonic mean of precision and recall."),
        _("Accuracy: share of samples whose label was predicted correctly."),
    )
    return Table(columns, (*means, *rows), tips)


def _mean_rows(means: Iterable[tuple[str, Mean]], *rest: str) -> list[Row]:
    return [Row(name, (*map(_three, mean), *rest), strong=True) for name, mean in means]


def _three(value: float) -> str:
    return f"{value:.3f}" if isfinite(value) else NONE_TEXT
