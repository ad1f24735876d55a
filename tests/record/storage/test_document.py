"""A document that is written and read again is the same, and trains on as if it never ended."""

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import torch

from nnplay.catalog import MSE, SGD, Adam, Dense, Line, kinds
from nnplay.experiment import Experiment, save
from nnplay.link import STEP_COLUMNS, Continuation, DivergedStep, Environment, LiveEdit, Trace
from nnplay.link.trace import FULL_ROWS
from nnplay.record.recorded_run import RecordedRun
from nnplay.record.storage.document import read_document, write_document
from nnplay.record.storage.errors import DocumentError
from nnplay.record.storage.run_parts import chosen_points
from tests.engine.rig import Run, small
from tests.engine.test_continuing import CASES, NOISY, assert_same, stopped
from tests.record.storage.recording import assert_equal, recorded

REGRESSION = Experiment(
    data=Line(points=60), network=(Dense(1),), loss=MSE(), optimizer=SGD(0.1), epochs=3
)


def restored(run: RecordedRun, folder: Path) -> RecordedRun:
    """Write a run, and read it again."""
    path = folder / "one.nnplay"
    write_document(path, run.experiment, [run])
    (found,) = read_document(path).runs
    return found


@pytest.mark.parametrize("name", [*CASES, "regression"])
def test_every_field_is_the_same_after_reading(name: str, tmp_path: Path) -> None:
    run = recorded(REGRESSION if name == "regression" else CASES[name])
    assert_equal(restored(run, tmp_path), run)


def test_edits_and_a_run_without_a_result_are_the_same_after_reading(tmp_path: Path) -> None:
    run = replace(recorded(NOISY), result=None, started=None, parent=None)
    run = replace(run, edits=(LiveEdit(8, "optimizer.lr", 0.3), LiveEdit(8, "epochs", 9)))
    run = replace(run, diverged=(DivergedStep(7, 3), DivergedStep(9, 0)))
    found = restored(run, tmp_path)
    assert_equal(replace(found, edits=()), replace(run, edits=()))
    assert found.diverged == run.diverged
    assert found.edits == run.edits
    assert found.edited.epochs == 9


def test_document_keeps_its_experiment_and_the_order_of_its_runs(tmp_path: Path) -> None:
    run = recorded(NOISY)
    runs = [replace(run, id=str(number), number=number) for number in (4, 2, 9)]
    path = tmp_path / "three.nnplay"
    edited = replace(NOISY, batch_size=7)
    shares: list[float] = []
    write_document(path, edited, runs, shares.append)
    found = read_document(path)
    assert found.experiment == edited
    assert [one.number for one in found.runs] == [4, 2, 9]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    write_document(path, edited, [])
    assert read_document(path).runs == ()
    assert [one.name for one in tmp_path.iterdir()] == ["three.nnplay"]


def test_same_document_has_the_same_bytes(tmp_path: Path) -> None:
    run = recorded(NOISY)
    first, second = tmp_path / "a.nnplay", tmp_path / "b.nnplay"
    write_document(first, NOISY, [run])
    write_document(second, NOISY, [run])
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("stepper", ["auto", "eager"])
@pytest.mark.parametrize("name", CASES)
def test_training_on_from_a_file_gives_the_same_bytes(
    name: str, stepper: str, tmp_path: Path
) -> None:
    experiment = replace(CASES[name], stepper=stepper)
    assert_continues(experiment, tmp_path)


@pytest.mark.parametrize("stepper", ["auto", "eager"])
@pytest.mark.parametrize("key", kinds("optimizer"))
def test_every_optimizer_goes_on_from_a_file(key: str, stepper: str, tmp_path: Path) -> None:
    assert_continues(small(optimizer=kinds("optimizer")[key](), stepper=stepper), tmp_path)


def assert_continues(experiment: Experiment, folder: Path) -> None:
    whole = Run(experiment)
    link = stopped(experiment, 10).link
    run = RecordedRun("id", 1, experiment, link.steps, link.epochs, link.film, link.points)
    found = restored(run, folder)
    link = replace(
        link, steps=found.steps, epochs=found.epochs, film=found.film, points=found.points
    )
    assert_same(Run(experiment, continues=(link, 10)), whole)


def test_thinned_trace_goes_on_as_if_it_had_never_been_written(tmp_path: Path) -> None:
    steps = np.arange(1, 2 * FULL_ROWS, dtype=float)
    rows = np.column_stack([steps, steps / 6, *[np.sin(steps)] * 4])
    whole, half = Trace(STEP_COLUMNS), Trace(STEP_COLUMNS)
    cut = FULL_ROWS + 30_001
    whole.extend(rows)
    half.extend(rows[:cut])
    run = recorded(NOISY)
    found = restored(replace(run, steps=half), tmp_path).steps
    found.extend(rows[cut:])
    np.testing.assert_array_equal(found.read(), whole.read())


def test_points_that_exceed_the_budget_are_thinned_but_not_the_first_and_the_last() -> None:
    run = recorded(replace(NOISY, epochs=2))
    (point, *_rest) = run.points.all
    points = tuple(replace(point, step=step) for step in range(20))
    chosen = chosen_points(points, 5 * point.size)
    steps = [one.step for one in chosen]
    assert (steps[0], steps[-1]) == (0, 19)
    assert 3 <= len(steps) - 2 <= 5
    assert len(set(np.diff(steps[1:-1]))) == 1
    assert chosen_points(points) == points
    assert chosen_points(points[:1]) == points[:1]
    assert chosen_points(()) == ()


def test_paths_of_data_files_are_relative_to_the_document(tmp_path: Path) -> None:
    run = recorded(NOISY)
    path = tmp_path / "one.nnplay"
    write_document(path, NOISY, [run])
    with ZipFile(path) as archive:
        assert str(tmp_path) not in archive.read("runs/0/experiment.json").decode()
        assert archive.testzip() is None


def test_old_file_stays_if_writing_fails_or_is_cancelled(tmp_path: Path) -> None:
    run = recorded(NOISY)
    path = tmp_path / "one.nnplay"
    write_document(path, NOISY, [run])
    before = path.read_bytes()

    def cancel(share: float) -> None:
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(DocumentError):
        write_document(path, NOISY, [run, replace(run, id="2", number=2)], cancel)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["one.nnplay"]
    with pytest.raises(DocumentError, match="no such file or folder"):
        write_document(tmp_path / "missing" / "one.nnplay", NOISY, [run])


def test_experiment_file_is_not_a_document(tmp_path: Path) -> None:
    path = tmp_path / "one.nnplay"
    save(path, small(optimizer=Adam()))
    with pytest.raises(DocumentError, match="truncated, or of another type"):
        read_document(path)


def test_continuation_takes_points_that_were_read(tmp_path: Path) -> None:
    found = restored(recorded(NOISY), tmp_path)
    newest = found.points.newest
    assert newest is not None
    assert Continuation(newest).point.step == found.last_step
    assert not newest.weights["0.weight"].flags.writeable


def test_a_run_of_an_earlier_version_has_an_unknown_environment(tmp_path: Path) -> None:
    run = recorded(NOISY)
    assert run.environment.torch == torch.__version__
    write_document(tmp_path / "new.nnplay", NOISY, [run])
    with ZipFile(tmp_path / "new.nnplay") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(parts["runs/0/run.json"])
    assert about["started"].pop("environment")["torch"] == torch.__version__
    parts["runs/0/run.json"] = json.dumps(about).encode()
    with ZipFile(tmp_path / "old.nnplay", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    (found,) = read_document(tmp_path / "old.nnplay").runs
    assert found.environment == Environment()
