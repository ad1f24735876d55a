"""Evaluation of a network on samples: its loss and other metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite, nan

import numpy as np
import torch
from torch import Tensor, nn

from nnplay.engine.batches import Tensors
from nnplay.engine.evaluation.accuracy import count_correct
from nnplay.engine.evaluation.inference import evaluating
from nnplay.engine.evaluation.output import Output
from nnplay.experiment import MonitoredMetric
from nnplay.experiment.sizes import CHUNK_NUMBERS
from nnplay.link import Scores
from nnplay.record.metrics import (
    TOP_CLASSES,
    area,
    confusion_matrix,
    macro_of_classes,
    regression_metrics,
    roc_curve,
    top_share,
)


def chunk_size(x: Tensor) -> int:
    """Return how many samples to evaluate at a time."""
    return max(1, CHUNK_NUMBERS // max(1, x[:1].numel()))


def evaluate(
    model: nn.Module,
    loss_function: nn.Module,
    samples: Tensors,
    target_form: str,
    poll: Callable[[], None],
) -> tuple[Scores, Tensor]:
    """Return loss and accuracy over all samples, and the logits (n, outputs).

    `poll` is called between chunks and may raise to cancel.
    """
    if not len(samples):
        return Scores(), torch.empty(0)
    size = chunk_size(samples.x)
    logits: Tensor | None = None
    loss, weight, correct = torch.zeros(3, dtype=torch.float64, device=samples.x.device)
    for start in range(0, len(samples), size):
        here = slice(start, start + size)
        x, y = samples.inputs(here), samples.y[here]
        with evaluating(model):
            outputs = model(x)
            share = _weight(loss_function, y)
            loss += loss_function(outputs, y).double() * share
            weight += share
            if target_form != "values":
                correct += count_correct(outputs, y, target_form)
        if logits is None:
            # Allocated once: small pieces kept between freed chunks would fragment the memory.
            logits = outputs.new_empty((len(samples), *outputs.shape[1:]))
        logits[start : start + size] = outputs
        poll()
    assert logits is not None
    accuracy = None if target_form == "values" else correct.item() / len(samples)
    return Scores((loss / weight).item(), accuracy), logits


def _weight(loss_function: nn.Module, y: Tensor) -> Tensor | float:
    """Return the divisor of the mean over a batch, to combine the means of several batches."""
    weight = loss_function.weight if isinstance(loss_function, nn.CrossEntropyLoss) else None
    return len(y) if weight is None else weight[y].double().sum()


def with_metrics(scores: Scores, logits: Tensor, samples: Tensors, output: Output) -> Scores:
    """Add the metrics that apply to the logits of these samples to loss and accuracy."""
    if not len(logits):
        return scores
    if output.form == "values":
        errors = regression_metrics(samples.values, output.values(logits))
        unit = output.loss_unit
        in_units = None if unit is None or scores.loss is None else unit * scores.loss
        return replace(scores, regression=errors, loss_in_units=in_units)
    target = samples.y
    if output.form == "labels":
        correct = (logits > 0) == (target > 0.5)
        return replace(scores, exact=correct.all(1).double().mean().item())
    class_probabilities = output.probabilities(logits).cpu().numpy()
    classes = target.reshape(-1).cpu().numpy().astype(np.int64)
    if class_probabilities.shape[1] == 2:
        auc = area(roc_curve(classes, class_probabilities[:, 1]))
        return replace(scores, auc=auc if isfinite(auc) else None)
    if class_probabilities.shape[1] >= TOP_CLASSES:
        return replace(scores, top5=top_share(classes, class_probabilities))
    return scores


def monitored_value(
    monitored: MonitoredMetric, logits: Tensor, samples: Tensors, output: Output
) -> float:
    """Return a metric from the logits of a part; NaN without samples, or if a column holds it."""
    if monitored.column or not len(logits):
        return nan
    if monitored.metric not in ("precision", "recall", "f1"):
        scores = with_metrics(Scores(), logits, samples, output)
        holder = scores.regression if monitored.metric in ("rmse", "mae", "r2") else scores
        value = getattr(holder, monitored.metric, None)
        return nan if value is None else float(value)
    class_probabilities = output.probabilities(logits)
    classes = samples.y.reshape(-1).cpu().numpy().astype(np.int64)
    counts = confusion_matrix(
        classes, class_probabilities.argmax(1).cpu().numpy(), class_probabilities.shape[1]
    )
    return float(getattr(macro_of_classes(counts), monitored.metric))
