"""Weights of another run: which layers load them, which do not, and files that cannot be read."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from nnplay.catalog import (
    MNIST,
    SGD,
    BatchNorm,
    Conv2d,
    CrossEntropy,
    Dense,
    Dropout,
    Flatten,
    MaxPool2d,
    ReLU,
    Tanh,
)
from nnplay.engine import RunRequest
from nnplay.engine.prepare import prepare
from nnplay.experiment import (
    Experiment,
    Policy,
    bundled_weights,
    loading_layers,
    open_file,
    pytorch_source,
)
from nnplay.experiment.weights.transfer import weights_path
from nnplay.link import Started
from tests.engine.rig import Run, assert_same_weights, parts_of, small

NETWORK = (Dense(6), BatchNorm(), Tanh(), Dense(2))


@pytest.fixture
def left(tmp_path: Path) -> tuple[Path, Any]:
    """Return a weights file of a run, and the weights."""
    weights = Run(small(optimizer=SGD(0.3), network=NETWORK)).result.weights
    path = tmp_path / "weights.safetensors"
    save_file({name: np.asarray(one, order="C") for name, one in weights.items()}, path)
    return path, weights


def test_leading_layers_load_weights_and_the_others_are_initialised(left: tuple[Path, Any]) -> None:
    path, weights = left
    # Layers without weights may be in between; normalisation loads its statistics too.
    network = (Dense(6, frozen=True), Dropout(), BatchNorm(frozen=True), Tanh(), Dense(5), Dense(2))
    experiment = small(optimizer=SGD(0.3), network=network, start=str(path))
    assert loading_layers(experiment) == ((0, 0), (2, 1))
    run, fresh = Run(experiment), Run(replace(experiment, start=""))
    for ours, theirs in ((0, 0), (2, 1)):
        names = [one for one in weights if one.startswith(f"{theirs}.")]
        assert len(names) == (2 if theirs == 0 else 5)
        for name in names:
            mine = name.replace(f"{theirs}.", f"{ours}.", 1)
            assert run.result.weights[mine].tobytes() == weights[name].tobytes()
    assert run.of(Started)[0].start == ("Layers 1, 3 load weights.safetensors.")
    assert fresh.of(Started)[0].start == ""
    first = [one.link.steps.column("loss")[0] for one in (run, fresh)]
    assert first[0] != first[1]


def test_a_layer_with_its_own_initialiser_loads_nothing(left: tuple[Path, Any]) -> None:
    path, weights = left
    network = (Dense(6, initialiser="zeros"), BatchNorm(frozen=True), Tanh(), Dense(2, frozen=True))
    experiment = small(
        optimizer=SGD(0.1), network=network, start=str(path), policy=Policy(shuffle=False)
    )
    assert loading_layers(experiment) == ((1, 1), (3, 3))
    result = Run(experiment).result.weights
    assert result["1.weight"].tobytes() == weights["1.weight"].tobytes()
    assert result["3.weight"].tobytes() == weights["3.weight"].tobytes()
    names: dict[str, Any] = {}
    exec(pytorch_source(experiment), names)
    assert not names["model"][0].weight.any()
    train = parts_of(experiment).train
    names["train"](torch.tensor(train.x), torch.tensor(train.y))
    assert_same_weights(result, names["model"], 1e-5)
    all_drawn = [one.changed(initialiser="zeros") for one in (Dense(6), Dense(2))]
    failed = Run(replace(experiment, network=tuple(all_drawn))).failure
    assert "every matching layer has its own initialiser" in failed.message


def test_a_network_that_loads_everything_continues_where_the_other_ended(
    left: tuple[Path, Any],
) -> None:
    path, weights = left
    experiment = small(optimizer=SGD(1e-30), network=NETWORK, start=str(path))
    again = Run(experiment).result.weights
    for name in (one for one in weights if "running" not in one and "tracked" not in one):
        np.testing.assert_array_equal(again[name], weights[name])


def test_the_exported_script_starts_from_them_too(left: tuple[Path, Any]) -> None:
    experiment = small(
        optimizer=SGD(0.1),
        network=(Dense(6), Dropout(0.0), BatchNorm(frozen=True), Tanh(), Dense(3), Dense(2)),
        start=str(left[0]),
        batch_size=None,
    )
    names: dict[str, Any] = {}
    exec(pytorch_source(experiment), names)
    train = parts_of(experiment).train
    names["train"](torch.tensor(train.x), torch.tensor(train.y))
    assert_same_weights(Run(experiment).result.weights, names["model"], 1e-5)


def test_weights_that_fit_no_layer_are_reported_before_the_run(
    left: tuple[Path, Any], tmp_path: Path
) -> None:
    path = left[0]
    failed = Run(small(optimizer=SGD(0.1), network=(Dense(7), Dense(2)), start=str(path))).failure
    assert "Dense (layer 1) has weight 7 × 2" in failed.message
    assert "weights.safetensors" in failed.message and "the file has weight 6 × 2" in failed.message
    network = (Dense(6, bias=False), Dense(2))
    bare = Run(small(optimizer=SGD(0.1), network=network, start=str(path))).failure
    assert "has no bias, but the file has bias 6" in bare.message
    assert "Start with the same layers" in failed.hint
    missing = Run(small(optimizer=SGD(0.1), start=str(tmp_path / "none"))).failure
    assert "There is no weights file" in missing.message and "--out" in missing.hint


def test_mismatched_statistics_do_not_load_half_a_layer(left: tuple[Path, Any]) -> None:
    path, weights = left
    save_file(dict(weights) | {"1.num_batches_tracked": np.zeros(2, np.int64)}, path)
    failed = Run(small(optimizer=SGD(0.1), network=NETWORK, start=str(path))).failure
    assert "Batch normalisation (layer 2) cannot load" in failed.message


def test_half_as_many_digits_are_enough(left: tuple[Path, Any]) -> None:
    path, weights = left
    save_file({name: one.astype(np.float16) for name, one in weights.items()}, path)
    experiment = small(optimizer=SGD(0.1), network=(Dense(6, frozen=True), Dense(2)))
    taken = Run(replace(experiment, start=str(path))).result.weights["0.weight"]
    assert taken.dtype == np.float32
    np.testing.assert_array_equal(taken, weights["0.weight"].astype(np.float16))


def test_overlapping_weights_are_refused(tmp_path: Path) -> None:
    # Each entry alone is valid, and together they are as long as the file.
    place = {"dtype": "F32", "shape": [6, 2], "data_offsets": [0, 48]}
    header = json.dumps({"0.weight": place, "1.weight": place}).encode()
    path = tmp_path / "w"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(96))
    network = (Dense(6, bias=False), Dense(2))
    failed = Run(small(optimizer=SGD(0.1), network=network, start=str(path))).failure
    assert "cannot be read" in failed.message and failed.hint


def transferring(**changes: Any) -> Experiment:
    network = (
        *(Conv2d(16, frozen=True), ReLU(), MaxPool2d()),
        *(Conv2d(32, frozen=True), ReLU(), MaxPool2d()),
        *(Flatten(), Dense(10)),
    )
    base = Experiment(MNIST(), network, CrossEntropy(), SGD(0.05), batch_size=64, epochs=1)
    return replace(base, **changes)


def test_the_bundled_weights_fit_the_network_they_come_from() -> None:
    assert bundled_weights() == ("mnist-features",)
    made = open_file(weights_path("mnist-features").with_suffix(".json"))
    assert loading_layers(replace(made, start="mnist-features")) == ((0, 0), (3, 3), (7, 7))
    assert loading_layers(transferring(start="mnist-features"))[:2] == ((0, 0), (3, 3))


def test_the_bundled_weights_are_frozen_while_mnist_is_learnt(
    mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    network = (*transferring().network[:-1], Dense(20), ReLU(), Dense(10))
    experiment = transferring(start="mnist-features", network=network)
    setup = prepare(RunRequest(1, experiment, threads=1))
    stored = load_file(weights_path("mnist-features"))
    drawn = setup.model[7].weight.detach().clone()
    assert setup.stepper.advance(5).is_finite
    weights = setup.model.state_dict()
    for name in ("0.weight", "0.bias", "3.weight", "3.bias"):
        assert weights[name].numpy().tobytes() == stored[name].tobytes()
    assert drawn.shape == (20, 800) and not weights["7.weight"].equal(drawn)


def test_weights_of_a_run_that_diverged_are_refused(left: tuple[Path, Any]) -> None:
    path, weights = left
    bad = {name: np.array(one) for name, one in weights.items()}
    bad["0.weight"][2, 1] = np.nan
    save_file(bad, path)
    run = Run(small(optimizer=SGD(0.3), network=NETWORK, start=str(path)))
    assert "0.weight contains numbers that are not finite" in run.failure.message
    assert "diverged" in run.failure.hint
    # A layer that is not loaded may hold anything.
    fine = small(optimizer=SGD(0.3), network=(Dense(6, initialiser="zeros"), *NETWORK[1:]))
    assert Run(replace(fine, start=str(path))).result.steps
