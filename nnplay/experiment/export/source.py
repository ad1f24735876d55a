"""An experiment as a plain PyTorch script that makes the same calls as nnplay."""

from __future__ import annotations

from collections.abc import Iterable
from math import isinf

from nnplay.catalog import Call, Numbers
from nnplay.experiment.export import source_policy
from nnplay.experiment.export.embedded_modules import OWN, ModuleSource
from nnplay.experiment.export.source_scaling import (
    ScriptScaling,
    scaled_samples,
    scaling_functions,
)
from nnplay.experiment.seeds import derive_seed
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.sizes import ticks_per_epoch
from nnplay.experiment.value import Experiment
from nnplay.experiment.weights.transfer import weights_path

_DRAW = Call(f"{OWN}initialisers:initialise", {})
_FREEZE = Call(f"{OWN}freeze:freeze", {})
_TAKE = Call(f"{OWN}load_weights:load_matching_weights", {})
_SHRINK = Call(f"{OWN}penalised_weights:penalised_weights", {})
_AUGMENT = Call(f"{OWN}augment:augment", {})
_TARGETS = {
    "values": "y contains the numbers to predict, shape (samples, outputs), float32",
    "classes": "y contains the class indices, shape (samples,), int64",
    "binary": "y contains 0 or 1, shape (samples,), int64",
    "labels": "y contains a 0 or 1 for each label, shape (samples, labels), float32",
}


def pytorch_source(experiment: Experiment, scaling: ScriptScaling | None = None) -> str:
    """Return a script with the same network, loss and optimizer, and a training loop.

    With the `scaling` of a run the script takes samples in the units of the data, without it as
    the network does. Raises ShapeError if the layers do not fit together.
    """
    scaling = scaling or ScriptScaling()
    parts = (
        _opening(experiment),
        _model(experiment),
        _initial_weights(experiment),
        _tools(experiment),
        _dropout_seed(experiment),
        scaling_functions(experiment, scaling),
        _loop(experiment, scaling),
    )
    return "\n".join(line for part in parts for line in part)


def _calls(experiment: Experiment) -> Iterable[Call]:
    rows = trace_shapes(experiment.data.spec().in_shape, experiment.network)
    for layer, row in zip(experiment.network, rows, strict=True):
        if row.error is not None:
            raise row.error
        assert row.in_shape is not None
        yield layer.call(row.in_shape)


def _schedule_calls(experiment: Experiment) -> tuple[Call, ...]:
    ticks = ticks_per_epoch(experiment)
    return experiment.schedule.in_ticks(ticks).calls(
        experiment.epochs * ticks, experiment.optimizer.lr, experiment.policy.metric.higher
    )


def _opening(experiment: Experiment) -> Iterable[str]:
    if experiment.name:
        # On one line: a line break in the name must not end the comment and start code.
        yield "# " + "".join(c if c.isprintable() else " " for c in experiment.name)
    calls = [*_calls(experiment), experiment.loss.call(), experiment.optimizer.call()]
    calls += _schedule_calls(experiment)
    modules = {call.target.partition(":")[0] for call in (*calls, *_own_calls(experiment))}
    own = [ModuleSource.read(one) for one in sorted(modules) if one.startswith(OWN)]
    imports = {"import torch", "from torch import nn"}
    imports |= {line for one in own for line in one.imports}
    imports |= set(source_policy.policy_imports(experiment))
    if experiment.start:
        imports.add("from safetensors.torch import load_file")
    imports |= {f"import {one}" for one in modules if not one.startswith(("torch", OWN))}
    yield from sorted(imports, key=lambda line: ("torch" in line, line.startswith("from"), line))
    for one in own:
        yield from ("", "", one.text, "")
    yield ""
    if experiment.precision == "tf32":
        yield "torch.backends.cuda.matmul.allow_tf32 = True  # GPU matrix products"
        yield "torch.backends.cudnn.allow_tf32 = True"
    seed = derive_seed(experiment.seed, "init", experiment.draw)
    yield f"torch.manual_seed({seed})  # reproducible initial weights"
    yield ""


def _model(experiment: Experiment) -> Iterable[str]:
    yield "model = nn.Sequential("
    for call in _calls(experiment):
        yield f"    {_call(call)},"
    yield ")"


def _own_calls(experiment: Experiment) -> Iterable[Call]:
    """Return calls of the functions that the script must include."""
    if any(layer.initialisation for layer in experiment.network):
        yield _DRAW
    if any(layer.frozen for layer in experiment.network):
        yield _FREEZE
    if experiment.start:
        yield _TAKE
    if _penalty(experiment):
        yield _SHRINK
    if experiment.augmentation.is_on:
        yield _AUGMENT


def _initial_weights(experiment: Experiment) -> Iterable[str]:
    for index, layer in enumerate(experiment.network):
        draw = layer.initialisation
        if draw is not None:
            arguments = "".join(f", {name}={_value(one)}" for name, one in draw.args.items())
            how = draw.target.partition(":")[2]
            yield f"initialise(model[{index}], nn.init.{how}{arguments})"
    if experiment.start:
        drawn = [index for index, layer in enumerate(experiment.network) if layer.initialisation]
        but = f", but={drawn}" if drawn else ""
        file = f"load_file({str(weights_path(experiment.start))!r})"
        yield f"load_matching_weights(model, by_layer({file}){but})"
    frozen = [f"model[{index}]" for index, layer in enumerate(experiment.network) if layer.frozen]
    if frozen:
        yield f"frozen = [{', '.join(frozen)}]"
        yield "for layer in frozen:"
        yield "    freeze(layer)"


def _tools(experiment: Experiment) -> Iterable[str]:
    if not experiment.loss.needs_class_counts:
        yield f"loss_function = {_call(experiment.loss.call())}"
    weights = "model.parameters()"
    if any(layer.frozen for layer in experiment.network):
        weights = "[p for p in model.parameters() if p.requires_grad]"
    yield f"optimizer = {_call(experiment.optimizer.call(), weights)}"
    yield from _schedulers(experiment)


def _schedulers(experiment: Experiment) -> Iterable[str]:
    schedules = [_call(call, "optimizer") for call in _schedule_calls(experiment)]
    ticks = ticks_per_epoch(experiment)
    if schedules and experiment.schedule.by == "step":
        yield f"# The scheduler counts steps: {ticks} to an epoch."
    if len(schedules) == 1:
        yield f"scheduler = {schedules[0]}"
    elif schedules and experiment.schedule.uses_metric:
        yield f"warm_up = {schedules[0]}"
        yield f"scheduler = {schedules[1]}"
    elif schedules:
        yield "scheduler = torch.optim.lr_scheduler.SequentialLR("
        yield "    optimizer,"
        yield f"    [{schedules[0]}, {schedules[1]}],"
        yield f"    milestones=[{experiment.schedule.warmup * ticks}],"
        yield ")"


def _dropout_seed(experiment: Experiment) -> Iterable[str]:
    seed = derive_seed(experiment.seed, "dropout")
    yield f"torch.manual_seed({seed})  # reproducible dropout"
    yield ""
    yield from source_policy.policy_functions(experiment)


def _loop(experiment: Experiment, scaling: ScriptScaling) -> Iterable[str]:
    form = experiment.loss.target_form
    shape = ", ".join(map(str, experiment.data.spec().in_shape))
    size = "len(x)" if experiment.batch_size is None else str(experiment.batch_size)
    target = "y[rows].float().unsqueeze(1)" if form == "binary" else "y[rows]"
    validates = source_policy.needs_validation(experiment)
    given = "x, y, x_validation, y_validation" if validates else "x, y"
    like = "; likewise for the validation set" if validates else ""
    yield ""
    yield f"def train({given}, epochs={experiment.epochs}):"
    yield f'    """x has shape (samples, {shape}), float32; {_TARGETS[form]}{like}."""'
    yield from _indented(1, scaled_samples(scaling, has_validation=validates))
    yield from _indented(1, source_policy.before_training(experiment))
    yield from _indented(1, _weighted_loss(experiment))
    policy = experiment.policy
    counts_correct = source_policy.counts_correct(experiment)
    yield "    for epoch in range(epochs):"
    yield "        model.train()"
    if any(layer.frozen for layer in experiment.network):
        yield "        for layer in frozen:"
        yield "            freeze(layer)  # also keeps its running statistics"
    yield (
        "        total, seen, correct = 0.0, 0, 0"
        if counts_correct
        else "        total, seen = 0.0, 0"
    )
    yield f"        order = {source_policy.order(experiment)}"
    yield f"        for rows in order.split({size}):"
    if policy.time_limit:
        yield "            if time.perf_counter() >= deadline:"
        yield "                break  # time limit"
    if policy.drop_last and experiment.batch_size is not None:
        yield f"            if len(rows) < min({size}, len(x)):"
        yield "                continue  # drop the last, smaller batch"
    yield from _indented(3, _batch(experiment, target))
    if counts_correct:
        yield f"            correct += {source_policy.batch_correct(experiment)}"
    if policy.time_limit:
        yield "        if time.perf_counter() >= deadline:"
        yield "            break"
    yield from _indented(2, source_policy.after_epoch(experiment, bool(scaling.y_mean)))
    yield from _indented(2, _after_epoch(experiment))
    yield '        print(f"epoch {epoch + 1}: loss {total / seen:.4f}")'
    yield from _indented(2, source_policy.ends(experiment))
    yield from _indented(1, source_policy.after_training(experiment))
    yield ""


def _weighted_loss(experiment: Experiment) -> Iterable[str]:
    if experiment.loss.needs_class_counts:
        classes = experiment.data.spec().outputs
        yield f"counts = torch.bincount(y, minlength={classes})  # rare classes get larger weights"
        weights = f"len(y) / ({classes} * counts.clamp(min=1))"
        yield f"weight = torch.where(counts > 0, {weights}, 1.0)"
        call = _call(experiment.loss.call())
        yield f"loss_function = {call[:-1]}{', ' * (call[-2] != '(')}weight=weight)"


def _batch(experiment: Experiment, target: str) -> Iterable[str]:
    rules = experiment.regularisation
    yield "optimizer.zero_grad()"
    changes = {name: one for name, one in experiment.augmentation.values().items() if one}
    if changes:
        settings = ", ".join(f"{name}={_value(one)}" for name, one in changes.items())
        yield "generator.manual_seed(augment_seed(step))"
        yield "step += 1"
        forward = f"output = model(augment(x[rows], generator, {settings}))"
    else:
        forward = "output = model(x[rows])"
    if experiment.precision == "bfloat16":
        yield "with torch.autocast(x.device.type, torch.bfloat16, cache_enabled=False):"
        yield f"    {forward}"
        yield "output = output.float()"
    else:
        yield forward
    yield f"loss = loss_function(output, {target})"
    penalty = _penalty(experiment)
    if penalty:
        yield f"penalty = {' + '.join(penalty)}"
        yield "(loss + penalty).backward()"
    else:
        yield "loss.backward()"
    clip = {"by norm": "norm", "by value": "value"}.get(rules.clip)
    if clip is not None:
        yield f"nn.utils.clip_grad_{clip}_(model.parameters(), {rules.clip_at!r})"
    yield "optimizer.step()"
    yield from _after_step(experiment)
    yield "total += loss.item() * len(rows)"
    yield "seen += len(rows)"


def _indented(depth: int, lines: Iterable[str]) -> Iterable[str]:
    return ("    " * depth + line for line in lines)


def _after_step(experiment: Experiment) -> Iterable[str]:
    """Yield the call of a scheduler that counts steps."""
    schedule = experiment.schedule
    if schedule.by == "epoch" or (schedule.uses_metric and not schedule.warmup):
        return
    if _schedule_calls(experiment):
        yield "warm_up.step()" if schedule.uses_metric else "scheduler.step()"


def _after_epoch(experiment: Experiment) -> Iterable[str]:
    """Yield the calls of a scheduler that counts epochs."""
    schedule = experiment.schedule
    if not schedule.uses_metric:
        if schedule.by == "epoch" and _schedule_calls(experiment):
            yield "scheduler.step()"
    elif schedule.warmup and schedule.by == "step":
        yield f"if epoch >= {schedule.warmup}:"
        yield "    scheduler.step(monitored)"
    elif schedule.warmup:
        yield f"if epoch < {schedule.warmup}:"
        yield "    warm_up.step()"
        yield "else:"
        yield "    scheduler.step(monitored)"
    else:
        yield "scheduler.step(monitored)"


def _penalty(experiment: Experiment) -> list[str]:
    """Return the terms of the penalty: those for all layers, then those for single layers."""
    rules = experiment.regularisation
    strengths = [("model", rules.l1, rules.l2)]
    strengths += [
        (f"model[{index}]", *layer.penalties)
        for index, layer in enumerate(experiment.network)
        if not layer.frozen
    ]
    return [
        f"{strength!r} * sum(w.{term}.sum() for w in penalised_weights({part}))"
        for part, *pair in strengths
        for strength, term in zip(pair, ("abs()", "square()"), strict=True)
        if strength
    ]


def _call(call: Call, first: str = "") -> str:
    module, _colon, name = call.target.partition(":")
    front = "" if module.startswith(OWN) else "nn." if module == "torch.nn" else f"{module}."
    arguments = [first] if first else []
    arguments += [f"{name}={_value(value)}" for name, value in call.args.items()]
    return f"{front}{name}({', '.join(arguments)})"


def _value(value: object) -> str:
    if isinstance(value, Numbers):
        return f"torch.tensor([{', '.join(map(_value, value.values))}])"
    if isinstance(value, float) and (isinf(value) or value != value):  # noqa: PLR0124
        return f'float("{value}")'
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_value, value)) + ("," if len(value) == 1 else "") + ")"
    return repr(value)
