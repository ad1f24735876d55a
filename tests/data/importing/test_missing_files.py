"""Imported data outlive their file; a changed file and lost data are reported."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnplay.catalog import Dataset, FromFile
from nnplay.data.arrays import DataError
from nnplay.data.folders import data_folder
from nnplay.data.importing.series import import_series
from nnplay.data.importing.source_file import SourceFile, missing_file_note
from nnplay.data.importing.stored_data import has_stored_data
from nnplay.data.importing.table import import_table
from nnplay.data.load import clear_cache, load

ROWS = "t,v\n" + "".join(f"{i},{i * i % 7}.5\n" for i in range(30))


def a_table(path: Path) -> FromFile:
    return import_table(path).table


def a_series(path: Path) -> FromFile:
    return import_series(SourceFile(path), "v", 4).series


both = pytest.mark.parametrize("imported", [a_table, a_series])
Import = Callable[[Path], FromFile]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    path = tmp_path / "mine.csv"
    path.write_text(ROWS)
    return path


def arrays(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    clear_cache()
    samples = load(dataset, 0).samples
    return samples.x.copy(), samples.y.copy()


def delete_stored() -> None:
    for stored in (data_folder() / "tables").iterdir():
        stored.unlink()


@both
def test_data_are_loaded_after_their_file_was_deleted(imported: Import, path: Path) -> None:
    dataset = imported(path)
    assert has_stored_data(dataset)
    assert not missing_file_note(dataset)
    before = arrays(dataset)
    path.unlink()
    after = arrays(dataset)
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))
    note = missing_file_note(dataset)
    assert str(path) in note and "can no longer be checked" in note


@both
def test_a_changed_file_is_reported_even_if_the_data_are_stored(
    imported: Import, path: Path
) -> None:
    dataset = imported(path)
    path.write_text(ROWS.replace("4.5", "4.4"))  # the same size
    with pytest.raises(DataError, match=r"mine.csv has changed"):
        arrays(dataset)
    path.write_text(ROWS + "30,1.5\n")
    with pytest.raises(DataError, match=r"mine.csv has changed"):
        arrays(dataset)


@both
def test_without_file_and_stored_data_the_file_is_reported(imported: Import, path: Path) -> None:
    dataset = imported(path)
    delete_stored()
    path.unlink()
    assert not has_stored_data(dataset)
    with pytest.raises(DataError, match=r"mine.csv.* does not exist") as caught:
        arrays(dataset)
    assert "Import table" in caught.value.hint


@both
@pytest.mark.parametrize("content", [b"", b"PK", b"\x93NUMPY"])
def test_damaged_stored_data_are_rebuilt_from_the_file(
    imported: Import, path: Path, content: bytes
) -> None:
    dataset = imported(path)
    before = arrays(dataset)
    for stored in (data_folder() / "tables").iterdir():
        stored.write_bytes(content)
    assert all(np.array_equal(*pair) for pair in zip(before, arrays(dataset), strict=True))
    for stored in (data_folder() / "tables").iterdir():
        stored.write_bytes(content)
    path.unlink()
    with pytest.raises(DataError, match=r"damaged|cannot be loaded"):
        arrays(dataset)


def test_a_series_imported_before_values_were_stored_is_stored_on_loading(path: Path) -> None:
    dataset = a_series(path)
    delete_stored()
    before = arrays(dataset)
    path.unlink()
    assert np.array_equal(arrays(dataset)[0], before[0])


def test_series_of_other_columns_and_files_are_kept_apart(path: Path) -> None:
    v, t = a_series(path), import_series(SourceFile(path), "t", 4).series
    path.write_text(ROWS.replace("4.5", "4.4"))
    other = a_series(path)
    found = [arrays(one)[0].ravel().tolist() for one in (other,)]
    path.unlink()
    found += [arrays(one)[0].ravel().tolist() for one in (v, t)]
    assert len({tuple(one) for one in found}) == 3
    # The length of the windows is not part of what is stored.
    assert arrays(replace(v, steps=7))[0].shape == (23, 7, 1)
