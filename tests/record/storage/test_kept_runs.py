"""Runs that are kept while they are trained."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnplay.link import Link
from nnplay.record.recorded_run import RecordedRun
from nnplay.record.storage.kept_runs import KeptRuns, drop_kept_runs, read_kept_runs
from tests.engine.rig import Run
from tests.engine.test_continuing import NOISY, assert_same, stopped
from tests.record.storage.recording import assert_equal, recorded


def parts(folder: Path) -> dict[str, int]:
    return {one.name: one.stat().st_mtime_ns for one in folder.iterdir() if one.suffix == ".part"}


def in_progress(link: Link) -> RecordedRun:
    return RecordedRun("live", 3, NOISY, link.steps, link.epochs, link.film, link.points)


def test_kept_runs_are_the_same_after_reading(tmp_path: Path) -> None:
    first = recorded(NOISY)
    second = replace(first, id="2", number=2, result=None)
    KeptRuns(tmp_path / "x.runs").write([first, second])
    one, two = read_kept_runs(tmp_path / "x.runs")
    assert_equal(one, first)
    assert_equal(two, second)


def test_only_what_is_new_is_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "x.runs"
    run = recorded(NOISY)
    kept = KeptRuns(folder)
    kept.write([run])
    before = parts(folder)
    kept.write([run])
    assert parts(folder) == before
    kept.write([replace(run, name="another")])
    after = parts(folder)
    assert len(after) == len(before)
    assert len(after.items() - before.items()) == 1
    assert read_kept_runs(folder)[0].name == "another"
    kept.write([])
    assert parts(folder) == {}
    assert read_kept_runs(folder) == ()


def test_run_in_progress_goes_on_from_what_was_kept(tmp_path: Path) -> None:
    link = stopped(NOISY, 10).link
    KeptRuns(tmp_path / "x.runs").write([in_progress(link)])
    (found,) = read_kept_runs(tmp_path / "x.runs")
    link = replace(
        link, steps=found.steps, epochs=found.epochs, film=found.film, points=found.points
    )
    assert_same(Run(NOISY, continues=(link, 10)), Run(NOISY))


def test_another_process_writes_into_the_same_folder(tmp_path: Path) -> None:
    folder = tmp_path / "x.runs"
    run = recorded(NOISY)
    KeptRuns(folder).write([run])
    (found,) = read_kept_runs(folder)
    KeptRuns(folder).write([found, replace(run, id="2", number=2)])
    assert [one.number for one in read_kept_runs(folder)] == [1, 2]


def test_earlier_runs_stay_if_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "x.runs"
    run = recorded(NOISY)
    kept = KeptRuns(folder)
    kept.write([run])
    real = Path.write_bytes
    written: list[Path] = []

    def full(path: Path, content: bytes) -> int:
        written.append(path)
        if len(written) == 3:
            real(path, content[:10])
            raise OSError(28, "No space left on device")
        return real(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space"):
            kept.write([replace(run, number=2, id="2"), run])
    (found,) = read_kept_runs(folder)
    assert_equal(found, run)
    kept.write([run, replace(run, number=2, id="2")])
    assert len(read_kept_runs(folder)) == 2


class Killed(BaseException):
    """The end of a process between two operations on files, or within one."""


def test_killed_at_every_operation_leaves_the_earlier_or_the_new_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recorded(NOISY)
    new = [replace(run, name="new", result=None), replace(run, id="2", number=2, name="second")]
    write_bytes, move, unlink = Path.write_bytes, Path.replace, Path.unlink
    left = 0

    def count() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def write(path: Path, content: bytes) -> int:
        if count():
            write_bytes(path, content[: len(content) // 2])
            raise Killed
        return write_bytes(path, content)

    def replaced(path: Path, target: Path) -> Path:
        if count():
            raise Killed
        return move(path, target)

    def unlinked(path: Path, missing_ok: bool = False) -> None:
        if count():
            raise Killed
        unlink(path, missing_ok)

    outcomes = []
    for operations in range(100):
        folder = tmp_path / f"{operations}.runs"
        kept = KeptRuns(folder)
        kept.write([replace(run, name="old")])
        left, is_killed = operations, False
        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", write)
            patch.setattr(Path, "replace", replaced)
            patch.setattr(Path, "unlink", unlinked)
            try:
                kept.write(new)
            except Killed:
                is_killed = True
        outcomes.append([one.name for one in read_kept_runs(folder)])
        assert outcomes[-1] in (["old"], ["new", "second"])
        if not is_killed:
            break
    assert outcomes[0] == ["old"]
    assert outcomes[-1] == ["new", "second"]
    assert len(outcomes) > 10


def test_damaged_run_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "x.runs"
    run = recorded(NOISY)
    KeptRuns(folder).write([run])
    first = set(parts(folder))
    KeptRuns(folder).write([run, replace(run, number=2, id="2", result=None)])
    damaged = sorted(set(parts(folder)) - first, key=lambda name: int(name[:-5]))[-1]
    (folder / damaged).write_bytes(b"")
    assert [one.number for one in read_kept_runs(folder)] == [1]
    (folder / "list.json").write_bytes(b"[" * 100_000)
    assert read_kept_runs(folder) == ()


def test_dropping_leaves_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "x.runs"
    KeptRuns(folder).write([recorded(NOISY)])
    (folder / "mine.txt").write_text("mine")
    drop_kept_runs(folder)
    assert [one.name for one in folder.iterdir()] == ["mine.txt"]
    (folder / "mine.txt").unlink()
    drop_kept_runs(folder)
    assert not folder.exists()
