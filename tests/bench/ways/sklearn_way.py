"""scikit-learn's MLPRegressor or MLPClassifier, which know dense stacks of one activation."""

from __future__ import annotations

import warnings
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from nnplay.catalog import SGD, Activation, Dense
from nnplay.experiment import Experiment
from tests.bench.jobs import Job, parts_of
from tests.bench.ways.first import initial_weights


class ScikitLearn:
    """An estimator of one job; threads are those of its BLAS."""

    note = "threads of its BLAS"

    def __init__(self, job: Job, _device: str) -> None:
        self._job = job
        # So few epochs as are asked for here are never enough for it.
        warnings.filterwarnings("ignore", category=ConvergenceWarning)

    def _fit(
        self, experiment: Experiment, seed: int, epochs: int, most: int = 0
    ) -> tuple[Any, Any, Any, float]:
        samples = parts_of(experiment).train
        x, y = samples.x.reshape(len(samples), -1), samples.y.reshape(len(samples))
        if most:
            x, y = x[:most], y[:most]
        is_regression = samples.y.dtype == np.float32
        hidden = [layer.units for layer in experiment.network if isinstance(layer, Dense)][:-1]
        activations = {layer.key for layer in experiment.network if isinstance(layer, Activation)}
        settings = experiment.optimizer
        # It halves squared errors, so that only twice the rate takes the same steps.
        lr = settings.lr * (2 if is_regression else 1)
        model = (MLPRegressor if is_regression else MLPClassifier)(
            hidden_layer_sizes=tuple(hidden),
            activation={"Tanh": "tanh", "ReLU": "relu"}.get("".join(activations), "relu"),
            solver="sgd" if isinstance(settings, SGD) else "adam", alpha=0.0,
            batch_size=min(experiment.batch_size or len(x), len(x)), learning_rate_init=lr,
            momentum=getattr(settings, "momentum", 0.0), nesterovs_momentum=False,
            max_iter=epochs, tol=0.0, n_iter_no_change=10**9, random_state=seed, warm_start=True,
            shuffle=experiment.batch_size is not None,
        )  # fmt: skip
        # Allocates the weights, which are then set to those of the others.
        if is_regression:
            model.partial_fit(x, y)
        else:
            model.partial_fit(x, y, classes=np.unique(samples.y))
        weights = initial_weights(experiment, seed)
        model.coefs_ = [weight.astype(x.dtype) for weight, _bias in weights]
        model.intercepts_ = [bias.astype(x.dtype) for _weight, bias in weights]
        start = perf_counter()
        model.fit(x, y)
        return model, x, y, perf_counter() - start

    def loss(self, seed: int) -> float:
        """Train and return the loss."""
        experiment = self._job.checked
        model, x, y, _taken = self._fit(experiment, seed, experiment.epochs)
        if isinstance(model, MLPRegressor):
            return float(np.mean((model.predict(x) - y) ** 2))
        shares = model.predict_proba(x)
        return float(-np.log(np.maximum(shares[np.arange(len(y)), y], 1e-30)).mean())

    def speed(self, seconds: float) -> float:
        """Train for about that long: as many epochs, or as large a part of one, as that takes."""
        experiment = self._job.experiment
        total = len(parts_of(experiment).train)
        batch = min(experiment.batch_size or total, total)
        # One epoch of part of the samples, or whole epochs of all.
        epochs, most = 1, min(total, max(batch, 2048 // batch * batch))
        while True:
            _model, x, _y, taken = self._fit(experiment, 0, epochs, most)
            if taken >= seconds / 2:
                return epochs * len(x) / taken
            grow = min(16.0, 1.1 * seconds / max(taken, 1e-6))
            if most < total:
                most = min(total, int(most * grow) // batch * batch or batch)
            else:
                epochs = max(epochs + 1, int(epochs * grow))
