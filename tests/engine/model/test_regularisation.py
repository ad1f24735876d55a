"""Penalties, clipping and label noise, compared with plain loops written here."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nnplay.catalog import SGD, BatchNorm, Dense, Tanh
from nnplay.data.arrays import Samples
from nnplay.data.synthetic.label_noise import with_wrong_labels
from nnplay.experiment import Policy, Regularisation, pytorch_source
from tests.engine.rig import (
    Run,
    assert_same_weights,
    batches_of,
    initial_weights,
    parts_of,
    small,
)

NETWORK = (Dense(6), BatchNorm(), Tanh(), Dense(2))


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 2))


def penalty_of(model: Any, l1: float, l2: float) -> Tensor:
    """Return the penalty, over the two matrices by name."""
    both = (model[0].weight, model[3].weight)
    return sum(l1 * w.abs().sum() + l2 * (w * w).sum() for w in both)  # type: ignore[return-value]


Loop = tuple[Run, nn.Sequential, list[tuple[float, float]]]


def both(rules: Regularisation, clip: Callable[[nn.Module], object] = lambda model: None) -> Loop:
    """Train by the engine and by a plain loop; return also loss and penalty of its steps."""
    experiment = small(optimizer=SGD(0.3), network=NETWORK, regularisation=rules)
    run = Run(experiment)
    model, batches = initial_weights(experiment, network), batches_of(experiment)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    rows = []
    for step in range(batches.per_epoch * experiment.epochs):
        x, y = batches.get(step)
        loss = nn.functional.cross_entropy(model(x), y)
        penalty = penalty_of(model, rules.l1, rules.l2)
        optimizer.zero_grad()
        (loss + penalty).backward()
        clip(model)
        optimizer.step()
        rows.append((loss.item(), float(penalty.detach())))
    return run, model, rows


@pytest.mark.parametrize(("l1", "l2"), [(0.01, 0.0), (0.0, 0.02), (0.003, 0.01)])
def test_a_penalty_shrinks_weights_and_is_reported_apart_from_the_loss(
    l1: float, l2: float
) -> None:
    run, model, rows = both(Regularisation(l1=l1, l2=l2))
    assert_same_weights(run.result.weights, model, 1e-5)
    loss, penalty = (run.link.steps.column(name) for name in ("loss", "penalty"))
    np.testing.assert_allclose(np.column_stack((loss, penalty)), rows, rtol=1e-4)
    assert run.result.penalty == pytest.approx(float(penalty_of(model, l1, l2).detach()), rel=1e-4)
    sizes = [len(batches[0]) for batches in map(batches_of(run.result.experiment).get, range(6))]
    first = run.link.epochs.column("train_penalty")[0]
    assert first == pytest.approx(np.average(penalty[:6], weights=sizes))


def test_without_a_penalty_none_is_reported() -> None:
    run = Run(small(optimizer=SGD(0.1)))
    assert run.result.penalty is None
    assert np.isnan(run.link.steps.column("penalty")).all()
    assert np.isnan(run.link.epochs.column("train_penalty")).all()


def shorten(model: nn.Module) -> None:
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    norm = torch.sqrt(sum((g * g).sum() for g in gradients))  # type: ignore[arg-type]
    for gradient in gradients:
        gradient.mul_(min(1.0, 0.05 / (float(norm) + 1e-6)))


def cut(model: nn.Module) -> None:
    for p in model.parameters():
        if p.grad is not None:
            p.grad.copy_(p.grad.clip(-0.01, 0.01))


@pytest.mark.parametrize(
    ("clip", "at", "how"), [("by norm", 0.05, shorten), ("by value", 0.01, cut)]
)
def test_gradients_are_clipped(clip: str, at: float, how: Callable[[nn.Module], object]) -> None:
    run, model, _rows = both(Regularisation(clip=clip, clip_at=at), how)
    assert_same_weights(run.result.weights, model, 1e-5)
    free = Run(small(optimizer=SGD(0.3), network=NETWORK))
    assert run.result.weights_sha256 != free.result.weights_sha256


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_label_noise_changes_the_requested_share(share: float) -> None:
    y = np.arange(1000) % 4
    y.setflags(write=False)
    samples = Samples(np.zeros((1000, 2), np.float32), y)
    noisy = with_wrong_labels(samples, share, 4, seed=3)
    assert (noisy.y != y).sum() == round(1000 * share)
    assert set(np.unique(noisy.y)) == {0, 1, 2, 3}
    np.testing.assert_array_equal(noisy.y, with_wrong_labels(samples, share, 4, seed=3).y)
    if share:
        assert (noisy.y != with_wrong_labels(samples, share, 4, seed=4).y).any()


def test_only_the_training_labels_are_wrong() -> None:
    run = Run(small(optimizer=SGD(0.5), epochs=40, regularisation=Regularisation(label_noise=1.0)))
    assert run.result.train.accuracy is not None and run.result.test.accuracy is not None
    assert run.result.train.accuracy > 0.6
    assert run.result.test.accuracy < 0.4


@pytest.mark.parametrize("clip", ["by norm", "by value"])
def test_the_exported_script_trains_as_the_run_did(clip: str) -> None:
    experiment = small(
        optimizer=SGD(0.3),
        regularisation=Regularisation(l1=0.003, l2=0.01, clip=clip, clip_at=0.05),
        policy=Policy(shuffle=False, drop_last=True),
    )
    names: dict[str, Any] = {}
    exec(pytorch_source(experiment), names)
    train = parts_of(experiment).train
    names["train"](torch.tensor(train.x), torch.tensor(train.y))
    assert_same_weights(Run(experiment).result.weights, names["model"], 1e-5)
