"""Experiments in files: complete, strict, and safe to open whatever is in them."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnplay.catalog import (
    MSE,
    SGD,
    Adam,
    BinaryCrossEntropy,
    Dense,
    Dropout,
    LeakyReLU,
    Line,
    Spiral,
    Step,
)
from nnplay.experiment import (
    Experiment,
    FileError,
    Policy,
    Regularisation,
    Split,
    bundled_weights,
    dumps,
    loads,
    open_file,
    preset,
    presets,
    save,
    set_value,
)
from nnplay.experiment.storage import json_format as module
from nnplay.experiment.storage.json_format import migrate
from nnplay.experiment.storage.reading import MOST_FAULTS
from tests.experiment.strategies import experiments

SMALL = Experiment(data=Line(), network=(Dense(1),), loss=MSE(), optimizer=SGD(lr=0.1))
REQUIRED: dict[str, Any] = {
    "format": 1,
    "nnplay": "experiment",
    "data": {"kind": "Line"},
    "network": [{"kind": "Dense"}],
    "loss": {"kind": "MSE"},
    "optimizer": {"kind": "SGD"},
}


def text(**changes: Any) -> str:
    return json.dumps({k: v for k, v in (REQUIRED | changes).items() if v is not ...})


def refused(given: str | bytes) -> FileError:
    with pytest.raises(FileError) as caught:
        loads(given)
    assert caught.value.problems and str(caught.value)
    return caught.value


@settings(max_examples=150)
@given(experiment=experiments(small=False), as_bytes=st.booleans())
def test_every_experiment_round_trips(experiment: Experiment, as_bytes: bool) -> None:
    written = dumps(experiment)
    assert loads(written.encode() if as_bytes else written) == experiment
    assert json.loads(written)["format"] == 1


def test_files_are_complete_and_readable() -> None:
    written = dumps(SMALL)
    document = json.loads(written)
    assert list(document)[:4] == ["format", "nnplay", "name", "about"]
    assert document["network"] == [{"kind": "Dense", "units": 1, "bias": True}]
    assert document["optimizer"] == {"kind": "SGD", "lr": 0.1} | {
        "momentum": 0.0,
        "nesterov": False,
        "weight_decay": 0.0,
        "dampening": 0.0,
    }
    assert (document["batch_size"], document["draw"], document["device"]) == (32, 0, "auto")
    assert '    {"kind": "Dense", "units": 1, "bias": true}\n' in written
    assert json.loads(dumps(set_value(SMALL, "batch_size", None)))["batch_size"] == "full"


def test_a_stored_file_of_format_1_still_opens() -> None:
    assert open_file(Path(__file__).parent / "format_1.json") == Experiment(
        data=Spiral(200, turns=1.5, noise=0.1),
        network=(Dense(12, bias=False), LeakyReLU(0.2), Dropout(0.3), Dense(1)),
        loss=BinaryCrossEntropy(),
        optimizer=SGD(0.05, 0.9, True, 0.001),
        schedule=Step(20, 0.5),
        split=Split(0.25, 0.125),
        batch_size=None,
        epochs=77,
        seed=5,
        draw=6,
        device="cpu",
        name="Kept since format 1",
        about="This file must open in every later nnplay.",
    )


def test_training_rules_are_saved_and_optional() -> None:
    experiment = set_value(SMALL, "policy.early_stopping", True)
    experiment = set_value(experiment, "regularisation.l2", 1e-4)
    document = json.loads(dumps(experiment))
    assert document["regularisation"]["l2"] == 1e-4
    assert document["policy"]["early_stopping"] is True
    part = loads(text(policy={"patience": 3}))
    assert part.policy == Policy(patience=3)
    assert part.regularisation == Regularisation()
    refused(text(regularisation=[]))
    assert "patience" in str(refused(text(policy={"patiense": 3})))


def test_optional_parts_take_their_defaults() -> None:
    loaded = loads(text())
    assert loaded == Experiment(data=Line(), network=(Dense(),), loss=MSE(), optimizer=SGD())
    assert loads("\ufeff" + text()) == loads(b"\xef\xbb\xbf" + text().encode()) == loaded
    assert loads(text(batch_size=None)).batch_size is None


def test_integers_are_accepted_for_floats() -> None:
    loaded = loads(text(optimizer={"kind": "Adam", "lr": 1}, epochs=3.0))
    assert loaded.optimizer == Adam(lr=1.0) and type(loaded.optimizer.lr) is float
    assert loaded.epochs == 3 and type(loaded.epochs) is int


def test_values_out_of_range_are_read_and_left_to_check() -> None:
    assert loads(text(epochs=-5, optimizer={"kind": "SGD", "lr": -1e9}, device="x")).epochs == -5


BAD: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "file: The file is empty."),
    "blank": (b" \n\t ", "file: The file is empty."),
    "cut": (text()[:-9], "file: Invalid or truncated JSON: line 1, column"),
    "not JSON": ("hello", "file: Invalid or truncated JSON: line 1, column 1"),
    "two documents": (text() + text(), "file: Invalid or truncated JSON"),
    "not UTF-8": (
        b'{"name": "\xff"}',
        "file: The file is not UTF-8 text: invalid byte at position 10.",
    ),
    "UTF-16": (
        text().encode("utf-16"),
        "file: The file is not UTF-8 text: invalid byte at position 0.",
    ),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\0\0\0",
        "file: The file is not UTF-8 text: invalid byte at position 0.",
    ),
    "a list": ("[]", "file: Expected an object with the parts of an experiment, received a list."),
    "null": ("null", "received nothing."),
    "lists all the way down": ("[" * 200_000, "file: The file is nested too deeply"),
    "objects all the way down": ('{"a":' * 200_000, "file: The file is nested too deeply"),
    "too large": (" " * (16 * 2**20 + 1), "file: The file is larger than 16 MiB"),
    "no format": (text(format=...), "format: Expected a format number, received nothing."),
    "format true": (text(format=True), "format: Expected a format number, received true."),
    "format 0": (text(format=0), "format: Expected a format number, received 0."),
    "future": (
        text(format=7, anything="else"),
        "format: Written by a newer version of nnplay: format 7; this one reads up to 1.",
    ),
    "another file": (
        text(nnplay="lesson"),
        'nnplay: Expected "experiment", received text "lesson"',
    ),
    "no mark": (text(nnplay=...), 'nnplay: Expected "experiment", received nothing.'),
    "no data": (text(data=...), "data: This part is missing."),
    "no network": (text(network=...), "network: This part is missing."),
    "unknown field": (
        text(epoch=3),
        'epoch: Unknown field "epoch". Did you mean epochs? Known: format, nnplay, data, network,',
    ),
    "field twice": (
        text()[:-1] + ', "loss": {"kind": "MAE"}}',
        'The field "loss" occurs twice',
    ),
    "field twice inside": (
        text(loss=...)[:-1] + ', "loss": {"kind": "MSE", "kind": "MAE"}}',
        'loss: The field "kind" occurs twice',
    ),
    "unknown kind": (
        text(network=[{"kind": "dens"}]),
        'network[0].kind: Unknown layer "dens". Did you mean Dense? Known: Dense, Flatten,',
    ),
    "a kind of another family": (text(loss={"kind": "Adam"}), 'loss.kind: Unknown loss "Adam".'),
    "no kind": (text(loss={}), 'loss: Expected "kind", which is missing.'),
    "kind of a wrong type": (text(loss={"kind": 3}), "loss.kind: Expected a text, received 3."),
    "kind as text": (
        text(loss="MSE"),
        'loss: Expected an object such as {"kind": …}, received text',
    ),
    "unknown value": (
        text(optimizer={"kind": "SGD", "learning_rate": 1, "momentun": 0.5}),
        'optimizer: Unknown field "momentun". Did you mean momentum? Known: kind, lr, momentum,',
    ),
    "text for an integer": (
        text(network=[{"kind": "Dense", "units": "abc"}]),
        'network[0].units: Expected an integer, received text "abc".',
    ),
    "half a unit": (
        text(network=[{"kind": "Dense", "units": 0.5}]),
        "network[0].units: Expected an integer, received 0.5.",
    ),
    "true for a number": (
        text(optimizer={"kind": "SGD", "lr": True}),
        "optimizer.lr: Expected a finite number, received true.",
    ),
    "number for true": (
        text(network=[{"kind": "Dense", "bias": 1}]),
        "network[0].bias: Expected true or false, received 1.",
    ),
    "NaN": (
        text(optimizer={"kind": "SGD", "lr": float("nan")}),
        "optimizer.lr: Expected a finite number, received NaN, which is not a number.",
    ),
    "Infinity": (
        text(epochs=float("inf")),
        "epochs: Expected an integer, received infinity",
    ),
    "1e999": (
        text(optimizer={"kind": "SGD", "lr": 5}).replace("5", "1e999"),
        "optimizer.lr: Expected a finite number, received infinity.",
    ),
    "a number of 5,000 digits": (
        text(seed=5).replace("5", "5" * 5000),
        "seed: Expected an integer, received a number with more than 30 digits.",
    ),
    "batch size as text": (text(batch_size="all"), 'batch_size: Expected an integer or "full"'),
    "batch size as list": (text(batch_size=[1]), "received a list."),
    "split as number": (text(split=0.2), "split: Expected an object, received 0.2."),
    "split with more": (text(split={"train": 0.2}), 'split: Unknown field "train". Known: valid'),
    "name of a wrong type": (text(name=5), "name: Expected a text, received 5."),
    "half a character": (text(name="\ud800"), "name: The text contains half a character"),
    "network as object": (text(network={}), "network: Expected a list of layers, received an obj"),
    "layer as number": (text(network=[3]), 'network[0]: Expected an object such as {"kind": …}'),
    "too many layers": (
        text(network=[{"kind": "ReLU"}] * 1001),
        "network: Expected at most 1,000 layers, received 1,001.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_a_plain_message(name: str) -> None:
    given, says = BAD[name]
    assert says in str(refused(given))


def test_all_errors_are_reported_at_once() -> None:
    error = refused(
        text(
            data={"kind": "Lin"},
            network=[{"kind": "Dense", "units": "abc", "unit": 3}, {"kind": "Dropuot"}],
            optimizer=...,
            epochs=None,
        )
    )
    assert {str(p.where) for p in error.problems} == {
        "data.kind",
        "network[0].units",
        "network[0]",
        "network[1].kind",
        "optimizer",
        "epochs",
    }
    assert len(str(error).splitlines()) == 6


@settings(max_examples=200)
@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    ).map(json.dumps)
    | st.tuples(
        st.sampled_from(
            [*REQUIRED, "split", "batch_size", "epochs", "device", "schedule", "about"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["kind", "units", "x"]), inner, max_size=3)
            ),
        ),
    ).map(lambda change: text(**dict([change])))
)
def test_nothing_but_file_error_comes_out(given: str | bytes) -> None:
    try:
        assert isinstance(loads(given), Experiment)
    except FileError as error:
        assert error.problems


def test_old_documents_pass_every_migration() -> None:
    def add_mark(document: dict[str, Any]) -> dict[str, Any]:
        return document | {"format": 2, "nnplay": document.pop("program")}

    def rename(document: dict[str, Any]) -> dict[str, Any]:
        return document | {"format": 3, "epochs": document.pop("rounds")}

    steps: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: add_mark, 2: rename}
    old = {"format": 1, "program": "x", "rounds": 4}
    assert migrate(dict(old), steps, 3) == {"format": 3, "nnplay": "x", "epochs": 4}
    assert migrate({"format": 2, "rounds": 4}, steps, 3) == {"format": 3, "epochs": 4}
    assert migrate({"format": 3}, steps, 3) == {"format": 3}
    with pytest.raises(FileError, match="format 1 is damaged"):
        migrate({"format": 1}, steps, 3)
    with pytest.raises(FileError, match="format 4; this one reads up to 3"):
        migrate({"format": 4}, steps, 3)


def test_every_older_format_has_a_migration() -> None:
    assert sorted(module.MIGRATIONS) == list(range(1, module.FORMAT))


def test_saved_files_open_again(tmp_path: Path) -> None:
    path = tmp_path / "déjà vu.json"
    experiment = set_value(SMALL, "name", 'Ünïcode, "quotes"\nand lines')
    save(path, preset("spiral").experiment)
    save(str(path), experiment)
    assert open_file(path) == open_file(str(path)) == experiment
    assert [p.name for p in tmp_path.iterdir()] == ["déjà vu.json"]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    save(path, SMALL)
    with pytest.raises(FileError, match="not finite"):
        save(path, set_value(SMALL, "optimizer.lr", float("nan")))
    assert open_file(path) == SMALL
    folder = tmp_path / "folder"
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(FileError, match="could not be written"):
        save(folder, SMALL)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "mine.json"]
    with pytest.raises(FileError, match="there is no such file or folder"):
        save(tmp_path / "nowhere" / "mine.json", SMALL)


def test_a_lone_surrogate_does_not_lose_the_file(tmp_path: Path) -> None:
    save(tmp_path / "a.json", set_value(SMALL, "name", "half \ud800"))
    assert open_file(tmp_path / "a.json").name == "half ?"


@pytest.mark.skipif(os.name == "nt", reason="needs links and permissions as POSIX has them")
def test_saving_follows_links_and_keeps_permissions(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    save(real, SMALL)
    real.chmod(0o640)
    link.symlink_to(real)
    save(link, set_value(SMALL, "epochs", 3))
    assert link.is_symlink() and open_file(real).epochs == 3
    assert real.stat().st_mode & 0o777 == 0o640


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such file or folder") as caught:
        open_file(tmp_path / "none.json")
    assert str(caught.value).startswith(str(tmp_path / "none.json"))
    with pytest.raises(FileError, match="could not be read: it is a folder"):
        open_file(tmp_path)
    with pytest.raises(FileError, match="the name is not allowed"):
        open_file("a\0b")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(FileError, match=r"bad\.json: file: Invalid or truncated JSON"):
        open_file(tmp_path / "bad.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="not a regular file"):
        open_file(tmp_path / "pipe")


HOSTILE_SMALL = {
    "doubled fields": lambda: ",".join(f'"f{i}":1,"f{i}":2' for i in range(8_000)),
    "unknown fields": lambda: ",".join(f'"field{i}":1' for i in range(20_000)),
    "unknown fields of layers": lambda: (
        '"network":['
        + ",".join(
            '{"kind":"Dense",' + ",".join(f'"u{i}":1' for i in range(100)) + "}" for _ in range(999)
        )
        + "]"
    ),
    "long kinds": lambda: (
        '"network":[' + ",".join(f'{{"kind":"{"x" * 1_000}"}}' for _ in range(999)) + "]"
    ),
}


@pytest.mark.parametrize("name", HOSTILE_SMALL)
def test_a_small_file_with_many_mistakes_is_refused_at_once_and_briefly(name: str) -> None:
    whole = dumps(presets()[0].experiment).rstrip().removesuffix("}")
    text = f"{whole},{HOSTILE_SMALL[name]()}}}"
    begun = time.process_time()
    with pytest.raises(FileError) as caught:
        loads(text)
    # Linear in the size of the file: took 3 to 18 s, and now takes less than 0.3 s.
    assert time.process_time() - begun < 1.5
    assert len(caught.value.problems) == MOST_FAULTS + 1
    assert "more problems than the 20 shown" in str(caught.value)
    assert len(str(caught.value)) < 20_000


def test_pretrained_weights_lie_beside_the_experiment_wherever_it_is_opened_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, other = tmp_path / "shared", tmp_path / "other"
    (shared / "runs").mkdir(parents=True)
    other.mkdir()
    weights = shared / "runs" / "weights.safetensors"
    save(shared / "mine.json", replace(SMALL, start=str(weights)))
    stored = json.loads((shared / "mine.json").read_text())
    assert stored["start"] == "runs/weights.safetensors"
    monkeypatch.chdir(other)
    assert open_file(shared / "mine.json").start == str(weights)
    # The folder is passed on.
    moved = shared.rename(tmp_path / "moved")
    found = open_file(Path("..") / "moved" / "mine.json").start
    assert found == str(moved / "runs" / "weights.safetensors")


def test_weights_given_relative_to_the_current_folder_are_stored_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save("mine.json", replace(SMALL, start="w.safetensors"))
    assert open_file("mine.json").start == str(tmp_path / "w.safetensors")
    (tmp_path / "below").mkdir()
    save("below/mine.json", replace(SMALL, start="w.safetensors"))
    assert json.loads(Path("below/mine.json").read_text())["start"] == str(
        tmp_path / "w.safetensors"
    )


def test_bundled_weights_keep_their_name(tmp_path: Path) -> None:
    key = bundled_weights()[0]
    save(tmp_path / "mine.json", replace(SMALL, start=key))
    assert open_file(tmp_path / "mine.json").start == key
    # A file of the same name is still that file.
    save(tmp_path / "mine.json", replace(SMALL, start=str(tmp_path / key)))
    assert open_file(tmp_path / "mine.json").start == str(tmp_path / key)
