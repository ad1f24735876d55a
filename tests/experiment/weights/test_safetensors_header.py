"""Weights files: any content is read quickly or refused with a plain message."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnplay.catalog import SGD, Circle, CrossEntropy, Dense, Dropout
from nnplay.experiment import Experiment, WeightsError, loading_layers
from nnplay.experiment.weights.safetensors_header import HEADER_LIMIT, read_shapes
from tests.experiment.strategies import broken_experiments

GOOD = {"0.weight": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]}}


def file_of(entries: Any, data: int = 24, length: int | None = None) -> bytes:
    """Return a file as the safetensors format has it: length, list of contents, numbers."""
    header = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    size = len(header) if length is None else length
    return size.to_bytes(8, "little") + header + bytes(data)


def entry(**changes: Any) -> dict[str, Any]:
    return {"0.weight": GOOD["0.weight"] | changes}


def test_a_valid_file_has_its_shapes(tmp_path: Path) -> None:
    path = tmp_path / "w"
    more = GOOD | {"10.rnn.bias": {"dtype": "F64", "shape": [2], "data_offsets": [24, 40]}}
    path.write_bytes(file_of(more | {"__metadata__": {"format": "pt"}}, 40))
    assert read_shapes(path) == {0: {"weight": (3, 2)}, 10: {"rnn.bias": (2,)}}


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "truncated"),
    "seven bytes": (b"1234567", "truncated"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "truncated"),
    "a header of 2^63 bytes": (file_of(GOOD, length=2**63), "truncated"),
    "a header longer than the file": (file_of(GOOD, length=10_000), "truncated"),
    "a header too long": (
        (HEADER_LIMIT + 1).to_bytes(8, "little") + bytes(HEADER_LIMIT + 1),
        "too long",
    ),
    "no JSON": (file_of(b"\xff\xfe{}", 0), "cannot be read"),
    "nested": (file_of(b"[" * 100_000, 0), "cannot be read"),
    "huge digits": (file_of(b'{"0.w": ' + b"9" * 5_000 + b"}", 0), "cannot be read"),
    "a list": (file_of([1], 0), "cannot be read"),
    "nothing in it": (file_of({"__metadata__": {}}, 0), "empty"),
    "a name of another program": (file_of({"conv.weight": GOOD["0.weight"]}), "“conv.weight”"),
    "no name": (file_of({"0.": GOOD["0.weight"]}), "contains “0.”"),
    "a huge number": (file_of({"9" * 5000 + ".w": GOOD["0.weight"]}), "a weight of a layer"),
    "no entry": (file_of({"0.weight": None}), "“0.weight”"),
    "no shape": (file_of({"0.weight": {"dtype": "F32", "data_offsets": [0, 24]}}), "“0.weight”"),
    "strange type": (file_of(entry(dtype="C64")), "“0.weight”"),
    "type of a type": (file_of(entry(dtype=["F32"])), "“0.weight”"),
    "sizes below 0": (file_of(entry(shape=[-3, -2])), "“0.weight”"),
    "true for a size": (file_of(entry(shape=[6, True])), "“0.weight”"),
    "terabytes": (file_of(entry(shape=[2**40, 2])), "“0.weight”"),
    "a size too large": (file_of(entry(shape=[4, 2])), "“0.weight”"),
    "very many axes": (file_of(entry(shape=[1] * 9)), "“0.weight”"),
    "behind the end": (file_of(entry(data_offsets=[24, 48])), "“0.weight”"),
    "backwards": (file_of(entry(data_offsets=[24, 0])), "“0.weight”"),
    "three places": (file_of(entry(data_offsets=[0, 12, 24])), "“0.weight”"),
    "more than it lists": (file_of(GOOD, 30), "its size"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_message(name: str, tmp_path: Path) -> None:
    path, (content, why) = tmp_path / "w", HOSTILE[name]
    path.write_bytes(content)
    with pytest.raises(WeightsError) as caught:
        read_shapes(path)
    assert why in str(caught.value) and "is not a weights file" in str(caught.value)
    assert "--out" in caught.value.hint and len(str(caught.value)) < 300


def test_a_path_that_is_not_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(WeightsError, match="not a regular file"):
            read_shapes(path)
    for path in (tmp_path / "none", tmp_path / ("x" * 5000)):
        with pytest.raises(WeightsError):
            read_shapes(path)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(tmp_path_factory: Any, data: st.DataObject) -> None:
    content = bytearray(file_of(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        assert read_shapes(path)
    except WeightsError as error:
        assert str(error).isprintable()


@settings(max_examples=20)
@given(experiment=broken_experiments(), start=st.sampled_from(["mnist-features", "\0", "x", "/"]))
def test_loading_layers_are_found_for_any_experiment(experiment: Experiment, start: str) -> None:
    try:
        loading_layers(replace(experiment, start=start))
    except WeightsError as error:
        assert str(error) and error.hint


def test_layers_load_until_shapes_differ(tmp_path: Path) -> None:
    path = tmp_path / "w"
    shapes = {"0.weight": [3, 2], "0.bias": [3], "4.weight": [9, 3], "4.bias": [9]}
    entries, at = {}, 0
    for name, shape in shapes.items():
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        entries[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    path.write_bytes(file_of(entries, at))
    base = Experiment(Circle(), (Dense(3), Dense(2)), CrossEntropy(), SGD(), start=str(path))
    assert loading_layers(base) == ((0, 0),)
    assert loading_layers(replace(base, network=(Dropout(), Dense(3), Dense(9), Dense(2)))) == (
        (1, 0),
        (2, 4),
    )
    assert loading_layers(replace(base, start="")) == ()
    with pytest.raises(WeightsError, match="No layer can load"):
        loading_layers(replace(base, network=(Dense(3, bias=False), Dense(2))))


def test_a_file_is_read_again_only_if_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "w"
    opened = []

    def count(event: str, args: tuple[object, ...]) -> None:
        if event == "open" and args[:2] == (str(path), "r"):
            opened.append(args)

    sys.addaudithook(count)  # which cannot be removed, and notices this one path only
    path.write_bytes(b"rubbish")
    opened.clear()
    for _ in range(3):
        with pytest.raises(WeightsError, match="truncated"):
            read_shapes(path)
    assert len(opened) == 1
    path.write_bytes(file_of(GOOD))
    opened.clear()
    assert read_shapes(path) == read_shapes(path) != {}
    assert len(opened) == 1
    path.unlink()
    with pytest.raises(WeightsError, match="There is no weights file"):
        read_shapes(path)
