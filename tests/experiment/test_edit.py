"""Changes by path, each of which can be undone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.catalog import SGD, Dense, Dropout, ReLU
from nnplay.experiment import (
    Experiment,
    PathError,
    get_value,
    insert_layer,
    move_layer,
    preset,
    remove_layer,
    set_value,
)
from tests.experiment.strategies import experiments, places

MLP = preset("mnist-mlp").experiment


@given(experiment=experiments(), data=st.data())
def test_a_value_that_is_set_is_read_back_and_others_stay(
    experiment: Experiment, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(places(experiment)))
    old, new = get_value(experiment, path), object()
    changed = set_value(experiment, path, new)
    assert get_value(changed, path) is new
    for other in places(experiment):
        if other != path:
            assert get_value(changed, other) == get_value(experiment, other)
    assert get_value(experiment, path) is old and set_value(changed, path, old) == experiment


@given(experiment=experiments(), data=st.data())
def test_layers_are_inserted_and_removed(experiment: Experiment, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(experiment.network)))
    layer = Dropout(0.123)
    more = insert_layer(experiment, index, layer)
    assert more.network[index] is layer and len(more.network) == len(experiment.network) + 1
    assert remove_layer(more, index) == experiment
    to = data.draw(st.integers(0, len(experiment.network)))
    moved = move_layer(more, index, to)
    assert moved.network[to] is layer and remove_layer(moved, to) == experiment
    assert move_layer(moved, to, index) == more


def test_paths_reach_every_depth() -> None:
    assert get_value(MLP, "network[1].units") == 512
    assert get_value(MLP, "network[2]") == ReLU()
    assert get_value(MLP, "epochs") == 10
    assert set_value(MLP, "optimizer", SGD(0.5)) == replace(MLP, optimizer=SGD(0.5))
    assert set_value(MLP, "network[1]", Dense(3)).network[1] == Dense(3)


@pytest.mark.parametrize(
    ("path", "name", "known"),
    [
        ("optimiser.lr", "optimiser", "optimizer"),
        ("optimizer.rl", "rl", "lr"),
        ("network[1].bais", "bais", "bias"),
        ("network[6]", "[6]", "[5]"),
        ("epochs.more", "more", None),
        ("epochs[0]", "[0]", None),
        ("", "", None),
        ("a b", "a b", None),
        ("network[-1]", "network[-1]", None),
        ("__class__", "__class__", "data"),
    ],
)
def test_paths_that_lead_nowhere(path: str, name: str, known: str | None) -> None:
    for act in (lambda: get_value(MLP, path), lambda: set_value(MLP, path, 1)):
        with pytest.raises(PathError) as caught:
            act()
        assert caught.value.path == path and caught.value.name == name
        assert (known in caught.value.known) if known else caught.value.known == ()
