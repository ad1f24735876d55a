"""The content of each row of the layer list: name, summary, shape, parameters, problems."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from nnplay.catalog import Activation, Features, Layer, Shape, shape_text
from nnplay.experiment import Experiment, Problem, Row, problems_by_field, trace_shapes
from nnplay.gui.forms.param_words import value_words
from nnplay.translation import _, ngettext

UNKNOWN = "–"


@dataclass(frozen=True)
class StackRow:
    """One row: the input, a layer, or the output."""

    role: Literal["input", "layer", "output"]
    name: str
    summary: str
    shape: str
    """The shape of one sample after this layer."""
    parameters: str
    help: str
    number: int = 0
    """Counted from 1 for layers."""
    quiet: bool = False
    """Whether it is an activation, which is drawn less prominently."""
    problems: tuple[Problem, ...] = ()
    frozen: bool = False
    """Whether it is frozen."""

    @property
    def is_wrong(self) -> bool:
        """Whether it has a problem, and not only a remark."""
        return any(not problem.is_remark for problem in self.problems)

    @property
    def has_other_kinds(self) -> bool:
        """Whether its kind can be exchanged: the layer itself, or the loss behind the output."""
        return self.role != "input"

    @property
    def is_tall(self) -> bool:
        """Whether it has a second line."""
        return bool(self.summary or self.parameters)


def stack_rows(
    experiment: Experiment, problems: tuple[Problem, ...]
) -> tuple[tuple[StackRow, ...], str]:
    """Return the rows from input to output, and a text with the number of parameters."""
    spec = experiment.data.spec()
    network = experiment.network
    at: dict[int, list[Problem]] = defaultdict(list)
    of_stack = list(problems_by_field(problems, "network").get("", []))
    for problem in problems:
        if problem.where.layer is not None:
            at[problem.where.layer].append(problem)
    rows = [
        StackRow("input", _("Input"), "", shape_text(spec.in_shape), "", _(experiment.data.label))
    ]
    shape: Shape | None = spec.in_shape
    traced = trace_shapes(spec.in_shape, network)
    for index, (layer, row) in enumerate(zip(network, traced, strict=True)):
        shape = row.out_shape
        rows.append(
            StackRow(
                "layer",
                layer.name or _(layer.label),
                summary(layer, row.in_shape),
                UNKNOWN if shape is None else shape_text(shape),
                _parameters(row.parameters),
                _help(layer),
                index + 1,
                isinstance(layer, Activation),
                tuple(at.get(index, ())),
                layer.frozen,
            )
        )
    rows.append(
        StackRow(
            "output",
            _("Output"),
            expected_output(experiment),
            UNKNOWN if shape is None else shape_text(shape),
            "",
            _("What the loss expects of the output."),
            problems=tuple(of_stack),
        )
    )
    return tuple(rows), _total(traced)


def summary(layer: Layer, in_shape: Shape | None = None) -> str:
    """Return the parameters of a layer as a short text, without those at their default."""
    if isinstance(layer, Features):
        return " · ".join(layer.listed(1 if in_shape == (1,) else 2))
    values = layer.values()
    words = [_(layer.label)] if layer.name else []
    for param in layer.params():
        value = values[param.name]
        if param.name in ("name", "frozen") or (param.extra and value == param.default):
            continue
        if param.name == "units":
            words.append(ngettext("{n} unit", "{n} units", int(value)).format(n=f"{value:,}"))
        elif param.name == "filters":
            words.append(ngettext("{n} filter", "{n} filters", int(value)).format(n=f"{value:,}"))
        elif param.name == "kernel_size":
            words.append(f"{value}×{value}")
        elif param.name == "initialiser":
            words.append(value_words(param, value))
        elif param.type == "bool":
            if value != param.default:
                text = _("with {what}") if value else _("no {what}")
                words.append(text.format(what=_(param.label)))
        elif value != param.default or not words:
            words.append(f"{_(param.label)} {value_words(param, value)}")
    return " · ".join(words)


def expected_output(experiment: Experiment) -> str:
    """Return a text that says which outputs the loss expects."""
    outputs, form = experiment.data.spec().outputs, experiment.loss.target_form
    if form == "classes":
        text = _("{loss}: {n} logits, one per class")
    elif form == "labels":
        text = _("{loss}: {n} logits, one per label")
    elif form == "binary":
        outputs, text = 1, _("{loss}: {n} logit")
    else:
        text = ngettext("{loss}: {n} number", "{loss}: {n} numbers", outputs)
    return text.format(loss=_(experiment.loss.label), n=outputs)


def _help(layer: Layer) -> str:
    frozen = _("Frozen: its weights do not change during training.") if layer.frozen else ""
    return "\n".join(filter(None, (_(layer.help), layer.formula, frozen)))


def _total(rows: tuple[Row, ...]) -> str:
    if any(row.parameters is None for row in rows):
        return _("The layers do not fit together yet; see the marked layer.")
    total = sum(row.parameters or 0 for row in rows)
    learnt = sum(row.trainable or 0 for row in rows)
    if learnt == total:
        return _("{n} parameters in total").format(n=f"{total:,}")
    text = _("{n} parameters in total, {frozen} of them frozen")
    return text.format(n=f"{total:,}", frozen=f"{total - learnt:,}")


def _parameters(count: int | None) -> str:
    return f"{count:,}" if count else ""
