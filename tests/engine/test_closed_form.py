"""The line through 100,000 points against the closed form of gradient descent."""

import numpy as np
import pytest

from nnplay.data import load
from nnplay.engine.probes.fit import FitCurve
from nnplay.experiment import preset, set_value
from tests.engine.rig import Run


def test_the_line_matches_gradient_descent_in_closed_form() -> None:
    given = preset("linear-regression").experiment
    # A rate at which the end is not yet the solution.
    slow = set_value(given, "optimizer.lr", 1e-4)
    experiment = set_value(slow, "epochs", 5000)
    run = Run(
        experiment,
        lambda link: link.control.step(900),
        lambda link: link.control.run(),
        first=lambda link: link.control.step(100),
        demand=frozenset({FitCurve}),
    )

    samples = load(experiment.data, experiment.seed).samples
    assert len(samples) == 100_000
    x, y = samples.x[:, 0].astype(np.float64), samples.y[:, 0].astype(np.float64)
    design = np.stack([x, np.ones_like(x)], axis=1)
    hessian = 2 * design.T @ design / len(x)
    best = np.linalg.solve(hessian, 2 * design.T @ y / len(x))
    values, vectors = np.linalg.eigh(hessian)
    lr = 1e-4

    seen = {}
    for frame in run.frames:
        fit = frame.payloads[FitCurve]
        assert isinstance(fit, FitCurve)
        assert fit.weight is not None
        assert fit.bias is not None
        seen[frame.step] = np.array([fit.weight, fit.bias])

    def after(steps: int) -> np.ndarray:
        shrunk = (1 - lr * values) ** steps * (vectors.T @ (seen[0] - best))
        return best + vectors @ shrunk

    def loss(theta: np.ndarray) -> float:
        return float(np.mean((design @ theta - y) ** 2))

    assert loss(after(0)) - loss(after(5000)) > 0.1, "the start must not be the solution"
    losses = run.link.steps.column("loss")
    for steps in (100, 1000, 5000):
        assert seen[steps] == pytest.approx(after(steps), abs=1e-3)
        # A row has the loss before its step.
        assert losses[steps - 1] == pytest.approx(loss(after(steps - 1)), abs=1e-3)
    result = run.result
    assert (result.steps, result.epochs, result.stopped) == (5000, 5000.0, False)
    assert result.weights["0.weight"].item() == pytest.approx(after(5000)[0], abs=1e-3)
    assert result.weights["0.bias"].item() == pytest.approx(after(5000)[1], abs=1e-3)
    assert result.train.loss == pytest.approx(loss(after(5000)), abs=1e-3)
    assert result.train.accuracy is None
    assert result.class_predictions is None
