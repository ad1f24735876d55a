"""An experiment as a Keras 3 script with the same layers, data, loss and optimizer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from nnplay.experiment.export.keras_layers import NotInKeras, keras_lines
from nnplay.experiment.export.source_data import has_test, is_split, loading_lines, origin
from nnplay.experiment.export.source_loop import has_validation
from nnplay.experiment.export.source_main import parts_of
from nnplay.experiment.export.source_scaling import Scaling
from nnplay.experiment.shapes import trace_shapes
from nnplay.experiment.sizes import ticks_per_epoch
from nnplay.experiment.value import Experiment

_IMPORTS = {
    "Path": "from pathlib import Path",
    "gzip": "import gzip",
    "math": "import math",
    "sys": "import sys",
    "tarfile": "import tarfile",
}
_RESIDUAL = '''
def residual_block(x, filters, stride, projects):
    """Return x, or a projection of it, plus the result of two convolutions."""
    change = layers.Conv2D(filters, 3, strides=stride, use_bias=False)(layers.ZeroPadding2D(1)(x))
    change = layers.ReLU()(layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(change))
    change = layers.Conv2D(filters, 3, padding="same", use_bias=False)(change)
    change = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(change)
    if projects:
        x = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return layers.ReLU()(x + change)
'''
_POSITIONS = '''
def positions(steps, features):
    """Return waves that tell each step its position."""
    pair = np.arange(features) // 2
    angle = np.arange(steps)[:, np.newaxis] / 10_000 ** (2 * pair / features)
    waves = np.where(np.arange(features) % 2 == 0, np.sin(angle), np.cos(angle))
    return waves.astype("float32")
'''
_STEP_RATES = '''
class RateBySteps(keras.callbacks.Callback):
    """Sets the learning rate before every step."""

    step = 0

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = {lr!r} * lr_factor(self.step)
        self.step += 1
'''


def keras_source(experiment: Experiment, data_file: str) -> str:
    """Return the script; `data_file` is the file beside it that holds its data, if it needs one.

    Raises NotInKeras for a part without a counterpart, ShapeError if the layers do not fit.
    """
    parts = (
        _functions(experiment, data_file),
        "# Network\n\n" + "\n".join(_network(experiment)),
        "\n".join(['if __name__ == "__main__":', *(f"    {one}" for one in _run(experiment))]),
    )
    body = "\n\n\n".join(parts)
    names = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    names |= {"Path", "sys"} if "FOLDER" in names else set()
    imports = sorted(line for name, line in _IMPORTS.items() if name in names)
    folder = ["FOLDER = Path(sys.argv[0]).parent"] if "FOLDER" in names else []
    opening = [
        *_opening(experiment),
        "",
        *sorted(imports, key=lambda one: one.startswith("from")),
        *([""] if imports else []),
        "import keras",
        "import numpy as np",
        "from keras import layers",
        "",
        *folder,
        f"keras.utils.set_random_seed({experiment.seed})",
    ]
    text = "\n".join(opening) + "\n\n\n" + body + "\n"
    return re.sub(r"\n{4,}", "\n\n\n", text)


def _opening(experiment: Experiment) -> Iterator[str]:
    if experiment.name:
        yield "# " + "".join(c if c.isprintable() else " " for c in experiment.name)
        yield "#"
    yield "# Needs Keras 3 with one of its backends, and NumPy. Made with nnplay."
    notes = list(_differences(experiment))
    if notes:
        text = "Not the same as in nnplay: " + "; ".join(notes) + "."
        yield "#"
        yield from wrap(text, 96, initial_indent="# ", subsequent_indent="# ")


def _differences(experiment: Experiment) -> Iterator[str]:
    """Yield what the script leaves out or does differently."""
    if any(layer.key in ("RNN", "LSTM") for layer in experiment.network):
        yield "RNN and LSTM layers have one bias in Keras and two in PyTorch"
    if experiment.augmentation.is_on:
        yield "images are not augmented"
    if experiment.regularisation.label_noise:
        yield "no labels are made wrong"
    if experiment.start:
        yield "the network starts from random weights"
    policy = experiment.policy
    if (policy.is_watching or experiment.schedule.uses_metric) and not _monitor(experiment):
        yield f"the {policy.watch} is not monitored"
    if policy.stop_at_target or policy.time_limit:
        yield "the run does not end at a target or a time"


def _functions(experiment: Experiment, data_file: str) -> str:
    lines = ["# Data", *loading_lines(experiment, data_file)]
    keys = {layer.key for layer in experiment.network}
    if "ResidualBlock" in keys:
        lines += ["", *_RESIDUAL.splitlines()]
    if any(
        layer.key == "SelfAttention" and layer.values()["positions"] for layer in experiment.network
    ):
        lines += ["", *_POSITIONS.splitlines()]
    schedule, ticks = experiment.schedule, ticks_per_epoch(experiment)
    if not _is_constant(experiment):
        time = "step" if schedule.by == "step" else "epoch"
        lines += ["", "", f"def lr_factor({time}):"]
        lines.append(f'    """Return the factor of the learning rate at that {time}, from 0."""')
        factors = schedule.in_ticks(ticks).warm_up_lines(experiment.epochs * ticks)
        lines += [f"    {line.replace('epoch', time)}" for line in factors]
        if schedule.by == "step":
            lines += ["", *_STEP_RATES.format(lr=experiment.optimizer.lr).splitlines()]
    return "\n".join(lines)


def _is_constant(experiment: Experiment) -> bool:
    """Return whether the learning rate does not depend on the time."""
    schedule = experiment.schedule
    return schedule.uses_metric or (schedule.is_constant and not schedule.warmup)


def _network(experiment: Experiment) -> Iterator[str]:
    shape = experiment.data.spec().in_shape
    outer = (*shape[1:], shape[0]) if len(shape) == 3 else shape
    yield f"inputs = keras.Input(shape={outer})"
    yield "x = inputs"
    for layer, row in zip(experiment.network, trace_shapes(shape, experiment.network), strict=True):
        if row.error is not None:
            raise row.error
        assert row.in_shape is not None
        yield from keras_lines(layer, row.in_shape, experiment)
    yield "model = keras.Model(inputs, x)"
    metrics = {"classes": '["accuracy"]', "values": "[]"}.get(
        experiment.loss.target_form, "[keras.metrics.BinaryAccuracy(threshold=0.0)]"
    )
    yield f"optimizer = {_optimizer(experiment)}"
    yield f"model.compile(optimizer, {_loss(experiment)}, metrics={metrics})"


def _loss(experiment: Experiment) -> str:
    loss: Any = experiment.loss
    known = {
        "MSE": '"mean_squared_error"',
        "MAE": '"mean_absolute_error"',
        "CrossEntropy": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        "BinaryCrossEntropy": "keras.losses.BinaryCrossentropy(from_logits=True)",
        "LabelCrossEntropy": "keras.losses.BinaryCrossentropy(from_logits=True)",
    }
    changed = any(
        value != param.default
        for param, value in zip(loss.params(), loss.values().values(), strict=True)
    )
    if loss.key == "Huber":
        return f"keras.losses.Huber(delta={loss.delta!r})"
    if loss.key not in known or changed:
        raise NotInKeras(loss.label)
    return known[loss.key]


_OPTIMIZERS = {
    "SGD": ("SGD", {"momentum": "momentum", "nesterov": "nesterov"}),
    "Adam": ("Adam", {"beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps"}),
    "AdamW": ("AdamW", {"beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps"}),
    "NAdam": ("Nadam", {"beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps"}),
    "Adamax": ("Adamax", {"beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps"}),
    "RMSprop": ("RMSprop", {"rho": "alpha", "momentum": "momentum", "epsilon": "eps"}),
    "Adagrad": ("Adagrad", {"epsilon": "eps"}),
    "Adadelta": ("Adadelta", {"rho": "rho", "epsilon": "eps"}),
    "Lion": ("Lion", {"beta_1": "beta1", "beta_2": "beta2"}),
}
"""The class in Keras, and its arguments by the parameters of nnplay."""
_DECOUPLED = ("AdamW", "Lion")


def _optimizer(experiment: Experiment) -> str:
    optimizer: Any = experiment.optimizer
    decay = getattr(optimizer, "weight_decay", 0.0)
    if optimizer.key not in _OPTIMIZERS or (decay and optimizer.key not in _DECOUPLED):
        # Keras has no decay that is part of the gradient.
        raise NotInKeras(optimizer.label)
    name, arguments = _OPTIMIZERS[optimizer.key]
    given = [f"learning_rate={optimizer.lr!r}"]
    given += [f"{key}={getattr(optimizer, own)!r}" for key, own in arguments.items()]
    if optimizer.key == "Adagrad":
        given.append(f"initial_accumulator_value={optimizer.initial_accumulator_value!r}")
    if decay:
        given.append(f"weight_decay={decay!r}")
    rules = experiment.regularisation
    clip = {"by norm": "global_clipnorm", "by value": "clipvalue"}.get(rules.clip)
    if clip:
        given.append(f"{clip}={rules.clip_at!r}")
    return f"keras.optimizers.{name}({', '.join(given)})"


def _run(experiment: Experiment) -> Iterator[str]:
    place = "" if origin(experiment.data) == "generated" else "*sys.argv[1:]"
    yield f"{'x, y, x_test, y_test' if has_test(experiment) else 'x, y'} = load_data({place})"
    if is_split(experiment):
        last = "_" if has_test(experiment) else "(x_test, y_test)"
        yield f"(x, y), (x_validation, y_validation), {last} = split(x, y)"
    scaling, parts = Scaling(experiment, None), parts_of(experiment)
    if scaling.of_targets:
        yield "Y_MEAN, Y_STD = 0.0, 1.0"
    yield from scaling.measuring(convert="")
    names = {"x": [f"x{part}" for part in parts], "y": [f"y{part}" for part in parts]}
    xs, ys = ", ".join(names["x"]), ", ".join(names["y"])
    if scaling.of_inputs:
        yield from _each(xs, '((one - X_SHIFT) / X_SIZE).astype("float32")')
    if scaling.of_targets:
        yield from _each(ys, '((one - Y_MEAN) / Y_STD).astype("float32")')
    if len(experiment.data.spec().in_shape) == 3:
        yield from _each(xs, "one.transpose(0, 2, 3, 1)")
    validation = ", validation_data=(x_validation, y_validation)" * has_validation(experiment)
    size = "len(x)" if experiment.batch_size is None else experiment.batch_size
    yield "model.summary()"
    yield "model.fit("
    yield f"    x, y, batch_size={size}, epochs={experiment.epochs}{validation},"
    yield f"    shuffle={experiment.policy.shuffle},"
    yield "    callbacks=["
    yield from (f"        {one}," for one in _callbacks(experiment))
    yield "    ],"
    yield ")"
    labels = {"": "training", "_validation": "validation", "_test": "test"}
    for part in parts:
        yield f"scores = model.evaluate(x{part}, y{part}, verbose=0, return_dict=True)"
        yield f'print("{labels[part]}:", scores)'


def _each(names: str, expression: str) -> Iterator[str]:
    if "," in names:
        yield f"{names} = ({expression} for one in ({names}))"
    else:
        yield f"{names} = {expression.replace('one', names, 1)}"


def _callbacks(experiment: Experiment) -> Iterator[str]:
    schedule, policy, monitor = experiment.schedule, experiment.policy, _monitor(experiment)
    if schedule.uses_metric and monitor:
        values = schedule.values()
        yield (
            f'keras.callbacks.ReduceLROnPlateau("{monitor}", factor={values["drop"]!r}, '
            f"patience={values['patience']})"
        )
    elif not _is_constant(experiment):
        lr = experiment.optimizer.lr
        yield (
            "RateBySteps()"
            if schedule.by == "step"
            else f"keras.callbacks.LearningRateScheduler(lambda epoch: {lr!r} * lr_factor(epoch))"
        )
    if (policy.early_stopping or policy.keep_best) and monitor:
        patience = policy.patience if policy.early_stopping else experiment.epochs
        yield (
            f'keras.callbacks.EarlyStopping("{monitor}", min_delta={policy.min_delta!r}, '
            f'patience={patience}, mode="{"max" if policy.metric.higher else "min"}", '
            f"restore_best_weights={policy.keep_best})"
        )


def _monitor(experiment: Experiment) -> str:
    """Return Keras's name of the monitored metric; empty if it does not compute it."""
    metric, form = experiment.policy.metric, experiment.loss.target_form
    if metric.metric not in ("loss", "accuracy"):
        return ""
    name = "binary_accuracy" if metric.metric == "accuracy" and form != "classes" else metric.metric
    return f"val_{name}" if metric.part == "validation" else name
