"""Keras 3 on each of its backends, as its documentation shows it: compile, then fit.

The progress bar is off. Threads are the backend's own choice. Time is taken from the first epoch's
beginning to the last one's end, so that what `fit` sets up before counts against nobody.
"""

from __future__ import annotations

import os
from time import perf_counter
from typing import Any

import numpy as np

from nnplay.catalog import SGD, Activation, BinaryCrossEntropy, CrossEntropy, Dense, Flatten
from nnplay.experiment import Experiment
from tests.bench.jobs import Job, parts_of
from tests.bench.ways.first import initial_weights


class Keras:
    """A compiled model of one job."""

    backend = ""

    def __init__(self, job: Job, _device: str) -> None:
        os.environ["KERAS_BACKEND"] = self.backend
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import keras

        self.note = "its own threads"
        self._keras, self._job = keras, job
        self._model: Any = None

    def _data(self, experiment: Experiment) -> tuple[Any, Any]:
        samples = parts_of(experiment).train
        x, y = samples.x, samples.y
        if any(layer.key == "Conv2d" for layer in experiment.network):
            x = np.ascontiguousarray(x.transpose(0, 2, 3, 1))  # as Keras has them: channels last
        if not isinstance(experiment.loss, CrossEntropy):
            y = y.astype(np.float32).reshape(-1, 1)
        return x, y

    def _build(self, experiment: Experiment, shape: tuple[int, ...]) -> Any:
        k = self._keras
        layers: list[Any] = [k.Input(shape)]
        for layer in experiment.network:
            sizes = layer.own_values()
            if isinstance(layer, Dense):
                layers.append(k.layers.Dense(layer.units))
            elif isinstance(layer, Flatten):
                layers.append(k.layers.Flatten())
            elif isinstance(layer, Activation):
                layers.append(k.layers.Activation(layer.key.lower()))
            elif layer.key == "Conv2d":
                layers.append(k.layers.Conv2D(sizes["filters"], sizes["kernel_size"]))
            else:
                layers.append(k.layers.MaxPooling2D(sizes["kernel_size"]))
        model = k.Sequential(layers)
        settings = experiment.optimizer
        if isinstance(settings, SGD):
            optimizer = k.optimizers.SGD(settings.lr, settings.momentum)
        else:
            optimizer = k.optimizers.Adam(settings.lr, epsilon=1e-8)
        loss = k.losses.MeanSquaredError()
        if isinstance(experiment.loss, CrossEntropy):
            loss = k.losses.SparseCategoricalCrossentropy(from_logits=True)
        elif isinstance(experiment.loss, BinaryCrossEntropy):
            loss = k.losses.BinaryCrossentropy(from_logits=True)
        model.compile(optimizer, loss)
        return model

    def _begin(self, experiment: Experiment, seed: int, shape: tuple[int, ...]) -> Any:
        """Return the model with the initial weights of a seed; it is compiled once."""
        self._keras.utils.set_random_seed(seed)
        if self._model is None:
            self._model = self._build(experiment, shape)
        model = self._model
        model.optimizer.learning_rate = experiment.optimizer.lr
        model.set_weights([part for pair in initial_weights(experiment, seed) for part in pair])
        for variable in model.optimizer.variables:
            if variable is not model.optimizer._learning_rate:
                variable.assign(np.zeros(variable.shape))
        return model

    def loss(self, seed: int) -> float:
        """Train and return the loss."""
        experiment = self._job.checked
        x, y = self._data(experiment)
        model = self._begin(experiment, seed, x.shape[1:])
        size = min(experiment.batch_size or len(x), len(x))
        model.fit(x, y, batch_size=size, epochs=experiment.epochs, verbose=0)
        return float(model.evaluate(x, y, 5000, verbose=0))

    def speed(self, seconds: float) -> float:
        """Train for about that long: epochs, of part of the samples where all would take longer."""
        experiment = self._job.experiment
        x, y = self._data(experiment)
        model = self._begin(experiment, 0, x.shape[1:])
        batch = min(experiment.batch_size or len(x), len(x))
        most = min(len(x), max(batch, 2048 // batch * batch))
        while True:
            clock = _stop_after(self._keras, seconds)
            model.fit(
                x[:most], y[:most], batch_size=batch, epochs=10**6, verbose=0, callbacks=[clock]
            )
            # The first epoch may compile.
            rate = clock.epochs * most / clock.taken
            if most == len(x) or most >= 0.3 * seconds * rate:
                return float(rate)
            most = min(len(x), max(batch, int(0.6 * seconds * rate) // batch * batch))


def _stop_after(keras: Any, seconds: float) -> Any:
    class StopAfter(keras.callbacks.Callback):  # type: ignore[misc]
        """Counts epochs after the first, and ends the training after that many seconds."""

        def __init__(self) -> None:
            super().__init__()
            self.epochs, self.start, self.taken = -1, 0.0, 0.0

        def on_epoch_end(self, _epoch: int, _logs: Any = None) -> None:
            """Count."""
            now = perf_counter()
            self.epochs += 1
            if self.epochs == 0:
                self.start = now
                return
            self.taken = now - self.start
            if self.taken > seconds:
                self.model.stop_training = True

    return StopAfter()


class KerasTorch(Keras):
    """On PyTorch."""

    backend = "torch"


class KerasJax(Keras):
    """On JAX."""

    backend = "jax"


class KerasTensorflow(Keras):
    """On TensorFlow."""

    backend = "tensorflow"
