"""What each row of the layer stack says: name, summary, shape, weights, problems."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from nnplay.catalog import Activation, Layer, Shape, shape_text
from nnplay.experiment import Experiment, Problem, trace_shapes
from nnplay.gui.editors.places import problems_of
from nnplay.gui.forms.fields import value_words
from nnplay.words import _, ngettext

UNKNOWN = "–"


@dataclass(frozen=True)
class StackRow:
    """One row: the input, a layer, or the output."""

    role: Literal["input", "layer", "output"]
    name: str
    summary: str
    shape: str
    """Of one sample behind this row."""
    parameters: str
    help: str
    number: int = 0
    """Counted from 1 for layers."""
    quiet: bool = False
    """Whether it only bends: an activation."""
    problems: tuple[Problem, ...] = ()

    @property
    def is_tall(self) -> bool:
        """Whether there is something to say on a second line."""
        return bool(self.summary or self.parameters)


def stack_rows(
    experiment: Experiment, problems: tuple[Problem, ...]
) -> tuple[tuple[StackRow, ...], int | None]:
    """Return the rows from input to output, and the sum of all parameters if the stack holds."""
    spec = experiment.data.spec()
    network = experiment.network
    at: dict[int, list[Problem]] = defaultdict(list)
    of_stack = list(problems_of(problems, "network").get("", []))
    for problem in problems:
        if problem.where.startswith("network["):
            at[int(problem.where[8 : problem.where.index("]")])].append(problem)
    rows = [
        StackRow("input", _("Input"), "", shape_text(spec.in_shape), "", _(experiment.data.label))
    ]
    total: int | None = 0
    shape: Shape | None = spec.in_shape
    for index, (layer, row) in enumerate(
        zip(network, trace_shapes(spec.in_shape, network), strict=True)
    ):
        shape = row.out_shape
        total = None if total is None or row.parameters is None else total + row.parameters
        rows.append(
            StackRow(
                "layer",
                _(layer.label),
                summary(layer),
                UNKNOWN if shape is None else shape_text(shape),
                _parameters(row.parameters),
                "\n".join(filter(None, (_(layer.help), layer.formula))),
                index + 1,
                isinstance(layer, Activation),
                tuple(at.get(index, ())),
            )
        )
    rows.append(
        StackRow(
            "output",
            _("Output"),
            expected_output(experiment),
            UNKNOWN if shape is None else shape_text(shape),
            "",
            _("What the loss makes of the last layer's numbers."),
            problems=tuple(of_stack),
        )
    )
    return tuple(rows), total


def summary(layer: Layer) -> str:
    """Return the parameters of a layer in a few words, leaving out what is as usual."""
    values = layer.values()
    words = []
    for param in layer.params():
        value = values[param.name]
        if param.name == "units":
            words.append(ngettext("{n} unit", "{n} units", int(value)).format(n=f"{value:,}"))
        elif param.name == "filters":
            words.append(ngettext("{n} filter", "{n} filters", int(value)).format(n=f"{value:,}"))
        elif param.name == "kernel_size":
            words.append(f"{value}×{value}")
        elif param.type == "bool":
            if value != param.default:
                text = _("with {what}") if value else _("no {what}")
                words.append(text.format(what=_(param.label)))
        elif value != param.default or not words:
            words.append(f"{_(param.label)} {value_words(param, value)}")
    return " · ".join(words)


def expected_output(experiment: Experiment) -> str:
    """Say what the loss expects of the network."""
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


def _parameters(count: int | None) -> str:
    return f"{count:,}" if count else ""
