"""Web pages that were changed by others are refused, quickly and without taking memory."""

import json
import random
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nnplay.experiment import FileError, check, open_file
from nnplay.experiment.storage.page_reading import END, START
from nnplay.record.storage.document import write_document
from tests.exports.page.test_web_page import page_of, plane
from tests.record.storage.recording import recorded
from tests.record.storage.test_hostile import mutated_bytes, mutated_json

SECONDS, MEGABYTES = 1.0, 300
VALUES: list[Any] = [
    float("nan"), float("inf"), 10**400, "../../etc/passwd", "</script>", "\0", "\u202e", [[]] * 99,
    [2**40, 2**40], {"kind": "__import__"}, "x" * 100_000,
]  # fmt: skip


@pytest.fixture(scope="module")
def page() -> bytes:
    return page_of(plane(epochs=2))


def experiment_of(page: bytes) -> bytes:
    return page.partition(START)[2].partition(END)[0]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values in a JSON value."""
    items = value.items() if isinstance(value, dict) else []
    items = enumerate(value) if isinstance(value, list) else items
    return [path, *(found for key, one in items for found in places(one, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = value.copy()
    changed[path[0]] = replaced(value[path[0]], path[1:], new)
    return changed


def mutated(page: bytes, chance: random.Random) -> bytes:
    """Return a page that is nearly a good one."""
    kind, text = chance.random(), experiment_of(page)
    if kind < 0.15:
        return page[: chance.randrange(len(page))]
    if kind < 0.3:
        return mutated_bytes(page, chance)
    if kind < 0.5:
        return page.replace(text, mutated_bytes(text, chance))
    value = json.loads(text)
    if kind < 0.75:
        value = mutated_json(value, chance)
    else:
        value = replaced(value, chance.choice(places(value)), chance.choice(VALUES))
    return page.replace(text, json.dumps(value).encode())


def try_mutations(page: bytes, folder: Path, seeds: range) -> tuple[int, int]:
    """Return how many mutations were read and how many were refused."""
    path, read, refused = folder / "mutated.html", 0, 0
    for seed in seeds:
        path.write_bytes(mutated(page, random.Random(seed)))
        start = time.process_time()
        try:
            # Then what the window does next; problems are values, too.
            check(open_file(path))
            read += 1
        except FileError as error:
            assert str(error)
            refused += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
        assert time.process_time() - start < SECONDS, seed
    return read, refused


def test_mutations_are_read_or_refused(page: bytes, tmp_path: Path) -> None:
    read, refused = try_mutations(page, tmp_path, range(60))
    assert read
    assert refused > 20


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_mutations_are_read_or_refused(page: bytes, tmp_path: Path) -> None:
    try_mutations(page, tmp_path, range(1000, 3000))


OPEN = """
import resource, sys
from pathlib import Path
from nnplay.experiment import FileError, open_file
from nnplay.record.storage.document import read_document
from nnplay.record.storage.errors import DocumentError
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
limit = used + {bytes}
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
path = Path(sys.argv[1])
try:
    read_document(path) if path.suffix == ".nnplay" else open_file(path)
except (FileError, DocumentError) as error:
    print("refused:", error)
"""


def refused_in_little_memory(path: Path) -> None:
    """Open a file in a process that may take 300 MB more than it has."""
    script = OPEN.format(bytes=MEGABYTES * 2**20)
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("refused:"), done.stderr[-2000:]


needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("place", ["before", "inside", "name"])
def test_a_page_with_a_giant_text_is_refused(place: str, page: bytes, tmp_path: Path) -> None:
    path = tmp_path / "giant.html"
    before, _mark, rest = page.partition(START)
    with path.open("wb") as file:
        file.write(before)
        file.seek(2**32 if place == "before" else len(before))
        file.write(START)
        if place == "name":
            file.write(b'{"name": "')
        if place != "before":
            # A hole in the file, which takes no room on the disk.
            file.seek(2**32, 1)
        file.write(rest)
    refused_in_little_memory(path)


def claiming(content: bytes, part: str, size: int) -> bytes:
    """Return a document whose list of files says that a part has that many bytes."""
    found = bytearray(content)
    name = part.encode()
    local = found.index(name) - 30
    listed = found.rindex(b"PK\x01\x02", 0, found.rindex(name))
    assert found[local : local + 4] == b"PK\x03\x04"
    struct.pack_into("<II", found, local + 18, size, size)
    struct.pack_into("<II", found, listed + 20, size, size)
    return bytes(found)


@needs_proc
@pytest.mark.parametrize("size", [2**29, 2**30, 3 * 2**30])
@pytest.mark.parametrize("part", ["runs/0/film-0.safetensors", "experiment.json"])
def test_a_document_whose_parts_claim_gigabytes_is_refused(
    part: str, size: int, tmp_path: Path
) -> None:
    path = tmp_path / "giant.nnplay"
    run = recorded(plane(epochs=2))
    write_document(path, run.experiment, [run])
    path.write_bytes(claiming(path.read_bytes(), part, size))
    refused_in_little_memory(path)
