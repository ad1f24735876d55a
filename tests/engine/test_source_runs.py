"""The exported script equals the run: the same epochs, the same end, the same weights."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    BinaryCrossEntropy,
    Conv2d,
    Cosine,
    CrossEntropy,
    Dense,
    Discs,
    Dropout,
    Flatten,
    LabelCrossEntropy,
    Line,
    Lion,
    Muon,
    OneCycle,
    Polynomial,
    ReduceOnPlateau,
    ReLU,
    Tanh,
)
from nnplay.experiment import Experiment, Policy, Regularisation, Split, pytorch_source
from tests.engine.rig import Run, digits, parts_of, small

JUMPY = SGD(1.0, momentum=0.5)
CASES: dict[str, Experiment] = {
    "early stopping": small(
        optimizer=JUMPY,
        epochs=60,
        schedule=ReduceOnPlateau(0.5, 1, warmup=2),
        regularisation=Regularisation(label_noise=0.2, l2=0.001, clip="by norm"),
        policy=Policy(watch="validation F1", early_stopping=True, patience=6, keep_best=True),
    ),
    "target": small(
        optimizer=Adam(0.05),
        epochs=60,
        policy=Policy(watch="training accuracy", stop_at_target=True, target=0.7, drop_last=True),
    ),
    "binary": small(
        optimizer=Muon(0.05),
        network=(Dense(6), Tanh(), Dense(1)),
        loss=BinaryCrossEntropy(),
        schedule=Cosine(warmup=1),
        policy=Policy(watch="validation AUC", keep_best=True),
    ),
    "numbers": Experiment(
        Line(points=90),
        (Dense(4), Tanh(), Dense(1)),
        MSE(),
        SGD(0.1),
        ReduceOnPlateau(0.5, 0),
        Split(0.3),
        policy=Policy(watch="validation R²", early_stopping=True, patience=4, min_delta=0.01),
        epochs=30,
    ),
    "every step": small(optimizer=Adam(0.05), schedule=OneCycle(by="step")),
    "every step, with a warm-up": small(
        optimizer=SGD(0.5, momentum=0.5),
        schedule=Polynomial(2.0, warmup=1, by="step"),
        policy=Policy(drop_last=True),
    ),
    "a warm-up by step ahead of a plateau": small(
        optimizer=JUMPY, epochs=20, schedule=ReduceOnPlateau(0.5, 1, warmup=2, by="step")
    ),
    "a plateau by step": small(
        optimizer=JUMPY, epochs=20, schedule=ReduceOnPlateau(0.5, 1, by="step")
    ),
    "bfloat16": digits(
        optimizer=SGD(0.1),
        network=(Conv2d(4), ReLU(), Flatten(), Dense(10)),
        precision="bfloat16",
        epochs=1,
    ),
    "errors": Experiment(
        Line(points=90),
        (Dense(1),),
        MSE(),
        SGD(0.1),
        split=Split(0.3),
        policy=Policy(watch="validation RMSE", keep_best=True),
        batch_size=None,
    ),
    "ten classes": digits(
        optimizer=Lion(0.003),
        policy=Policy(watch="validation top-5", early_stopping=True, patience=1, keep_best=True),
    ),
    "chance": small(
        optimizer=SGD(0.1),
        network=(Dense(6), Dropout(0.4), Dense(2)),
        policy=Policy(watch="training loss", keep_best=True, shuffle=False),
    ),
    "labels": replace(
        small(optimizer=Adam(0.02)),
        data=Discs(points=100, discs=2),
        loss=LabelCrossEntropy(),
        regularisation=Regularisation(label_noise=0.3),
        policy=Policy(watch="validation all labels right", keep_best=True),
    ),
    "weighted": small(
        optimizer=SGD(0.1),
        loss=CrossEntropy(class_weights="balanced"),
        policy=Policy(watch="validation loss", keep_best=True),
    ),
    "no time": small(optimizer=SGD(0.1), policy=Policy(time_limit=1e-9)),
    "time enough": small(optimizer=SGD(0.1), policy=Policy(time_limit=1e6, watch="validation MAE")),
}


@pytest.mark.parametrize("case", CASES)
def test_the_script_ends_where_the_engine_ends(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = CASES[case]
    run = Run(experiment)
    names = dict[str, Any]()
    exec(pytorch_source(experiment), names)
    parts = parts_of(experiment)
    given = [torch.tensor(one) for one in (parts.train.x, parts.train.y)]
    policy = experiment.policy
    listens = isinstance(experiment.schedule, ReduceOnPlateau)
    if policy.watch.startswith("validation") and (policy.is_watching or listens):
        given += [torch.tensor(one) for one in (parts.validation.x, parts.validation.y)]
    names["train"](*given)
    assert len(capsys.readouterr().out.splitlines()) == len(run.link.epochs)
    state = names["model"].state_dict()
    assert state.keys() == run.result.weights.keys()
    for name, array in run.result.weights.items():
        np.testing.assert_allclose(array, state[name].numpy(), rtol=2e-3, atol=2e-4, err_msg=name)


def test_the_cases_end_in_different_ways() -> None:
    ended = {name: Run(one).result for name, one in CASES.items()}
    assert ended["early stopping"].ending.startswith("Early stopping after")
    assert "best weights, of epoch" in ended["early stopping"].ending
    assert ended["target"].ending.startswith("Target reached")
    assert ended["numbers"].ending.startswith("Early stopping after")
    assert ended["no time"].steps == 0
    assert not ended["time enough"].stopped
