"""Whether the layers fit on top of each other, and into the data and the loss around them."""

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
    Dropout,
    Flatten,
    Identity,
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
    """An experiment as the user has it, with what is known about it."""

    experiment: Experiment
    legal: Experiment
    """The same with every single value in its range."""
    spec: DataSpec
    rows: tuple[Row, ...]

    @property
    def final(self) -> tuple[int, ...] | None:
        """What comes out of the stack, None where it breaks."""
        return self.rows[-1].out_shape if self.rows else self.spec.in_shape


def network_problems(case: Case) -> Iterator[Problem]:
    """Yield what is wrong with the layers and with how data, layers and loss go together."""
    better = _better_loss(case)
    if better is not None:
        yield _loss_problem(case, better)
    loss = better or case.legal.loss
    outputs = _outputs(loss, case.spec)
    if not case.experiment.network:
        yield Problem(
            Place("network"),
            _("The network has no layers."),
            _("Add a layer that learns, such as Dense."),
            _output_fix(case.experiment, outputs),
        )
        return
    for index, row in enumerate(case.rows):
        if row.error is not None:
            yield _broken(case, index, row.error)
            return
    yield from _deaf(case)
    if case.final != (outputs,):
        yield _wrong_outputs(case, loss, outputs)
    elif not any(row.parameters for row in case.rows):
        yield Problem(
            Place("network"),
            _("No layer has weights, so there is nothing to learn."),
            _("Add a Dense layer."),
            Fix(_("Add Dense({units})").format(units=outputs), _append(case.experiment, outputs)),
        )
    elif not any(row.trainable for row in case.rows):
        yield _all_frozen(case)
    if better is None:
        yield from _squashed(case)


def _all_frozen(case: Case) -> Problem:
    last = max(index for index, row in enumerate(case.rows) if row.parameters)
    where = Place("network", "frozen", last)
    thawed = set_value(case.experiment, where, False)
    return Problem(
        where,
        _("Every layer with weights is frozen, so there is nothing to learn."),
        _("Let the last one learn."),
        Fix(_("Unfreeze {layer}").format(layer=_(case.experiment.network[last].label)), thawed),
    )


def suits(case: Case) -> bool:
    """Say whether the loss is one for such data."""
    return _better_loss(case) is None


def _deaf(case: Case) -> Iterator[Problem]:
    """What stands in front of a layer that only looks numbers up cannot learn."""
    for index in range(1, len(case.rows)):
        layer = case.experiment.network[index]
        if not layer.hears_gradients and any(row.trainable for row in case.rows[:index]):
            yield Problem(
                Place("network", layer=index),
                _("What stands in front of {layer} cannot learn through it.").format(
                    layer=_(layer.label)
                ),
                _("Put it first, or remove it."),
                Fix(_("Remove the layer"), remove_layer(case.experiment, index)),
            )
            return


def _broken(case: Case, index: int, error: ShapeError) -> Problem:
    hint, fix = _cure(case, index, error)
    label = _(case.experiment.network[index].label)
    what = _("{layer} expected {expected}, received {received}.").format(
        layer=label, expected=_(error.expected), received=shape_text(error.received)
    )
    return Problem(Place("network", layer=index), what, hint, fix)


def _cure(case: Case, index: int, error: ShapeError) -> tuple[str, Fix]:
    experiment = case.experiment
    cure = kinds("layer").get(error.cure)
    if cure is not None and issubclass(cure, Layer):
        name = _(cure.label)
        fix = Fix(
            _("Insert {layer} in front").format(layer=name),
            insert_layer(experiment, index, cure()),
        )
        return _("Put {layer} in front of it.").format(layer=name), fix
    shared = _shared_evenly(case, index, error)
    if shared is not None:
        return _("Choose a number that divides both without rest."), shared
    if len(error.received) in case.legal.network[index].takes:
        smaller = _smaller_window(case, index, error)
        if smaller is not None:
            return _("Use a smaller window, or fewer layers that shrink what comes."), smaller
    else:
        moved = _moved_to_the_pictures(case, index)
        if moved is not None:
            return _("It works on pictures: place it before they become a row."), moved
    remove = Fix(_("Remove the layer"), remove_layer(experiment, index))
    if case.spec.is_picture or len(error.received) in case.legal.network[index].takes:
        return _("Remove it, or change what comes in front of it."), remove
    return _("Remove it, or choose data that are pictures."), remove


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
    """Offer the most groups or heads, up to those wanted, that divide what they share."""
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
            label = _("Move it in front of {layer}").format(
                layer=_(case.experiment.network[place].label)
            )
            return Fix(label, moved)
    return None


def _better_loss(case: Case) -> Loss | None:
    """Return a loss that suits the data, or None where the present one does."""
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
        what = _("{loss} is for counts from 0 up, but {data} goes down to {lowest}.")
    elif case.spec.task == "regression":
        what = _("{loss} needs classes or labels, but {data} has numbers to predict.")
    elif case.spec.task == "multilabel":
        what = _(
            "{loss} takes one truth per sample, but samples of {data} may carry several labels."
        )
    elif case.experiment.loss.target_form == "labels":
        what = _("{loss} is for several labels per sample, but those of {data} have one class.")
    elif case.experiment.loss.target_form == "binary":
        names["classes"] = str(case.spec.outputs)
        what = _("{loss} is for 2 classes, but {data} has {classes}.")
    else:
        what = _("{loss} on class numbers: it would take class 2 for twice as much as class 1.")
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
        hint = _("End with a Dense layer of {outputs} units.")
    else:
        where, hint = (
            Place("network", "units", last),
            _("Give the last Dense layer {outputs} units."),
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
    """Return the place of the Dense layer whose units are what comes out in the end."""
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


def _squashed(case: Case) -> Iterator[Problem]:
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
                "{layer} before {loss}: the loss works on logits and does this itself, so it "
                "would happen twice and learning would be slow."
            )
            if not loss.squeezes:
                what = _(
                    "{layer} before {loss}: the loss compares outputs without bounds, and squeezed "
                    "ones hardly reach its margin."
                )
            yield Problem(
                Place("network", layer=index),
                what.format(**names),
                _("Remove {layer}.").format(**names),
                Fix(_("Remove {layer}").format(**names), remove_layer(case.experiment, index)),
            )
            return
        if not isinstance(layer, Identity | Flatten | Dropout):
            return
