"""Networks with different learning rates, trained together: each as if trained alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import nnplay.catalog
from nnplay.catalog import (
    LSTM,
    MAE,
    MSE,
    RNN,
    SGD,
    STACKED,
    Adam,
    BatchNorm,
    BinaryCrossEntropy,
    Conv1d,
    Conv2d,
    CrossEntropy,
    Dense,
    Digits,
    Dropout,
    Flatten,
    Layer,
    LayerNorm,
    Line,
    MaxPool2d,
    MultiHinge,
    PictureRows,
    Poisson,
    PReLU,
    ReLU,
    RReLU,
    SelfAttention,
    Tanh,
    kinds,
)
from nnplay.engine import RunRequest
from nnplay.engine.comparing.several import (
    SequentialRuns,
    SimultaneousRuns,
    choose_simultaneous_runs,
)
from nnplay.engine.comparing.vmapped import VmappedRuns
from nnplay.engine.model.build import resolve
from nnplay.engine.prepare import prepare
from nnplay.engine.setup import Setup
from nnplay.engine.step import StepLog
from nnplay.experiment import Experiment, Regularisation, Split, check
from tests.catalog.test_conformance import in_shape_for
from tests.engine.rig import small

FACTORS = (0.1, 1.0, 2.0)
DIGITS = Experiment(
    Digits(), (Flatten(), Dense(6), Tanh(), Dense(10)), CrossEntropy(), SGD(0.05),
    split=Split(0.1, 0.7), batch_size=20, epochs=5, seed=4,
)  # fmt: skip
VALUES = Experiment(
    Line(points=100), (Dense(6), Tanh(), Dense(1)), MSE(), SGD(0.05), batch_size=11, epochs=50,
    seed=2,
)  # fmt: skip
CLASSES = small(optimizer=SGD(0.05), epochs=50)
TWO = replace(CLASSES, network=(Dense(6), ReLU(), Dense(1)), loss=BinaryCrossEntropy())


def optimizers_of(experiment: Experiment, factors: Sequence[float]) -> list[Any]:
    optimizer = experiment.optimizer
    return [optimizer.changed(lr=optimizer.lr * factor) for factor in factors]


def setup_of(experiment: Experiment) -> Setup:
    assert check(experiment) == ()
    return prepare(RunRequest(1, experiment, threads=1))


def vmapped(experiment: Experiment, factors: Sequence[float] = FACTORS) -> VmappedRuns:
    """Return the networks of an experiment, trained by vmap whatever would be chosen for it."""
    setup = setup_of(replace(experiment, stepper="eager"))
    optimizers = optimizers_of(experiment, factors)
    return VmappedRuns(
        experiment, optimizers, setup.model, setup.loss_function, setup.batches, "to see"
    )


def in_turn(experiment: Experiment, factors: Sequence[float] = FACTORS) -> SequentialRuns:
    return SequentialRuns(setup_of(experiment), optimizers_of(experiment, factors), "to see")


def advance(together: SimultaneousRuns, steps: int) -> list[StepLog]:
    return together.advance(steps, lambda: None)


def weights_of(together: SimultaneousRuns, network: int) -> dict[str, Any]:
    return {
        name: tensor.detach().numpy().copy()
        for name, tensor in together.model(network).state_dict().items()
    }


def assert_each_matches_its_own_run(
    together: SimultaneousRuns, experiment: Experiment, steps: int, *, weights: bool = True
) -> None:
    """Compare each network with a single eager run that has its rate."""
    logs = advance(together, steps)
    for at, (optimizer, log) in enumerate(
        zip(optimizers_of(experiment, FACTORS), logs, strict=True)
    ):
        single = setup_of(replace(experiment, optimizer=optimizer, stepper="eager")).stepper
        alone = single.advance(steps)
        np.testing.assert_allclose(log.losses, alone.losses, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(log.penalties, alone.penalties, rtol=1e-4)
        # A prediction on the edge between two classes may fall to either side.
        assert (np.abs(log.accuracies - alone.accuracies) > 1e-9).sum() <= steps / 20
        if weights:
            mine, theirs = weights_of(together, at), single.model.state_dict()
            assert mine.keys() == theirs.keys()
            for name, array in mine.items():
                np.testing.assert_allclose(
                    array, theirs[name].numpy(), rtol=1e-3, atol=1e-5, err_msg=name
                )


# ----------------------------------------------------------- every kind of the catalog

LAYERS = [kind for family in STACKED for kind in kinds(family).values()]
# After a trainable layer each network has its own inputs; before it all share them.
FRONTS: list[tuple[Layer, ...]] = [
    (Flatten(), Dense(5)),
    (Flatten(), Dense(2)),
    (PictureRows(), Conv1d(4)),
    (Conv2d(3),),
    (),
    (Flatten(),),
    (PictureRows(),),
]


LAYERS: list[Any] = [*kinds("layer").values(), *kinds("activation").values()]


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.key)
def test_each_layer_serves_several_networks(kind: type[Layer]) -> None:
    networks = [(*front, kind(), Flatten(), Dense(10)) for front in FRONTS]
    made = [replace(DIGITS, network=network, optimizer=SGD(0.01)) for network in networks]
    legal = [experiment for experiment in made if not check(experiment)]
    for experiment in (legal or [points_for(kind())])[:: max(1, len(legal) - 1)]:
        together = choose_simultaneous_runs(
            setup_of(experiment), optimizers_of(experiment, FACTORS)
        )
        if together.name == "compiled":
            together = vmapped(experiment)
        assert (together.name == "vmapped") == (kind is not RReLU)
        assert_each_matches_its_own_run(together, experiment, 8)


def points_for(layer: Layer) -> Experiment:
    """Return an experiment for a layer that only takes points of the plane."""
    return replace(CLASSES, network=(layer, Dense(6), Tanh(), Dense(2)))


@pytest.mark.parametrize("key", kinds("optimizer"))
def test_each_optimizer_serves_several_networks(key: str) -> None:
    plain = getattr(nnplay.catalog, key)()
    optimizer = plain.changed(lr={"Adadelta": 1.0, "Lion": 1e-3}.get(key, 0.01))
    if "weight_decay" in plain.values():
        optimizer = optimizer.changed(weight_decay=0.05)
    experiment = replace(CLASSES, optimizer=optimizer)
    # Rounding may flip the sign of a gradient near 0, which some optimizers depend on.
    steps = 12 if key in ("Rprop", "Lion", "Muon") else 60
    assert_each_matches_its_own_run(vmapped(experiment), experiment, steps, weights=False)


LOSSES: dict[str, list[Experiment]] = {
    "MSE": [VALUES],
    "MAE": [replace(VALUES, loss=MAE())],
    "Huber": [replace(VALUES, loss=nnplay.catalog.Huber(delta=0.3))],
    "Poisson": [
        replace(VALUES, data=Line(points=100, low=0.0), optimizer=SGD(0.005), loss=Poisson())
    ],
    "CrossEntropy": [
        replace(CLASSES, loss=CrossEntropy(label_smoothing=0.3)),
        replace(CLASSES, loss=CrossEntropy(class_weights="typed", typed_weights="1, 4")),
    ],
    "KLDivergence": [replace(CLASSES, loss=nnplay.catalog.KLDivergence(label_smoothing=0.3))],
    "MultiHinge": [
        replace(CLASSES, loss=MultiHinge(margin=0.5, p=2)),
        replace(CLASSES, loss=MultiHinge(class_weights="typed", typed_weights="1, 4")),
    ],
    "BinaryCrossEntropy": [replace(TWO, loss=BinaryCrossEntropy(positive_weight=3.0))],
    "LabelCrossEntropy": [
        replace(
            CLASSES, data=nnplay.catalog.Discs(), network=(Dense(9), Tanh(), Dense(3)),
            loss=nnplay.catalog.LabelCrossEntropy(positive_weight=2.0),
        )
    ],
    "BinaryHinge": [replace(TWO, loss=nnplay.catalog.BinaryHinge(margin=0.5, squared=True))],
}  # fmt: skip


@pytest.mark.parametrize("key", kinds("loss"))
def test_each_loss_serves_several_networks(key: str) -> None:
    for experiment in LOSSES[key]:
        assert_each_matches_its_own_run(vmapped(experiment), experiment, 60)


@pytest.mark.parametrize(
    "rules",
    [
        Regularisation(l1=0.01, l2=0.02),
        Regularisation(clip="by norm", clip_at=0.1),
        Regularisation(clip="by value", clip_at=0.01, l2=0.01),
    ],
    ids=str,
)
def test_each_network_is_regularised_separately(rules: Regularisation) -> None:
    network = (Dense(6, l2=0.05), Tanh(), Dense(2))
    experiment = replace(CLASSES, network=network, regularisation=rules)
    assert_each_matches_its_own_run(vmapped(experiment), experiment, 60)


def test_frozen_layers_stay_as_they_are() -> None:
    network = (
        Conv2d(3, frozen=True), ReLU(), BatchNorm(frozen=True), Flatten(), Dense(4), Tanh(),
        Dense(10),
    )  # fmt: skip
    optimizer = SGD(0.05, momentum=0.9, weight_decay=0.1)
    experiment = replace(DIGITS, network=network, optimizer=optimizer)
    assert_each_matches_its_own_run(vmapped(experiment), experiment, 10)


def test_another_precision_is_that_of_each_network() -> None:
    experiment = replace(DIGITS, precision="bfloat16", optimizer=SGD(0.01))
    together = choose_simultaneous_runs(setup_of(experiment), optimizers_of(experiment, FACTORS))
    assert together.name == "vmapped"
    logs = advance(together, 10)
    for optimizer, log in zip(optimizers_of(experiment, FACTORS), logs, strict=True):
        single = setup_of(replace(experiment, optimizer=optimizer)).stepper
        # Products are rounded to 8 binary digits, and not in the same order.
        np.testing.assert_allclose(log.losses, single.advance(10).losses, rtol=0.02)
    exact = advance(vmapped(replace(experiment, precision="float32")), 10)
    assert not np.array_equal(exact[0].losses, logs[0].losses)


@pytest.mark.parametrize(
    "network",
    [
        (Conv2d(3), MaxPool2d(), Dropout(0.4), Flatten(), Dense(10)),
        (Conv2d(3), nnplay.catalog.Dropout2d(0.4), Flatten(), Dense(10)),
        (Flatten(), Dense(48), nnplay.catalog.Reshape(3, 4, 4), Dropout(0.4), Flatten(), Dense(10)),
        (Dropout(0.4), Conv2d(3), ReLU(), Dropout(0.2), Flatten(), Dense(10)),
        (PictureRows(), Conv1d(4), Dropout(0.4), Flatten(), Dense(10)),
        (
            PictureRows(),
            nnplay.catalog.GRU(units=4, whole=True),
            Dropout(0.4),
            Flatten(),
            Dense(10),
        ),
    ],
    ids=str,
)
def test_dropout_uses_the_same_mask_in_all_of_them(network: tuple[Layer, ...]) -> None:
    experiment = replace(DIGITS, network=network, optimizer=SGD(0.01))
    assert_each_matches_its_own_run(vmapped(experiment), experiment, 8)


# ----------------------------------------------------------- random stacks

ROWS: list[Callable[[], Layer]] = [
    Tanh, lambda: Dense(5), LayerNorm, BatchNorm, lambda: Dropout(0.3), nnplay.catalog.SiLU, PReLU,
    lambda: Dense(7, bias=False), nnplay.catalog.Sigmoid, nnplay.catalog.GELU,
]  # fmt: skip


@st.composite
def stacks(draw: st.DrawFn) -> Experiment:
    """Return random networks at moderate rates: dense, for images, and for sequences."""
    front: tuple[Layer, ...] = draw(
        st.sampled_from(
            [
                (Flatten(),),
                (Conv2d(3), Tanh(), Flatten()),
                (Conv2d(2, kernel_size=2), BatchNorm(), nnplay.catalog.SiLU(), Flatten()),
                (Conv2d(3), nnplay.catalog.AvgPool2d(), Dropout(0.2), Flatten()),
                (PictureRows(), LSTM(units=4)),
                (PictureRows(), SelfAttention(), RNN(units=3)),
            ]
        )
    )
    rows = [make() for make in draw(st.lists(st.sampled_from(ROWS), max_size=4))]
    optimizers = [SGD(0.02), SGD(0.002, momentum=0.9), SGD(0.02, weight_decay=0.1), Adam(0.002)]
    return replace(
        DIGITS,
        network=(*front, *rows, Dense(10)),
        optimizer=draw(st.sampled_from(optimizers)),
        batch_size=draw(st.sampled_from([16, 40])),
        seed=draw(st.integers(0, 1000)),
        regularisation=draw(
            st.sampled_from([Regularisation(), Regularisation(l2=0.01, clip="by norm")])
        ),
        epochs=10,
    )


@pytest.mark.slow
@given(stacks())
@settings(deadline=None, max_examples=7, derandomize=True, phases=[Phase.generate])
def test_random_networks_match_separate_runs(experiment: Experiment) -> None:
    # For weights with tiny gradients, Adam turns rounding into a whole step.
    assert_each_matches_its_own_run(vmapped(experiment), experiment, 100, weights=False)


@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_networks_stepped_in_turn_match_separate_runs(stepper: str) -> None:
    dropout = (Dense(6), Tanh(), Dropout(0.5), Dense(2))
    for network in (CLASSES.network, dropout):
        experiment = replace(CLASSES, network=network, stepper=stepper)
        together = in_turn(experiment)
        assert_each_matches_its_own_run(together, experiment, 40)


# ----------------------------------------------------------- what all of them promise

RANDOM = replace(
    DIGITS, network=(Conv2d(2), ReLU(), MaxPool2d(), Flatten(), Dropout(0.4), Dense(10)),
    optimizer=Adam(0.01),
)  # fmt: skip


@pytest.mark.parametrize("make", [vmapped, in_turn])
def test_repeating_it_is_the_same_to_the_byte(make: Callable[..., SimultaneousRuns]) -> None:
    logs, weights = [], []
    for cuts in ((30,), (1, 2, 20, 7)):
        together = make(RANDOM)
        pieces = [advance(together, steps) for steps in cuts]
        logs.append([np.concatenate([p[at].losses for p in pieces]) for at in range(3)])
        weights.append([weights_of(together, at) for at in range(3)])
    np.testing.assert_array_equal(logs[0], logs[1])
    for one, other in zip(*weights, strict=True):
        for name, array in one.items():
            np.testing.assert_array_equal(array, other[name])


@pytest.mark.parametrize("make", [vmapped, in_turn])
@pytest.mark.parametrize("stepper", ["auto", "eager"])
def test_a_diverged_network_stops_and_leaves_the_others_alone(
    make: Callable[..., SimultaneousRuns], stepper: str
) -> None:
    # Twice the largest rate at which steps on a parabola do not grow: by hand, w doubles each time.
    experiment = replace(VALUES, network=(Dense(1),), batch_size=None, stepper=stepper)
    together = make(experiment, (0.1, 1e9, 1.0))
    first, second = advance(together, 7), advance(together, 7)
    single = setup_of(replace(experiment, optimizer=SGD(0.05e9), stepper="eager")).stepper
    alone = single.advance(14).losses
    bad = np.flatnonzero(~np.isfinite(alone))[0]
    diverged = np.concatenate([first[1].losses, second[1].losses])
    # The weights overflow in the step before the first loss that does, or with it.
    died = np.flatnonzero(~np.isfinite(diverged))[0]
    assert bad - 1 <= died <= bad
    assert np.isnan(diverged[died:]).all()
    np.testing.assert_allclose(diverged[:died], alone[:died], rtol=1e-4)
    for at, factor in ((0, 0.1), (2, 1.0)):
        undisturbed = make(experiment, (factor,))
        (log,) = advance(undisturbed, 14)
        mine = np.concatenate([first[at].losses, second[at].losses])
        np.testing.assert_allclose(mine, log.losses, rtol=1e-6)
        for name, array in weights_of(together, at).items():
            np.testing.assert_allclose(array, weights_of(undisturbed, 0)[name], rtol=1e-5)


def falling(first: int, steps: int) -> Any:
    return 0.9 ** np.arange(first, first + steps)


@pytest.mark.parametrize("make", [vmapped, in_turn])
@pytest.mark.parametrize("optimizer", [SGD(0.05), nnplay.catalog.Muon(0.01)], ids=lambda o: o.key)
def test_each_network_accepts_another_rate(
    make: Callable[..., SimultaneousRuns], optimizer: Any
) -> None:
    experiment = replace(CLASSES, optimizer=optimizer, stepper="eager")
    together = make(experiment)
    advance(together, 5)
    rates = [optimizer.changed(lr=0.001 * (at + 1)) for at in range(3)]
    for at, one in enumerate(rates):
        together.tune(at, one, falling)
    logs = advance(together, 5)
    for at, factor in enumerate(FACTORS):
        own = optimizer.changed(lr=optimizer.lr * factor)
        single = setup_of(replace(experiment, optimizer=own)).stepper
        single.advance(5)
        single.tune(rates[at], falling)
        np.testing.assert_allclose(logs[at].losses, single.advance(5).losses, rtol=1e-4)


@pytest.mark.parametrize(
    ("experiment", "name"),
    [
        (CLASSES, "compiled"),
        (replace(CLASSES, stepper="eager"), "eager"),
        (RANDOM, "vmapped"),
        (
            replace(RANDOM, network=(Conv2d(64), ReLU(), Conv2d(64), Flatten(), Dense(10)),
                    batch_size=None),
            "eager",
        ),
    ],
)  # fmt: skip
def test_the_fastest_way_is_chosen_and_says_why(experiment: Experiment, name: str) -> None:
    together = choose_simultaneous_runs(setup_of(experiment), optimizers_of(experiment, FACTORS))
    assert together.name == name
    assert together.why


def test_a_cancellation_between_networks_is_obeyed() -> None:
    class Broken(Exception):
        pass

    asked = 0

    def poll() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise Broken

    with pytest.raises(Broken):
        in_turn(RANDOM).advance(1, poll)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.key)
def test_layers_declare_their_randomness_and_vmap_support(kind: type[Layer]) -> None:
    layer = kind()
    shape = in_shape_for(layer)
    call = layer.call(shape)
    module = resolve(call)(**call.args)
    x = torch.randint(0, 2, (6, *shape)).float()
    states = []
    for batch in (x, 1 - x):
        torch.manual_seed(3)
        before = torch.get_rng_state()
        module(batch)
        states.append(torch.get_rng_state())
    draws, by_input = not torch.equal(states[0], before), not torch.equal(*states)
    if layer.randomness == "by input":
        assert draws
    else:
        assert (draws, by_input) == (layer.randomness == "mask", False)
    if list(module.parameters()):
        weights = {name: torch.stack([p.detach()] * 2) for name, p in module.named_parameters()}
        buffers = {name: torch.stack([b] * 2) for name, b in module.named_buffers()}

        def one(weights: Any, buffers: Any) -> Any:
            return torch.func.functional_call(module, (weights, buffers), (x,))

        if layer.works_in_vmap:
            both = torch.vmap(one)(weights, buffers)
            torch.testing.assert_close(both[0], both[1])
