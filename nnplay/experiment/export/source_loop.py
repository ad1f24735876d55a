"""The lines of an exported script that train the network and evaluate it."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from nnplay.experiment.export import source_policy
from nnplay.experiment.export.source_network import (
    call_text,
    has_penalty,
    is_freezing,
    schedule_calls,
    value_text,
)
from nnplay.experiment.export.source_scaling import Scaling
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.sizes import CHUNK_NUMBERS, holds_out, part_sizes
from nnplay.experiment.value import Experiment

_TARGETS = {
    "values": "y contains the numbers to predict, shape (samples, outputs), float32",
    "classes": "y contains the class indices, shape (samples,), int64",
    "binary": "y contains 0 or 1, shape (samples,), int64",
    "labels": "y contains a 0 or 1 for each label, shape (samples, labels), float32",
}


def evaluation_lines(experiment: Experiment, scaling: Scaling) -> Iterable[str]:
    """Yield the function that evaluates the network on samples."""
    form = experiment.loss.target_form
    size = max(1, CHUNK_NUMBERS // max(1, prod(experiment.data.spec().in_shape)))
    inputs = "network_inputs(x)" if scaling.of_inputs else "x"
    targets = "network_targets(y)" if scaling.of_targets else "y"
    if form == "binary":
        targets = "y.float().unsqueeze(1)"
    yield from ("", "", "def evaluate(x, y):")
    yield '    """Return the mean loss of samples, and the outputs of the network for them."""'
    yield "    model.eval()"
    yield "    total, weight, outputs = 0.0, 0.0, []"
    yield "    with torch.no_grad():"
    yield f"        for inputs, targets in zip({inputs}.split({size}), {targets}.split({size})):"
    yield "            outputs.append(model(inputs))"
    yield f"            share = {_share(experiment)}"
    yield "            total += loss_function(outputs[-1], targets).item() * share"
    yield "            weight += share"
    yield "    return total / weight, torch.cat(outputs)"


def _share(experiment: Experiment) -> str:
    """Return the divisor of the mean over a part, to combine the means of several parts."""
    call = experiment.loss.call()
    is_weighted = experiment.loss.needs_class_counts or "weight" in call.args
    if call.target == "torch.nn:CrossEntropyLoss" and is_weighted:
        return "loss_function.weight[targets].double().sum().item()"
    return "len(targets)"


def training_lines(experiment: Experiment, scaling: Scaling) -> Iterable[str]:
    """Yield the function that trains the network."""
    needed = source_policy.needs_validation(experiment)
    validates = needed or has_validation(experiment)
    yield from ("", "")
    yield from _heading(experiment, validates=validates, needed=needed)
    if experiment.loss.needs_class_counts:
        yield "    global loss_function"
    if scaling.of_inputs:
        yield "    x = network_inputs(x)"
    if scaling.of_targets:
        yield "    y = network_targets(y)"
    yield from _indented(1, source_policy.before_training(experiment))
    yield from _indented(1, _weighted_loss(experiment))
    yield "    history = []"
    yield "    for epoch in range(epochs):"
    yield from _indented(2, _batches(experiment))
    yield "        loss = total / seen"
    yield from _indented(2, _report(experiment, validates=validates, needed=needed))
    yield from _indented(2, source_policy.after_epoch(experiment))
    yield from _indented(2, _after_epoch(experiment))
    yield from _indented(2, source_policy.ends(experiment))
    yield from _indented(1, source_policy.after_training(experiment))
    yield "    return history"


def _heading(experiment: Experiment, *, validates: bool, needed: bool) -> Iterable[str]:
    given, like = "x, y", ""
    if validates:
        given += ", x_validation{0}, y_validation{0}".format("" if needed else "=None")
        like = "; likewise for validation"
    shape = ", ".join(map(str, experiment.data.spec().in_shape))
    yield f"def train({given}, epochs={experiment.epochs}):"
    yield '    """Train the network; print and return the losses of every epoch.'
    yield ""
    yield f"    x has shape (samples, {shape}), float32;"
    yield f"    {_TARGETS[experiment.loss.target_form]}{like}."
    yield '    """'


def _batches(experiment: Experiment) -> Iterable[str]:
    """Yield the lines of an epoch that train."""
    form, policy = experiment.loss.target_form, experiment.policy
    size = "len(x)" if experiment.batch_size is None else str(experiment.batch_size)
    counts_correct = source_policy.counts_correct(experiment)
    yield "model.train()"
    if is_freezing(experiment):
        yield "for layer in frozen:"
        yield "    freeze(layer)  # also keeps its running statistics"
    yield "total, seen, correct = 0.0, 0, 0" if counts_correct else "total, seen = 0.0, 0"
    yield f"order = {source_policy.order(experiment)}"
    yield f"for rows in order.split({size}):"
    if policy.time_limit:
        yield "    if time.perf_counter() >= deadline:"
        yield "        break  # time limit"
    if policy.drop_last and experiment.batch_size is not None:
        yield f"    if len(rows) < min({size}, len(x)):"
        yield "        continue  # drop the last, smaller batch"
    target = "y[rows].float().unsqueeze(1)" if form == "binary" else "y[rows]"
    yield from _indented(1, _batch(experiment, target))
    if counts_correct:
        yield f"    correct += {source_policy.batch_correct(experiment)}"
    if policy.time_limit:
        yield "if time.perf_counter() >= deadline:"
        yield "    break"


def has_validation(experiment: Experiment) -> bool:
    """Return whether samples are held out for validation."""
    return part_sizes(experiment.data.spec(), experiment.split)[1] > 0


def may_lack_parts(experiment: Experiment) -> bool:
    """Return whether a part may turn out to be empty, as where there are too few groups."""
    return holds_out(experiment.data.spec(), experiment.split) == "by group"


def _report(experiment: Experiment, *, validates: bool, needed: bool) -> Iterable[str]:
    yield 'report = f"epoch {epoch + 1}: loss {loss}"'
    yield "history.append([loss])"
    if validates:
        front = "" if needed else "    "
        if not needed:
            more = " and len(x_validation)" if may_lack_parts(experiment) else ""
            yield f"if x_validation is not None{more}:"
        yield f"{front}validation_loss, output = evaluate(x_validation, y_validation)"
        yield front + 'report += f", validation loss {validation_loss}"'
        yield front + "history[-1].append(validation_loss)"
    yield "print(report)"


def _weighted_loss(experiment: Experiment) -> Iterable[str]:
    if experiment.loss.needs_class_counts:
        classes = experiment.data.spec().outputs
        yield f"counts = torch.bincount(y, minlength={classes}).tolist()"
        yield "# Rare classes get larger weights."
        yield f"weights = [len(y) / ({classes} * count) if count else 1.0 for count in counts]"
        call = call_text(experiment.loss.call())
        yield (
            f"loss_function = {call[:-1]}{', ' * (call[-2] != '(')}weight=torch.tensor(weights))"
        )


def _batch(experiment: Experiment, target: str) -> Iterable[str]:
    rules = experiment.regularisation
    yield "optimizer.zero_grad()"
    changes = {name: one for name, one in experiment.augmentation.values().items() if one}
    if changes:
        settings = ", ".join(f"{name}={value_text(one)}" for name, one in changes.items())
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
    if has_penalty(experiment):
        yield from _penalty(experiment)
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


def _penalty(experiment: Experiment) -> Iterable[str]:
    rules = experiment.regularisation
    strengths = [("model", rules.l1, rules.l2)]
    if any(any(layer.penalties) for layer in experiment.network):
        rows = trace_shapes(experiment.data.spec().in_shape, experiment.network)
        strengths = [
            (f"model[{index}]", rules.l1 + layer.penalties[0], rules.l2 + layer.penalties[1])
            for index, (layer, row) in enumerate(zip(experiment.network, rows, strict=True))
            if row.trainable
        ]
    yield "penalty = 0.0"
    for part, l1, l2 in strengths:
        terms = [(l1, "abs()"), (l2, "square()")]
        if not (l1 or l2):
            continue
        yield f"for w in penalised_weights({part}):"
        for strength, term in terms:
            if strength:
                yield f"    penalty = penalty + {strength!r} * w.{term}.sum()"


def _indented(depth: int, lines: Iterable[str]) -> Iterable[str]:
    return ("    " * depth + line for line in lines)


def _after_step(experiment: Experiment) -> Iterable[str]:
    """Yield the call of a scheduler that counts steps."""
    schedule = experiment.schedule
    if schedule.by == "epoch" or (schedule.uses_metric and not schedule.warmup):
        return
    if schedule.uses_metric:
        yield f"if epoch < {schedule.warmup}:"
        yield "    warm_up.step()"
    elif schedule_calls(experiment):
        yield "scheduler.step()"


def _after_epoch(experiment: Experiment) -> Iterable[str]:
    """Yield the calls of a scheduler that counts epochs."""
    schedule = experiment.schedule
    if not schedule.uses_metric:
        if schedule.by == "epoch" and schedule_calls(experiment):
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
