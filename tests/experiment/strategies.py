"""Random kinds and experiments, small enough to build with torch, and how to build them."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from hypothesis import strategies as st

from nnplay.catalog import STACKED, Call, Family, Kind, Layer, Param, Shape, kinds, params_of
from nnplay.experiment import (
    Augmentation,
    Experiment,
    Policy,
    Regularisation,
    Split,
    get_value,
    set_value,
)

SMALL = 9
"""The largest size of a generated layer that torch builds."""


def resolve(call: Call) -> Any:
    """Return the object that a call names."""
    module, _colon, name = call.target.partition(":")
    return getattr(import_module(module), name)


def build(layers: Sequence[Layer], shape: Shape) -> Any:
    """Return a stack as torch has it; shapes between the layers are torch's own."""
    import torch

    model = torch.nn.Sequential()
    for layer in layers:
        call = layer.call(shape)
        model.append(resolve(call)(**call.args))
        shape = tuple(model[-1](torch.zeros(2, *shape)).shape[1:])
    return model


def values_of(p: Param, small: bool) -> st.SearchStrategy[Any]:
    """Return the legal values of a param."""
    if p.type == "choice":
        return st.sampled_from(p.choices)
    if p.type == "bool":
        return st.booleans()
    if p.type == "rows":
        row = st.tuples(*[st.floats(-1e6, 1e6) for _ in range(p.columns)])
        return st.just(p.default) | st.lists(row, max_size=5).map(tuple)
    if p.type == "text":
        # Categories of what does not print: controls, half characters, separators of lines.
        printable = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
        return st.just(p.default) | st.text(printable, max_size=min(p.longest, 20))
    assert p.low is not None and p.high is not None, f"{p.name} has no limits to draw within"
    if p.type == "int":
        low, high = int(p.low), int(p.high)
        return st.integers(low, min(high, max(SMALL, low)) if small else high)
    return st.floats(p.low, p.high)


@cache  # hundreds of strategies, and Hypothesis asks for them in every example
def legal_values(kind: type[Kind], small: bool = True) -> st.SearchStrategy[Any]:
    """Return kinds of one class with legal values."""
    return st.builds(kind, **{p.name: values_of(p, small) for p in kind.params()})


@cache
def any_of(*families: Family, small: bool = True) -> st.SearchStrategy[Any]:
    """Return legal kinds of some families."""
    return st.one_of(
        *(legal_values(kind, small) for family in families for kind in kinds(family).values())
    )


@cache
def legal_part(part: type) -> st.SearchStrategy[Any]:
    """Return parts of an experiment with legal values."""
    return st.builds(part, **{p.name: values_of(p, small=False) for p in params_of(part)})


@cache
def experiments(small: bool = True, most: int = 6) -> st.SearchStrategy[Experiment]:
    """Return experiments whose values are legal individually, and rarely fit together."""
    return st.builds(
        Experiment,
        data=any_of("data", small=small),
        network=st.lists(any_of(*STACKED, small=small), max_size=most).map(tuple),
        loss=any_of("loss"),
        optimizer=any_of("optimizer"),
        schedule=any_of("schedule"),
        split=st.builds(
            Split,
            st.floats(0.0, 0.9),
            st.floats(0.0, 0.9),
            st.booleans(),
            st.sampled_from(["none", "0 to 1", "standardised"]),
            st.sampled_from(["automatic", "none", "standardised"]),
            st.sampled_from(["automatic", "random", "in order", "by group"]),
            st.sampled_from(["", "1", "sex", "town"]),
        ),
        regularisation=legal_part(Regularisation),
        policy=legal_part(Policy),
        augmentation=st.just(Augmentation()) | legal_part(Augmentation),
        batch_size=st.none() | st.integers(1, 5) | st.integers(1, 10_000_000),
        epochs=st.integers(1, 10_000_000),
        seed=st.integers(0, 2**32 - 1),
        draw=st.integers(0, 2**32 - 1),
        device=st.sampled_from(["auto", "cpu", "cuda", "cuda:1"]),
        name=st.text(max_size=20),
        about=st.text(max_size=20),
    )


STRANGE: tuple[Any, ...] = (
    *(-1, 0, 3, 10**9, 10**4000, -(10**400)),
    *(-1.0, 0.5, 1e300, float("nan"), float("inf"), float("-inf")),
    *(True, None, "", "cuda:x", "\ud800\x00" + "x" * 1000),
)


def places(experiment: Experiment) -> list[str]:
    """Return the path of every single value."""
    fronts = ["data", "loss", "optimizer", "schedule", "split"]
    fronts += ["regularisation", "policy", "augmentation"]
    fronts += [f"network[{i}]" for i in range(len(experiment.network))]
    inside = [
        f"{front}.{p.name}"
        for front in fronts
        for p in params_of(type(get_value(experiment, front)))
    ]
    return [*inside, *(p.name for p in params_of(Experiment)), "batch_size", "device"]


@st.composite
def broken_experiments(draw: st.DrawFn) -> Experiment:
    """Return experiments with a few values of any kind in the wrong places."""
    experiment = draw(experiments())
    for _ in range(draw(st.integers(0, 4))):
        path = draw(st.sampled_from(places(experiment)))
        experiment = set_value(experiment, path, draw(st.sampled_from(STRANGE)))
    return experiment


@cache
def stacks(most: int = 6) -> st.SearchStrategy[tuple[Layer, ...]]:
    """Return stacks of layers that sometimes fit."""
    return st.lists(any_of(*STACKED), max_size=most).map(tuple)
