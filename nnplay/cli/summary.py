"""The results of a run as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from nnplay.link import Scores
from nnplay.record import RunRecord
from nnplay.record.metrics import macro, macro_of_classes, micro, per_class, per_label, weighted
from nnplay.translation import _

_PART_NAMES = {
    "train": lambda: _("training"),
    "validation": lambda: _("validation"),
    "test": lambda: _("test"),
}


def summary(record: RunRecord) -> str:
    """Return the results as lines for a terminal."""
    return "\n".join(_lines(record))


def _lines(record: RunRecord) -> Iterator[str]:
    result = record.result
    yield _("{name}: {steps:,} steps ({epochs:g} epochs) in {seconds:.2f} s").format(
        name=record.experiment.name or record.key,
        steps=result.steps,
        epochs=round(result.epochs, 2),
        seconds=result.seconds,
    )
    yield _("on {device}, {stepper}: {speed:,.0f} samples per second while computing").format(
        device=result.device, stepper=result.stepper, speed=result.samples_per_second
    )
    if result.ending:
        yield result.ending
    yield ""
    parts = {"train": result.train, "validation": result.validation, "test": result.test}
    there = {name: scores for name, scores in parts.items() if scores != Scores()}
    columns = [
        (name, column)
        for name, cell in _columns()
        if any(column := [cell(scores) for scores in there.values()])
    ]
    cells = zip(*(column for _name, column in columns), strict=True)
    yield from table(
        ("", *(name for name, _column in columns)),
        [(_PART_NAMES[name](), *row) for name, row in zip(there, cells, strict=True)],
    )
    if (targets := result.scaling.targets) is not None and len(targets.mean) == 1:
        yield _(
            "Targets were standardised for learning: (y - {mean:.6g}) / {std:.6g}. The loss is of "
            "these; everything else is in the units of the data."
        ).format(mean=targets.mean[0], std=targets.std[0])
    if result.penalty is not None:
        yield _("L1/L2 penalty: {value}").format(value=number_text(result.penalty))
    single = {name: float(one.item()) for name, one in result.weights.items() if one.size == 1}
    if len(single) == len(result.weights):
        yield ""
        for name, value in single.items():
            yield f"{name} = {value:.6g}"
    if result.class_predictions is not None:
        yield ""
        yield from _classes(record)
    if result.label_predictions is not None:
        yield ""
        yield from _labels(record)
    yield ""
    yield _("weights: sha256 {digest}").format(digest=result.weights_sha256)


def _columns() -> tuple[tuple[str, Callable[[Scores], str]], ...]:
    """Return the possible columns, each with its name; cells are empty where it does not apply."""
    return (
        (_("loss"), lambda one: number_text(one.loss)),
        (_("in data units"), lambda one: number_text(one.loss_in_units)),
        (_("accuracy"), lambda one: share_text(one.accuracy)),
        (_("all labels"), lambda one: share_text(one.exact)),
        (_("top-5"), lambda one: share_text(one.top5)),
        (_("AUC"), lambda one: number_text(one.auc)),
        (_("MSE"), lambda one: number_text(one.regression and one.regression.mse)),
        (_("RMSE"), lambda one: number_text(one.regression and one.regression.rmse)),
        (_("MAE"), lambda one: number_text(one.regression and one.regression.mae)),
        ("R²", lambda one: number_text(one.regression and one.regression.r2)),
    )


def _classes(record: RunRecord) -> Iterator[str]:
    predictions = record.result.class_predictions
    assert predictions is not None
    names = record.experiment.data.spec().class_names
    yield _("Per class, on the {part} set:").format(part=_PART_NAMES[predictions.part]())
    scores = per_class(predictions.confusion)
    occurring = macro_of_classes(predictions.confusion)
    means = ((_("macro mean"), occurring), (_("weighted mean"), weighted(scores)))
    total = f"{scores.support.sum():,}"
    yield from table(
        (_("class"), _("precision"), _("recall"), "F1", _("samples")),
        [
            (_(name), _share(p), _share(r), _share(f), f"{n:,}")
            for name, p, r, f, n in zip(names, *scores, strict=True)
        ]
        + [(name, *map(_share, mean), total) for name, mean in means],
    )


def _labels(record: RunRecord) -> Iterator[str]:
    predictions = record.result.label_predictions
    assert predictions is not None
    names = record.experiment.data.spec().class_names
    yield _("Per label, on the {part} set:").format(part=_PART_NAMES[predictions.part]())
    accuracies, scores = per_label(predictions.confusion)
    means = (
        (_("micro mean"), micro(predictions.confusion)),
        (_("macro mean"), macro(scores)),
        (_("weighted mean"), weighted(scores)),
    )
    total = f"{scores.support.sum():,}"
    yield from table(
        (_("label"), _("accuracy"), _("precision"), _("recall"), "F1", _("samples")),
        [
            (_(name), _share(a), _share(p), _share(r), _share(f), f"{n:,}")
            for name, a, p, r, f, n in zip(names, accuracies, *scores, strict=True)
        ]
        + [(name, "", *map(_share, mean), total) for name, mean in means],
    )


def number_text(value: float | None) -> str:
    """Return a number with six digits, nothing for None."""
    return "" if value is None else f"{value:.6g}"


def share_text(value: float | None) -> str:
    """Return a share in percent, nothing for None."""
    return "" if value is None else _share(value)


def _share(value: Any) -> str:
    known = value is not None and value == value  # noqa: PLR0124 - only NaN differs from itself
    return f"{100 * value:.2f} %" if known else "-"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield aligned lines: the first column flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()
