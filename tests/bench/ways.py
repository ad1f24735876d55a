"""The implementations that are compared: each trains a job for some epochs, or for some seconds."""

from __future__ import annotations

import importlib.util
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from time import perf_counter
from typing import Any

import numpy as np
import torch

from nnplay.catalog import SGD, Activation, CrossEntropy, Dense, Flatten
from nnplay.data import Parts, load, split
from nnplay.engine import Ticket, build_loss, build_network, build_optimizer, train
from nnplay.engine.batches import to_device
from nnplay.engine.run import UNWATCHED_SECONDS
from nnplay.engine.threads import choose_threads
from nnplay.experiment import Experiment
from nnplay.link import Finished, Link
from tests.bench.jobs import Job

THREADS = int(os.environ.get("BENCH_THREADS") or 0) or None
"""For ours and for the PyTorch loop; None lets nnplay choose by the size of the job."""


@dataclass(frozen=True)
class Outcome:
    """What a training came to."""

    samples_per_second: float
    loss: float
    """Over the training samples, at the end."""


def parts_of(experiment: Experiment) -> Parts:
    """Return the data that every implementation gets."""
    return split(load(experiment.data, experiment.seed), experiment.split, experiment.seed)


def ours(job: Job, epochs: int, seconds: float, stepper: str = "auto") -> Outcome:
    """The engine, headless."""
    experiment = replace(job.experiment, epochs=epochs or 10_000_000, stepper=stepper)
    if seconds:
        policy = replace(experiment.policy, time_limit=seconds)
        experiment = replace(experiment, policy=policy)
    events: list[object] = []
    train(Ticket(1, experiment, THREADS), Link(events.append))
    (done,) = [event.result for event in events if isinstance(event, Finished)]
    assert done.train.loss is not None
    samples = len(parts_of(experiment).train)
    # The run's own time has the evaluation at the end in it; it ends within a chunk of its limit.
    taken = seconds + UNWATCHED_SECONDS if seconds else done.seconds
    return Outcome(done.epochs * samples / taken, done.train.loss)


def eager(job: Job, epochs: int, seconds: float) -> Outcome:
    """The engine's eager steps."""
    return ours(job, epochs, seconds, "eager")


def pytorch(job: Job, epochs: int, seconds: float) -> Outcome:
    """The loop that tutorials show, with a DataLoader; a full batch needs none."""
    experiment = job.experiment
    # As many as ours takes: on small jobs one thread is much faster than PyTorch's own choice.
    torch.set_num_threads(choose_threads(Ticket(1, experiment, THREADS)))
    torch.manual_seed(0)
    device = torch.device("cpu")
    tensors = to_device(parts_of(experiment).train, experiment.loss.target_form, device)
    model = build_network(experiment.network, experiment.data.spec().in_shape)
    loss_function = build_loss(experiment.loss)
    optimizer = build_optimizer(experiment.optimizer, model.parameters(), device)
    if not isinstance(experiment.optimizer, SGD):
        # As it comes: tutorials do not ask for the fused one.
        optimizer = torch.optim.Adam(model.parameters(), experiment.optimizer.lr)
    else:
        optimizer = torch.optim.SGD(
            model.parameters(), experiment.optimizer.lr, experiment.optimizer.momentum
        )
    batches: Any = [(tensors.x, tensors.y)]
    if experiment.batch_size is not None:
        data = torch.utils.data.TensorDataset(tensors.x, tensors.y)
        batches = torch.utils.data.DataLoader(data, experiment.batch_size, shuffle=True)
    done, start, after = 0, perf_counter(), 0.0
    for epoch in range(epochs) if epochs else count():
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_function(model(x), y)
            loss.backward()
            optimizer.step()
            done += len(x)
            after = perf_counter() - start
            if seconds and after > seconds:
                break
        if seconds and after > seconds:
            break
        assert epoch >= 0
    with torch.no_grad():
        pieces = [
            loss_function(model(x), y).item() * len(x)
            for x, y in zip(tensors.x.split(5000), tensors.y.split(5000), strict=True)
        ]
    return Outcome(done / after, sum(pieces) / len(tensors))


def scikit_learn(job: Job, epochs: int, seconds: float) -> Outcome:
    """MLPRegressor or MLPClassifier, which know dense stacks of one activation."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.utils._testing import ignore_warnings

    experiment = job.experiment
    samples = parts_of(experiment).train
    hidden = [layer.units for layer in experiment.network if isinstance(layer, Dense)][:-1]
    bends = {layer.key for layer in experiment.network if isinstance(layer, Activation)}
    make = MLPRegressor if samples.y.dtype == np.float32 else MLPClassifier
    x, y = samples.x.reshape(len(samples), -1), samples.y.reshape(len(samples))
    sgd = isinstance(experiment.optimizer, SGD)

    def fit(most: int) -> tuple[Any, float]:
        model = make(
            tuple(hidden), activation={"Tanh": "tanh", "ReLU": "relu"}.get("".join(bends), "relu"),
            solver="sgd" if sgd else "adam", alpha=0.0,
            batch_size=min(experiment.batch_size or len(x), len(x)),
            learning_rate_init=experiment.optimizer.lr,
            momentum=getattr(experiment.optimizer, "momentum", 0.0), nesterovs_momentum=False,
            max_iter=most, tol=0.0, n_iter_no_change=10**9, random_state=0,
        )  # fmt: skip
        start = perf_counter()
        ignore_warnings(category=ConvergenceWarning)(model.fit)(x, y)
        return model, perf_counter() - start

    most = epochs or 1
    model, taken = fit(most)
    while seconds and taken < seconds / 2:
        most *= 2
        model, taken = fit(most)
    if make is MLPRegressor:
        loss = float(np.mean((model.predict(x) - y) ** 2))
    else:
        shares = model.predict_proba(x)
        loss = float(-np.log(np.maximum(shares[np.arange(len(y)), y], 1e-30)).mean())
    return Outcome(most * len(x) / taken, loss)


def keras(backend: str) -> Callable[[Job, int, float], Outcome]:
    """Keras 3 on one of its backends."""

    def run(job: Job, epochs: int, seconds: float) -> Outcome:
        os.environ["KERAS_BACKEND"] = backend
        import keras as k  # type: ignore[import-not-found]

        experiment = job.experiment
        samples = parts_of(experiment).train
        classes = isinstance(experiment.loss, CrossEntropy)
        layers: list[Any] = []
        x = samples.x
        if any(layer.key == "Conv2d" for layer in experiment.network):
            x = x.transpose(0, 2, 3, 1)  # pictures as Keras has them: channels last
        for layer in experiment.network:
            if isinstance(layer, Dense):
                layers.append(k.layers.Dense(layer.units))
            elif isinstance(layer, Flatten):
                layers.append(k.layers.Flatten())
            elif isinstance(layer, Activation):
                layers.append(k.layers.Activation(layer.key.lower()))
            elif layer.key == "Conv2d":
                size = layer.own_values()
                layers.append(k.layers.Conv2D(size["filters"], size["kernel_size"]))
            else:
                layers.append(k.layers.MaxPooling2D(layer.own_values()["kernel_size"]))
        model = k.Sequential([k.Input(x.shape[1:]), *layers])
        rate = experiment.optimizer.lr
        sgd = isinstance(experiment.optimizer, SGD)
        losses = k.losses
        loss = losses.MeanSquaredError()
        if classes:
            loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        elif samples.y.dtype != np.float32:
            loss = losses.BinaryCrossentropy(from_logits=True)
        model.compile(
            k.optimizers.SGD(rate, getattr(experiment.optimizer, "momentum", 0.0))
            if sgd else k.optimizers.Adam(rate, epsilon=1e-8),
            loss,
        )  # fmt: skip
        y = samples.y.astype(np.float32).reshape(-1, 1) if not classes else samples.y
        size = min(experiment.batch_size or len(x), len(x))
        if not epochs:
            model.fit(x, y, batch_size=size, epochs=1, verbose=0)  # compiles
        done, start = 0, perf_counter()
        while done < epochs if epochs else perf_counter() - start < seconds:
            model.fit(x, y, batch_size=size, epochs=epochs or 1, verbose=0)
            done += epochs or 1
        taken = perf_counter() - start
        return Outcome(done * len(x) / taken, float(model.evaluate(x, y, 5000, verbose=0)))

    return run


@dataclass(frozen=True)
class Way:
    """An implementation, the package that it needs, and the jobs that it cannot do."""

    run: Callable[[Job, int, float], Outcome]
    package: str = ""
    not_for: str = ""

    @property
    def missing(self) -> str:
        """The first package that is not installed, or nothing."""
        names = self.package.split()
        return next((name for name in names if importlib.util.find_spec(name) is None), "")


WAYS = {
    "ours": Way(ours),
    "ours, eager": Way(eager),
    "PyTorch loop": Way(pytorch),
    "scikit-learn": Way(scikit_learn, "sklearn", not_for="G"),
    "Keras/torch": Way(keras("torch"), "keras"),
    "Keras/jax": Way(keras("jax"), "keras jax"),
    "Keras/tensorflow": Way(keras("tensorflow"), "keras tensorflow"),
}


def agree(loss: float, other: float, tolerance: float) -> bool:
    """Say whether two losses are as near as a job wants them."""
    return math.isfinite(other) and abs(other - loss) <= tolerance * max(loss, 1e-3)
