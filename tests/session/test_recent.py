"""The list of recent files."""

import json
from pathlib import Path

import pytest

from nnplay.session import Recent
from nnplay.session.recent import LIMIT


def files(folder: Path, count: int) -> list[Path]:
    made = [folder / f"{n}.json" for n in range(count)]
    for file in made:
        file.write_text("{}")
    return made


def test_the_newest_is_first_and_only_once(tmp_path: Path) -> None:
    a, b, c = files(tmp_path, 3)
    recent = Recent(tmp_path)
    assert recent.paths() == ()
    for path in (a, b, c, a):
        recent.add(path)
    assert recent.paths() == (a, c, b)
    assert Recent(tmp_path).paths() == (a, c, b), "it is on the disk"


def test_the_same_file_by_another_name_is_the_same(tmp_path: Path) -> None:
    (a,) = files(tmp_path, 1)
    (tmp_path / "sub").mkdir()
    recent = Recent(tmp_path)
    recent.add(a)
    recent.add(tmp_path / "sub" / ".." / a.name)
    assert recent.paths() == (a,)


def test_deleted_files_are_left_out_and_the_list_is_short(tmp_path: Path) -> None:
    made = files(tmp_path, LIMIT + 3)
    recent = Recent(tmp_path)
    for path in made:
        recent.add(path)
    assert recent.paths() == tuple(reversed(made))[:LIMIT]
    made[-1].unlink()
    assert recent.paths() == tuple(reversed(made))[1:LIMIT]
    recent.clear()
    assert recent.paths() == ()
    recent.clear()


@pytest.mark.parametrize("text", ["", "{", "{}", "3", "[1, null, {}]", '["\\u0000"]', "\x00\xff"])
def test_a_broken_list_counts_as_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "recent.json").write_bytes(text.encode("latin-1"))
    recent = Recent(tmp_path)
    assert recent.paths() == ()
    (a,) = files(tmp_path, 1)
    recent.add(a)
    assert recent.paths() == (a,)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    recent = Recent(tmp_path / "missing")
    recent.add(tmp_path / "a.json")
    assert recent.paths() == ()


def test_an_inaccessible_file_hides_no_other(tmp_path: Path) -> None:
    (a,) = files(tmp_path, 1)
    too_long = tmp_path / ("x" * 5000)
    (tmp_path / "recent.json").write_text(json.dumps([str(too_long), str(a)]))
    recent = Recent(tmp_path)
    assert recent.paths() == (a,)
    recent.add(too_long)
    assert recent.paths() == (a,)
