"""How compiled code is kept on disk."""

from pathlib import Path

import pytest

from nnplay.engine.jit import measuring
from nnplay.engine.jit.pieces import Piece


def _twice(desk: int, a: int, b: int, c: int, d: int, e: int) -> float:
    return a + a


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where compiled code is kept during a test."""
    monkeypatch.setattr("nnplay.engine.jit.pieces.cache_folder", lambda: tmp_path / "kernel")
    return tmp_path / "kernel"


def assert_doubles(piece: Piece) -> None:
    """See that it is the function that it should be."""
    assert piece.from_python(0, 21, 0, 0, 0, 0) == 42


def test_code_is_built_once_and_then_fetched(folder: Path) -> None:
    assert_doubles(measuring(_twice))
    (file,) = folder.iterdir()
    before = file.stat()
    assert_doubles(measuring(_twice))
    after = file.stat()
    # Built anew, it would be another file of the same name.
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(folder.iterdir()) == [file]


@pytest.mark.parametrize("where", [0, 40, -1])
def test_a_file_with_a_wrong_byte_is_built_anew(folder: Path, where: int) -> None:
    assert_doubles(measuring(_twice))
    (file,) = folder.iterdir()
    right = file.read_bytes()
    wrong = bytearray(right)
    wrong[where] ^= 0xFF
    file.write_bytes(wrong)
    assert_doubles(measuring(_twice))
    assert file.read_bytes() == right


def test_half_a_file_is_built_anew(folder: Path) -> None:
    assert_doubles(measuring(_twice))
    (file,) = folder.iterdir()
    right = file.read_bytes()
    for size in (0, 10, len(right) // 2):
        file.write_bytes(right[:size])
        assert_doubles(measuring(_twice))
        assert file.read_bytes() == right


def test_functions_of_one_name_are_kept_apart_by_their_sources(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    form = "def answer(desk, a, b, c, d, e):\n    return {number}\n"
    for number in (3, 4):
        (tmp_path / f"kernel_of_{number}.py").write_text(form.format(number=number))
        function = __import__(f"kernel_of_{number}").answer
        assert measuring(function).from_python(0, 0, 0, 0, 0, 0) == number
    assert len(list(folder.iterdir())) == 2
