"""A document autosaved before a crash is restored once, and nothing else is touched."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnplay.catalog import SGD, CrossEntropy, Dense, Gauss
from nnplay.experiment import Experiment
from nnplay.session import Autosave

BASE = Experiment(Gauss(), (Dense(2),), CrossEntropy(), SGD(0.1), name="Übung \u4e00")


def nobody(_pid: int) -> bool:
    return False


def somebody(*alive: int) -> Callable[[int], bool]:
    return lambda pid: pid in alive


def left(folder: Path) -> set[str]:
    return {file.name for file in (folder / "autosave").iterdir()}


@pytest.mark.parametrize("path", [None, Path("/some where/ü.json")])
def test_a_crash_is_restored_once(tmp_path: Path, path: Path | None) -> None:
    Autosave(tmp_path, 11, nobody).keep(BASE, path)
    next_program = Autosave(tmp_path, 12, nobody)
    rescue = next_program.recover()
    assert rescue is not None
    assert (rescue.experiment, rescue.path) == (BASE, path)
    assert next_program.recover() is None


def test_the_newest_state_counts(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, 11, nobody)
    for seed in range(3):
        autosave.keep(replace(BASE, seed=seed), None)
    Autosave(tmp_path, 5, nobody).keep(replace(BASE, seed=9), None)
    os.utime(tmp_path / "autosave" / "5.json", (1.0, 1.0))
    rescue = Autosave(tmp_path, 12, nobody).recover()
    assert rescue is not None
    assert rescue.experiment.seed == 2
    assert left(tmp_path) == set()


def test_a_program_that_ends_normally_leaves_nothing(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, 11, nobody)
    autosave.drop()
    autosave.keep(BASE, None)
    autosave.drop()
    assert left(tmp_path) == set()
    assert Autosave(tmp_path, 12, nobody).recover() is None


def test_a_program_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    Autosave(tmp_path, 11, nobody).keep(BASE, None)
    (tmp_path / "autosave" / "11.part").write_text("half")
    assert Autosave(tmp_path, 12, somebody(11, 12)).recover() is None
    assert left(tmp_path) == {"11.json", "11.part"}


def test_the_autosave_of_a_dead_program_with_our_process_id_is_restored(tmp_path: Path) -> None:
    Autosave(tmp_path, 11, nobody).keep(BASE, None)
    assert Autosave(tmp_path, 11, somebody(11)).recover() is not None


def test_a_file_truncated_anywhere_is_ignored(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, 11, nobody)
    autosave.keep(BASE, None)
    file = tmp_path / "autosave" / "11.json"
    whole = file.read_bytes()
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        assert Autosave(tmp_path, 12, nobody).recover() is None
        assert left(tmp_path) == set()


def test_a_truncated_file_does_not_hide_a_complete_one(tmp_path: Path) -> None:
    Autosave(tmp_path, 11, nobody).keep(BASE, None)
    os.utime(tmp_path / "autosave" / "11.json", (1.0, 1.0))
    (tmp_path / "autosave" / "12.json").write_text("{")
    (tmp_path / "autosave" / "13.part").write_text("{")
    rescue = Autosave(tmp_path, 14, nobody).recover()
    assert rescue is not None
    assert rescue.experiment == BASE
    assert left(tmp_path) == set()


STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["path", "experiment", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STRANGE.map(repr) | STRANGE.map(lambda one: __import__("json").dumps(one)))
def test_a_foreign_file_is_ignored(tmp_path: Path, text: str) -> None:
    (tmp_path / "autosave").mkdir(exist_ok=True)
    (tmp_path / "autosave" / "3.json").write_text(text, encoding="utf-8")
    assert Autosave(tmp_path, 12, nobody).recover() is None


def test_too_deeply_nested_json_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "autosave").mkdir()
    (tmp_path / "autosave" / "3.json").write_text("[" * 100_000)
    assert Autosave(tmp_path, 12, nobody).recover() is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "autosave").write_text("a file where the folder should be")
    autosave = Autosave(tmp_path, 11, nobody)
    autosave.keep(BASE, None)
    assert autosave.recover() is None
    autosave.drop()


def test_no_half_written_file_is_left_where_the_last_move_fails(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path, 11, nobody)
    # A folder in the place of the file cannot be replaced by a file.
    (tmp_path / "autosave" / "11.json" / "x").mkdir(parents=True)
    autosave.keep(BASE, None)
    assert left(tmp_path) == {"11.json"}
