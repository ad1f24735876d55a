"""A made-up run over each kind of data, to look at a panel without training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_digits

from nnplay.catalog import (
    LSTM,
    MSE,
    SGD,
    Adam,
    CrossEntropy,
    DataSpec,
    Dense,
    Digits,
    DigitTraits,
    Discs,
    Flatten,
    LabelCrossEntropy,
    Line,
    ReLU,
    Spiral,
    Wave,
)
from nnplay.data import load
from nnplay.data.arrays import Parts, Samples
from nnplay.data.input_columns import columns_of, with_statistics
from nnplay.data.synthetic.windows import windows_of
from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitCurve
from nnplay.engine.probes.forecast import Forecast
from nnplay.engine.probes.network_weights import NetworkWeights, StageWeights
from nnplay.experiment import Experiment, set_value
from nnplay.experiment.stages import network_stages
from nnplay.gui.panel.example_statistics import example_statistics
from nnplay.gui.runs.run_list import RunList
from nnplay.link import (
    EPOCH_COLUMNS,
    STEP_COLUMNS,
    ClassPredictions,
    Film,
    Frame,
    LabelPredictions,
    Part,
    Payload,
    Progress,
    RegressionMetrics,
    RegressionPredictions,
    Result,
    ResumePoints,
    Scores,
    Trace,
)
from nnplay.record.metrics import confusion_matrix, label_confusion
from nnplay.record.recorded_run import Parent, RecordedRun
from nnplay.translation import _

ExampleKey = Literal["curve", "plane", "images", "labels", "traits", "series"]
Floats = npt.NDArray[np.floating[Any]]
_STEPS, _EPOCHS = 2400, 8


@dataclass(frozen=True)
class ExampleRun:
    """All that a panel can be given about one run."""

    spec: DataSpec
    parts: Parts
    frame: Frame
    steps: Trace
    epochs: Trace
    result: Result


@cache
def example_run(key: ExampleKey) -> ExampleRun:
    """Return a run, two thirds done and finished as well; the same each time."""
    rng = np.random.default_rng(7)
    maker = {
        "curve": _curve,
        "plane": _plane,
        "images": _images,
        "labels": _labels,
        "traits": _traits,
        "series": _series,
    }[key]
    experiment, parts, payloads, weights = maker(rng)
    spec = experiment.data.spec()
    if (columns := columns_of(spec)) is not None:
        parts = replace(parts, columns=with_statistics(columns, parts.train.raw, ""))
    classifies = spec.has_accuracy
    steps, epochs = _traces(rng, classifies)
    progress = Progress(1599, _STEPS, 5.33, _EPOCHS, 12.4, 16_500.0, 6.2)
    payloads.append(_network(experiment, parts.train.x[0], rng))
    payloads.append(example_statistics(experiment, rng))
    frame = Frame(1, 1599, progress, 0.1187, 0.01, {type(one): one for one in payloads})
    predictions, fit = frame.get(ClassPredictions), frame.get(FitCurve)
    accuracy = None
    if predictions is not None:
        accuracy = float(np.trace(predictions.confusion) / predictions.confusion.sum())
    result = Result(
        experiment=experiment,
        device="cpu",
        threads=1,
        stepper="eager",
        steps=_STEPS,
        epochs=_EPOCHS,
        seconds=74.3,
        samples_per_second=16_500.0,
        stopped=False,
        train=_scores(spec, 0.0812, 0.9781),
        validation=_scores(spec, 0.1034, 0.9702),
        test=_scores(spec, 0.0978, accuracy or 0.9604),
        class_predictions=predictions,
        label_predictions=frame.get(LabelPredictions),
        weights=weights,
        weights_sha256="0" * 64,
        regression_predictions=None if fit is None else _regression_predictions(parts.train, fit),
    )
    return ExampleRun(spec, parts, frame, steps, epochs, result)


def example_run_list(run: ExampleRun) -> RunList:
    """Return two recorded runs, the second of which continues the first at another rate."""
    first = RecordedRun(
        "first", 1, run.result.experiment, run.steps, run.epochs, Film(), ResumePoints(),
        result=run.result, is_pinned=True,
    )  # fmt: skip
    slower = set_value(run.result.experiment, "optimizer.lr", 1e-5)
    second = replace(
        first, id="second", number=2, experiment=slower, result=None, is_pinned=False,
        parent=Parent("first", 1, 1200), note=_("slower"),
    )  # fmt: skip
    return RunList((first, second))


def _scores(spec: DataSpec, loss: float, accuracy: float) -> Scores:
    if spec.task == "regression":
        return Scores(
            loss,
            regression=RegressionMetrics(
                loss, loss**0.5, 0.9 * loss**0.5, 1 - loss / 3, -loss / 9, 3.1
            ),
        )
    if spec.task == "multilabel":
        return Scores(loss, accuracy, exact=accuracy**spec.outputs)
    if spec.outputs == 2:
        return Scores(loss, accuracy, auc=1 - (1 - accuracy) ** 2)
    return Scores(loss, accuracy, top5=1 - (1 - accuracy) / 8)


def _regression_predictions(samples: Samples, fit: FitCurve) -> RegressionPredictions:
    assert fit.weight is not None and fit.bias is not None
    predicted = (fit.weight * samples.x + fit.bias).astype(np.float32)
    return RegressionPredictions("test", np.reshape(samples.y, (-1, 1)), predicted)


_Made = tuple[Experiment, Parts, list[Payload], dict[str, npt.NDArray[Any]]]


def _curve(rng: np.random.Generator) -> _Made:
    data = Line()
    x = np.linspace(data.low, data.high, data.points, dtype=np.float32)
    y = (x + 1.2 * rng.random(len(x))).astype(np.float32)
    none = Samples(x[:0, None], y[:0, None])
    ends = np.array([-3.0, 3.0], dtype=np.float32)
    fit = FitCurve(ends, np.float32(0.8134) * ends + np.float32(0.3941), 0.8134, 0.3941)
    weights = {"0.weight": np.array([[0.8134]]), "0.bias": np.array([0.3941])}
    experiment = Experiment(data, (Dense(1),), MSE(), SGD(lr=1e-4), epochs=_EPOCHS)
    return experiment, Parts(Samples(x[:, None], y[:, None]), none, none), [fit], weights


def _plane(rng: np.random.Generator) -> _Made:
    data = Spiral()
    y = np.arange(data.points) % 2
    along = rng.random(data.points)
    angle = 2 * np.pi * data.turns * along + np.pi * y
    x = 5 * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x = (x + rng.normal(0, 0.1, x.shape)).astype(np.float32)
    at = np.linspace(-6, 6, 120)
    across, up = np.meshgrid(at, at)
    values = _spiral_probability(across, up, data.turns)
    cut = int(0.8 * data.points)
    parts = Parts(Samples(x[:cut], y[:cut]), Samples(x[cut:], y[cut:]), Samples(x[:0], y[:0]))
    experiment = Experiment(data, (Dense(8), ReLU(), Dense(2)), CrossEntropy(), Adam())
    held_out = parts.validation
    ones = _spiral_probability(held_out.x[:, 0], held_out.x[:, 1], data.turns)
    probabilities = np.stack([1 - ones, ones], axis=1)
    confusion = confusion_matrix(held_out.y, probabilities.argmax(1), 2)
    predictions = ClassPredictions("validation", held_out.y, probabilities, confusion, step=800)
    decision = DecisionMap(values, -6, 6, -6, 6)
    return experiment, parts, [decision, predictions], {}


def _network(experiment: Experiment, sample: Floats, rng: np.random.Generator) -> NetworkWeights:
    """Return a drawing of a network with random weights."""
    stages: list[StageWeights] = []
    for stage in network_stages(experiment.data.spec().in_shape, experiment.network):
        units = stage.units
        about = np.ones(units, np.float32), np.zeros(units, bool)
        values = rng.normal(0, 1, units).astype(np.float32)
        one = StageWeights(stage, *about, values)
        if stages:
            weights = rng.normal(0, 1, (units, stages[-1].stage.units)).astype(np.float32)
            bias = rng.normal(0, 1, units).astype(np.float32)
            one = replace(
                one, weights=weights, bias=bias, picture=weights, scale=1.6,
                connections=weights.size,
            )  # fmt: skip
        stages.append(one)
    predicted = rng.dirichlet(np.ones(units)).astype(np.float32)
    return NetworkWeights(tuple(stages), sample, predicted, 0.1187, 256)


def _series(rng: np.random.Generator) -> _Made:
    data = Wave(samples=300)
    t = data.pace * np.arange(data.samples + data.steps)
    series = (np.sin(t) + 0.5 * np.sin(0.37 * t) + rng.normal(0, 0.05, len(t))).astype(np.float32)
    x, y = windows_of(series, data.steps)
    none = Samples(x[:0], y[:0])
    target = series[-60:]
    predicted = target + (rng.normal(0, 0.02, 60).cumsum() * np.linspace(0, 2, 60)).astype(
        np.float32
    )
    forecast = Forecast(series[-60 - data.steps : -60], target, predicted)
    experiment = Experiment(data, (LSTM(16), Dense(1)), MSE(), Adam())
    return experiment, Parts(Samples(x, y), none, none), [forecast], {}


def _spiral_probability(x: Floats, y: Floats, turns: float) -> Floats:
    distance = np.hypot(x, y)
    wave = np.cos(np.arctan2(y, x) - 2 * np.pi * turns * distance / 5)
    probability: Floats = (1 / (1 + np.exp(4 * wave * np.minimum(distance, 3)))).astype(np.float32)
    return probability


def _images(rng: np.random.Generator) -> _Made:
    digits_data = load_digits()
    x = (digits_data.images[:, None] / 16).astype(np.float32)
    y = digits_data.target.astype(np.int64)
    test = Samples(x[:900], y[:900])
    logits = rng.normal(0, 1.3, (len(test), 10))
    logits[np.arange(len(test)), test.y] += 4.4
    exponentials = np.exp(logits)
    probabilities = (exponentials / exponentials.sum(1, keepdims=True)).astype(np.float32)
    confusion = confusion_matrix(test.y, probabilities.argmax(1), 10)
    predictions = ClassPredictions("test", test.y, probabilities, confusion, step=800)
    parts = Parts(Samples(x[900:1600], y[900:1600]), Samples(x[1600:], y[1600:]), test)
    network = (Flatten(), Dense(64), ReLU(), Dense(10))
    return Experiment(Digits(), network, CrossEntropy(), Adam()), parts, [predictions], {}


def _labels(rng: np.random.Generator) -> _Made:
    data = Discs()
    samples = load(data, 7).samples
    cut = int(0.8 * data.points)
    held_out = Samples(samples.x[cut:], samples.y[cut:])
    parts = Parts(
        Samples(samples.x[:cut], samples.y[:cut]), held_out, Samples(held_out.x[:0], held_out.y[:0])
    )
    at = np.linspace(-3.6, 3.6, 120)
    maps = _disc_probabilities(np.stack(np.meshgrid(at, at), -1), data.discs)
    decision = DecisionMap(maps[0], -3.6, 3.6, -3.6, 3.6, labels=maps)
    predicted = _disc_probabilities(held_out.x[:, np.newaxis], data.discs)[:, :, 0].T
    network = (Dense(8), ReLU(), Dense(data.discs))
    experiment = Experiment(data, network, LabelCrossEntropy(), Adam())
    predictions = _label_predictions("validation", held_out, predicted)
    return experiment, parts, [decision, predictions], {}


def _disc_probabilities(places: Floats, discs: int) -> Floats:
    """Return (discs, rows, columns), like a network that has almost learned them."""
    angles = np.pi / 2 - 2 * np.pi * np.arange(discs) / discs
    middles = 1.3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    far = np.stack([np.hypot(*np.moveaxis(places - middle, -1, 0)) for middle in middles])
    predictions: Floats = (1 / (1 + np.exp(4 * (far - 1.5)))).astype(np.float32)
    return predictions


def _traits(rng: np.random.Generator) -> _Made:
    data = DigitTraits()
    samples = load(data, 7).samples
    x, y = samples.x, samples.y
    test = Samples(x[:900], y[:900])
    probabilities = (1 / (1 + np.exp(-rng.normal(6 * test.y - 3, 1.8)))).astype(np.float32)
    parts = Parts(Samples(x[900:1600], y[900:1600]), Samples(x[1600:], y[1600:]), test)
    network = (Flatten(), Dense(64), ReLU(), Dense(data.spec().outputs))
    experiment = Experiment(data, network, LabelCrossEntropy(), Adam())
    return experiment, parts, [_label_predictions("test", test, probabilities)], {}


def _label_predictions(part: Part, samples: Samples, predicted: Floats) -> LabelPredictions:
    target = samples.y.astype(np.int64)
    return LabelPredictions(
        part, target, predicted, label_confusion(target, predicted > 0.5), step=800
    )


def _traces(rng: np.random.Generator, classifies: bool) -> tuple[Trace, Trace]:
    steps, epochs = Trace(STEP_COLUMNS), Trace(EPOCH_COLUMNS)
    step = np.arange(1, _STEPS + 1)
    loss = 2.2 * np.exp(-step / 300) + 0.1
    noisy = loss * np.exp(rng.normal(0, 0.35, _STEPS))
    right = np.clip(1 - loss / 2.6 + rng.normal(0, 0.03, _STEPS), 0, 1)
    right = right if classifies else np.full(_STEPS, np.nan)
    per_epoch = _STEPS // _EPOCHS
    rate, nothing = np.full(_STEPS, 0.01), np.full(_STEPS, np.nan)
    steps.extend(np.stack([step, step / per_epoch, noisy, right, rate, nothing], axis=1))
    for epoch in range(1, _EPOCHS + 1):
        part = slice((epoch - 1) * per_epoch, epoch * per_epoch)
        mean, share = noisy[part].mean(), right[part].mean()
        end = loss[part][-1]
        held_out = [end * 1.1 + 0.02 * epoch / _EPOCHS, share - 0.01]
        epochs.extend(
            np.array([[epoch, epoch * per_epoch, mean, share, *held_out, np.nan, held_out[0]]])
        )
    return steps, epochs
