"""Remarks: what an experiment can run with, but hardly as intended."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import (
    MSE,
    SGD,
    Activation,
    BatchNorm,
    BinaryCrossEntropy,
    CrossEntropy,
    Dense,
    Diabetes,
    Digits,
    Discs,
    Dropout,
    Flatten,
    Hills,
    Identity,
    KLDivergence,
    LabelCrossEntropy,
    Layer,
    Line,
    Loss,
    MultiHinge,
    Poisson,
    ReLU,
    Sigmoid,
    Softplus,
    Spiral,
    Tanh,
    Wave,
    Wine,
    kinds,
)
from nnplay.experiment import (
    Experiment,
    Problem,
    Split,
    check,
    part_sizes,
    presets,
    remarks,
    target_remarks,
)
from tests.experiment.strategies import experiments

SPIRAL = Experiment(Spiral(), (Dense(8), Tanh(), Dense(2)), CrossEntropy(), SGD())
ONE = replace(SPIRAL, network=(Dense(8), Tanh(), Dense(1)), loss=BinaryCrossEntropy())
LINE = Experiment(Line(), (Dense(1),), MSE(), SGD())


def with_end(base: Experiment, *end: Layer) -> Experiment:
    return replace(base, network=(*base.network, *end))


@pytest.mark.parametrize(
    ("base", "loss"),
    [
        (SPIRAL, CrossEntropy()),
        (SPIRAL, KLDivergence()),
        (ONE, BinaryCrossEntropy()),
        (replace(SPIRAL, data=Discs(discs=2)), LabelCrossEntropy()),
    ],
    ids=lambda one: one.key if isinstance(one, Loss) else "",
)
@pytest.mark.parametrize("layer", [Tanh(), ReLU(), Softplus()], ids=lambda one: one.key)
def test_bounded_logits_are_remarked_on_and_the_layer_can_be_removed(
    base: Experiment, loss: Loss, layer: Activation
) -> None:
    base = replace(base, loss=loss)
    assert not remarks(base)
    for end in ((layer,), (layer, Dropout(0.1)), (layer, Identity())):
        experiment = with_end(base, *end)
        assert not check(experiment)
        (found,) = remarks(experiment)
        assert found.is_remark
        assert found.where.layer == len(base.network)
        assert found.fix is not None
        assert found.fix.experiment.network == (*base.network, *end[1:])
        assert not remarks(found.fix.experiment)


def test_sigmoid_is_a_remark_before_cross_entropy_and_a_problem_before_binary() -> None:
    (found,) = remarks(with_end(SPIRAL, Sigmoid()))
    assert "limited to 0 to 1" in found.what
    (problem,) = check(with_end(ONE, Sigmoid()))
    assert not problem.is_remark
    assert not remarks(with_end(ONE, Sigmoid()))


def test_relu_before_a_binary_cross_entropy_can_predict_one_class_only() -> None:
    (found,) = remarks(with_end(ONE, ReLU()))
    assert "no sample can be predicted as negative" in found.what


def test_unbounded_activations_and_margins_are_no_remark() -> None:
    assert not remarks(with_end(SPIRAL, Identity()))
    assert not remarks(replace(with_end(SPIRAL, Tanh()), loss=MultiHinge()))


@pytest.mark.parametrize("between", [(), (Dropout(0.2),), (Identity(),)])
def test_dense_after_dense_computes_no_more_than_one(between: tuple[Layer, ...]) -> None:
    network = (Dense(8), *between, Dense(2))
    (found,) = remarks(replace(SPIRAL, network=network))
    assert found.where.layer == len(network) - 1
    assert found.fix is not None
    assert found.fix.experiment.network == (*network[:-1], ReLU(), Dense(2))
    assert not remarks(found.fix.experiment)


def test_something_between_dense_layers_is_no_remark() -> None:
    for between in (ReLU(), BatchNorm(), Tanh()):
        assert not remarks(replace(SPIRAL, network=(Dense(8), between, Dense(2))))


@pytest.mark.parametrize(("p", "count"), [(0.2, 0), (0.5, 0), (0.51, 1), (0.9, 1)])
def test_strong_dropout(p: float, count: int) -> None:
    experiment = replace(SPIRAL, network=(Dense(8), Tanh(), Dropout(p), Dense(2)))
    found = remarks(experiment)
    assert len(found) == count
    for one in found:
        assert str(one.where) == "network[2].p"
        assert one.fix is not None
        assert not remarks(one.fix.experiment)


def test_tables_on_scales_of_their_own_are_to_be_scaled() -> None:
    experiment = Experiment(Diabetes(), (Dense(1),), MSE(), SGD())
    (found,) = remarks(experiment)
    assert str(found.where) == "split.scaling"
    assert found.fix is not None
    assert found.fix.experiment.split.scaling == "standardised"
    assert not remarks(found.fix.experiment)
    assert remarks(replace(experiment, data=Wine()))
    assert not remarks(LINE)


def test_windows_at_random_are_remarked_on_with_the_reason() -> None:
    wave = Experiment(Wave(), (Flatten(), Dense(1)), MSE(), SGD(), split=Split(0.2))
    assert not remarks(wave)
    (found,) = remarks(replace(wave, split=Split(0.2, how="random")))
    assert "share most of their values" in found.what
    assert found.fix is not None
    assert not remarks(found.fix.experiment)
    assert not remarks(replace(wave, split=Split(how="random"))), "nothing is held out"


def test_a_series_too_short_for_a_gap_is_remarked_on() -> None:
    wave = Experiment(Wave(samples=30, steps=20), (Flatten(), Dense(1)), MSE(), SGD())
    assert not remarks(wave)
    held_out = replace(wave, split=Split(0.2))
    (found,) = remarks(held_out)
    assert str(found.where) == "data.steps"
    assert found.fix is not None
    assert not remarks(found.fix.experiment)
    steps = found.fix.experiment.data.steps  # type: ignore[attr-defined]
    # 6 windows are held out; as many as a window is long are dropped of the other 24.
    assert steps == 12
    assert part_sizes(found.fix.experiment.data.spec(), Split(0.2)) == (12, 6, 0)


RANGES = [
    (Tanh(), -1.0, 1.0, False),
    (Tanh(), -1.2, 0.5, True),
    (Sigmoid(), 0.0, 1.0, False),
    (Sigmoid(), -0.1, 0.9, True),
    (ReLU(), 0.0, 1e9, False),
    (ReLU(), -0.1, 3.0, True),
    (Identity(), -1e9, 1e9, False),
]


@pytest.mark.parametrize(("layer", "low", "high", "is_beyond"), RANGES)
def test_targets_beyond_the_range_of_the_outputs(
    layer: Activation, low: float, high: float, is_beyond: bool
) -> None:
    experiment = with_end(LINE, layer)
    found = target_remarks(experiment, low, high)
    assert bool(found) == is_beyond
    for one in found:
        assert one.is_remark
        assert one.fix is not None
        assert one.fix.experiment == LINE
    assert not target_remarks(replace(experiment, loss=Poisson()), low, high)


@pytest.mark.parametrize("kind", kinds("activation").values(), ids=lambda kind: kind.key)
@given(x=st.floats(-50, 50))
def test_an_activation_stays_in_its_range(kind: type[Activation], x: float) -> None:
    layer = kind()
    low, high = layer.output_range
    value = layer.curve(x)
    if value is not None:
        assert low <= value[0] <= high
        # The limit is reached or approached, on whichever side there is one.
        ends = [(layer.curve(end) or value)[0] for end in (-100.0, 100.0)]
        if low > -inf:
            assert min(ends) == pytest.approx(low, abs=2e-2)
        if high < inf:
            assert max(ends) == pytest.approx(high, abs=2e-2)


def test_presets_are_as_intended() -> None:
    assert [preset.key for preset in presets() if remarks(preset.experiment)] == []


@given(experiments())
def test_remarks_never_raise_and_never_block(experiment: Experiment) -> None:
    for one in remarks(experiment):
        assert isinstance(one, Problem)
        assert one.is_remark


def test_groups_need_an_input() -> None:
    hills = Experiment(Hills(), (Dense(1),), MSE(), SGD(), split=Split(0.2, how="by group"))
    (problem,) = check(hills)
    assert str(problem.where) == "split.group"
    assert "1, 2" in problem.hint
    assert problem.fix is not None
    assert not check(problem.fix.experiment)
    assert not check(replace(hills, split=Split(0.2, how="by group", group="2")))
    named = replace(hills, data=Diabetes(), split=Split(0.2, how="by group", group="sex"))
    assert not check(named)
    images = Experiment(
        Digits(), (Flatten(), Dense(10)), CrossEntropy(), SGD(), split=Split(0.2, how="by group")
    )
    (problem,) = check(images)
    assert str(problem.where) == "split.how"
