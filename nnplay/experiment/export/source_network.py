"""The lines of an exported script that build the network, the loss and the optimizer."""

from __future__ import annotations

from collections.abc import Iterable
from math import isinf
from textwrap import wrap

from nnplay.catalog import Call, Numbers
from nnplay.experiment.export.embedded_modules import OWN
from nnplay.experiment.seeds import derive_seed
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.sizes import ticks_per_epoch
from nnplay.experiment.value import Experiment
from nnplay.experiment.weights.transfer import weights_path

_DRAW = Call(f"{OWN}initialisers:initialise", {})
_FREEZE = Call(f"{OWN}freeze:freeze", {})
_TAKE = Call(f"{OWN}load_weights:load_matching_weights", {})
_READ = Call(f"{OWN}read_weights:read_weights", {})
_SHRINK = Call(f"{OWN}penalised_weights:penalised_weights", {})
_AUGMENT = Call(f"{OWN}augment:augment", {})
_LONGEST = 96
MODEL = "model = nn.Sequential("
"""The line before those of the layers, one each."""
FUSED = frozenset({"SGD", "Adam", "AdamW", "Adagrad"})
"""The optimizers of torch that have a fused version for the CPU, whose rounding differs."""


def layer_calls(experiment: Experiment) -> Iterable[Call]:
    """Yield the call that makes each layer; raises ShapeError if they do not fit together."""
    rows = trace_shapes(experiment.data.spec().in_shape, experiment.network)
    for layer, row in zip(experiment.network, rows, strict=True):
        if row.error is not None:
            raise row.error
        assert row.in_shape is not None
        yield layer.call(row.in_shape)


def schedule_calls(experiment: Experiment) -> tuple[Call, ...]:
    """Return the calls of torch's schedulers that come closest to the schedule."""
    ticks = ticks_per_epoch(experiment)
    return experiment.schedule.in_ticks(ticks).calls(
        experiment.epochs * ticks, experiment.optimizer.lr, experiment.policy.metric.higher
    )


def own_modules(experiment: Experiment) -> list[str]:
    """Return the names of nnplay's own modules whose source the script must include."""
    calls = [*layer_calls(experiment), experiment.loss.call(), experiment.optimizer.call()]
    if experiment.schedule.uses_metric:
        calls += schedule_calls(experiment)
    if any(layer.initialisation for layer in experiment.network):
        calls.append(_DRAW)
    if is_freezing(experiment):
        calls.append(_FREEZE)
    if experiment.start:
        calls += [_TAKE, _READ]
    if has_penalty(experiment):
        calls.append(_SHRINK)
    if experiment.augmentation.is_on:
        calls.append(_AUGMENT)
    modules = {call.target.partition(":")[0] for call in calls}
    return sorted(one for one in modules if one.startswith(OWN))


def other_modules(experiment: Experiment) -> set[str]:
    """Return the names of modules of neither torch nor nnplay, which plug-ins use."""
    calls = [*layer_calls(experiment), experiment.loss.call(), experiment.optimizer.call()]
    calls += schedule_calls(experiment)
    modules = {call.target.partition(":")[0] for call in calls}
    return {one for one in modules if not one.startswith(("torch", OWN))}


def has_penalty(experiment: Experiment) -> bool:
    """Return whether large weights add to the loss."""
    rules = experiment.regularisation
    return bool(rules.l1 or rules.l2 or any(any(one.penalties) for one in experiment.network))


def is_freezing(experiment: Experiment) -> bool:
    """Return whether any layer is frozen."""
    return any(layer.frozen for layer in experiment.network)


def network_lines(experiment: Experiment, pretrained: str = "") -> Iterable[str]:
    """Yield the lines that build the network with its initial weights.

    `pretrained` is the file of the pretrained weights, beside the script; without it, they are read
    where they are on this machine.
    """
    seed = derive_seed(experiment.seed, "init", experiment.draw)
    yield f"torch.manual_seed({seed})  # reproducible initial weights"
    yield ""
    yield MODEL
    for call in layer_calls(experiment):
        yield f"    {call_text(call)},"
    yield ")"
    for index, layer in enumerate(experiment.network):
        draw = layer.initialisation
        if draw is not None:
            arguments = "".join(f", {name}={value_text(one)}" for name, one in draw.args.items())
            how = draw.target.partition(":")[2]
            yield f"initialise(model[{index}], nn.init.{how}{arguments})"
    if experiment.start:
        drawn = [index for index, layer in enumerate(experiment.network) if layer.initialisation]
        but = f", but={drawn}" if drawn else ""
        path = (
            f"FOLDER / {pretrained!r}" if pretrained else repr(str(weights_path(experiment.start)))
        )
        yield f"load_matching_weights(model, by_layer(read_weights({path})){but})"
    frozen = [f"model[{index}]" for index, layer in enumerate(experiment.network) if layer.frozen]
    if frozen:
        yield f"frozen = [{', '.join(frozen)}]"
        yield "for layer in frozen:"
        yield "    freeze(layer)"
    if _has_convolutions(experiment):
        yield "# Convolutions on the CPU are faster with the channels of a pixel side by side."
        yield "model = model.to(memory_format=torch.channels_last)"


def _has_convolutions(experiment: Experiment) -> bool:
    rows = trace_shapes(experiment.data.spec().in_shape, experiment.network)
    return any(
        len(shape) == 4
        for layer, row in zip(experiment.network, rows, strict=True)
        for shape in layer.weights(row.in_shape or ()).values()
    )


def tool_lines(experiment: Experiment) -> Iterable[str]:
    """Yield the lines that make the loss, the optimizer and the scheduler."""
    if not experiment.loss.needs_class_counts:
        yield from _wrapped(f"loss_function = {call_text(experiment.loss.call())}")
    weights = "model.parameters()"
    if is_freezing(experiment):
        weights = "[p for p in model.parameters() if p.requires_grad]"
    call = experiment.optimizer.call()
    module, _colon, name = call.target.partition(":")
    if module == "torch.optim" and name in FUSED:
        call = Call(call.target, {**call.args, "fused": True})
    yield from _wrapped(f"optimizer = {call_text(call, weights)}")
    yield from _scheduler_lines(experiment)
    seed = derive_seed(experiment.seed, "dropout")
    yield f"torch.manual_seed({seed})  # reproducible dropout"


def _scheduler_lines(experiment: Experiment) -> Iterable[str]:
    calls, schedule = schedule_calls(experiment), experiment.schedule
    if not calls:
        return
    ticks, name = ticks_per_epoch(experiment), "scheduler"
    if schedule.uses_metric:
        calls, last = calls[:-1], calls[-1]
        name = "warm_up"
    if calls:
        time = "step" if schedule.by == "step" else "epoch"
        yield ""
        yield ""
        yield f"def lr_factor({time}):"
        yield f'    """Return the factor of the learning rate in {_an(time)}, counted from 0."""'
        for call in calls[-1:]:
            text = f"To rounding, as {call_text(call, 'optimizer')}"
            yield from wrap(text, 96, initial_indent="    # ", subsequent_indent="    # ")
        lines = schedule.in_ticks(ticks).warm_up_lines(experiment.epochs * ticks)
        yield from (f"    {line.replace('epoch', time)}" for line in lines)
        yield ""
        yield ""
        yield f"{name} = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_factor)"
    if schedule.uses_metric:
        yield from _wrapped(f"scheduler = {call_text(last, 'optimizer')}")


def _wrapped(line: str) -> Iterable[str]:
    """Yield an assignment of a call, on several lines if it is long."""
    start, _bracket, arguments = line.partition("(")
    if len(line) <= _LONGEST:
        yield line
        return
    yield f"{start}("
    inner = arguments.removesuffix(")")
    yield from wrap(
        inner, _LONGEST, initial_indent="    ", subsequent_indent="    ", break_long_words=False
    )
    yield ")"


def _an(time: str) -> str:
    return f"a{'n' if time == 'epoch' else ''} {time}"


def call_text(call: Call, first: str = "") -> str:
    """Return a call as source text, with an optional first argument."""
    module, _colon, name = call.target.partition(":")
    front = "" if module.startswith(OWN) else "nn." if module == "torch.nn" else f"{module}."
    arguments = [first] if first else []
    arguments += [f"{name}={value_text(value)}" for name, value in call.args.items()]
    return f"{front}{name}({', '.join(arguments)})"


def value_text(value: object) -> str:
    """Return a value as source text."""
    if isinstance(value, Numbers):
        return f"torch.tensor([{', '.join(map(value_text, value.values))}])"
    if isinstance(value, float) and (isinf(value) or value != value):  # noqa: PLR0124
        return f'float("{value}")'
    if isinstance(value, tuple):
        return "(" + ", ".join(map(value_text, value)) + ("," if len(value) == 1 else "") + ")"
    return repr(value)
