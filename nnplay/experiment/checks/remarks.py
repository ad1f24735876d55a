"""What an experiment can run with, but hardly as intended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

from nnplay.catalog import Activation, Dense, Dropout, Layer, ReLU
from nnplay.experiment.checks.problems import Fix, Problem
from nnplay.experiment.clamping import legal
from nnplay.experiment.edit import insert_layer, remove_layer, set_value
from nnplay.experiment.outputs import last_activation, output_range
from nnplay.experiment.place import Place
from nnplay.experiment.sizes import holds_out, part_gaps, part_sizes
from nnplay.experiment.value import Experiment
from nnplay.translation import _

_HIGHEST_DROPOUT = 0.5
_CROSS_ENTROPIES = ("classes", "binary", "labels")


def remarks(experiment: Experiment) -> tuple[Problem, ...]:
    """Return what is probably not intended, each with a fix where there is one; never raises.

    It is meant for an experiment without problems; see `target_remarks` for what takes the data.
    """
    valid = legal(experiment)
    return tuple(
        replace(one, is_remark=True)
        for found in (
            _bounded_logits(experiment, valid),
            _adjacent_dense(experiment, valid),
            _strong_dropout(experiment, valid),
            _unscaled_inputs(experiment, valid),
            _random_windows(experiment, valid),
            _long_windows(experiment, valid),
        )
        for one in found
    )


def target_remarks(experiment: Experiment, low: float, high: float) -> tuple[Problem, ...]:
    """Return that the outputs cannot reach the targets, which are learned as `low` to `high`."""
    if experiment.loss.target_form != "values" or experiment.loss.link != "identity":
        return ()
    lowest, highest = output_range(legal(experiment).network)
    index = last_activation(experiment.network)
    if index is None or (lowest <= low and high <= highest):
        return ()
    name = _(experiment.network[index].label)
    what = _("{layer} limits the outputs to {range}, but the targets are learned as {targets}.")
    targets = _range_text(low, high)
    return (
        Problem(
            Place("network", layer=index),
            what.format(layer=name, range=_range_text(lowest, highest), targets=targets),
            _("Remove it, so that the network can reach them."),
            Fix(_("Remove {layer}").format(layer=name), remove_layer(experiment, index)),
            is_remark=True,
        ),
    )


def _range_text(low: float, high: float) -> str:
    if low == -inf:
        return _("at most {high:.4g}").format(high=high)
    if high == inf:
        return _("at least {low:.4g}").format(low=low)
    return _("{low:.4g} to {high:.4g}").format(low=low, high=high)


def _bounded_logits(experiment: Experiment, valid: Experiment) -> Iterator[Problem]:
    """Yield that an activation bounds the logits of a cross-entropy."""
    loss, index = experiment.loss, last_activation(experiment.network)
    if index is None or not loss.takes_logits or loss.target_form not in _CROSS_ENTROPIES:
        return
    layer = valid.network[index]
    low, high = output_range(valid.network)
    # What applies softmax or sigmoid twice is a problem already, see `check`.
    if not isinstance(layer, Activation) or (low, high) == (-inf, inf) or _is_reported(layer, loss):
        return
    names = {"layer": _(layer.label), "loss": _(loss.label), "range": _range_text(low, high)}
    what = _(
        "{layer} before {loss}: logits are limited to {range}, so the network can never be sure of "
        "a class."
    )
    if low == 0 and loss.target_form != "classes":
        what = _(
            "{layer} before {loss}: no logit is below 0, so no probability is below 50 %, and no "
            "sample can be predicted as negative."
        )
    yield Problem(
        Place("network", layer=index),
        what.format(**names),
        _("Remove it: the loss takes unbounded logits."),
        Fix(_("Remove {layer}").format(**names), remove_layer(experiment, index)),
    )


def _is_reported(layer: Activation, loss: object) -> bool:
    form = getattr(loss, "target_form", "")
    return layer.ends == "probabilities" or (layer.ends == "probability" and form != "classes")


def _adjacent_dense(experiment: Experiment, valid: Experiment) -> Iterator[Problem]:
    """Yield that two Dense layers have nothing between them that is not linear."""
    before: Layer | None = None
    for index, layer in enumerate(valid.network):
        if isinstance(layer, Dense) and isinstance(before, Dense):
            yield Problem(
                Place("network", layer=index),
                _(
                    "Two Dense layers without an activation between them compute no more than one: "
                    "the product of two matrices is a matrix."
                ),
                _("Insert an activation, such as ReLU, or remove one of them."),
                Fix(
                    _("Insert {layer} before it").format(layer=_(ReLU.label)),
                    insert_layer(experiment, index, ReLU()),
                ),
            )
        if not layer.keeps_values:
            before = layer


def _strong_dropout(experiment: Experiment, valid: Experiment) -> Iterator[Problem]:
    for index, layer in enumerate(valid.network):
        if isinstance(layer, Dropout) and layer.p > _HIGHEST_DROPOUT:
            place = Place("network", "p", index)
            yield Problem(
                place,
                _("Dropout of {p:.0%} blanks more than half of the values in each step.").format(
                    p=layer.p
                ),
                _("Usual are 10 to 50 %."),
                Fix(
                    _("Set {value}").format(value=f"{_HIGHEST_DROPOUT:g}"),
                    set_value(experiment, place, _HIGHEST_DROPOUT),
                ),
            )


def _unscaled_inputs(experiment: Experiment, valid: Experiment) -> Iterator[Problem]:
    if not valid.data.needs_scaling or valid.split.scaling != "none":
        return
    yield Problem(
        Place("split", "scaling"),
        _("The inputs are on different scales, which makes learning slow or impossible."),
        _("Standardise them."),
        Fix(_("Standardise the inputs"), set_value(experiment, "split.scaling", "standardised")),
    )


def _long_windows(experiment: Experiment, valid: Experiment) -> Iterator[Problem]:
    """Yield that a series is too short for a gap of one window between its parts."""
    steps = valid.data.values().get("steps")
    if not isinstance(steps, int) or _has_whole_gaps(valid):
        return
    fewer = next(
        (n for n in range(steps - 1, 0, -1) if _has_whole_gaps(_with_steps(valid, n))), None
    )
    yield Problem(
        Place("data", "steps"),
        _(
            "The series is short for windows of {steps} steps: training and held-out windows share "
            "values, so the errors of the held-out part are too low."
        ).format(steps=steps),
        _("Use fewer steps, or a longer series."),
        None
        if fewer is None
        else Fix(_("Set {value}").format(value=fewer), set_value(experiment, "data.steps", fewer)),
    )


def _has_whole_gaps(experiment: Experiment) -> bool:
    spec, split = experiment.data.spec(), experiment.split
    if not spec.is_series or holds_out(spec, split) != "in order":
        return True
    _train, validation, test = part_sizes(spec, split)
    gaps = part_gaps(spec, split, validation, test)
    wanted = (spec.in_shape[0] if validation else 0, spec.in_shape[0] if test else 0)
    return gaps == wanted


def _with_steps(experiment: Experiment, steps: int) -> Experiment:
    return replace(experiment, data=experiment.data.changed(steps=steps))


def _random_windows(experiment: Experiment, valid: Experiment) -> Iterator[Problem]:
    spec = valid.data.spec()
    if not spec.is_series or holds_out(spec, valid.split) != "random":
        return
    if not any(part_sizes(spec, valid.split)[1:]):
        return
    yield Problem(
        Place("split", "how"),
        _(
            "Windows chosen at random share most of their values with windows that are trained on, "
            "so the errors of the held-out part are too low."
        ),
        _("Hold out the end of the series."),
        Fix(_("Hold out the end"), set_value(experiment, "split.how", "automatic")),
    )
