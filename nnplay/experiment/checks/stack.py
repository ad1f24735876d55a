"""Whether the layers fit together, and whether data, network and loss do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import gcd

from nnplay.catalog import (
    MSE,
    Activation,
    BinaryCrossEntropy,
    CrossEntropy,
    DataSpec,
    Dense,
    Flatten,
    LabelCrossEntropy,
    Layer,
    Loss,
    ShapeError,
    kinds,
    shape_text,
)
from nnplay.experiment.checks.problems import Fix, Problem
from nnplay.experiment.clamping import legal_kind, value_text
from nnplay.experiment.edit import insert_layer, move_layer, remove_layer, set_value
from nnplay.experiment.place import Place
from nnplay.experiment.shapes import Row, trace_shapes
from nnplay.experiment.value import Experiment
from nnplay.translation import _


@dataclass(frozen=True)
class Case:
    """An experiment as the user has it, with what is derived from it."""

    experiment: Experiment
    legal: Experiment
    """The same with every value in its range."""
    spec: DataSpec
    rows: tuple[Row, ...]

    @property
    def final(self) -> tuple[int, ...] | None:
        """The output shape of the network, None if the layers do not fit together."""
        return self.rows[-1].out_shape if self.rows else self.spec.in_shape


def network_problems(case: Case) -> Iterator[Problem]:
    """Yield the problems of the layers and of how data, network and loss fit together."""
    better = _better_loss(case)
    if better is not None:
        yield _loss_problem(case, better)
    loss = better or case.legal.loss
    outputs = _outputs(loss, case.spec)
    if not case.experiment.network:
        yield Problem(
            Place("network"),
            _("The network has no layers."),
            _("Add a trainable layer, such as Dense."),
            _output_fix(case.experiment, outputs),
        )
        return
    for index, row in enumerate(case.rows):
        if row.error is not None:
            yield _misfit(case, index, row.error)
            return
    yield from _blocked_gradient(case)
    if case.final != (outputs,):
        yield _wrong_outputs(case, loss, outputs)
    elif not any(row.parameters for row in case.rows):
        yield Problem(
            Place("network"),
            _("No layer has weights, so there is nothing to train."),
            _("Add a Dense layer."),
            Fix(_("Add Dense({units})").format(units=outputs), _append(case.experiment, outputs)),
        )
    elif not any(row.trainable for row in case.rows):
        yield _all_frozen(case)
    if better is None:
        yield from _applied_twice(case)


def _all_frozen(case: Case) -> Problem:
    last = max(index for index, row in enumerate(case.rows) if row.parameters)
    where = Place("network", "frozen", last)
    thawed = set_value(case.experiment, where, False)
    return Problem(
        where,
        _("Every layer with weights is frozen, so there is nothing to train."),
        _("Unfreeze the last one."),
        Fix(_("Unfreeze {layer}").format(layer=_(case.experiment.network[last].label)), thawed),
    )


def suits(case: Case) -> bool:
    """Return whether the loss suits the data."""
    return _better_loss(case) is None


def _blocked_gradient(case: Case) -> Iterator[Problem]:
    """Yield that the layers before a lookup layer get no gradient."""
    for index in range(1, len(case.rows)):
        layer = case.experiment.network[index]
        if not layer.passes_gradients and any(row.trainable for row in case.rows[:index]):
            yield Problem(
                Place("network", layer=index),
                _("No gradient flows back through {layer}, so earlier layers cannot train.").format(
                    layer=_(layer.label)
                ),
                _("Make it the first layer, or remove it."),
                Fix(_("Remove the layer"), remove_layer(case.experiment, index)),
            )
            return


def _misfit(case: Case, index: int, error: ShapeError) -> Problem:
    hint, fix = _fix_for(case, index, error)
    label = _(case.experiment.network[index].label)
    what = _("{layer} expected {expected}, received {received}.").format(
        layer=label, expected=_(error.expected), received=shape_text(error.received)
    )
    return Problem(Place("network", layer=index), what, hint, fix)


def _fix_for(case: Case, index: int, error: ShapeError) -> tuple[str, Fix]:
    experiment = case.experiment
    helper = kinds("layer").get(error.fix)
    if helper is not None and issubclass(helper, Layer):
        name = _(helper.label)
        fix = Fix(
            _("Insert {layer} before it").format(layer=name),
            insert_layer(experiment, index, helper()),
        )
        return _("Insert {layer} before it.").format(layer=name), fix
    shared = _shared_evenly(case, index, error)
    if shared is not None:
        return _("Choose a number that divides both."), shared
    if len(error.received) in case.legal.network[index].takes:
        smaller = _smaller_window(case, index, error)
        if smaller is not None:
            return _("Use a smaller window, or fewer layers that reduce the size."), smaller
    else:
        moved = _moved_to_the_pictures(case, index)
        if moved is not None:
            return _("It works on images: move it before the layer that flattens them."), moved
    remove = Fix(_("Remove the layer"), remove_layer(experiment, index))
    if case.spec.is_picture or len(error.received) in case.legal.network[index].takes:
        return _("Remove it, or change the layers before it."), remove
    return _("Remove it, or choose an image data set."), remove


def _smaller_window(case: Case, index: int, error: ShapeError) -> Fix | None:
    layer = case.legal.network[index]
    if "kernel_size" not in layer.values():
        return None
    values = layer.values()
    sides = error.received[1:] if len(error.received) == 3 else error.received[:1]
    space = min(sides) + 2 * int(values.get("padding", 0))
    room = max(1, (space - 1) // int(values.get("dilation", 1)) + 1)
    try:
        layer.changed(kernel_size=room).out_shape(error.received)
    except ShapeError:
        return None
    return Fix(
        _("Set the window to {size}").format(size=room),
        set_value(case.experiment, Place("network", "kernel_size", index), room),
    )


def _shared_evenly(case: Case, index: int, error: ShapeError) -> Fix | None:
    """Offer the largest number of groups or heads that divides the channels."""
    layer = case.legal.network[index]
    values = layer.values()
    name = next((one for one in ("groups", "heads") if one in values), None)
    if name is None or len(error.received) not in layer.takes:
        return None
    shared = gcd(
        error.received[0 if len(error.received) == 3 else 1], int(values.get("filters", 0))
    )
    most = max(n for n in range(1, int(values[name]) + 1) if shared % n == 0)
    if most == values[name]:
        return None
    label = _("Set {name} {value}").format(name=name, value=most)
    return Fix(label, set_value(case.experiment, Place("network", name, index), most))


def _moved_to_the_pictures(case: Case, index: int) -> Fix | None:
    if 3 not in case.legal.network[index].takes:
        return None
    for place in reversed(range(index)):
        shape = case.rows[place].in_shape
        if shape is not None and len(shape) == 3:
            moved = move_layer(case.experiment, index, place)
            rows = trace_shapes(case.spec.in_shape, moved.network[: index + 1])
            if any(row.error is not None for row in rows):
                return None
            label = _("Move it before {layer}").format(
                layer=_(case.experiment.network[place].label)
            )
            return Fix(label, moved)
    return None


def _better_loss(case: Case) -> Loss | None:
    """Return a loss that suits the data, or None if the current one does."""
    form, spec = case.experiment.loss.target_form, case.spec
    if spec.task == "regression":
        return None if form == "values" and not _too_low(case) else MSE()
    if spec.task == "multilabel":
        return None if form == "labels" else LabelCrossEntropy()
    if form == "classes" or (form == "binary" and spec.outputs == 2):
        return None
    if spec.outputs == 2 and case.final == (1,):
        return BinaryCrossEntropy()
    return CrossEntropy()


def _too_low(case: Case) -> bool:
    least, lowest = case.experiment.loss.lowest_target, case.spec.lowest_target
    return least is not None and lowest is not None and lowest < least


def _loss_problem(case: Case, better: Loss) -> Problem:
    names = {"loss": _(case.experiment.loss.label), "data": _(case.experiment.data.label)}
    if case.experiment.loss.target_form == "values" and case.spec.task == "regression":
        names["lowest"] = value_text(case.spec.lowest_target)
        what = _("{loss} is for counts, which are at least 0, but {data} goes down to {lowest}.")
    elif case.spec.task == "regression":
        what = _("{loss} needs classes or labels, but {data} has numbers to predict.")
    elif case.spec.task == "multilabel":
        what = _(
            "{loss} needs one target per sample, but samples of {data} can have several labels."
        )
    elif case.experiment.loss.target_form == "labels":
        what = _("{loss} is for several labels per sample, but samples of {data} have one class.")
    elif case.experiment.loss.target_form == "binary":
        names["classes"] = str(case.spec.outputs)
        what = _("{loss} is for 2 classes, but {data} has {classes}.")
    else:
        what = _("{loss} would treat class indices as numbers: class 2 as twice class 1.")
    label = _(better.label)
    experiment = replace(case.experiment, loss=better)
    outputs = _outputs(better, case.spec)
    if case.experiment.network and case.final not in {None, (outputs,)}:
        experiment = _output_fix(experiment, outputs).experiment
    return Problem(
        Place("loss"),
        what.format(**names),
        _("Choose {loss}.").format(loss=label),
        Fix(_("Use {loss}").format(loss=label), experiment),
    )


def _outputs(loss: Loss, spec: DataSpec) -> int:
    return 1 if loss.target_form == "binary" else spec.outputs


def _wrong_outputs(case: Case, loss: Loss, outputs: int) -> Problem:
    assert case.final is not None
    names = {"loss": _(loss.label), "outputs": outputs, "shape": shape_text(case.final)}
    if loss.target_form == "classes":
        what = _("{loss} expected {outputs} outputs, one per class, received {shape}.")
    elif loss.target_form == "labels":
        what = _("{loss} expected {outputs} outputs, one per label, received {shape}.")
    elif outputs == 1:
        what = _("{loss} expected 1 output, received {shape}.")
    else:
        what = _("{loss} expected {outputs} outputs, received {shape}.")
    last = _last_dense(case.experiment)
    if last is None:
        where = Place("network", layer=len(case.rows) - 1)
        hint = _("Add a final Dense layer with {outputs} units.")
    else:
        where, hint = (
            Place("network", "units", last),
            _("Set the last Dense layer to {outputs} units."),
        )
    fix = _output_fix(case.experiment, outputs)
    return Problem(where, what.format(**names), hint.format(**names), fix)


def _output_fix(experiment: Experiment, outputs: int) -> Fix:
    last = _last_dense(experiment)
    if last is None:
        label = _("Add Dense({units})").format(units=outputs)
        return Fix(label, _append(experiment, outputs))
    label = _("Set {units} units").format(units=outputs)
    return Fix(label, set_value(experiment, Place("network", "units", last), outputs))


def _last_dense(experiment: Experiment) -> int | None:
    """Return the index of the Dense layer that determines the output shape, if there is one."""
    rows = trace_shapes(legal_kind(experiment.data).spec().in_shape, experiment.network)
    for index in reversed(range(len(rows))):
        if isinstance(experiment.network[index], Dense):
            return index
        if rows[index].in_shape != rows[index].out_shape:
            return None
    return None


def _append(experiment: Experiment, outputs: int) -> Experiment:
    in_shape = legal_kind(experiment.data).spec().in_shape
    rows = trace_shapes(in_shape, experiment.network)
    shape = rows[-1].out_shape if rows else in_shape
    end: tuple[Layer, ...] = (Dense(outputs),)
    if shape is not None and len(shape) != 1:
        end = (Flatten(), *end)
    return replace(experiment, network=experiment.network + end)


def _applied_twice(case: Case) -> Iterator[Problem]:
    loss, network = case.experiment.loss, case.experiment.network
    unwanted = {
        "classes": {"probabilities"},
        "binary": {"probabilities", "probability"},
        "labels": {"probabilities", "probability"},
        "values": set(),
    }.get(loss.target_form, set())
    for index in reversed(range(len(network))):
        layer = network[index]
        if isinstance(layer, Activation) and layer.ends in unwanted:
            names = {"layer": _(layer.label), "loss": _(loss.label)}
            what = _(
                "{layer} before {loss}: the loss expects logits and applies this "
                "itself, so it would be applied twice and slow down training."
            )
            if not loss.takes_logits:
                what = _(
                    "{layer} before {loss}: the loss compares unbounded outputs, and "
                    "bounded ones can hardly reach its margin."
                )
            yield Problem(
                Place("network", layer=index),
                what.format(**names),
                _("Remove {layer}.").format(**names),
                Fix(_("Remove {layer}").format(**names), remove_layer(case.experiment, index)),
            )
            return
        if not layer.keeps_values:
            return
