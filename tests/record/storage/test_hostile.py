"""Documents that do not come from nnplay are refused, quickly and without taking memory."""

import json
import random
import struct
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import pytest

from nnplay.catalog import Adam, Dense, Tanh
from nnplay.engine import RunRequest, train
from nnplay.link import (
    Closed,
    Continuation,
    Control,
    Event,
    Failed,
    Finished,
    Link,
    Paused,
    ResumePoint,
)
from nnplay.record.recorded_run import RecordedRun
from nnplay.record.storage.document import StoredDocument, read_document, write_document
from nnplay.record.storage.errors import DocumentError
from tests.engine.rig import small
from tests.record.storage.recording import recorded

SECONDS, BYTES = 1.0, 300_000_000
Members = dict[str, bytes]
EXPERIMENT = small(optimizer=Adam(0.02), network=(Dense(8), Tanh(), Dense(2)))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.nnplay"
    first = recorded(EXPERIMENT)
    write_document(path, EXPERIMENT, [first, replace(first, id="run-2", number=2)])
    return path


def members(path: Path) -> Members:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, parts: Members | list[tuple[str, bytes]], kind: int = ZIP_STORED) -> Path:
    with ZipFile(path, "w", kind) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(ZipInfo(name), content, kind)
    return path


def refused(path: Path, words: str = ".") -> None:
    """Check that a file is refused with such a message, in little time and memory."""
    start = time.perf_counter()
    with pytest.raises(DocumentError, match=words):
        read_document(path)
    assert time.perf_counter() - start < SECONDS
    tracemalloc.start()
    try:
        with pytest.raises(DocumentError):
            read_document(path)
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


def with_tensors(content: bytes, change: Callable[[dict[str, Any], bytearray], None]) -> bytes:
    """Return safetensors with another header or other data."""
    length = int.from_bytes(content[:8], "little")
    header, data = json.loads(content[8 : 8 + length]), bytearray(content[8 + length :])
    change(header, data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + bytes(data)


def place_of(header: dict[str, Any], name: str) -> int:
    start = header[name]["data_offsets"][0]
    assert isinstance(start, int)
    return start


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.json", "evil"),
        ("/etc/passwd", "passwd"),
        ("runs/0/../../x", "not a part"),
        ("runs\\0\\run.json", "not a part"),
        ("runs/0/code.pkl", "not a part"),
        ("runs/0/run.json\n", "not a part"),
        ("runs/\u0661/run.json", "not a part"),
    ],
)
def test_names_that_nnplay_does_not_write_are_refused(
    name: str, words: str, good: Path, tmp_path: Path
) -> None:
    refused(packed(tmp_path / "bad.nnplay", {**members(good), name: b"{}"}), words)


def test_bomb_is_refused(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.nnplay"
    parts = {**members(good), "runs/0/film-0.safetensors": bytes(100_000_000)}
    packed(path, parts, ZIP_DEFLATED)
    assert path.stat().st_size < 500_000
    refused(path, "compressed")


def test_part_that_occurs_twice_is_refused(good: Path, tmp_path: Path) -> None:
    parts = [*members(good).items(), ("experiment.json", b"{}")]
    with pytest.warns(UserWarning, match="Duplicate"):
        packed(tmp_path / "twice.nnplay", parts)
    refused(tmp_path / "twice.nnplay", "twice")


def test_many_parts_are_refused(tmp_path: Path) -> None:
    parts = [(f"runs/{number}/run.json", b"") for number in range(21_000)]
    refused(packed(tmp_path / "many.nnplay", parts), "list of files")


def test_overlapping_parts_are_refused(good: Path, tmp_path: Path) -> None:
    """All entries of the list point to one large part, so that it is read many times."""
    content = bytearray(good.read_bytes())
    start = struct.unpack("<I", content[-6:-2])[0]
    place, largest = start, (0, 0, 0)
    while content[place : place + 4] == b"PK\x01\x02":
        size = struct.unpack("<I", content[place + 24 : place + 28])[0]
        offset = struct.unpack("<I", content[place + 42 : place + 46])[0]
        largest = max(largest, (size, offset, place))
        lengths = struct.unpack("<HHH", content[place + 28 : place + 34])
        place += 46 + sum(lengths)
    struct.pack_into("<I", content, start + 42, largest[1])
    struct.pack_into("<II", content, start + 20, largest[0], largest[0])
    (tmp_path / "over.nnplay").write_bytes(content)
    refused(tmp_path / "over.nnplay", "overlap")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.9999])
def test_truncated_file_is_refused(share: float, good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    (tmp_path / "cut.nnplay").write_bytes(content[: int(share * len(content))])
    refused(tmp_path / "cut.nnplay", "truncated")


def test_file_that_does_not_exist_and_folder_are_refused(tmp_path: Path) -> None:
    refused(tmp_path / "no.nnplay", "no such file")
    refused(tmp_path, "folder|regular file")


def test_newer_format_is_named(good: Path, tmp_path: Path) -> None:
    head = json.dumps({"format": 2, "nnplay": "document", "runs": 0}).encode()
    refused(packed(tmp_path / "new.nnplay", {**members(good), "nnplay.json": head}), "newer")


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 1_000_000,
        b'{"id":' * 300_000,
        b"[" + b"[]," * 1_300_000 + b"[]]",
        b"[" + b"[]," * 5_300_000 + b"[]]",
        b'{"number": ' + b"9" * 1_000_000 + b"}",
        b"\xff\xfe",
        b"null",
        b'{"number": NaN}',
    ],
)
@pytest.mark.parametrize("name", ["nnplay.json", "runs/1/run.json", "experiment.json"])
def test_json_that_takes_memory_or_depth_is_refused(
    name: str, text: bytes, good: Path, tmp_path: Path
) -> None:
    path = packed(tmp_path / "json.nnplay", {**members(good), name: text})
    refused(path)


@pytest.mark.parametrize("compared", [7, ["a", "a"], [None], [["a"]], ["x" * 30_000], [""] * 2000])
def test_a_strange_list_of_compared_runs_is_refused(
    compared: Any, good: Path, tmp_path: Path
) -> None:
    parts = members(good)
    head = {**json.loads(parts["nnplay.json"]), "compared": compared}
    path = packed(tmp_path / "head.nnplay", {**parts, "nnplay.json": json.dumps(head).encode()})
    refused(path, "nnplay.json")


def test_compared_runs_that_are_not_there_leave_their_places_free(
    good: Path, tmp_path: Path
) -> None:
    parts = members(good)
    head = {**json.loads(parts["nnplay.json"]), "compared": ["gone", "run-2"]}
    path = packed(tmp_path / "head.nnplay", {**parts, "nnplay.json": json.dumps(head).encode()})
    assert read_document(path).compared == ("", "run-2")
    del head["compared"]
    packed(path, {**parts, "nnplay.json": json.dumps(head).encode()})
    assert read_document(path).compared == ()


def changed_point(good: Path, change: Callable[[dict[str, Any], bytearray], None]) -> Members:
    parts = members(good)
    name = next(one for one in parts if one.startswith("runs/0/resume-") and "-0" not in one)
    return {**parts, name: with_tensors(parts[name], change)}


@pytest.mark.parametrize(
    ("offset", "value"),
    [(8, 0), (8, 625), (8, 2**31), (12, 0), (16, 625), (16, 2**31)],
)
def test_states_of_random_numbers_that_are_read_beyond_are_refused(
    offset: int, value: int, good: Path, tmp_path: Path
) -> None:
    def change(header: dict[str, Any], data: bytearray) -> None:
        start = place_of(header, "arrays/random")
        struct.pack_into("<I", data, start + offset, value)

    refused(packed(tmp_path / "random.nnplay", changed_point(good, change)), "resume-")


def test_state_of_random_numbers_of_another_size_is_refused(good: Path, tmp_path: Path) -> None:
    def change(header: dict[str, Any], data: bytearray) -> None:
        entry = header["arrays/random"]
        start, end = entry["data_offsets"]
        header["arrays/random"] = {**entry, "data_offsets": [start, end - 8], "shape": [5048]}
        header["z"] = {"dtype": "U8", "shape": [8], "data_offsets": [end - 8, end]}

    refused(packed(tmp_path / "random.nnplay", changed_point(good, change)), "resume-")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(value: float, good: Path, tmp_path: Path) -> None:
    def change(header: dict[str, Any], data: bytearray) -> None:
        struct.pack_into("<f", data, place_of(header, "weights/0.weight"), value)

    refused(packed(tmp_path / "nan.nnplay", changed_point(good, change)), "resume-")


@pytest.mark.parametrize("shape", [[2**39, 2**39], [-1], [2**62], [1, 1, 1, 1, 1, 1, 1, 1, 1], [0]])
def test_shapes_that_do_not_fit_the_file_are_refused(
    shape: list[int], good: Path, tmp_path: Path
) -> None:
    def change(header: dict[str, Any], data: bytearray) -> None:
        header["weights/0.weight"]["shape"] = shape

    refused(packed(tmp_path / "shape.nnplay", changed_point(good, change)), "resume-")


def test_steps_that_do_not_ascend_are_refused(good: Path, tmp_path: Path) -> None:
    def change(header: dict[str, Any], data: bytearray) -> None:
        struct.pack_into("<d", data, place_of(header, "rows"), 9.0)

    parts = members(good)
    name = "runs/0/steps-0.safetensors"
    parts[name] = with_tensors(parts[name], change)
    refused(packed(tmp_path / "steps.nnplay", parts))


def test_damaged_data_are_refused(good: Path, tmp_path: Path) -> None:
    content = bytearray(good.read_bytes())
    part = members(good)["runs/0/steps-0.safetensors"]
    content[content.index(part) + len(part) // 2] ^= 1
    (tmp_path / "flip.nnplay").write_bytes(content)
    refused(tmp_path / "flip.nnplay", "damaged")


STRANGE: list[Any] = [
    None, True, -1, 0, 1, 2**53, 2**70, 1.5, -1e308, "", "nan", "x" * 30_000, [], {}, [[]],
    [1, 2, 3], {"a": 1}, {"tensor": "no"}, "../..", "\ud800", "F64",
]  # fmt: skip


def mutated_json(value: Any, chance: random.Random) -> Any:
    """Return a JSON value with one part of it replaced."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(list(value))
        kind = chance.random()
        if kind < 0.1:
            return {key: one for key, one in value.items() if key != name}
        return {**value, name: mutated_json(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        if chance.random() < 0.1:
            return value[:place] + value[place + 1 :]
        return [*value[:place], mutated_json(value[place], chance), *value[place + 1 :]]
    return chance.choice(STRANGE)


def mutated_bytes(content: bytes, chance: random.Random) -> bytes:
    """Return some bytes of which a few are others, missing or twice."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 5, 40])):
        if data:
            place = chance.randrange(len(data))
            data[place] = chance.choice([0, 255, 127, 128, chance.randrange(256)])
    if chance.random() < 0.2:
        place = chance.randrange(len(data) + 1)
        data = data[:place] if chance.random() < 0.5 else data + data[place:]
    return bytes(data)


def mutated_tensors(content: bytes, chance: random.Random) -> bytes:
    def change(header: dict[str, Any], data: bytearray) -> None:
        if chance.random() < 0.5:
            found = mutated_json(dict(header), chance)
            header.clear()
            header.update(found if isinstance(found, dict) else {})
        elif chance.random() < 0.5:
            about = json.loads(header["__metadata__"]["nnplay"])
            header["__metadata__"]["nnplay"] = json.dumps(mutated_json(about, chance))
        elif data:
            data[:] = mutated_bytes(bytes(data), chance)[: len(data)].ljust(len(data), b"\0")

    return with_tensors(content, change)


def mutate(parts: Members, whole: bytes, path: Path, chance: random.Random) -> None:
    """Write a document that is nearly a good one."""
    kind = chance.random()
    if kind < 0.15:
        path.write_bytes(mutated_bytes(whole, chance))
        return
    name = chance.choice(list(parts))
    content = parts[name]
    if kind < 0.25:
        others = {key: one for key, one in parts.items() if key != name}
        if chance.random() < 0.5:
            others[name] = parts[chance.choice(list(parts))]
        packed(path, others)
        return
    if kind < 0.35:
        content = mutated_bytes(content, chance)
    elif name.endswith(".json"):
        content = json.dumps(mutated_json(json.loads(content), chance)).encode()
    else:
        content = mutated_tensors(content, chance)
    packed(path, {**parts, name: content})


def use(document: StoredDocument) -> None:
    """Do with a document what the window does: look at its runs and train them on."""
    for run in document.runs:
        assert run.edited is not None
        assert run.size >= 0
        assert run.seconds >= 0
        for frame in run.film.frames:
            run.film.layout.weights(frame)
        run.steps.column("loss")
        newest = run.points.newest
        if newest is None:
            continue
        assert isinstance(train_on(run, newest), Finished | Failed | Closed)


def train_on(run: RecordedRun, point: ResumePoint) -> Event:
    """Take two more steps, and return how it ended."""
    events: list[Event] = []
    control = Control(2)

    def hear(event: Event) -> None:
        events.append(event)
        if isinstance(event, Paused):
            control.stop()

    link = Link(hear, control=control)
    link.begin(run, point.step)
    train(RunRequest(1, run.experiment, 1, continuation=Continuation(point, run.edits)), link)
    return events[-1]


def try_mutations(good: Path, folder: Path, seeds: range) -> int:
    """Return how many mutations could be read."""
    parts, whole = members(good), good.read_bytes()
    accepted = 0
    for seed in seeds:
        path = folder / "mutated.nnplay"
        mutate(parts, whole, path, random.Random(seed))
        start = time.perf_counter()
        try:
            document = read_document(path)
        except DocumentError as error:
            assert 5 < len(str(error)) < 2000
            continue
        finally:
            assert time.perf_counter() - start < SECONDS, seed
        accepted += 1
        try:
            use(document)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    return accepted


def test_mutations_are_refused_or_harmless(good: Path, tmp_path: Path) -> None:
    assert try_mutations(good, tmp_path, range(100)) < 60


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_mutations_are_refused_or_harmless(good: Path, tmp_path: Path) -> None:
    assert try_mutations(good, tmp_path, range(1000, 3000)) < 1200
