"""Which metrics can be monitored for which data, and the message where they cannot."""

from dataclasses import replace
from typing import Any

import pytest

from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    Circle,
    CrossEntropy,
    Dense,
    Digits,
    Discs,
    Flatten,
    LabelCrossEntropy,
    Line,
    Muon,
    ReduceOnPlateau,
    Wine,
)
from nnplay.experiment import MONITORED_METRICS, Experiment, Policy, Split, check
from nnplay.experiment.checks import torch_version

TWO = Experiment(Circle(), (Dense(2),), CrossEntropy(), SGD(), split=Split(0.2))
THREE = replace(TWO, data=Wine(), network=(Dense(3),))
TEN = replace(TWO, data=Digits(), network=(Flatten(), Dense(10)))
NUMBERS = replace(TWO, data=Line(), network=(Dense(1),), loss=MSE())
LABELS = replace(TWO, data=Discs(), network=(Dense(3),), loss=LabelCrossEntropy())
LOSSES = {"validation loss", "training loss"}
ALL = LOSSES | {"validation accuracy", "training accuracy"}
MACRO = {"validation precision", "validation recall", "validation F1"}


@pytest.mark.parametrize(
    ("experiment", "known"),
    [
        (TWO, ALL | MACRO | {"validation AUC"}),
        (THREE, ALL | MACRO),
        (TEN, ALL | MACRO | {"validation top-5"}),
        (NUMBERS, LOSSES | {"validation RMSE", "validation MAE", "validation R²"}),
        (LABELS, ALL | {"validation all labels right"}),
    ],
    ids=["two", "three", "ten", "numbers", "labels"],
)
def test_each_task_has_its_metrics(experiment: Experiment, known: set[str]) -> None:
    assert {
        name for name, one in MONITORED_METRICS.items() if one.suits(experiment.data.spec())
    } == known
    for name in MONITORED_METRICS:
        watching = replace(experiment, policy=Policy(watch=name, keep_best=True))
        problems = check(watching)
        if name in known:
            assert not problems
            continue
        (problem,) = problems
        assert str(problem.where) == "policy.watch" and name in problem.what
        assert problem.fix is not None and not check(problem.fix.experiment)
        # Unused metrics are not checked.
        assert not check(replace(experiment, policy=Policy(watch=name)))


def test_a_plateau_schedule_needs_its_metric_too() -> None:
    listening = replace(NUMBERS, schedule=ReduceOnPlateau(), policy=Policy(watch="validation F1"))
    (problem,) = check(listening)
    assert str(problem.where) == "policy.watch" and "validation F1" in problem.what
    (problem,) = check(replace(TWO, schedule=ReduceOnPlateau(), split=Split()))
    assert str(problem.where) == "policy.watch" and "no validation samples" in problem.what
    assert problem.fix is not None and not check(problem.fix.experiment)


@pytest.mark.parametrize(
    ("experiment", "watch", "target", "fixed"),
    [
        (TWO, "validation F1", 90.0, 0.9),
        (TWO, "validation accuracy", -1.0, 0.9),
        (NUMBERS, "validation R²", 2.0, 0.9),
        (NUMBERS, "validation RMSE", -0.5, 0.1),
    ],
)
def test_an_impossible_target_is_reported(
    experiment: Experiment, watch: str, target: float, fixed: float
) -> None:
    policy = Policy(watch=watch, stop_at_target=True, target=target)
    (problem,) = check(replace(experiment, policy=policy))
    assert str(problem.where) == "policy.target" and watch in problem.what
    assert problem.fix is not None
    assert problem.fix.experiment.policy.target == pytest.approx(fixed)
    assert not check(problem.fix.experiment)
    reachable = Policy(watch=watch, stop_at_target=True, target=0.5)
    assert not check(replace(experiment, policy=reachable))


@pytest.mark.parametrize(("version", "fits"), [((2, 8), False), ((2, 9), True), (None, True)])
def test_an_optimizer_missing_in_the_installed_torch(
    version: Any, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_version, "installed_torch", lambda: version)
    problems = check(replace(TWO, optimizer=Muon()))
    assert not check(replace(TWO, optimizer=Adam()))
    if fits:
        assert not problems
        return
    (problem,) = problems
    assert problem.what == "Muon needs PyTorch 2.9 or later; 2.8 is installed."
    assert problem.fix is not None and not check(problem.fix.experiment)


def test_the_installed_torch_is_found_without_importing_it() -> None:
    import torch

    major, minor = torch.__version__.split(".")[:2]
    assert torch_version.installed_torch() == (int(major), int(minor))
