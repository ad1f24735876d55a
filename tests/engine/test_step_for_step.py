"""Training is scikit-learn's, step for step, from the same weights on the same batches."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor
from torch import nn

from nnplay.catalog import MSE, SGD, Adam, CrossEntropy, Dense, Diabetes, ReLU, Tanh, Wine
from nnplay.experiment import Experiment, Split
from tests.engine.rig import Run, batches_of, initial_weights

EPOCHS = 90
SCALED = Split(scaling="standardised")
PLAIN: dict[str, Any] = {"hidden_layer_sizes": (16,), "alpha": 0.0, "shuffle": False}
CASES: dict[str, tuple[Experiment, Any, float]] = {
    "numbers": (
        Experiment(
            Diabetes(),
            (Dense(16), Tanh(), Dense(1)),
            MSE(),
            SGD(0.01, momentum=0.9),
            split=SCALED,
            epochs=EPOCHS,
        ),
        # Half the mean squared error is minimised there, so the rate is twice as high.
        MLPRegressor(
            **PLAIN,
            activation="tanh",
            solver="sgd",
            momentum=0.9,
            nesterovs_momentum=False,
            learning_rate_init=0.02,
        ),
        2.0,
    ),
    "classes": (
        Experiment(
            Wine(),
            (Dense(16), ReLU(), Dense(3)),
            CrossEntropy(),
            Adam(0.001),
            split=SCALED,
            epochs=EPOCHS,
        ),
        MLPClassifier(**PLAIN, solver="adam", learning_rate_init=0.001),
        1.0,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_every_loss_of_90_epochs_is_that_of_scikit_learn(case: str, stepper: str) -> None:
    experiment, network, factor = CASES[case]
    run = Run(replace(experiment, stepper=stepper))
    batches = batches_of(experiment)
    layers = experiment.network
    inputs = experiment.data.spec().in_shape[0]
    hidden, outputs = 16, layers[-1].units  # type: ignore[attr-defined]

    def make() -> nn.Sequential:
        return nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, outputs))

    model = initial_weights(experiment, make)
    start = [one.detach().double().numpy() for one in model.parameters()]
    classes = {"classes": np.arange(outputs)} if case == "classes" else {}
    losses = []
    for step in range(EPOCHS * batches.per_epoch):
        x, y = (one.double().numpy() for one in batches.get(step))
        y = y.astype(int) if case == "classes" else y[:, 0]
        if not step:
            # A first call makes the arrays, which then get the weights.
            network.partial_fit(x, y, **classes)
            for arrays, weights in (
                (network.coefs_, [start[0].T, start[2].T]),
                (network.intercepts_, [start[1], start[3]]),
            ):
                for array, weight in zip(arrays, weights, strict=True):
                    array[...] = weight
            forget(network._optimizer)
        network.partial_fit(x, y)
        losses.append(factor * network.loss_)
    np.testing.assert_allclose(run.link.steps.column("loss"), losses, rtol=0, atol=1e-5)
    assert losses[-1] < 0.5 * losses[0]
    found = [run.result.weights[f"{at}.weight"].T for at in (0, 2)]
    for ours, theirs in zip(found, network.coefs_, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def forget(optimizer: Any) -> None:
    """Return an optimizer of scikit-learn to its state before the first step."""
    for name in ("velocities", "ms", "vs"):
        for array in getattr(optimizer, name, ()):
            array[...] = 0.0
    if hasattr(optimizer, "t"):
        optimizer.t = 0
