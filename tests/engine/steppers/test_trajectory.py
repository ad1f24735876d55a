"""The weights of a run, compared with plain PyTorch loops written here."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from nnplay.catalog import (
    MAE,
    MSE,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    BinaryCrossEntropy,
    Cosine,
    Dense,
    Exponential,
    Huber,
    Line,
    Lion,
    Loss,
    Muon,
    NAdam,
    Optimizer,
    Poisson,
    RAdam,
    RMSprop,
    Rprop,
    Schedule,
    Step,
    Tanh,
    kinds,
)
from nnplay.experiment import Experiment
from tests.engine.rig import (
    Run,
    assert_same_weights,
    batches_of,
    initial_weights,
    plain_loop,
    small,
)
from tests.experiment.strategies import resolve

PLAIN: dict[str, tuple[Optimizer, Callable[[Any], torch.optim.Optimizer]]] = {
    "SGD": (
        SGD(0.1, momentum=0.9, dampening=0.2, weight_decay=0.01),
        lambda p: torch.optim.SGD(
            p, 0.1, momentum=0.9, dampening=0.2, weight_decay=0.01, fused=True
        ),
    ),
    "Adam": (
        Adam(0.02, beta1=0.8, beta2=0.9, eps=1e-6, weight_decay=0.01),
        lambda p: torch.optim.Adam(p, 0.02, (0.8, 0.9), 1e-6, 0.01, fused=True),
    ),
    "AdamW": (
        AdamW(0.02, beta1=0.8, beta2=0.9, eps=1e-6, weight_decay=0.1),
        lambda p: torch.optim.AdamW(p, 0.02, (0.8, 0.9), 1e-6, 0.1, fused=True),
    ),
    "NAdam": (
        NAdam(0.02, 0.8, 0.9, 1e-6, 0.1, momentum_decay=0.01, decoupled_weight_decay=True),
        lambda p: torch.optim.NAdam(
            p, 0.02, (0.8, 0.9), 1e-6, 0.1, 0.01, decoupled_weight_decay=True
        ),
    ),
    "RAdam": (
        RAdam(0.02, 0.8, 0.9, 1e-6, 0.1),
        lambda p: torch.optim.RAdam(p, 0.02, (0.8, 0.9), 1e-6, 0.1),
    ),
    "Adamax": (
        Adamax(0.02, 0.8, 0.9, 1e-6, 0.1),
        lambda p: torch.optim.Adamax(p, 0.02, (0.8, 0.9), 1e-6, 0.1),
    ),
    "Rprop": (
        Rprop(0.01, eta_minus=0.6, eta_plus=1.1, smallest=1e-5, largest=2.0),
        lambda p: torch.optim.Rprop(p, 0.01, (0.6, 1.1), (1e-5, 2.0)),
    ),
    "RMSprop": (
        RMSprop(0.02, alpha=0.9, eps=1e-6, momentum=0.5, weight_decay=0.01, centered=True),
        lambda p: torch.optim.RMSprop(p, 0.02, 0.9, 1e-6, 0.01, momentum=0.5, centered=True),
    ),
    "Adagrad": (
        Adagrad(0.1, 0.1, 1e-6, 0.01, initial_accumulator_value=0.3),
        lambda p: torch.optim.Adagrad(p, 0.1, 0.1, 0.01, 0.3, eps=1e-6, fused=True),
    ),
    "Adadelta": (
        Adadelta(1.0, rho=0.8, eps=1e-5, weight_decay=0.01),
        lambda p: torch.optim.Adadelta(p, 1.0, 0.8, 1e-5, 0.01),
    ),
}


class PlainLion:
    """Program 1 of arXiv 2302.06675, line by line."""

    def __init__(self, params: Any, lr: float, betas: tuple[float, float], decay: float) -> None:
        self.params = list(params)
        self.means = [torch.zeros_like(p) for p in self.params]
        self.param_groups = [{"lr": lr, "betas": betas, "weight_decay": decay}]

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None

    def step(self) -> None:
        (group,) = self.param_groups
        lr, (beta1, beta2) = group["lr"], group["betas"]
        for p, m in zip(self.params, self.means, strict=True):
            theta, g = p.data.numpy(), p.grad.numpy()
            c = np.float32(beta1) * m.numpy() + np.float32(1 - beta1) * g
            theta *= np.float32(1 - lr * group["weight_decay"])
            theta -= np.float32(lr) * np.sign(c)
            m.copy_(torch.from_numpy(np.float32(beta2) * m.numpy() + np.float32(1 - beta2) * g))


class PlainMuon:
    """Torch's own Muon for the weights of tiny() and its AdamW for the biases."""

    NAMES = ("momentum", "weight_decay", "eps")

    def __init__(self, params: Any, **hyperparameters: Any) -> None:
        weights, biases = (list(ps) for ps in zip(*batched(params), strict=True))
        assert {p.ndim for p in weights} == {2} and {p.ndim for p in biases} == {1}
        self.param_groups = [hyperparameters]
        self.muon = torch.optim.Muon(
            weights,
            nesterov=False,
            ns_coefficients=(3.4, -4.7, 2.0),
            ns_steps=4,
            adjust_lr_fn="match_rms_adamw",
        )
        self.adamw = torch.optim.AdamW(biases)

    def zero_grad(self) -> None:
        self.muon.zero_grad()
        self.adamw.zero_grad()

    def step(self) -> None:
        (of,) = self.param_groups
        (group,) = self.muon.param_groups
        group.update({name: of[name] for name in ("lr", *self.NAMES)})
        (group,) = self.adamw.param_groups
        group.update(lr=of["share"] * of["lr"], betas=of["betas"], eps=of["adamw_eps"])
        group.update(weight_decay=of["weight_decay"])
        self.muon.step()
        self.adamw.step()


def batched(params: Any) -> Any:
    many = list(params)
    return zip(many[::2], many[1::2], strict=True)


PLAIN["Lion"] = (
    Lion(0.003, 0.8, 0.95, weight_decay=0.2),
    lambda p: PlainLion(p, 0.003, (0.8, 0.95), 0.2),  # type: ignore[return-value]
)
PLAIN["Muon"] = (
    Muon(0.02, 0.9, False, 0.1, 4, 3.4, -4.7, 2.0, 1e-6, "match_rms_adamw", 0.5, 0.8, 0.9, 1e-7),
    lambda p: PlainMuon(  # type: ignore[return-value]
        p,
        lr=0.02,
        momentum=0.9,
        weight_decay=0.1,
        eps=1e-6,
        share=0.5,
        betas=(0.8, 0.9),
        adamw_eps=1e-7,
    ),
)
NEW_VALUES = {
    "lr": 0.003,
    "momentum": 0.4,
    "weight_decay": 0.2,
    "beta1": 0.5,
    "beta2": 0.6,
    "eps": 1e-3,
    "alpha": 0.5,
    "lr_decay": 0.5,
    "rho": 0.5,
    "dampening": 0.5,
    "momentum_decay": 0.5,
    "eta_minus": 0.3,
    "eta_plus": 1.5,
    "smallest": 0.004,
    "largest": 1.0,
    "share": 0.1,
    "adamw_eps": 1e-2,
}
IN_PAIRS = {
    "beta1": ("betas", 0),
    "beta2": ("betas", 1),
    "eta_minus": ("etas", 0),
    "eta_plus": ("etas", 1),
    "smallest": ("step_sizes", 0),
    "largest": ("step_sizes", 1),
}
EDIT_AT = 9


def tiny() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 2))


def of_its_own_call(key: str) -> tuple[Optimizer, Callable[[Any], torch.optim.Optimizer]]:
    """Return an optimizer without an entry above, and the PyTorch call that it declares."""
    optimizer = kinds("optimizer")[key]()
    assert isinstance(optimizer, Optimizer)

    def make(params: Any) -> torch.optim.Optimizer:
        call = optimizer.call()
        kind, more = resolve(call), {}
        if "fused" in inspect.signature(kind).parameters:
            more["fused"] = True
        made = kind(params, **call.args, **more)
        assert isinstance(made, torch.optim.Optimizer)
        return made

    return optimizer, make


def test_every_plain_loop_is_of_an_optimizer_in_the_catalog() -> None:
    assert PLAIN.keys() <= kinds("optimizer").keys()


VARIANTS: dict[str, tuple[Optimizer, Callable[[Any], torch.optim.Optimizer]]] = {
    "Nesterov": (
        SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda p: torch.optim.SGD(
            p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01, fused=True
        ),
    ),
    "AMSGrad": (
        Adam(0.1, amsgrad=True),
        lambda p: torch.optim.Adam(p, 0.1, amsgrad=True, fused=True),
    ),
    "AMSGrad W": (
        AdamW(0.1, amsgrad=True),
        lambda p: torch.optim.AdamW(p, 0.1, amsgrad=True, fused=True),
    ),
    "NAdam coupled": (
        NAdam(0.02, weight_decay=0.2),
        lambda p: torch.optim.NAdam(p, 0.02, weight_decay=0.2),
    ),
    "RAdam decoupled": (
        RAdam(0.02, weight_decay=0.2, decoupled_weight_decay=True),
        lambda p: torch.optim.RAdam(p, 0.02, weight_decay=0.2, decoupled_weight_decay=True),
    ),
}


@pytest.mark.parametrize("key", [*kinds("optimizer"), *VARIANTS])
def test_each_optimizer_matches_a_plain_loop(key: str) -> None:
    optimizer, make = (PLAIN | VARIANTS).get(key) or of_its_own_call(key)
    # The compiled stepper rounds slightly differently; torch's own path is compared.
    experiment = small(optimizer=optimizer, epochs=9, stepper="eager")
    run = Run(experiment)

    model = initial_weights(experiment, tiny)
    batches = batches_of(experiment)
    assert batches.per_epoch == 6
    hits = []

    def loss_function(logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        hits.append(float((logits.argmax(1) == y).float().mean()))
        return nn.functional.cross_entropy(logits, y)

    losses = plain_loop(model, loss_function, make(model.parameters()), batches, range(54))
    assert_same_weights(run.result.weights, model, tolerance=0)
    rows = run.link.steps.read()
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, 55))
    np.testing.assert_allclose(rows[:, 1], np.arange(1, 55) / 6)
    np.testing.assert_allclose(rows[:, 2], losses, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(rows[:, 3], hits, rtol=1e-6)
    np.testing.assert_array_equal(rows[:, 4], optimizer.lr)


LIVE = [
    (key, param.name)
    for key, (optimizer, _make) in PLAIN.items()
    for param in optimizer.params()
    if param.live
]


@pytest.mark.parametrize(("key", "name"), LIVE, ids=lambda part: str(part))
def test_a_live_edit_applies_from_the_next_step(key: str, name: str) -> None:
    optimizer, make = PLAIN[key]
    value = NEW_VALUES[name]
    experiment = small(optimizer=optimizer)

    def edit(link: Any) -> None:
        link.control.edit(f"optimizer.{name}", value)
        link.control.run()

    run = Run(experiment, edit, first=lambda link: link.control.step(EDIT_AT))

    model = initial_weights(experiment, tiny)
    plain = make(model.parameters())

    def change(step: int) -> None:
        if step == EDIT_AT:
            (group,) = plain.param_groups
            if name in IN_PAIRS:
                pair, place = IN_PAIRS[name]
                both = list(group[pair])
                both[place] = value
                group[pair] = tuple(both)
            else:
                assert name in group
                group[name] = value

    loss = nn.functional.cross_entropy
    plain_loop(model, loss, plain, batches_of(experiment), range(24), change)
    assert_same_weights(run.result.weights, model)
    lr = run.link.steps.column("lr")
    expected = np.full(24, optimizer.lr)
    if name == "lr":
        expected[EDIT_AT:] = value
    np.testing.assert_array_equal(lr, expected)


def test_invalid_edits_are_ignored() -> None:
    experiment = small(optimizer=SGD(0.1))

    def nonsense(link: Any) -> None:
        for path, value in (
            ("optimizer.lr", -1.0),
            ("optimizer.lr", float("nan")),
            ("optimizer.lr", 1e300),
            ("optimizer.nesterov", 1.0),
            ("optimizer.rho", 0.5),
            ("epochs", 0.0),
            ("epochs", float("nan")),
            ("", 1.0),
        ):
            link.control.edit(path, value)
        link.control.run()

    edited = Run(experiment, nonsense, first=lambda link: link.control.step(2))
    assert edited.result.weights_sha256 == Run(experiment).result.weights_sha256


LOSSES: list[tuple[Loss, Callable[..., torch.Tensor]]] = [
    (MSE(), nn.functional.mse_loss),
    (MAE(), nn.functional.l1_loss),
    (Huber(0.3), lambda a, b: nn.functional.huber_loss(a, b, delta=0.3)),
    (Poisson(), lambda a, b: (a.exp() - b * a).mean()),
]


@pytest.mark.parametrize(("loss", "plain"), LOSSES, ids=lambda one: type(one).__name__)
def test_a_regression_matches_a_plain_loop(loss: Loss, plain: Callable[..., torch.Tensor]) -> None:
    experiment = Experiment(
        Line(points=50, offset=3.0),
        (Dense(4), Tanh(), Dense(1)),
        loss,
        SGD(0.02),
        batch_size=16,
        epochs=13,
    )
    run = Run(experiment)
    model = initial_weights(
        experiment, lambda: nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
    )
    optimizer = torch.optim.SGD(model.parameters(), 0.02)
    losses = plain_loop(model, plain, optimizer, batches_of(experiment), range(52))
    assert_same_weights(run.result.weights, model)
    np.testing.assert_allclose(run.link.steps.column("loss"), losses, rtol=1e-5, atol=1e-6)
    assert np.isnan(run.link.steps.column("accuracy")).all()


def test_two_classes_with_one_output_match_a_plain_loop() -> None:
    experiment = small(
        optimizer=SGD(0.1), network=(Dense(6), Tanh(), Dense(1)), loss=BinaryCrossEntropy()
    )
    run = Run(experiment)
    model = initial_weights(
        experiment, lambda: nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
    )
    hits = []

    def loss_function(logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        hits.append(float(((logits.sigmoid() > 0.5).float() == y).float().mean()))
        return nn.functional.binary_cross_entropy_with_logits(logits, y)

    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    plain_loop(model, loss_function, optimizer, batches_of(experiment), range(24))
    assert_same_weights(run.result.weights, model)
    np.testing.assert_allclose(run.link.steps.column("accuracy"), hits, rtol=1e-6)


@dataclass(frozen=True)
class WarmUp(Schedule):
    """A plug-in's schedule: starts low, reaches the full rate, dips, and comes back to it."""

    def curve(self, epochs: int) -> Callable[[int], float]:
        return (0.1, 1.0, 0.5, 1.0).__getitem__


SCHEDULES: list[tuple[Schedule, Callable[[Any], Any]]] = [
    (Step(step_size=2, gamma=0.3), lambda o: lr_scheduler.StepLR(o, 2, 0.3)),
    (Exponential(gamma=0.7), lambda o: lr_scheduler.ExponentialLR(o, 0.7)),
    (Cosine(), lambda o: lr_scheduler.CosineAnnealingLR(o, 4)),
    (Cosine(warmup=2), lambda o: lr_scheduler.LambdaLR(o, lambda n: (1 / 3, 2 / 3, 1, 0.5, 0)[n])),
    (WarmUp(), lambda o: lr_scheduler.LambdaLR(o, lambda n: (0.1, 1.0, 0.5, 1.0, 1.0)[n])),
]


@pytest.mark.parametrize(("schedule", "make"), SCHEDULES, ids=lambda one: type(one).__name__)
def test_each_schedule_matches_torch(schedule: Schedule, make: Callable[[Any], Any]) -> None:
    experiment = small(optimizer=SGD(0.2, momentum=0.5), schedule=schedule)
    run = Run(experiment)
    model = initial_weights(experiment, tiny)
    optimizer = torch.optim.SGD(model.parameters(), 0.2, momentum=0.5)
    scheduler = make(optimizer)
    rates = []

    def before(step: int) -> None:
        if step and step % 6 == 0:
            scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])

    loss = nn.functional.cross_entropy
    plain_loop(model, loss, optimizer, batches_of(experiment), range(24), before)
    np.testing.assert_allclose(run.link.steps.column("lr"), rates, rtol=1e-12, atol=1e-15)
    assert len(set(rates)) > 1
    assert_same_weights(run.result.weights, model)


def test_a_schedule_continues_from_a_live_learning_rate() -> None:
    experiment = small(optimizer=SGD(0.2), schedule=Step(step_size=2, gamma=0.5))

    def edit(link: Any) -> None:
        link.control.edit("optimizer.lr", 0.1)
        link.control.run()

    run = Run(experiment, edit, first=lambda link: link.control.step(15))
    expected = [0.2] * 12 + [0.1] * 3 + [0.05] * 9
    np.testing.assert_allclose(run.link.steps.column("lr"), expected)


NOT_FOR_LEARNING = {"params", "foreach", "maximize", "capturable", "differentiable", "fused"}
"""Parameters that select an implementation in torch, or maximise."""
DECAY_OF = {"adamw": "decoupled", "lion": "decoupled", "muon": "decoupled"}


@pytest.mark.parametrize("key", [key for key in PLAIN if key not in ("Lion", "Muon")])
def test_every_hyperparameter_of_torch_can_be_chosen(key: str) -> None:
    there = inspect.signature(getattr(torch.optim, key)).parameters
    expected = there.keys() - NOT_FOR_LEARNING
    if key == "Adam":
        expected -= {"decoupled_weight_decay"}  # that is AdamW
    assert set(PLAIN[key][0].args()) == expected


def test_every_hyperparameter_of_torchs_muon_can_be_chosen() -> None:
    expected = inspect.signature(torch.optim.Muon).parameters.keys() - {"params", "adjust_lr_fn"}
    assert set(Muon().args()) - expected == {"adjust", "share", "betas", "adamw_eps"}
    assert expected <= set(Muon().args())


def test_a_weight_decay_says_whether_it_is_coupled() -> None:
    for optimizer, _make in PLAIN.values():
        params = {param.name: param for param in optimizer.params()}
        if "weight_decay" not in params:
            continue
        label = params["weight_decay"].label
        if "decoupled_weight_decay" in params:
            assert label == "weight decay"  # the parameter beside it says so
            assert "coupled" in params["decoupled_weight_decay"].help
        else:
            sort = DECAY_OF.get(optimizer.key.lower(), "coupled")
            assert label == f"weight decay ({sort})"
