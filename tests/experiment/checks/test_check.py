"""The problems that `check` finds, on which row, and that its fixes work."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from nnplay.catalog import (
    GRU,
    LSTM,
    MAE,
    MNIST,
    MSE,
    SGD,
    Adam,
    AvgPool2d,
    BatchNorm,
    BinaryCrossEntropy,
    BinaryHinge,
    Constant,
    Conv1d,
    Conv2d,
    CrossEntropy,
    Dense,
    Digits,
    Dropout,
    Embedding,
    Flatten,
    GlobalAverage,
    Identity,
    Line,
    MaxPool2d,
    MultiHinge,
    OneCycle,
    Optimizer,
    PictureRows,
    Poisson,
    ReLU,
    Reshape,
    ResidualBlock,
    Rprop,
    SelfAttention,
    Sigmoid,
    Softmax,
    Spiral,
    Step,
    kinds,
)
from nnplay.engine.model.build import build_loss
from nnplay.experiment import (
    Experiment,
    Policy,
    Problem,
    Regularisation,
    Split,
    check,
    get_value,
    memory_bytes,
    part_sizes,
    trace_shapes,
)
from tests.experiment.strategies import broken_experiments, build, experiments, resolve, stacks

GOOD = Experiment(
    data=MNIST(),
    network=(Flatten(), Dense(32), ReLU(), Dense(10)),
    loss=CrossEntropy(),
    optimizer=Adam(),
)
PLANE = replace(GOOD, data=Spiral(), network=(Dense(8), ReLU(), Dense(2)))
LINE = replace(GOOD, data=Line(), network=(Dense(1),), loss=MSE())


def only(experiment: Experiment) -> Problem:
    problems = check(experiment)
    assert len(problems) == 1, problems
    return problems[0]


def apply_fix(problem: Problem) -> Experiment:
    assert problem.fix is not None and problem.fix.label
    assert check(problem.fix.experiment) == ()
    return problem.fix.experiment


@pytest.mark.parametrize("experiment", [GOOD, PLANE, LINE])
def test_good_experiments_have_no_problems(experiment: Experiment) -> None:
    assert check(experiment) == ()


@pytest.mark.parametrize(
    ("path", "value", "nearest", "says"),
    [
        ("network[1].units", 0, 1, "Expected 1 to 100,000, received 0."),
        ("network[1].units", 10**400, 100_000, "received a huge integer."),
        ("optimizer.lr", -0.5, 0.0, "Expected 0 to 1e+12, received -0.5."),
        ("optimizer.lr", float("nan"), 0.001, "Expected a finite number, received nan."),
        ("optimizer.lr", float("inf"), 1e12, "Expected a finite number, received inf."),
        ("optimizer.lr", "fast", 0.001, 'Expected a number, received "fast".'),
        ("epochs", 0, 1, "Expected 1 to 10,000,000, received 0."),
        ("epochs", 2.6, 3, "Expected an integer, received 2.6."),
        ("seed", -1, 0, "Expected 0 to 4,294,967,295, received -1."),
        ("draw", 2**32, 2**32 - 1, "received 4294967296."),
        ("split.validation", 0.95, 0.9, "Expected 0 to 0.9, received 0.95."),
        ("batch_size", 0, 1, "Expected 1 to 10,000,000 samples, or the full batch, received 0."),
        ("batch_size", 10_000_001, 10_000_000, "received 10000001."),
        ("device", "gpu", "auto", 'received "gpu".'),
        ("device", "cuda:-1", "auto", 'received "cuda:-1".'),
    ],
)
def test_values_out_of_range(path: str, value: Any, nearest: Any, says: str) -> None:
    from nnplay.experiment import set_value

    problem = only(set_value(GOOD, path, value))
    assert str(problem.where) == path and problem.what.endswith(says)
    fixed = get_value(apply_fix(problem), path)
    assert fixed == nearest and type(fixed) is type(nearest)


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda", "cuda:0", "cuda:15"])
def test_devices_that_are_fine(device: str) -> None:
    assert check(replace(GOOD, device=device)) == ()


def test_no_layers() -> None:
    problem = only(replace(GOOD, network=()))
    assert str(problem.where) == "network"
    assert apply_fix(problem).network == (Flatten(), Dense(10))
    assert apply_fix(only(replace(LINE, network=()))).network == (Dense(1),)


def test_dense_on_an_image_gets_a_flatten() -> None:
    problem = only(replace(GOOD, network=(ReLU(), Dense(10))))
    assert str(problem.where) == "network[1]"
    assert "expected a feature vector, received 1 × 28 × 28" in problem.what
    assert apply_fix(problem).network == (ReLU(), Flatten(), Dense(10))


def test_convolution_after_a_flatten_moves_before_it() -> None:
    problem = only(replace(GOOD, network=(Flatten(), ReLU(), Conv2d(4), Dense(10))))
    assert str(problem.where) == "network[2]" and "received 784" in problem.what
    assert apply_fix(problem).network == (Conv2d(4), Flatten(), ReLU(), Dense(10))


def test_convolution_on_points_is_removed() -> None:
    problem = only(replace(PLANE, network=(Conv2d(4), Dense(2))))
    assert str(problem.where) == "network[0]" and "an image data set" in problem.hint
    assert apply_fix(problem).network == (Dense(2),)


@pytest.mark.parametrize(
    "layer", [MaxPool2d(9), AvgPool2d(9), Conv2d(4, kernel_size=11, padding=1)]
)
def test_window_larger_than_the_image_shrinks(layer: Any) -> None:
    problem = only(replace(GOOD, data=Digits(), network=(layer, Flatten(), Dense(10))))
    assert str(problem.where) == "network[0]"
    kernel = apply_fix(problem).network[0].values()["kernel_size"]
    assert kernel == (10 if isinstance(layer, Conv2d) else 8)


@pytest.mark.parametrize(
    ("network", "where", "fixed"),
    [
        ((Flatten(), Dense(32)), "network[1].units", (Flatten(), Dense(10))),
        (
            (Flatten(), Dense(7), Dropout(0.1), Identity()),
            "network[1].units",
            (Flatten(), Dense(10), Dropout(0.1), Identity()),
        ),
        ((Conv2d(3),), "network[0]", (Conv2d(3), Flatten(), Dense(10))),
        ((Flatten(),), "network[0]", (Flatten(), Dense(10))),
    ],
)
def test_outputs_must_match_the_number_of_classes(network: Any, where: str, fixed: Any) -> None:
    problem = only(replace(GOOD, network=network))
    assert str(problem.where) == where and "expected 10 outputs, one per class" in problem.what
    assert apply_fix(problem).network == fixed


def test_a_value_needs_one_output() -> None:
    problem = only(replace(LINE, network=(Dense(4),)))
    assert (
        str(problem.where) == "network[0].units" and "expected 1 output, received 4" in problem.what
    )
    assert apply_fix(problem).network == (Dense(1),)


@pytest.mark.parametrize("loss", [CrossEntropy(), BinaryCrossEntropy()])
def test_numbers_need_a_loss_for_numbers(loss: Any) -> None:
    problem = only(replace(LINE, loss=loss))
    assert str(problem.where) == "loss" and "has numbers to predict" in problem.what
    assert apply_fix(problem) == LINE


@pytest.mark.parametrize(
    ("experiment", "loss", "network"),
    [
        (replace(GOOD, loss=MSE()), CrossEntropy(), GOOD.network),
        (replace(PLANE, loss=MAE()), CrossEntropy(), PLANE.network),
        (replace(PLANE, loss=MSE(), network=(Dense(1),)), BinaryCrossEntropy(), (Dense(1),)),
    ],
)
def test_mse_on_class_numbers_is_reported(experiment: Experiment, loss: Any, network: Any) -> None:
    problem = only(experiment)
    assert str(problem.where) == "loss" and "treat class indices as numbers" in problem.what
    assert apply_fix(problem) == replace(experiment, loss=loss, network=network)


def test_mse_on_class_numbers_with_one_output_has_one_fix() -> None:
    problems = check(replace(GOOD, loss=MSE(), network=(Flatten(), Dense(1))))
    assert [str(p.where) for p in problems] == ["loss", "network[1].units"]
    assert apply_fix(problems[0]) == replace(GOOD, network=(Flatten(), Dense(10)))


def test_binary_cross_entropy_is_for_two_classes_and_one_output() -> None:
    problem = only(replace(GOOD, loss=BinaryCrossEntropy()))
    assert str(problem.where) == "loss" and "is for 2 classes, but MNIST has 10" in problem.what
    assert apply_fix(problem) == GOOD
    problem = only(replace(PLANE, loss=BinaryCrossEntropy()))
    assert str(problem.where) == "network[2].units"
    assert apply_fix(problem).network[-1] == Dense(1)


@pytest.mark.parametrize(
    ("loss", "tail", "found"),
    [
        (CrossEntropy(), (Softmax(),), True),
        (CrossEntropy(), (Softmax(), Dropout(0.1), Identity(), Flatten()), True),
        (CrossEntropy(), (Sigmoid(),), False),
        (CrossEntropy(), (Softmax(), Dense(2)), False),
        (BinaryCrossEntropy(), (Sigmoid(),), True),
        (BinaryCrossEntropy(), (Softmax(), Flatten()), True),
        (BinaryCrossEntropy(), (Sigmoid(), ReLU()), False),
    ],
)
def test_what_the_loss_does_itself_is_not_done_twice(loss: Any, tail: Any, found: bool) -> None:
    units = 2 if isinstance(loss, CrossEntropy) else 1
    experiment = replace(PLANE, loss=loss, network=(Dense(8), Dense(units), *tail))
    if not found:
        assert check(experiment) == ()
        return
    problem = only(experiment)
    assert str(problem.where) == "network[2]" and "twice" in problem.what
    assert apply_fix(problem).network == (Dense(8), Dense(units), *tail[1:])


def test_counts_cannot_be_negative() -> None:
    problem = only(replace(LINE, loss=Poisson()))
    assert str(problem.where) == "loss" and "-3" in problem.what
    assert apply_fix(problem).loss == MSE()
    assert check(replace(LINE, data=Line(offset=3.0), loss=Poisson())) == ()


def test_a_hinge_loss_needs_unbounded_outputs() -> None:
    experiment = replace(PLANE, loss=BinaryHinge(), network=(Dense(1), Sigmoid()))
    problem = only(experiment)
    assert str(problem.where) == "network[1]" and "margin" in problem.what
    assert apply_fix(problem).network == (Dense(1),)
    network = (Dense(2), Softmax())
    assert "margin" in only(replace(PLANE, loss=MultiHinge(), network=network)).what


ROWS = (PictureRows(), GRU(8), Dense(10))


@pytest.mark.parametrize(
    ("data", "network", "fixed_network"),
    [
        (MNIST(), ROWS[1:], ROWS),
        (Spiral(), (LSTM(8), Dense(2)), (Reshape(), LSTM(8), Dense(2))),
        (Spiral(), (Conv1d(4, 1), Flatten(), Dense(2)), None),
        (
            MNIST(),
            (GlobalAverage(), GlobalAverage(), Dense(10)),
            (GlobalAverage(), Dense(10)),
        ),
        (MNIST(), (PictureRows(), Dense(10)), (PictureRows(), Flatten(), Dense(10))),
        (
            MNIST(),
            (PictureRows(), SelfAttention(heads=3), GlobalAverage(), Dense(10)),
            (PictureRows(), SelfAttention(heads=2), GlobalAverage(), Dense(10)),
        ),
        (
            MNIST(),
            (Conv2d(9), Conv2d(6, groups=4), GlobalAverage(), Dense(10)),
            (Conv2d(9), Conv2d(6, groups=3), GlobalAverage(), Dense(10)),
        ),
        (
            MNIST(),
            (PictureRows(), Conv1d(4, 99, dilation=2), GlobalAverage(), Dense(10)),
            (PictureRows(), Conv1d(4, 14, dilation=2), GlobalAverage(), Dense(10)),
        ),
    ],
)
def test_mismatched_target_forms_are_fixed(data: Any, network: Any, fixed_network: Any) -> None:
    experiment = replace(GOOD, data=data, network=network)
    fixed = apply_fix(only(experiment))
    assert check(fixed) == ()
    assert fixed_network is None or fixed.network == fixed_network


def test_no_gradient_flows_through_an_embedding() -> None:
    experiment = replace(PLANE, network=(Dense(2), Embedding(9, 3), Flatten(), Dense(2)))
    problem = only(experiment)
    assert str(problem.where) == "network[1]" and "No gradient flows back through" in problem.what
    assert apply_fix(problem).network == (Dense(2), Flatten(), Dense(2))
    assert check(replace(experiment, network=experiment.network[1:])) == ()


def test_a_residual_block_of_one_pixel_needs_several_samples() -> None:
    network = (ResidualBlock(4, stride=16), ResidualBlock(4, stride=2), Flatten(), Dense(10))
    problem = only(replace(GOOD, network=network, batch_size=1))
    assert str(problem.where) == "batch_size" and "Residual block (layer 2)" in problem.what


def test_nothing_to_learn() -> None:
    problem = only(replace(PLANE, network=(ReLU(),)))
    assert str(problem.where) == "network" and "nothing to train" in problem.what
    assert apply_fix(problem).network == (ReLU(), Dense(2))


def test_nesterov_needs_momentum() -> None:
    problem = only(replace(GOOD, optimizer=SGD(nesterov=True)))
    assert str(problem.where) == "optimizer.nesterov"
    with pytest.raises(ValueError, match="Nesterov"):
        torch.optim.SGD([torch.zeros(1)], nesterov=True)
    assert apply_fix(problem).optimizer == SGD(nesterov=True, momentum=0.9)


def test_nesterov_excludes_dampening() -> None:
    sgd = SGD(nesterov=True, momentum=0.5, dampening=0.1)
    problem = only(replace(GOOD, optimizer=sgd))
    assert str(problem.where) == "optimizer.dampening"
    with pytest.raises(ValueError, match="dampening"):
        torch.optim.SGD([torch.zeros(1)], nesterov=True, momentum=0.5, dampening=0.1)
    assert apply_fix(problem).optimizer == replace(sgd, dampening=0.0)


def test_a_schedule_that_would_change_nothing() -> None:
    problem = only(replace(GOOD, optimizer=Rprop(), schedule=Step()))
    assert str(problem.where) == "schedule" and "Rprop" in problem.what and "Step" in problem.what
    assert apply_fix(problem).schedule == Constant()
    # As the kinds declare: a learning rate schedule affects every optimizer with a rate.
    for kind in kinds("optimizer").values():
        assert issubclass(kind, Optimizer)
        ends = []
        for rate in (1.0, 0.5):
            weight = torch.nn.Parameter(torch.tensor([2.0]))
            optimizer = resolve(kind().call())([weight], **kind().call().args)
            for step in range(3):
                optimizer.param_groups[0]["lr"] = kind().lr * (rate if step else 1.0)
                optimizer.zero_grad()
                (weight**2).sum().backward()
                optimizer.step()
            ends.append(weight.item())
        assert (ends[0] != ends[1]) is kind.follows_rate, kind.key


def test_one_cycle_excludes_warm_up() -> None:
    problem = only(replace(GOOD, schedule=OneCycle(warmup=3)))
    assert str(problem.where) == "schedule.warmup" and "includes a warm-up" in problem.what
    assert apply_fix(problem).schedule == OneCycle()


def test_shares_must_leave_something_to_learn_from() -> None:
    problem = only(replace(PLANE, split=Split(0.5, 0.5)))
    assert str(problem.where) == "split" and "500" in problem.what
    assert apply_fix(problem).split == Split(0.1, 0.1)
    # MNIST has its own test set, so the test share takes no training samples.
    assert check(replace(GOOD, split=Split(0.5, 0.5))) == ()


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [(2.0, -1.0, (-1.0, 2.0)), (1.0, 1.0, (0.0, 1.0)), (-1.0, -1.0, (-1.0, 0.0))],
)
def test_a_range_has_a_left_and_a_right(low: float, high: float, ends: Any) -> None:
    problem = only(replace(LINE, data=Line(low=low, high=high)))
    assert str(problem.where) == "data.high"
    data = apply_fix(problem).data
    assert isinstance(data, Line) and (data.low, data.high) == ends


@pytest.mark.parametrize(
    ("batch_size", "fixed_size"),
    [(1, 3), (2, 3), (4, 6), (10, 11), (20, 21), (100, 101), (7, None)],
)
def test_batch_norm_needs_several_samples(batch_size: int, fixed_size: int | None) -> None:
    # 101 samples: batches of 1, 2, 4, 5, 10, 20, 25, 50 and 100 leave one sample alone.
    data, network = Spiral(points=101), (Dense(8), BatchNorm(), Dense(2))
    experiment = replace(PLANE, data=data, network=network, batch_size=batch_size)
    alone = any(len(part) == 1 for part in torch.arange(101).split(batch_size))
    assert alone == (fixed_size is not None)
    if fixed_size is None:
        assert check(experiment) == ()
        return
    problem = only(experiment)
    assert str(problem.where) == "batch_size" and "layer 2" in problem.what
    assert apply_fix(problem).batch_size == fixed_size
    assert check(replace(experiment, network=(Dense(2),))) == ()


def test_batch_norm_of_one_pixel_needs_several_samples() -> None:
    small = (AvgPool2d(8), BatchNorm(), Flatten(), Dense(10))
    assert (
        str(only(replace(GOOD, data=Digits(), network=small, batch_size=1)).where) == "batch_size"
    )
    large = (BatchNorm(), Flatten(), Dense(10))
    assert check(replace(GOOD, data=Digits(), network=large, batch_size=1)) == ()


def test_batch_norm_of_a_single_sample_has_no_fix() -> None:
    data = Spiral(points=4)
    experiment = replace(PLANE, data=data, network=(BatchNorm(), Dense(2)), split=Split(0.7, 0.0))
    assert part_sizes(data.spec(), experiment.split)[0] == 1
    problem = only(experiment)
    assert str(problem.where) == "split" and problem.fix is None


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.sampled_from([MNIST(), Digits(), Spiral()]), network=stacks())
@example(data=Digits(), network=(Conv2d(4), MaxPool2d(), MaxPool2d(4)))
def test_a_stack_builds_as_predicted_or_breaks_where_torch_does(data: Any, network: Any) -> None:
    experiment = replace(GOOD, data=data, network=network)
    rows = trace_shapes(data.spec().in_shape, network)
    broken = next((i for i, row in enumerate(rows) if row.error is not None), None)
    fitting = network if broken is None else network[:broken]
    model = build(fitting, data.spec().in_shape)
    x = torch.zeros(2, *data.spec().in_shape)
    for module, row in zip(model, rows, strict=False):
        x = module(x)
        assert tuple(x.shape[1:]) == row.out_shape
        assert row.parameters == sum(weight.numel() for weight in module.parameters())
    named = [
        str(p.where) for p in check(experiment) if "expected" in p.what and "received" in p.what
    ]
    if broken is None:
        return
    assert named == [f"network[{broken}]"]
    layer = network[broken]
    # Torch accepts some layers on shapes that make no sense here, as Dense on an image.
    if x.ndim - 1 in layer.takes:
        with pytest.raises((RuntimeError, ValueError, IndexError, AssertionError)):
            # A layer that computes its own shape from the input refuses before torch can.
            call = layer.call(tuple(x.shape[1:]))
            resolve(call)(**call.args)(x)


def is_worth_a_step(experiment: Experiment) -> bool:
    few = replace(experiment, batch_size=2, data=type(experiment.data)())
    rows = trace_shapes(few.data.spec().in_shape, few.network)
    # Recurrent layers go through their weights once for every step.
    work = sum((row.parameters or 0) * (row.in_shape or (1,))[0] for row in rows)
    return memory_bytes(few) < 2**26 and work < 2**24


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(experiment=st.one_of(broken_experiments(), experiments(small=False)))
def test_fixes_lead_to_an_experiment_that_torch_accepts(experiment: Experiment) -> None:
    for _round in range(60):
        problems = check(experiment)
        fixes = [(problem, problem.fix) for problem in problems if problem.fix is not None]
        for problem, fix in fixes:
            left = [(p.where, p.what) for p in check(fix.experiment)]
            # With a layer removed, the next one takes its place, and may not fit either.
            shorter = len(fix.experiment.network) < len(experiment.network)
            assert shorter or (problem.where, problem.what) not in left
        if not fixes:
            break
        experiment = fixes[0][1].experiment
    else:
        raise AssertionError("the fixes never end")
    incurable = ("1 training sample", "imported yet", "has only one class")
    assert all(any(text in p.what for text in incurable) for p in problems), problems
    assume(not problems and is_worth_a_step(experiment))
    spec = experiment.data.spec()
    model = build(experiment.network, spec.in_shape)
    loss, step = build_loss(experiment.loss, [1] * spec.outputs), experiment.optimizer.call()
    target = {
        "values": torch.zeros(2, spec.outputs),
        "classes": torch.zeros(2, dtype=torch.long),
        "binary": torch.zeros(2, 1),
        "labels": torch.zeros(2, spec.outputs),
    }[experiment.loss.target_form]
    optimizer = resolve(step)(model.parameters(), **step.args)
    loss(model(torch.randn(2, *spec.in_shape)), target).backward()
    optimizer.step()


def test_a_layer_with_a_faulty_rule_is_reported_and_can_be_removed() -> None:
    class Faulty(ReLU):
        def out_shape(self, in_shape: Any) -> Any:
            raise ZeroDivisionError("by zero")

    problem = only(replace(PLANE, network=(Dense(8), Faulty(), Dense(2))))
    assert str(problem.where) == "network[1]" and "ZeroDivisionError: by zero" in problem.what
    assert apply_fix(problem).network == (Dense(8), Dense(2))


def test_shapes_of_values_out_of_range_are_those_of_the_nearest_legal_ones() -> None:
    wrong = trace_shapes((1, 8, 8), (MaxPool2d(2, stride=0), Conv2d(-1), Flatten(), Dense(0)))
    right = trace_shapes((1, 8, 8), (MaxPool2d(2, stride=1), Conv2d(1), Flatten(), Dense(1)))
    assert wrong == right and right[-1].out_shape == (1,)


def test_units_before_a_layer_that_changes_them_are_left_alone() -> None:
    class Halve(ReLU):
        def out_shape(self, in_shape: Any) -> Any:
            return (in_shape[0] // 2,)

    problem = only(replace(PLANE, network=(Dense(8), Halve())))
    assert str(problem.where) == "network[1]"
    assert apply_fix(problem).network == (Dense(8), Halve(), Dense(2))


def test_memory_counts_weights_activations_and_data() -> None:
    network = (Dense(3), ReLU(), Dense(2))
    experiment = replace(PLANE, data=Spiral(points=100), network=network, batch_size=10)
    weights = 2 * 3 + 3 + 3 * 2 + 2
    # Adam holds three numbers per weight, kept twice more to go back to, and a gradient; the data
    # are there as loaded, which tensors share; at the end all are asked, which fills the most here.
    steady, evaluated = (3 * 3 + 1) * weights + 100 * (2 + 2), 2 * 100 * 3 + 9 * 100 * 2
    # Those of an epoch come in an order of 8 bytes each.
    floats = steady + evaluated + 2 * 100
    # What a step took stays with the process meanwhile, unless it goes through its batch in blocks.
    step = 2 + 2 * 3 + 2 + 3
    assert memory_bytes(experiment, in_blocks=True) == 4 * floats
    assert memory_bytes(experiment) == 4 * (floats + 10 * step)
    full = memory_bytes(replace(experiment, batch_size=None))
    assert full == 4 * (steady + evaluated + 100 * step)
    assert memory_bytes(replace(experiment, batch_size=10**6)) == full
    in_parts = replace(experiment, split=Split(0.25))
    asked = 2 * 75 * 3 + 9 * 75 * 2 - evaluated
    assert memory_bytes(in_parts) == 4 * (floats + 10 * step + asked - 25 * 2 + 100 * (2 + 2))


def test_memory_of_a_step_counts_all_outputs_and_one_gradient() -> None:
    network = (*(Dense(300), ReLU()) * 3, Dense(2))
    plain = replace(PLANE, data=Spiral(points=1000), network=network, batch_size=999)
    more = replace(plain, batch_size=1000 - 2)
    # One sample less in a step: what all layers give of it, and what goes back through one.
    assert memory_bytes(plain) - memory_bytes(more) == 4 * (2 + 6 * 300 + 2 + 300)
    assert memory_bytes(plain, in_blocks=True) == memory_bytes(more, in_blocks=True)


def test_memory_of_an_absurdly_large_network_is_a_large_number() -> None:
    network = (Flatten(), *(Dense(100_000),) * 30)
    assert memory_bytes(replace(GOOD, network=network)) > 10**12
    assert memory_bytes(replace(GOOD, network=(Conv2d(10**5000),))) > 0


def test_a_validation_metric_needs_validation_samples() -> None:
    watching = replace(GOOD, policy=Policy(early_stopping=True))
    problem = only(watching)
    assert str(problem.where) == "policy.watch"
    assert "validation loss cannot be computed" in problem.what
    assert problem.fix is not None
    assert problem.fix.label == "Use 10% for validation"
    assert apply_fix(problem) == replace(watching, split=Split(0.1))
    assert check(replace(watching, policy=Policy())) == ()
    assert check(replace(watching, policy=Policy(keep_best=True, watch="training loss"))) == ()
    few = replace(LINE, data=Line(points=2), split=Split(0.0, 0.5), policy=Policy(keep_best=True))
    assert apply_fix(only(few)).policy.watch == "training loss"


def test_a_regression_has_no_accuracy_and_no_wrong_labels() -> None:
    policy = Policy(stop_at_target=True, watch="training accuracy", target=90.0)
    assert apply_fix(only(replace(LINE, policy=policy))).policy.watch == "training loss"
    assert apply_fix(only(replace(GOOD, policy=policy))).policy.target == 0.9
    noisy = only(replace(LINE, regularisation=Regularisation(label_noise=0.1)))
    assert str(noisy.where) == "regularisation.label_noise"
    assert apply_fix(noisy) == LINE
    assert check(replace(GOOD, regularisation=Regularisation(label_noise=0.1))) == ()


def test_a_dropped_single_sample_is_no_problem_for_batch_norm() -> None:
    network = (Dense(8), BatchNorm(), Dense(2))
    alone = replace(PLANE, network=network, data=Spiral(points=401), batch_size=100)
    assert str(only(alone).where) == "batch_size"
    assert check(replace(alone, policy=Policy(drop_last=True))) == ()
