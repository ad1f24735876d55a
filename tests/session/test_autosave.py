"""What is left by a crash is rescued once, and nothing else is touched."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnplay.catalog import SGD, CrossEntropy, Dense, Gauss
from nnplay.experiment import Experiment
from nnplay.session import Autosave, LastWork, Work
from nnplay.session.file_lock import FileLock, is_locked

BASE = Experiment(Gauss(), (Dense(2),), CrossEntropy(), SGD(0.1), name="Übung \u4e00")
WORK = Work(BASE, None)


def left(folder: Path) -> set[str]:
    return {file.name for file in (folder / "autosave").iterdir()}


def seeded(seed: int) -> Work:
    return Work(replace(BASE, seed=seed), None)


def crash(folder: Path, name: str, work: Work = WORK) -> None:
    """Leave what a process leaves that is killed after it has kept something."""
    autosave = Autosave(folder, name)
    autosave.keep(work)
    # The system releases the lock of a killed process, and leaves its file.
    handle = autosave._lock._handle
    assert handle is not None
    os.close(handle)
    autosave._lock._handle = None


@pytest.mark.parametrize("path", [None, Path("/some where/ü.json")])
def test_a_crash_is_rescued_once(tmp_path: Path, path: Path | None) -> None:
    crash(tmp_path, "11", Work(BASE, path))
    next_program = Autosave(tmp_path, "12")
    (found,) = next_program.left()
    assert found.work == Work(BASE, path)
    assert next_program.take(found)
    assert next_program.left() == ()
    assert left(tmp_path) == {"12.json", "12.lock"}


def test_every_crash_is_offered_and_the_newest_comes_first(tmp_path: Path) -> None:
    for seed in range(3):
        crash(tmp_path, f"{9 - seed}", seeded(seed))
    crash(tmp_path, "9", seeded(7))  # an older name, kept again
    found = Autosave(tmp_path, "12").left()
    assert [one.work.experiment.seed for one in found] == [7, 2, 1]
    assert len(left(tmp_path)) == 6, "only looking at them deletes nothing"


def test_a_clock_that_was_set_back_changes_no_order(tmp_path: Path) -> None:
    for seed in range(3):
        crash(tmp_path, f"{seed}", seeded(seed))
        os.utime(tmp_path / "autosave" / f"{seed}.json", (1e9 - seed, 1e9 - seed))
    found = Autosave(tmp_path, "12").left()
    assert [one.work.experiment.seed for one in found] == [2, 1, 0]


def test_what_one_program_takes_no_other_gets(tmp_path: Path) -> None:
    crash(tmp_path, "11")
    one, other = Autosave(tmp_path, "12"), Autosave(tmp_path, "13")
    (seen_by_one,), (seen_by_other,) = one.left(), other.left()
    assert one.take(seen_by_one)
    assert not other.take(seen_by_other)
    assert other.left() == (), "the one that has it still runs"


def test_what_is_left_can_be_deleted(tmp_path: Path) -> None:
    crash(tmp_path, "11")
    crash(tmp_path, "12")
    running = Autosave(tmp_path, "13")
    running.keep(WORK)
    Autosave(tmp_path, "14").forget()
    assert left(tmp_path) == {"13.json", "13.lock"}
    running.drop()


def test_a_program_that_ends_well_leaves_nothing(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, "11")
    autosave.drop()
    autosave.keep(WORK)
    autosave.drop()
    assert left(tmp_path) == set()
    assert Autosave(tmp_path, "12").left() == ()


KEEPER = """
import sys
from pathlib import Path
from nnplay.experiment import presets
from nnplay.session import Autosave, Work
autosave = Autosave(Path(sys.argv[1]), "11")
autosave.keep(Work(presets()[0].experiment, None))
print("kept", flush=True)
sys.stdin.read()
"""


@contextmanager
def keeper(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run another process that has kept an experiment."""
    command = [sys.executable, "-c", KEEPER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "kept\n"
        yield process
        process.kill()


def test_only_the_end_of_a_process_makes_its_work_that_of_others(tmp_path: Path) -> None:
    with keeper(tmp_path) as process:
        (tmp_path / "autosave" / "11.part").write_text("half")
        autosave = Autosave(tmp_path, "12")
        assert autosave.left() == ()
        assert left(tmp_path) == {"11.json", "11.lock", "11.part"}
        process.kill()
        process.wait()
        # By now another process may have its number: nothing here depends on it.
        assert len(autosave.left()) == 1
        assert left(tmp_path) == {"11.json", "11.lock"}


def test_a_file_that_is_cut_anywhere_is_left_out(tmp_path: Path) -> None:
    crash(tmp_path, "11")
    file = tmp_path / "autosave" / "11.json"
    whole = file.read_bytes()
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        assert Autosave(tmp_path, "12").left() == ()
        assert left(tmp_path) == set()


def test_a_cut_file_does_not_hide_a_whole_one(tmp_path: Path) -> None:
    crash(tmp_path, "11")
    (tmp_path / "autosave" / "12.json").write_text('{"order": 999')
    (tmp_path / "autosave" / "13.part").write_text("{")
    (found,) = Autosave(tmp_path, "14").left()
    assert found.work == WORK
    assert left(tmp_path) == {"11.json", "11.lock"}


STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["path", "experiment", "order", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STRANGE.map(repr) | STRANGE.map(lambda one: __import__("json").dumps(one)))
def test_a_file_that_is_none_of_ours_is_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "autosave").mkdir(exist_ok=True)
    for file in (tmp_path / "autosave" / "3.json", tmp_path / "last.json"):
        file.write_text(text, encoding="utf-8")
    assert Autosave(tmp_path, "12").left() == ()
    assert LastWork(tmp_path).read() is None


def test_a_nest_that_is_too_deep_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "autosave").mkdir()
    (tmp_path / "autosave" / "3.json").write_text("[" * 100_000)
    assert Autosave(tmp_path, "12").left() == ()


def test_a_place_that_cannot_be_written_disturbs_no_one(tmp_path: Path) -> None:
    (tmp_path / "autosave").write_text("a file where the folder should be")
    autosave = Autosave(tmp_path, "11")
    autosave.keep(WORK)
    assert autosave.left() == ()
    autosave.drop()
    LastWork(tmp_path / "none").keep(WORK)
    assert LastWork(tmp_path / "none").read() is None


def test_no_half_written_file_is_left_where_the_last_move_fails(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, "11")
    # A folder in the place of the file cannot be replaced by a file.
    (tmp_path / "autosave" / "11.json" / "x").mkdir(parents=True)
    autosave.keep(WORK)
    assert left(tmp_path) == {"11.json", "11.lock"}
    autosave.drop()


def test_the_last_work_is_stored_with_its_file(tmp_path: Path) -> None:
    last = LastWork(tmp_path)
    assert last.read() is None
    for work in (WORK, Work(BASE, Path("/some where/ü.json"))):
        last.keep(work)
        assert LastWork(tmp_path).read() == work


def test_a_lock_excludes_others_until_it_is_released(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    one, other = FileLock(path), FileLock(path)
    assert not is_locked(path)
    assert one.acquire() and one.acquire()
    assert is_locked(path)
    assert not other.acquire()
    one.release()
    assert not path.exists()
    assert other.acquire()
    other.release()
    other.release()
