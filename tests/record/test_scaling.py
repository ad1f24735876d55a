"""The files of a run serve new samples in the units of the data."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    Dense,
    Diabetes,
    Flatten,
    Hills,
    Poisson,
    Tanh,
    Wave,
)
from nnplay.data import load, split
from nnplay.experiment import Experiment, Policy, Split
from nnplay.record import RunRecord
from nnplay.record.files import write_files
from tests.engine.rig import Run

NETWORK = (Dense(8), Tanh(), Dense(1))
SCALED = Split(0.2, 0.2, scaling="standardised")
CASES: dict[str, Experiment] = {
    "a table": Experiment(Diabetes(), NETWORK, MSE(), SGD(0.05), split=SCALED, epochs=4),
    "targets alone": Experiment(
        Diabetes(), NETWORK, MSE(), Adam(0.001), split=Split(0.2, 0.2), epochs=2
    ),
    "a series from 0 to 1": Experiment(
        Wave(samples=90, steps=6),
        (Flatten(), *NETWORK),
        MSE(),
        SGD(0.05),
        split=Split(0.2, 0.2, scaling="0 to 1", target_scaling="standardised"),
        epochs=3,
    ),
    "counts": Experiment(Diabetes(), NETWORK, Poisson(), Adam(0.02), split=SCALED, epochs=3),
    "as they are": Experiment(Hills(), NETWORK, MSE(), SGD(0.05), split=Split(0.2, 0.2), epochs=2),
    "the best epoch": Experiment(
        Diabetes(),
        NETWORK,
        MSE(),
        SGD(0.3),
        split=SCALED,
        policy=Policy(watch="validation MAE", keep_best=True),
        epochs=12,
    ),
    "the best loss": Experiment(
        Diabetes(),
        NETWORK,
        MSE(),
        SGD(0.3),
        split=SCALED,
        policy=Policy(watch="validation loss", keep_best=True),
        epochs=12,
    ),
    "the best R² of counts": Experiment(
        Diabetes(),
        NETWORK,
        Poisson(),
        Adam(0.1),
        split=SCALED,
        policy=Policy(watch="validation R²", keep_best=True),
        epochs=12,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_script_predicts_and_trains_in_the_units_of_the_data(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = CASES[case]
    run = Run(experiment)
    result = run.result
    write_files(RunRecord("any", experiment, result, run.link.steps, run.link.epochs), tmp_path)
    plain = split(load(experiment.data, 0), replace(experiment.split, scaling="none"), 0)
    script = dict[str, Any]()
    exec((tmp_path / "source.py").read_text("utf-8"), script)
    script["model"].load_state_dict(load_file(tmp_path / "weights.safetensors"))
    predicted = script["predict"](torch.tensor(plain.test.x)).numpy()
    assert result.regression_predictions is not None
    np.testing.assert_allclose(
        predicted, result.regression_predictions.predicted, rtol=1e-5, atol=1e-5
    )

    # Again from the start, on samples as they are in the file.
    script = dict[str, Any]()
    exec((tmp_path / "source.py").read_text("utf-8"), script)
    given = [torch.tensor(one) for one in (plain.train.x, plain.train.y)]
    if experiment.policy.keep_best:
        given += [torch.tensor(one) for one in (plain.validation.x, plain.validation.y)]
    script["train"](*given)
    assert capsys.readouterr().out.startswith("epoch 1: loss ")
    state = script["model"].state_dict()
    for name, array in result.weights.items():
        np.testing.assert_allclose(array, state[name].numpy(), rtol=2e-3, atol=2e-4, err_msg=name)


def test_weights_and_metrics_say_what_the_run_was_scaled_with(tmp_path: Path) -> None:
    experiment = CASES["a table"]
    run = Run(experiment)
    write_files(RunRecord("any", experiment, run.result, run.link.steps, run.link.epochs), tmp_path)
    plain = split(load(Diabetes(), 0), Split(0.2, 0.2), 0)
    with safe_open(tmp_path / "weights.safetensors", "np") as file:
        stored = json.loads(file.metadata()["scaling"])
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    table = json.loads((tmp_path / "metrics.json").read_text("utf-8"))
    assert table["scaling"] == stored
    np.testing.assert_allclose(stored["inputs"]["shift"], plain.train.x.mean(0, dtype=float))
    np.testing.assert_allclose(stored["inputs"]["size"], plain.train.x.std(0, dtype=float))
    x = (plain.test.x - stored["inputs"]["shift"]) / stored["inputs"]["size"]
    hidden = np.tanh(x @ weights["0.weight"].T + weights["0.bias"])
    outputs = hidden @ weights["2.weight"].T + weights["2.bias"]
    predicted = outputs * stored["targets"]["std"] + stored["targets"]["mean"]
    assert run.result.regression_predictions is not None
    np.testing.assert_allclose(predicted, run.result.regression_predictions.predicted, rtol=1e-4)
    off = predicted - plain.test.y
    assert table["test_errors"]["mse"] == pytest.approx((off**2).mean(), rel=1e-4)
    assert table["test_loss_in_units"] == pytest.approx((off**2).mean(), rel=1e-4)
    assert table["test_loss"] == pytest.approx(
        (off**2).mean() / stored["targets"]["std"][0] ** 2, rel=1e-4
    )


def test_a_run_that_scales_nothing_says_so(tmp_path: Path) -> None:
    experiment = CASES["as they are"]
    run = Run(experiment)
    write_files(RunRecord("any", experiment, run.result, run.link.steps, run.link.epochs), tmp_path)
    table = json.loads((tmp_path / "metrics.json").read_text("utf-8"))
    assert table["scaling"] == {"inputs": None, "targets": None}
    assert table["test_loss_in_units"] is None
