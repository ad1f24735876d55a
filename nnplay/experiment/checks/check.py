"""Checks an experiment without torch, quickly enough for every edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from nnplay.catalog import Constant, Fault, Kind, Layer, Param, params_of
from nnplay.experiment.augmentation import Augmentation
from nnplay.experiment.checks.policy import augmentation_problems, policy_problems
from nnplay.experiment.checks.problems import Fix, Problem
from nnplay.experiment.checks.stack import Case, network_problems, suits
from nnplay.experiment.checks.torch_version import torch_problems
from nnplay.experiment.clamping import BATCH_LIMIT, legal, legal_batch_size, nearest, value_text
from nnplay.experiment.edit import set_value
from nnplay.experiment.place import Place
from nnplay.experiment.shapes import Row, trace_shapes
from nnplay.experiment.sizes import group_columns, part_sizes
from nnplay.experiment.training_rules import Policy, Regularisation
from nnplay.experiment.value import Experiment, Split
from nnplay.translation import _

_MOST_NAMES = 12
_DEVICE = re.compile(r"auto|cpu|cuda(:\d{1,3})?", re.ASCII)


def check(experiment: Experiment) -> tuple[Problem, ...]:
    """Return everything that must change before the experiment can run; empty if it can.

    Never raises. Each fix is the experiment with that one problem solved.
    """
    valid = legal(experiment)
    spec = valid.data.spec()
    case = Case(experiment, valid, spec, trace_shapes(spec.in_shape, valid.network))
    return (
        *_values_out_of_range(experiment),
        *_range_of_the_data(case),
        *_faults(case, Place("data"), case.legal.data.faults()),
        *_faults_of_the_layers(case),
        *_faults_of_the_loss(case),
        *network_problems(case),
        *_nesterov(case),
        *_unused_schedule(case),
        *_double_warmup(case),
        *_tf32_on_the_cpu(case),
        *_shares(case),
        *_groups(case),
        *policy_problems(case),
        *torch_problems(case),
        *augmentation_problems(case),
    )


def _values_out_of_range(experiment: Experiment) -> Iterator[Problem]:
    holders: list[tuple[Place, Kind | Split | Regularisation | Policy | Augmentation]] = [
        (Place("data"), experiment.data),
        *((Place("network", layer=i), layer) for i, layer in enumerate(experiment.network)),
        (Place("loss"), experiment.loss),
        (Place("optimizer"), experiment.optimizer),
        (Place("schedule"), experiment.schedule),
        (Place("split"), experiment.split),
        (Place("regularisation"), experiment.regularisation),
        (Place("policy"), experiment.policy),
        (Place("augmentation"), experiment.augmentation),
    ]
    for place, holder in holders:
        for p in params_of(type(holder)):
            yield from _out_of_range(experiment, place.at(p.name), p, getattr(holder, p.name))
    for p in params_of(Experiment):
        yield from _out_of_range(experiment, Place(p.name), p, getattr(experiment, p.name))
    size = experiment.batch_size
    if legal_batch_size(size) != size or isinstance(size, bool):
        expected = _("1 to {high} samples, or the full batch").format(high=f"{BATCH_LIMIT:,}")
        yield _illegal_value(
            experiment, Place("batch_size"), expected, size, legal_batch_size(size)
        )
    device = experiment.device
    if not isinstance(device, str) or _DEVICE.fullmatch(device) is None:
        expected = _("auto, cpu, cuda or cuda:N, for example cuda:0")
        yield _illegal_value(experiment, Place("device"), expected, device, "auto")


def _out_of_range(experiment: Experiment, where: Place, p: Param, value: Any) -> Iterator[Problem]:
    expected = p.problem(value)
    if expected is not None:
        yield _illegal_value(experiment, where, expected, value, nearest(p, value))


def _illegal_value(
    experiment: Experiment, where: Place, expected: str, received: Any, legal_value: Any
) -> Problem:
    what = _("Expected {expected}, received {received}.").format(
        expected=expected, received=value_text(received)
    )
    label = _("Set {value}").format(
        value=_("full") if legal_value is None else value_text(legal_value)
    )
    return Problem(where, what, fix=Fix(label, set_value(experiment, where, legal_value)))


def _range_of_the_data(case: Case) -> Iterator[Problem]:
    values = case.legal.data.values()
    low, high = values.get("low"), values.get("high")
    if not isinstance(low, int | float) or not isinstance(high, int | float) or low < high:
        return
    if low > high:
        label, ends = _("Swap low and high"), (high, low)
    elif low < 0:
        label, ends = _("Widen the range"), (low, low + 1.0)
    else:
        label, ends = _("Widen the range"), (high - 1.0, high)
    data = replace(case.experiment.data, low=ends[0], high=ends[1])  # type: ignore[type-var]
    yield Problem(
        Place("data", "high"),
        _("Expected the right end to be greater than the left, received {low} and {high}.").format(
            low=value_text(low), high=value_text(high)
        ),
        fix=Fix(label, replace(case.experiment, data=data)),
    )


def _faults(case: Case, place: Place, faults: Iterable[Fault]) -> Iterator[Problem]:
    """Yield the faults that a kind finds in its own parameters."""
    for fault in faults:
        fix = None
        if fault.fix:
            fixed = case.experiment
            for name, value in fault.fix:
                fixed = set_value(fixed, place.at(name), value)
            fix = Fix(fault.fix_label, fixed)
        yield Problem(place.at(fault.field), fault.what, fault.hint, fix, fault.at)


def _faults_of_the_layers(case: Case) -> Iterator[Problem]:
    for index, layer in enumerate(case.legal.network):
        yield from _faults(case, Place("network", layer=index), layer.faults())


def _faults_of_the_loss(case: Case) -> Iterator[Problem]:
    # If the loss does not suit the data, it has to be replaced; its parameters do not matter.
    if suits(case):
        yield from _faults(case, Place("loss"), case.legal.loss.faults(case.spec.outputs))


def _nesterov(case: Case) -> Iterator[Problem]:
    values = case.legal.optimizer.values()
    if values.get("nesterov") is True and values.get("momentum") == 0:
        yield Problem(
            Place("optimizer", "nesterov"),
            _("Nesterov looks ahead along the momentum, which is 0."),
            _("Set a momentum, or switch Nesterov off."),
            Fix(
                _("Set momentum {value}").format(value="0.9"),
                set_value(case.experiment, "optimizer.momentum", 0.9),
            ),
        )
    if values.get("nesterov") is True and values.get("dampening"):
        yield Problem(
            Place("optimizer", "dampening"),
            _("Nesterov momentum requires a dampening of 0."),
            _("Set the dampening to 0, or switch Nesterov off."),
            Fix(
                _("Set dampening {value}").format(value="0"),
                set_value(case.experiment, "optimizer.dampening", 0.0),
            ),
        )


def _unused_schedule(case: Case) -> Iterator[Problem]:
    optimizer, schedule = case.experiment.optimizer, case.experiment.schedule
    if not optimizer.follows_rate and not schedule.is_constant:
        names = {"optimizer": _(optimizer.label), "schedule": _(schedule.label)}
        yield Problem(
            Place("schedule"),
            _(
                "{optimizer} adapts its step sizes itself after the first step, so the "
                "schedule {schedule} would have no effect."
            ).format(**names),
            _("Choose the constant schedule, or another optimizer."),
            Fix(_("Use a constant learning rate"), replace(case.experiment, schedule=Constant())),
        )


def _double_warmup(case: Case) -> Iterator[Problem]:
    schedule = case.legal.schedule
    if schedule.includes_warmup and schedule.warmup:
        yield Problem(
            Place("schedule", "warmup"),
            _("{schedule} already includes a warm-up.").format(schedule=_(schedule.label)),
            _("Remove the warm-up."),
            Fix(
                _("Set the warm-up to {value}").format(value="0"),
                set_value(case.experiment, "schedule.warmup", 0),
            ),
        )


def _tf32_on_the_cpu(case: Case) -> Iterator[Problem]:
    if case.legal.precision == "tf32" and case.experiment.device == "cpu":
        yield Problem(
            Place("precision"),
            _("tf32 is only available on GPUs, but the device is the CPU."),
            _("Choose another precision, or another device."),
            Fix(
                _("Set {value}").format(value="float32"),
                replace(case.experiment, precision="float32"),
            ),
        )


def _shares(case: Case) -> Iterator[Problem]:
    if not case.spec.samples:
        return  # reported by the faults of the data set
    train = _training_samples(case, case.legal.split)
    if train >= 1:
        yield from _batches_of_one(case, train)
        return
    tries = ((0.1, 0.0 if case.spec.test_samples else 0.1), (0.1, 0.0), (0.0, 0.0))
    less = [replace(case.experiment.split, validation=one, test=two) for one, two in tries]
    split = next((one for one in less if _training_samples(case, one) >= 1), less[-1])
    yield Problem(
        Place("split"),
        _("Validation and test take all {samples} samples: none are left for training.").format(
            samples=f"{case.spec.samples:,}"
        ),
        _("Use smaller shares."),
        Fix(
            _("Use {validation} validation and {test} test").format(
                validation=f"{split.validation:.0%}", test=f"{split.test:.0%}"
            ),
            replace(case.experiment, split=split),
        ),
    )


def _groups(case: Case) -> Iterator[Problem]:
    split = case.legal.split
    if split.how != "by group" or group_columns(case.spec, split.group):
        return
    fix = Fix(_("Choose automatically"), set_value(case.experiment, "split.how", "automatic"))
    if len(case.spec.in_shape) != 1:
        yield Problem(
            Place("split", "how"),
            _("Groups are the values of an input, but the samples are no rows of a table."),
            _("Hold out another way."),
            fix,
        )
        return
    names = case.spec.input_names or tuple(str(n) for n in range(1, case.spec.in_shape[0] + 1))
    shown = ", ".join(_(name) for name in names[:_MOST_NAMES])
    more = ", …" if len(names) > _MOST_NAMES else ""
    yield Problem(
        Place("split", "group"),
        _("There is no input {name}.").format(name=value_text(split.group)),
        _("Inputs: {names}.").format(names=shown + more),
        fix,
    )


def _training_samples(case: Case, split: Split) -> int:
    test = 0.0 if case.spec.test_samples else split.test
    validation = 0.0 if case.spec.validation_samples else split.validation
    if validation + test >= 1:
        return 0
    return part_sizes(case.spec, split)[0]


def _batches_of_one(case: Case, train: int) -> Iterator[Problem]:
    """Yield that a batch of one sample has no variance to divide by; torch refuses it."""
    size = case.legal.batch_size
    drops = case.legal.policy.drop_last
    alone = size is not None and _has_batch_of_one(train, size) and (size == 1 or not drops)
    if not (alone or train == 1):
        return
    pairs = enumerate(zip(case.legal.network, case.rows, strict=True), 1)
    found = next(
        ((n, layer) for n, (layer, row) in pairs if _needs_batch_statistics(layer, row)), None
    )
    if found is None:
        return
    number, layer = found
    values = {"layer": _(layer.label), "number": number, "train": f"{train:,}", "size": size}
    if train == 1:
        what = _(
            "{layer} (layer {number}) needs at least 2 samples in every batch, but "
            "there is only 1 training sample."
        )
        yield Problem(
            Place("split"),
            what.format(**values),
            _("Use smaller shares for validation and test, or more samples."),
        )
        return
    assert size is not None
    larger = size + 1
    while _has_batch_of_one(train, larger):
        larger += 1
    what = _(
        "{layer} (layer {number}) needs at least 2 samples in every batch, but "
        "{train} samples in batches of {size} leave a last batch of 1."
    )
    yield Problem(
        Place("batch_size"),
        what.format(**values),
        _("Choose another batch size."),
        Fix(
            _("Set the batch size to {size}").format(size=larger),
            replace(case.experiment, batch_size=larger),
        ),
    )


def _needs_batch_statistics(layer: Layer, row: Row) -> bool:
    shape = row.in_shape
    # A frozen layer uses its running statistics instead of those of the batch.
    return (
        shape is not None
        and row.error is None
        and not layer.frozen
        and layer.needs_batch_statistics(shape)
    )


def _has_batch_of_one(train: int, size: int) -> bool:
    return train % size == 1 or (size == 1 and train > 0)
