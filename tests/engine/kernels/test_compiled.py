"""The compiled steps compared with those of PyTorch, operation by operation."""

import ctypes
import os
import subprocess
import sys
from ctypes import c_int64, c_void_p
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import nnplay.catalog
import nnplay.engine.kernels.stepper
from nnplay.catalog import (
    MAE,
    MSE,
    SGD,
    Activation,
    Adam,
    BatchNorm,
    BinaryCrossEntropy,
    BinaryHinge,
    Circle,
    CrossEntropy,
    Dense,
    Digits,
    Discs,
    Flatten,
    Huber,
    Identity,
    KLDivergence,
    LabelCrossEntropy,
    Layer,
    LayerNorm,
    Line,
    Loss,
    MultiHinge,
    Muon,
    Poisson,
    ReLU,
    RReLU,
    Sigmoid,
    Tanh,
    kinds,
)
from nnplay.engine import RunRequest
from nnplay.engine.kernels.context import TWISTER_WORDS, Context, whole_vectors
from nnplay.engine.kernels.installed import library
from nnplay.engine.kernels.openmp import sharers
from nnplay.engine.kernels.stepper import CompiledStepper
from nnplay.engine.model.build import resolve
from nnplay.engine.prepare import prepare
from nnplay.engine.step import Stepper
from nnplay.experiment import Experiment, Policy, Regularisation, Split, check
from nnplay.link import Started
from tests.engine.rig import Run, constant_at, digits, small

KERNELS = library()
ACTIVATIONS, LOSS_KERNELS, OPTIMIZERS = (
    KERNELS.tables[family] for family in ("activations", "losses", "optimizers")
)
STEPS = 100
CLASSES = Experiment(
    Circle(points=150), (Dense(7), Tanh(), Dense(5), Sigmoid(), Dense(2)), CrossEntropy(),
    SGD(0.05), batch_size=11, epochs=50, seed=2,
)  # fmt: skip
VALUES = replace(CLASSES, data=Line(points=150), network=(Dense(6), Tanh(), Dense(1)), loss=MSE())
TWO = replace(CLASSES, network=(Dense(6), ReLU(), Dense(1)))


def stepper_of(experiment: Experiment, name: str, threads: int = 1) -> Stepper:
    """Return a stepper of a valid experiment."""
    assert check(experiment) == ()
    stepper = prepare(RunRequest(1, experiment, threads=threads)).stepper
    assert stepper.name == name, stepper.why
    return stepper


def assert_matches_eager_steps(
    experiment: Experiment, steps: int = STEPS, weights: bool = True
) -> None:
    """Compare losses, accuracies, penalties and, unless excluded, the weights of the two."""
    tolerance = 1e-4
    compiled = stepper_of(experiment, "compiled")
    one = compiled.advance(steps)
    # Set up only now, as both use torch's random state, which each seeds again.
    eager = stepper_of(replace(experiment, stepper="eager"), "eager")
    other = eager.advance(steps)
    np.testing.assert_allclose(one.losses, other.losses, rtol=tolerance, atol=1e-6)
    np.testing.assert_allclose(one.penalties, other.penalties, rtol=tolerance)
    # A prediction on the edge between two classes may fall to either side.
    gap = np.abs(one.accuracies - other.accuracies)
    assert not (gap > 1e-9).sum() > steps / 20
    pairs = zip(compiled.model.parameters(), eager.model.parameters(), strict=True)
    for mine, theirs in pairs if weights else ():
        np.testing.assert_allclose(
            mine.detach(), theirs.detach(), rtol=tolerance, atol=tolerance / 10
        )


def variants(key: str) -> list[Any]:
    """Return an optimizer with its defaults, and with each optional feature on."""
    plain = getattr(nnplay.catalog, key)()
    plain = plain.changed(lr={"Adadelta": 1.0, "SGD": 0.1}.get(key, 0.01))
    values = plain.values()
    changes: list[dict[str, Any]] = [{}]
    if "weight_decay" in values:
        changes.append({"weight_decay": 0.1})
    if "decoupled_weight_decay" in values:
        changes.append({"weight_decay": 0.1, "decoupled_weight_decay": True})
    changes += {
        "SGD": [
            {"momentum": 0.9},
            {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
            {"momentum": 0.8, "dampening": 0.4},
        ],
        "Adam": [{"amsgrad": True, "eps": 0.01}],
        "AdamW": [{"amsgrad": True}],
        "NAdam": [{"momentum_decay": 0.3, "beta1": 0.5}],
        "RAdam": [{"beta2": 0.7}],
        "RMSprop": [{"momentum": 0.5}, {"centered": True, "alpha": 0.9, "eps": 0.01}],
        "Adagrad": [{"lr_decay": 0.1, "initial_accumulator_value": 0.5}],
        "Rprop": [{"eta_plus": 1.5, "largest": 1.0, "smallest": 0.001}],
    }.get(key, [])
    return [plain.changed(**change) for change in changes]


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_each_optimizer_matches_eager_steps(key: str) -> None:
    for optimizer in variants(key):
        # Rounding may flip the sign of a gradient near 0, which Rprop depends on.
        steps = 12 if key == "Rprop" else STEPS
        assert_matches_eager_steps(replace(CLASSES, optimizer=optimizer), steps)


LOSSES: dict[str, list[tuple[Experiment, Loss]]] = {
    "MSE": [(VALUES, MSE())],
    "MAE": [(VALUES, MAE())],
    "Huber": [(VALUES, Huber(delta=0.3))],
    "Poisson": [
        (replace(VALUES, data=Line(points=150, low=0.0), optimizer=SGD(0.005)), loss)
        for loss in (Poisson(), Poisson(full=True))
    ],
    "CrossEntropy": [(CLASSES, CrossEntropy()), (CLASSES, CrossEntropy(label_smoothing=0.3))],
    "KLDivergence": [(CLASSES, KLDivergence()), (CLASSES, KLDivergence(label_smoothing=0.3))],
    "MultiHinge": [(CLASSES, MultiHinge()), (CLASSES, MultiHinge(margin=0.5, p=2))],
    "BinaryCrossEntropy": [
        (TWO, BinaryCrossEntropy()),
        (TWO, BinaryCrossEntropy(positive_weight=3.0)),
    ],
    "BinaryHinge": [(TWO, BinaryHinge()), (TWO, BinaryHinge(margin=0.5, squared=True))],
}


@pytest.mark.parametrize("key", LOSSES)
def test_each_loss_matches_eager_steps(key: str) -> None:
    for experiment, loss in LOSSES[key]:
        assert_matches_eager_steps(replace(experiment, loss=loss))


def test_labels_match_eager_steps() -> None:
    data = nnplay.catalog.Discs()
    loss = nnplay.catalog.LabelCrossEntropy(positive_weight=2.0)
    network = (Dense(9), Tanh(), Dense(data.spec().outputs))
    assert_matches_eager_steps(replace(CLASSES, data=data, network=network, loss=loss))


def test_every_kernel_is_of_a_kind_in_the_catalog() -> None:
    assert set(ACTIVATIONS) <= set(kinds("activation"))
    assert set(OPTIMIZERS) <= set(kinds("optimizer"))
    assert set(LOSS_KERNELS) == {*LOSSES, "LabelCrossEntropy"} <= set(kinds("loss"))


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_each_activation_matches_torch(key: str) -> None:
    kind = kinds("activation")[key]
    layers = [kind()]
    layers += {
        "GELU": [kind(approximate="tanh")] if key == "GELU" else [],
        "ELU": [kind(alpha=2.5)] if key == "ELU" else [],
        "CELU": [kind(alpha=2.5)] if key == "CELU" else [],
        "Softplus": [kind(beta=3.0, threshold=5.0)] if key == "Softplus" else [],
        "LeakyReLU": [kind(negative_slope=0.3)] if key == "LeakyReLU" else [],
        "Threshold": [kind(threshold=-0.5, value=2.0)] if key == "Threshold" else [],
        "Hardtanh": [kind(min_val=-0.5, max_val=2.0)] if key == "Hardtanh" else [],
    }.get(key, [])
    x = np.concatenate(
        (np.linspace(-30, 30, 6001), [0, 3, -3, 6, 100, -100, 1e-6, -1e-6, 1e4, -1e4, np.nan])
    ).astype(np.float32)
    for layer in layers:
        assert isinstance(layer, Activation)
        given = torch.tensor(x, requires_grad=True)
        call = layer.call((1,))
        expected = resolve(call)(**call.args)(given)
        expected.sum().backward()
        values, derivatives = x.copy(), np.empty_like(x)
        own = ACTIVATIONS[key].pack(layer.own_values())
        call = ctypes.CFUNCTYPE(None, c_void_p, c_int64, c_void_p, c_void_p)
        call(ACTIVATIONS[key].address)(
            ctypes.addressof(own), len(x), values.ctypes.data, derivatives.ctypes.data
        )
        # At a corner either derivative will do.
        corner = np.abs(np.abs(x) - 3) < 1e-6 if key == "Hardswish" else np.zeros(len(x), bool)
        np.testing.assert_allclose(values, expected.detach(), rtol=2e-6, atol=2e-6)
        np.testing.assert_allclose(
            derivatives[~corner][:-1], given.grad[~corner][:-1], rtol=2e-6, atol=5e-6
        )


@given(st.integers(1, 2000), st.integers(0, 2**63 - 1))
@settings(deadline=None, max_examples=40)
def test_samples_are_in_the_order_that_torch_shuffles(count: int, seed: int) -> None:
    order, words = np.empty(count, np.int64), np.empty(TWISTER_WORDS, np.uint32)
    KERNELS.shuffle(order.ctypes.data, count, words.ctypes.data, seed)
    expected = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    np.testing.assert_array_equal(order, expected)


RULES = [
    Regularisation(l1=0.01),
    Regularisation(l1=0.001, l2=0.1),
    Regularisation(clip="by norm", clip_at=0.1),
    Regularisation(clip="by value", clip_at=0.01, l2=0.01),
]


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_regularisation_matches_eager_steps(rules: Regularisation) -> None:
    assert_matches_eager_steps(replace(CLASSES, regularisation=rules))


def test_a_penalty_of_one_layer_matches_eager_steps() -> None:
    network = (Dense(5, l1=0.1), Tanh(), Dense(4), Dense(2, l2=0.05))
    assert_matches_eager_steps(replace(CLASSES, network=network))


SIZES = {
    "single samples": replace(CLASSES, batch_size=1),
    "whole vectors": replace(CLASSES, batch_size=16),
    "full batch": replace(CLASSES, batch_size=None),
    "larger than the data": replace(CLASSES, batch_size=1000),
    "several blocks": replace(CLASSES, data=Circle(points=5000), batch_size=None),
    "in order": replace(CLASSES, policy=Policy(shuffle=False, drop_last=True)),
    "wide": replace(CLASSES, network=(Dense(90), ReLU(), Dense(70), Tanh(), Dense(3), Dense(2))),
    "wide without biases, in several blocks": replace(
        CLASSES, data=Circle(points=1500), batch_size=None,
        network=(Dense(70, bias=False), ReLU(), Dense(70, bias=False), Dense(2, bias=False)),
    ),
    "wide first layer behind an activation": replace(
        CLASSES, data=Digits(), network=(Flatten(), Tanh(), Dense(80), ReLU(), Dense(10)),
    ),
    "wide first layer, in several blocks": replace(
        CLASSES, data=Digits(), network=(Flatten(), Dense(80), ReLU(), Identity(), Dense(10)),
        batch_size=1200,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SIZES)
def test_each_size_matches_eager_steps(name: str) -> None:
    assert_matches_eager_steps(SIZES[name])


SHARED = {
    "whole vectors": replace(
        CLASSES, data=Digits(), network=(Flatten(), Dense(80), ReLU(), Dense(10)), batch_size=64
    ),
    "part of a vector at the end": replace(
        CLASSES, data=Digits(), network=(Flatten(), Dense(71), ReLU(), Dense(10)), batch_size=75
    ),
    "fewer samples than threads": replace(
        CLASSES, data=Digits(), network=(Flatten(), Dense(70), Tanh(), Dense(10)), batch_size=1
    ),
}


@pytest.mark.parametrize("mixed", [True, False])
@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 1000))
@settings(deadline=None, derandomize=True)
def test_samples_are_laid_out_feature_after_feature(
    mixed: bool, width: int, count: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    source = chance.normal(size=(60, width)).astype(np.float32)
    order = chance.permutation(60)[:count].astype(np.int64)
    if not mixed:
        order = np.arange(count) + int(chance.integers(0, 61 - count))
    lanes, context = whole_vectors(count), Context(shuffles=mixed)
    target = np.full((width + 1, lanes), np.nan, np.float32)
    KERNELS.lay_out(
        ctypes.addressof(context), source.ctypes.data, width, order.ctypes.data, count,
        target.ctypes.data,
    )  # fmt: skip
    np.testing.assert_array_equal(target[:width, :count], source[order].T)
    # Unused lanes repeat the last sample; nothing is written beyond the end.
    np.testing.assert_array_equal(
        target[:width, count:].T, source[order[-1:]].repeat(lanes - count, 0)
    )
    assert np.isnan(target[width]).all()


@pytest.mark.skipif(not all(sharers()), reason="PyTorch's threads cannot be asked here")
@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("key", ["SGD", "Adam", "NAdam", "RMSprop"])
def test_several_threads_give_the_results_of_one(
    name: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = replace(SHARED[name], optimizer=variants(key)[-1])
    shared = stepper_of(experiment, "compiled", threads=3)
    assert isinstance(shared, CompiledStepper)
    assert shared.shares_work
    # The products stay on as many threads, as those of another number may round in another way.
    monkeypatch.setattr(nnplay.engine.kernels.stepper, "sharers", lambda: (0, 0, 0))
    alone = stepper_of(experiment, "compiled", threads=3)
    assert isinstance(alone, CompiledStepper)
    assert not alone.shares_work
    one, other = shared.advance(40), alone.advance(40)
    np.testing.assert_array_equal(one.losses, other.losses)
    for mine, theirs in zip(shared.model.parameters(), alone.model.parameters(), strict=True):
        np.testing.assert_array_equal(mine.detach(), theirs.detach())


@pytest.mark.slow
@pytest.mark.skipif(not all(sharers()), reason="PyTorch's threads cannot be asked here")
def test_fewer_threads_than_requested_do_all_the_work() -> None:
    again = ["-q", "-n", "0", "-p", "no:cacheprovider", "-k", "threads_share and SGD", __file__]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *again], capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert "3 passed" in done.stdout


SMOOTH = ("Tanh", "Sigmoid", "Softplus", "SiLU", "GELU", "ELU", "Softsign", "Mish", "LogSigmoid")


@st.composite
def stacks(draw: st.DrawFn) -> Experiment:
    """Return random networks of classes or values, at moderate rates."""
    base = draw(st.sampled_from([CLASSES, VALUES]))
    layers: list[Layer] = []
    for _ in range(draw(st.integers(0, 4))):
        layers.append(Dense(draw(st.integers(1, 40)), bias=draw(st.booleans())))
        for _ in range(draw(st.integers(0, 2))):
            layers.append(kinds("activation")[draw(st.sampled_from(SMOOTH))]())
    layers.append(Dense(base.data.spec().outputs if base is CLASSES else 1))
    optimizers = [SGD(0.02), SGD(0.002, momentum=0.9), Adam(0.002), SGD(0.02, weight_decay=0.1)]
    optimizer = draw(st.sampled_from(optimizers))
    return replace(
        base,
        network=tuple(layers),
        optimizer=optimizer,
        batch_size=draw(st.sampled_from([None, 5, 16, 40, 64])),
        seed=draw(st.integers(0, 1000)),
    )


@given(stacks())
@settings(deadline=None, max_examples=25, derandomize=True)
def test_random_stacks_match_eager_steps(experiment: Experiment) -> None:
    # For weights with tiny gradients, Adam turns rounding into a whole step.
    assert_matches_eager_steps(experiment, weights=False)


@pytest.mark.parametrize("name", ["single samples", "wide", "wide first layer, in several blocks"])
def test_runs_repeat_to_the_byte_however_steps_are_grouped(name: str) -> None:
    whole, pieces = (stepper_of(SIZES[name], "compiled") for _ in range(2))
    one = whole.advance(60)
    logs = [pieces.advance(steps) for steps in (1, 2, 30, 20, 7)]
    np.testing.assert_array_equal(one.losses, np.concatenate([log.losses for log in logs]))
    np.testing.assert_array_equal(one.accuracies, np.concatenate([log.accuracies for log in logs]))
    for mine, theirs in zip(whole.model.parameters(), pieces.model.parameters(), strict=True):
        np.testing.assert_array_equal(mine.detach(), theirs.detach())


HELD = {
    "values": replace(VALUES, split=Split(0.2)),
    "two classes": replace(TWO, loss=BinaryCrossEntropy(), split=Split(0.2)),
    "classes": replace(CLASSES, split=Split(0.3), loss=CrossEntropy(label_smoothing=0.2)),
    "labels": replace(
        TWO, data=Discs(points=90), network=(Dense(4), Tanh(), Dense(3)),
        loss=LabelCrossEntropy(), split=Split(0.2),
    ),
    "pictures, in several blocks": replace(
        CLASSES, data=Digits(), network=(Flatten(), Dense(5), ReLU(), Dense(10)), batch_size=400,
        split=Split(0.2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HELD)
def test_validation_matches_torch(name: str) -> None:
    setup = prepare(RunRequest(1, HELD[name], threads=1))
    stepper, validation = setup.stepper, setup.tensors["validation"]
    assert stepper.name == "compiled"
    assert stepper.validates
    per_epoch = setup.batches.per_epoch
    stepper.advance(per_epoch - 1)
    for steps in (1, per_epoch):
        log = stepper.advance(steps)
        with torch.no_grad():
            logits = stepper.model(validation.x)
            loss = setup.loss_function(logits, validation.y).item()
        assert log.validation[:, 0].tolist() == [pytest.approx(loss, rel=1e-5)]
        if setup.target_form == "values":
            assert np.isnan(log.validation[0, 1])
        elif setup.target_form == "classes":
            assert log.validation[0, 1] == (logits.argmax(1) == validation.y).double().mean().item()
        else:
            right = ((logits > 0) == (validation.y > 0.5)).double().mean().item()
            assert log.validation[0, 1] == pytest.approx(right)
    # Several epochs in one call equal one after another.
    twin = stepper_of(HELD[name], "compiled")
    whole = twin.advance(4 * per_epoch + 1)
    more = [stepper.advance(steps).validation for steps in (per_epoch, per_epoch + 1)]
    assert len(whole.validation) == 4
    np.testing.assert_array_equal(whole.validation[2:], np.concatenate(more))
    np.testing.assert_array_equal(whole.validation[1], log.validation[0])


def test_metrics_of_all_predictions_are_left_to_torch() -> None:
    experiment = replace(HELD["classes"], policy=Policy(watch="validation F1"))
    assert not stepper_of(experiment, "compiled").validates
    rows = Run(replace(experiment, epochs=3)).link.epochs
    assert np.isfinite(rows.column("watched")).all()
    assert not stepper_of(CLASSES, "compiled").validates


@pytest.mark.parametrize("key", ["SGD", "NAdam"])
def test_rewinding_and_continuing_gives_the_same_result(key: str) -> None:
    optimizer = variants(key)[-1]
    stepper = stepper_of(replace(CLASSES, optimizer=optimizer), "compiled")
    begin = stepper.save()
    stepper.advance(17)
    place = stepper.save()
    first = stepper.advance(30)
    stepper.restore(place)
    assert stepper.step == 17
    np.testing.assert_array_equal(stepper.advance(30).losses, first.losses)
    stepper.restore(begin)
    stepper.advance(17)
    np.testing.assert_array_equal(stepper.advance(30).losses, first.losses)


@pytest.mark.parametrize("change", [{"lr": 0.3}, {"momentum": 0.9}, {"weight_decay": 0.1}])
def test_changed_hyperparameters_match_eager_steps(change: dict[str, float]) -> None:
    steppers = [
        stepper_of(replace(CLASSES, stepper=name), found)
        for name, found in (("auto", "compiled"), ("eager", "eager"))
    ]
    logs = []
    for stepper in steppers:
        stepper.advance(20)
        stepper.tune(CLASSES.optimizer.changed(**change), constant_at(0.5))
        logs.append(stepper.advance(50).losses)
    np.testing.assert_allclose(*logs, rtol=1e-4)


def test_the_network_is_the_one_that_is_trained() -> None:
    stepper = stepper_of(CLASSES, "compiled")
    before = {name: tensor.clone() for name, tensor in stepper.model.state_dict().items()}
    stepper.advance(1)
    after = stepper.model.state_dict()
    assert all(not torch.equal(before[name], after[name]) for name in before)
    # The next step begins with the loaded weights.
    stepper.model.load_state_dict(before)
    assert all(
        torch.equal(torch.from_numpy(stepper.save().model["weights"][:14]), tensor.ravel())
        for name, tensor in before.items() if name == "0.weight"
    )  # fmt: skip


@pytest.mark.parametrize("experiment", [CLASSES, VALUES, HELD["pictures, in several blocks"]])
@pytest.mark.parametrize("count", [1, 17, 5000])
def test_it_predicts_as_the_network_does(experiment: Experiment, count: int) -> None:
    stepper = stepper_of(experiment, "compiled")
    given = stepper.next_inputs()[:1]
    x = (torch.rand(count, *given.shape[1:]) * 2).to(given.dtype)
    with torch.no_grad():
        expected = stepper.model.eval()(x)
    torch.testing.assert_close(stepper.predictions(x), expected)
    stepper.advance(30)
    with torch.no_grad():
        expected = stepper.model(x)
    torch.testing.assert_close(stepper.predictions(x), expected)


def test_the_run_names_its_stepper_and_why() -> None:
    (started,) = Run(small(optimizer=SGD(0.1), epochs=1)).of(Started)
    assert (started.stepper, started.stepper_why) == ("compiled", "dense network of 32 parameters")
    reasons = {
        "has Randomised ReLU": small(optimizer=SGD(0.1), network=(Dense(4), RReLU(), Dense(2))),
        "chosen in the experiment": small(optimizer=SGD(0.1), stepper="eager"),
        "has Muon": small(optimizer=Muon()),
        "has Layer normalisation": digits(
            optimizer=SGD(0.1), network=(LayerNorm(), Flatten(), Dense(10))
        ),
        "normalises a batch of more than 8,192 samples": small(
            optimizer=SGD(0.1), data=Circle(points=20_000), batch_size=None,
            network=(Dense(4), BatchNorm(), Dense(2)),
        ),
    }  # fmt: skip
    for why, experiment in reasons.items():
        stepper = prepare(RunRequest(1, experiment, threads=1)).stepper
        assert (stepper.name, stepper.why) == ("eager", why)
