"""Every kind meets the requirements of forms, builder, source export and files."""

import copy
import math
from dataclasses import replace
from math import exp, log, log1p
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from nnplay.catalog import (
    FAMILIES,
    SGD,
    STACKED,
    BatchNorm,
    BinaryHinge,
    Constant,
    Dataset,
    Dense,
    Digits,
    Family,
    Kind,
    Layer,
    Learner,
    Loss,
    MultiHinge,
    OneCycle,
    Optimizer,
    PictureRows,
    ReduceOnPlateau,
    Schedule,
    Shape,
    ShapeError,
    Softmax,
    Step,
    Weighted,
    kinds,
)
from nnplay.catalog import CrossEntropy as Entropy
from nnplay.catalog.initialisers import INITIALISERS
from nnplay.engine import build_network, build_optimizer
from nnplay.engine.evaluation.inference import evaluating
from nnplay.engine.model.build import build_loss
from nnplay.experiment import Experiment, derive_seed, dumps, loads, pytorch_source
from nnplay.experiment.sizes import ticks_per_epoch
from tests.experiment.strategies import legal_values, resolve

ALL = [kind for family in FAMILIES for kind in kinds(family).values()]
LAYERS = [kind for family in STACKED for kind in kinds(family).values()]
FIELD: dict[Family, str] = {
    "layer": "network",
    "activation": "network",
    "loss": "loss",
    "optimizer": "optimizer",
    "schedule": "schedule",
    "data": "data",
}


def with_kind(kind: Any) -> Experiment:
    """Return an experiment with a kind in its place."""
    parts: dict[str, Any] = {
        "data": Digits(),
        "network": (),
        "loss": Entropy(),
        "optimizer": kinds("optimizer")["SGD"](),
    }
    parts[FIELD[kind.family]] = (kind,) if kind.family in STACKED else kind
    return Experiment(**parts)


def module_of(layer: Layer, shape: Shape) -> Any:
    return resolve(layer.call(shape))(**layer.call(shape).args)


def in_shape_for(layer: Layer) -> Shape:
    """Return a shape that the layer accepts, a row where it accepts both."""
    for shape in ((6,), (2, 12, 12), (12, 4), (2,)):
        try:
            layer.out_shape(shape)
        except ShapeError:
            continue
        return shape
    raise AssertionError(f"{layer} takes neither a row nor a picture nor a sequence")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.key)
def test_kind_has_help_and_legal_defaults(kind: type[Kind]) -> None:
    assert kind.label and kind.help.endswith((".", ")"))
    for p in kind.params():
        assert p.help and p.label and p.problem(p.default) is None
        if p.type in ("int", "float"):
            assert p.low is not None and p.high is not None and p.low < p.high
            assert type(p.default) is {"int": int, "float": float}[p.type]
            assert type(p.low) is type(p.high) is type(p.default), "nearest values keep the type"
            assert p.problem(p.low) is None and p.problem(p.high) is None
            assert p.problem(p.low - 1) and p.problem(p.high + 1) and p.problem(math.nan)
            assert p.problem(True) and p.problem("1") and p.problem(None) and p.problem(math.inf)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.key)
@settings(max_examples=15)
@given(data=st.data())
def test_kind_round_trips_through_json(kind: type[Kind], data: st.DataObject) -> None:
    experiment = with_kind(data.draw(legal_values(kind, small=False)))
    assert loads(dumps(experiment)) == experiment
    assert loads(dumps(with_kind(kind()))) == with_kind(kind())


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.key)
@settings(max_examples=40)
@given(data=st.data())
def test_layer_predicts_what_torch_does(kind: type[Layer], data: st.DataObject) -> None:
    layer = data.draw(legal_values(kind))
    assume(not list(layer.faults()))
    side = st.integers(1, 12)
    few = st.integers(1, 4)
    shape = data.draw(st.tuples(side) | st.tuples(side, few) | st.tuples(few, side, side))
    x = torch.zeros(2, *shape)
    try:
        predicted = layer.out_shape(shape)
    except ShapeError as error:
        assert error.received == shape
        # Torch accepts shapes that make no sense here, such as each row of pixels as a sample.
        if len(shape) not in kind.takes:
            return
        with pytest.raises((RuntimeError, ValueError, IndexError, AssertionError)):
            module_of(layer, shape)(x)
        return
    assert len(shape) in kind.takes
    assume(not layer.needs_batch_statistics(shape) or kind is BatchNorm)
    module = module_of(layer, shape)
    assert tuple(module(x).shape) == (2, *predicted)
    weights = {name: tuple(weight.shape) for name, weight in module.named_parameters()}
    assert dict(layer.weights(shape)) == weights


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.key)
def test_layer_lets_a_network_learn(kind: type[Layer]) -> None:
    torch.manual_seed(0)
    layer = kind()
    shape = in_shape_for(layer)
    features = math.prod(layer.out_shape(shape))
    module = module_of(layer, shape)
    model = nn.Sequential(module, nn.Flatten(), nn.Linear(features, 1))
    before = [weight.detach().clone() for weight in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    (model(torch.randn(5, *shape)) - torch.randn(5, 1)).square().mean().backward()
    optimizer.step()
    changed = [not old.equal(new) for old, new in zip(before, model.parameters(), strict=True)]
    assert all(changed) and len(changed) == 2 + len(layer.weights(shape))


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.key)
def test_layer_says_whether_it_is_random_and_whether_it_keeps_values(kind: type[Layer]) -> None:
    layer = kind()
    shape = in_shape_for(layer)
    module = module_of(layer, shape)
    torch.manual_seed(0)
    x = torch.randn(64, *shape)
    assert (layer.randomness != "none") == (not module(x).equal(module(x)))
    if layer.keeps_values:
        kept = module.eval()(x).flatten().sort().values
        assert kept.equal(x.flatten().sort().values)


LEARNERS = [kind for kind in LAYERS if issubclass(kind, Learner)]
WEIGHTED = [kind for kind in LAYERS if issubclass(kind, Weighted)]


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.key)
def test_layers_with_weights_can_be_frozen_initialised_and_regularised(kind: type[Layer]) -> None:
    layer = kind()
    shapes = layer.weights(in_shape_for(layer)).values()
    assert bool(shapes) == (kind in LEARNERS)
    assert any(len(shape) >= 2 for shape in shapes) == (kind in WEIGHTED)
    assert {"name"} <= {p.name for p in kind.params() if p.extra}


def around(layer: Layer, shape: Shape) -> tuple[Any, torch.optim.Optimizer]:
    """Return a network with trainable layers before and after a layer."""
    front = [Dense(shape[-1])] if len(shape) == 1 and layer.passes_gradients else []
    torch.manual_seed(1)
    network = (*front, layer, kinds("layer")["Flatten"](), Dense(1))
    model = build_network(network, shape)  # type: ignore[arg-type]
    return model, build_optimizer(SGD(lr=0.1), model.parameters(), torch.device("cpu"))


def learn(model: Any, optimizer: torch.optim.Optimizer, shape: Shape) -> None:
    """Take two steps with an evaluation between them, as a run does."""
    for _step in range(2):
        optimizer.zero_grad()
        (model(torch.randn(5, *shape)) - torch.randn(5, 1)).square().mean().backward()
        optimizer.step()
        with evaluating(model):
            model(torch.randn(5, *shape))


@pytest.mark.parametrize("kind", LEARNERS, ids=lambda kind: kind.key)
def test_a_frozen_layer_keeps_its_weights_while_others_learn(kind: type[Learner]) -> None:
    layer = kind(frozen=True)
    shape = in_shape_for(layer)
    model, optimizer = around(layer, shape)
    place = len(model) - 3
    learnt = sum(p.numel() for group in optimizer.param_groups for p in group["params"])
    counts = [sum(p.numel() for p in part.parameters()) for part in model]
    assert learnt == sum(counts) - counts[place] and counts[place]
    before = copy.deepcopy(model.state_dict())
    learn(model, optimizer, shape)
    changed = {name for name, old in before.items() if not old.equal(model.state_dict()[name])}
    assert changed == {name for name in before if not name.startswith(f"{place}.")} != set()


@pytest.mark.parametrize("key", INITIALISERS)
@pytest.mark.parametrize("kind", WEIGHTED, ids=lambda kind: kind.key)
def test_a_layer_learns_from_any_initial_weights(kind: type[Weighted], key: str) -> None:
    layer = kind(initialiser=key)
    shape = in_shape_for(layer)
    model, optimizer = around(layer, shape)
    drawn, usual = model[-3], around(kind(), shape)[0][-3]
    for (name, weight), other in zip(drawn.named_parameters(), usual.parameters(), strict=True):
        assert weight.equal(other) == (
            key == "default" or (weight.ndim < 2 and not (other.any() and "bias" in name))
        )
    before = copy.deepcopy(model.state_dict())
    learn(model, optimizer, shape)
    after = model.state_dict()
    assert all(bool(one.isfinite().all()) for one in after.values())
    assert not all(before[name].equal(one) for name, one in after.items())


@pytest.mark.parametrize("kind", LEARNERS, ids=lambda kind: kind.key)
def test_source_freezes_initialises_and_regularises(kind: type[Learner]) -> None:
    extras: dict[str, Any] = {"frozen": True, "name": "a name"}
    if kind in WEIGHTED:
        extras |= {"initialiser": "normal", "l1": 0.5}
    experiment = with_source_around(kind)
    place = next(i for i, one in enumerate(experiment.network) if isinstance(one, kind))
    network = list(experiment.network)
    network[place] = network[place].changed(**extras)
    network[-1] = Dense(10, initialiser="Xavier normal", l2=0.1)
    experiment = replace(experiment, network=tuple(network))
    assert loads(dumps(experiment)) == experiment
    names = dict[str, Any]()
    exec(pytorch_source(experiment), names)
    model = build_with_seed_of(experiment)
    for name, one in model.state_dict().items():
        assert one.equal(names["model"].state_dict()[name])
    before = copy.deepcopy(names["model"].state_dict())
    names["train"](torch.randn(6, 1, 8, 8), torch.arange(6), epochs=1)
    after = names["model"].state_dict()
    frozen = {name for name in before if name.startswith(f"{place}.")}
    assert frozen and all(before[name].equal(after[name]) for name in frozen)
    assert not before[f"{len(network) - 1}.weight"].equal(after[f"{len(network) - 1}.weight"])


def build_with_seed_of(experiment: Experiment) -> Any:
    torch.manual_seed(derive_seed(experiment.seed, "init", experiment.draw))
    return build_network(experiment.network, experiment.data.spec().in_shape)


@pytest.mark.parametrize("kind", kinds("loss").values(), ids=lambda kind: kind.key)
@settings(max_examples=10)
@given(data=st.data())
def test_loss_takes_its_form_of_target(kind: type[Loss], data: st.DataObject) -> None:
    loss = data.draw(legal_values(kind))
    outputs = 1 if loss.target_form == "binary" else 3
    assume(not list(loss.faults(outputs)))
    function = build_loss(loss, [3, 4, 0])
    logits = torch.randn(7, outputs, requires_grad=True)
    target = {
        "values": torch.randn(7, 3),
        "classes": torch.randint(0, 3, (7,)),
        "binary": torch.randint(0, 2, (7, 1)).float(),
        "labels": torch.randint(0, 2, (7, 3)).float(),
    }[loss.target_form]
    value = function(logits, target)
    value.backward()
    assert value.shape == () and logits.grad is not None and logits.grad.abs().sum() > 0


def test_losses_match_their_formulas() -> None:
    logits, target = torch.tensor([[0.5], [-2.0]]), torch.tensor([[1.0], [1.0]])
    known = {
        "MSE": (0.25 + 9) / 2,
        "MAE": (0.5 + 3) / 2,
        "Huber": (0.125 + 2.5) / 2,
        "Poisson": (exp(0.5) - 0.5 + exp(-2) + 2) / 2,
        "BinaryHinge": (0.5 + 3) / 2,
        "BinaryCrossEntropy": (log1p(exp(-0.5)) + log1p(exp(2))) / 2,
    }
    for key, expected in known.items():
        call = kinds("loss")[key]().call()  # type: ignore[attr-defined]
        assert resolve(call)(**call.args)(logits, target).item() == pytest.approx(expected)


def test_classification_losses_match_their_formulas() -> None:
    logits, target = torch.tensor([[2.0, 1.5, -1.0]]), torch.tensor([0])
    parts = [exp(one) for one in (2.0, 1.5, -1.0)]
    surprise = [log(sum(parts)) - log(one) for one in parts]
    known: list[tuple[Loss, float]] = [
        (Entropy(), surprise[0]),
        (Entropy(label_smoothing=0.3), 0.7 * surprise[0] + 0.1 * sum(surprise)),
        (MultiHinge(), 0.5 / 3),  # torch divides by all classes, the right one too
        (MultiHinge(margin=4.0, p=2), (3.5**2 + 1) / 3),
    ]
    for loss, expected in known:
        call = loss.call()
        assert resolve(call)(**call.args)(logits, target).item() == pytest.approx(expected)
    squared = BinaryHinge(margin=2.0, squared=True).call()
    value = resolve(squared)(**squared.args)(torch.tensor([[1.5], [-3.0]]), torch.zeros(2, 1))
    assert value.item() == pytest.approx(3.5**2 / 2)


@pytest.mark.parametrize("kind", kinds("optimizer").values(), ids=lambda kind: kind.key)
@settings(max_examples=10)
@given(data=st.data())
def test_an_optimizer_step_reduces_the_loss(kind: type[Optimizer], data: st.DataObject) -> None:
    drawn = data.draw(legal_values(kind))
    # What torch refuses is reported by `check`, and tested there.
    values = drawn.values()
    assume(not (values.get("nesterov") and (not values["momentum"] or values.get("dampening"))))
    weight = nn.Parameter(torch.tensor([2.0]))
    resolve(drawn.call())([weight], **drawn.call().args)  # every legal value is accepted
    call = kind().call()
    optimizer = resolve(call)([weight], **call.args)
    (weight**2).sum().backward()
    optimizer.step()
    assert 0 < weight.item() < 2.0


def test_an_optimizer_is_named_after_its_class() -> None:
    for key, optimizer in kinds("optimizer").items():
        call = optimizer().call()  # type: ignore[attr-defined]
        assert call.target.partition(":")[2] == key
        assert isinstance(resolve(call), type)
    first = kinds("optimizer")["Adam"](beta1=0.8, beta2=0.95)  # type: ignore[call-arg]
    assert first.call().args["betas"] == (0.8, 0.95)  # type: ignore[attr-defined]


PLANNED = [kind for kind in kinds("schedule").values() if kind is not ReduceOnPlateau]


@pytest.mark.parametrize("kind", PLANNED, ids=lambda kind: kind.key)
@settings(max_examples=15)
@given(data=st.data(), epochs=st.integers(1, 60), lr=st.sampled_from([1.0, 0.2]))
def test_schedules_match_torch(
    kind: type[Schedule], data: st.DataObject, epochs: int, lr: float
) -> None:
    schedule = data.draw(legal_values(kind))
    network = (kinds("layer")["Flatten"](), Dense(10))
    experiment = Experiment(
        data=Digits(),
        network=network,  # type: ignore[arg-type]
        loss=Entropy(),
        optimizer=kinds("optimizer")["SGD"](lr=lr),  # type: ignore[arg-type, call-arg]
        schedule=schedule,
        epochs=epochs,
    )
    names = dict[str, Any]()
    exec(pytorch_source(experiment), names)
    optimizer, scheduler = names["optimizer"], names.get("scheduler")
    assert (scheduler is None) is (kind is Constant and not schedule.warmup)
    ticks = ticks_per_epoch(experiment)
    assert ticks == (57 if schedule.by == "step" else 1)
    course = schedule.in_ticks(ticks)
    for tick in range(min(epochs * ticks, 50)):
        rate = optimizer.param_groups[0]["lr"]
        if not (kind is OneCycle and tick < course.warmup):
            factor = course.factor(tick, epochs * ticks)
            assert lr * factor == pytest.approx(rate, rel=1e-6, abs=1e-9)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()


@pytest.mark.parametrize("kind", PLANNED, ids=lambda kind: kind.key)
@settings(max_examples=15)
@given(data=st.data(), epochs=st.integers(1, 60), lr=st.sampled_from([1.0, 0.2]))
def test_schedules_match_the_schedulers_of_torch_that_scripts_name(
    kind: type[Schedule], data: st.DataObject, epochs: int, lr: float
) -> None:
    schedule = data.draw(legal_values(kind)).changed(by="epoch")
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr)
    made = [resolve(call)(optimizer, **call.args) for call in schedule.calls(epochs, lr)]
    scheduler = made[0] if made else None
    if len(made) > 1:
        milestones = [schedule.warmup]
        scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, made, milestones)
    for epoch in range(min(epochs, 50)):
        if not (kind is OneCycle and epoch < schedule.warmup):
            rate = optimizer.param_groups[0]["lr"]
            assert lr * schedule.factor(epoch, epochs) == pytest.approx(rate, rel=1e-6, abs=1e-9)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()


@pytest.mark.parametrize("epochs", [1, 2, 9])
def test_a_warm_up_of_the_whole_run_matches_torch(epochs: int) -> None:
    cycle = OneCycle(rise=1.0)
    call = cycle.call(epochs, 0.2)
    assert call is not None
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))])
    scheduler = resolve(call)(optimizer, **call.args)
    for epoch in range(epochs):
        rate = optimizer.param_groups[0]["lr"]
        assert 0.2 * cycle.factor(epoch, epochs) == pytest.approx(rate, rel=1e-6)
        optimizer.step()
        scheduler.step()  # after the last epoch too, as loops do


def test_a_warm_up_rises_linearly_to_the_schedules_start() -> None:
    schedule = Step(2, 0.5, warmup=3)
    assert [schedule.factor(epoch, 9) for epoch in range(9)] == [
        *(0.25, 0.5, 0.75),
        *(1, 1, 0.5, 0.5, 0.25, 0.25),
    ]
    assert OneCycle(warmup=1).factor(0, 9) == OneCycle().factor(0, 8) / 2


@pytest.mark.parametrize("kind", kinds("data").values(), ids=lambda kind: kind.key)
def test_data_sets_describe_themselves(kind: type[Dataset]) -> None:
    spec = kind().spec()
    assert len(spec.in_shape) in (1, 2, 3) and min(spec.in_shape) >= 1 and spec.samples > 0
    assert len(spec.class_names) == (0 if spec.task == "regression" else spec.outputs)
    module, _colon, name = kind.target.partition(":")
    assert module.startswith("nnplay.data") and name
    assert callable(resolve_target(kind.target))


def resolve_target(target: str) -> Any:
    from importlib import import_module

    module, _colon, name = target.partition(":")
    return getattr(import_module(module), name)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.key)
def test_source_builds_the_same_objects(
    kind: type[Kind], capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = with_source_around(kind)
    spec, names = experiment.data.spec(), dict[str, Any]()
    exec(pytorch_source(experiment), names)

    shape, modules = spec.in_shape, []
    for layer in experiment.network:
        modules.append(module_of(layer, shape))
        shape = layer.out_shape(shape)
    assert str(names["model"]) == str(nn.Sequential(*modules))

    loss = experiment.loss.call()
    assert str(names["loss_function"]) == str(resolve(loss)(**loss.args))
    assert names["loss_function"].__dict__.keys() == resolve(loss)(**loss.args).__dict__.keys()
    step = experiment.optimizer.call()
    assert type(names["optimizer"]).__name__ == resolve(step).__name__
    (group,) = names["optimizer"].param_groups
    trained = [id(weight) for weight in group["params"]]
    assert trained == [id(weight) for weight in names["model"].parameters()]
    built = build_optimizer(experiment.optimizer, nn.Linear(1, 1).parameters(), torch.device("cpu"))
    assert names["optimizer"].defaults == built.defaults

    y = {
        "values": torch.randn(6, spec.outputs),
        "classes": torch.arange(6) % spec.outputs,
        "binary": torch.arange(6) % 2,
        "labels": (torch.arange(6 * spec.outputs) % 2.0).reshape(6, -1),
    }[experiment.loss.target_form]
    before = [weight.detach().clone() for weight in names["model"].parameters()]
    x = torch.randn(6, *spec.in_shape)
    validation = (x, y) if kind is ReduceOnPlateau else ()
    names["train"](x, y, *validation, epochs=2)
    after = names["model"].parameters()
    assert any(not old.equal(new) for old, new in zip(before, after, strict=True))
    assert capsys.readouterr().out.startswith("epoch 1: loss ")


def with_source_around(kind: type[Kind]) -> Experiment:
    """Return an experiment around a kind that trains."""
    made: Any = kind()
    data: Any = made if kind.family == "data" else Digits()
    loss: Any = made if kind.family == "loss" else Entropy()
    if kind.family == "loss" and loss.target_form != "classes":
        forms = {"values": "Line", "binary": "Spiral", "labels": "Discs"}
        data = kinds("data")[forms[loss.target_form]]()
    if data.spec().task != "classification" and kind.family != "loss":
        task = data.spec().task
        loss = kinds("loss")["MSE" if task == "regression" else "LabelCrossEntropy"]()
    outputs = 1 if loss.target_form == "binary" else data.spec().outputs
    flatten, end = kinds("layer")["Flatten"](), Dense(outputs)
    network: tuple[Any, ...] = (flatten, end)
    if kind.family in STACKED:
        front = {1: (flatten,), 2: (PictureRows(),), 3: ()}[len(in_shape_for(made))]
        network = (*front, made, flatten, end)
        if in_shape_for(made) == (2,):
            # Layers that accept nothing else are for points of the plane.
            data, network = kinds("data")["Spiral"](), (made, Dense(2))
    return Experiment(
        data=data,
        network=network,
        loss=loss,
        optimizer=made if kind.family == "optimizer" else kinds("optimizer")["Adam"](),  # type: ignore[arg-type]
        schedule=made if kind.family == "schedule" else kinds("schedule")["Step"](),  # type: ignore[arg-type]
        batch_size=4,
        name="a name\nimport nothing_like_it",
    )


def test_softmax_of_a_picture_runs_over_its_channels() -> None:
    module = module_of(Softmax(), (3, 4, 5))
    sums = module(torch.randn(2, 3, 4, 5)).sum(dim=1)
    assert torch.allclose(sums, torch.ones(2, 4, 5))
