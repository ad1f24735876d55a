"""Optional settings of layers: omitted in files by default, and settable from the command line."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nnplay.catalog import (
    MNIST,
    SGD,
    Adam,
    BatchNorm,
    Circle,
    CrossEntropy,
    Dense,
    Digits,
    Flatten,
    Tanh,
)
from nnplay.experiment import (
    Experiment,
    FileError,
    Place,
    check,
    dumps,
    loads,
    memory_bytes,
    open_file,
    parse_setting,
    set_value,
    trace_shapes,
    weights_path,
)
from nnplay.session import is_compatible

BASE = Experiment(
    Circle(), (Dense(6), Tanh(), Dense(2)), CrossEntropy(), SGD(), start="mnist-features"
)


def test_a_file_holds_only_the_extras_that_are_used() -> None:
    layer = Dense(6, frozen=True, initialiser="He normal", l2=0.5, name="eyes")
    document = json.loads(dumps(set_value(BASE, "network[0]", layer)))
    assert document["network"][0] == {
        **{"kind": "Dense", "units": 6, "bias": True, "name": "eyes"},
        **{"frozen": True, "initialiser": "He normal", "l2": 0.5},
    }
    assert document["network"][1:] == [
        {"kind": "Tanh"},
        {"kind": "Dense", "units": 2, "bias": True},
    ]
    assert document["start"] == "mnist-features"
    assert "start" not in json.loads(dumps(replace(BASE, start="")))
    assert loads(dumps(BASE)) == BASE


def test_extras_a_layer_cannot_use_are_not_settings() -> None:
    text = dumps(BASE).replace('"kind": "Tanh"', '"kind": "Tanh", "frozen": true')
    with pytest.raises(FileError, match=r"Unknown field .frozen."):
        loads(text)
    with pytest.raises(TypeError):
        Tanh(frozen=True)  # type: ignore[call-arg]


def test_extras_are_set_by_text() -> None:
    experiment = BASE
    for text in ("network[0].frozen=yes", "network[2].l1=0.25", "start=a b.safetensors"):
        experiment = parse_setting(experiment, text)
    experiment = parse_setting(experiment, "network[0].initialiser=Xavier normal")
    first, last = Dense(6, frozen=True, initialiser="Xavier normal"), Dense(2, l1=0.25)
    assert experiment.network == (first, Tanh(), last)
    assert experiment.start == "a b.safetensors"
    wrong = parse_setting(experiment, "network[0].initialiser=xavier")
    assert [str(problem.where) for problem in check(wrong)] == ["network[0].initialiser"]
    assert check(set_value(BASE, "start", "a\nb"))[0].where == Place("start")


def test_names_keep_the_run_and_other_extras_change_it() -> None:
    assert is_compatible(BASE, set_value(BASE, "network[0].name", "eyes"))
    for path, value in (("frozen", True), ("l2", 0.1), ("initialiser", "zeros")):
        assert not is_compatible(BASE, set_value(BASE, f"network[0].{path}", value))
    assert not is_compatible(BASE, replace(BASE, start=""))


def test_frozen_weights_are_counted_separately_and_need_less_memory() -> None:
    network = (Flatten(), Dense(10_000, frozen=True), Dense(10))
    rows = trace_shapes((1, 8, 8), network)
    assert [row.parameters for row in rows] == [0, 650_000, 100_010]
    assert [row.trainable for row in rows] == [0, 0, 100_010]
    frozen = Experiment(Digits(), network, CrossEntropy(), Adam())
    free = set_value(frozen, "network[1].frozen", False)
    # No gradient and no two means of Adam, each with what is kept of it to go back to.
    assert memory_bytes(free) - memory_bytes(frozen) == 7 * 4 * 650_000


def test_images_at_their_own_size_need_a_quarter_of_the_memory() -> None:
    def bytes_of(side: int) -> int:
        flat = (Flatten(), Dense(1), Dense(10))
        return memory_bytes(Experiment(MNIST(side=side), flat, CrossEntropy(), SGD()))

    # 60,000 of them to learn from and 10,000 for the test, as they came; a batch is little.
    assert bytes_of(29) - bytes_of(28) > 70_000 * (4 * 29**2 - 28**2) - 10**6
    assert bytes_of(28) < 2 * 70_000 * 28**2


def test_a_frozen_normalisation_accepts_single_samples() -> None:
    network = (Dense(6), BatchNorm(), Dense(2))
    alone = Experiment(Circle(), network, CrossEntropy(), SGD(), batch_size=1)
    assert [str(problem.where) for problem in check(alone)] == ["batch_size"]
    assert check(set_value(alone, "network[1].frozen", True)) == ()


def test_the_experiment_behind_the_bundled_weights_runs() -> None:
    made = open_file(Path(weights_path("mnist-features")).with_suffix(".json"))
    assert check(made) == () and made.start == ""
