"""California housing is read from its archive, and a wrong archive is reported."""

import hashlib
import io
import tarfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from nnplay.catalog import CaliforniaHousing
from nnplay.data import load
from nnplay.data.arrays import DataError
from nnplay.data.download.archive import AsPublished, File
from nnplay.data.download.california import MEMBER, NAME, read_california
from nnplay.data.download.import_local import import_local
from nnplay.data.download.mirrors import download
from nnplay.data.download.registry import ARCHIVES, is_present, read
from tests.serving import serving

# Two rows of the published table: longitude, latitude, age, rooms, bedrooms, people, households,
# income, value.
TABLE = b"""-122.23,37.88,41,880,129,322,126,8.3252,452600
-122.22,37.86,21,7099,1106,2401,1138,8.3014,358500
"""
KEY = "california-housing"


def packed(data: bytes = TABLE, name: str = MEMBER, kind: bytes = tarfile.REGTYPE) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("CaliforniaHousing"))
        info = tarfile.TarInfo(name)
        info.type, info.size = kind, len(data) if kind == tarfile.REGTYPE else 0
        info.linkname = "/etc/passwd"
        tar.addfile(info, io.BytesIO(data))
    return whole.getvalue()


def test_the_columns_are_those_of_scikit_learn(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(packed())
    found = read_california(tmp_path, rows=2)
    # What scikit-learn's documentation prints for its first row: MedInc, HouseAge, AveRooms,
    # AveBedrms, Population, AveOccup, Latitude, Longitude; and the value, 4.526.
    first = [8.3252, 41.0, 6.98412698, 1.02380952, 322.0, 2.55555556, 37.88, -122.23]
    assert found["x"][0] == pytest.approx(first, rel=1e-6)
    assert found["y"].tolist() == [[pytest.approx(4.526)], [pytest.approx(3.585)]]
    assert found["x"].dtype == found["y"].dtype == np.float32


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (packed()[:-40], "damaged"),
        (b"no archive", "damaged"),
        (packed(name="other"), "has no"),
        (packed(kind=tarfile.SYMTYPE), "has no"),
        (packed(b"1,2,3\n"), "rows of 9 numbers"),
        (packed(TABLE + TABLE), "rows of 9 numbers"),
        (packed(TABLE.replace(b",126,", b",0,")), "rows of 9 numbers"),
        (packed(TABLE.replace(b"41", b"x")), "damaged"),
        (packed(TABLE.replace(b"41", b"inf")), "rows of 9 numbers"),
        (packed(b" " * 9 * 2**20), "has no"),
    ],
)
def test_a_wrong_archive_is_reported(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / NAME).write_bytes(data)
    with pytest.raises(DataError, match=says):
        read_california(tmp_path, rows=2)


def test_it_is_downloaded_or_imported_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    lines = [TABLE.splitlines()[i % 2] for i in range(20_640)]
    data = packed(b"\n".join(lines))
    published = tmp_path / "published"
    published.mkdir()
    (published / NAME).write_bytes(data)
    file = File(NAME, len(data), hashlib.sha256(data).hexdigest())
    with serving(published) as server:
        archive = replace(ARCHIVES[KEY], files=(file,), mirrors=(server.mirror("good"),))
        monkeypatch.setitem(ARCHIVES, KEY, archive)
        with pytest.raises(DataError, match="has not been downloaded") as caught:
            load(CaliforniaHousing(), 0)
        assert "Diabetes" in caught.value.hint
        assert not is_present(KEY)
        download(KEY, lambda _progress: None, lambda: False)
    samples = load(CaliforniaHousing(), 0).samples
    assert samples.x.shape == (20_640, 8)
    assert samples.y[1] == pytest.approx(3.585)
    other = tmp_path / "other"
    assert import_local(KEY, published / NAME, other) == other
    with pytest.raises(DataError, match="expected"):
        import_local(KEY, Path(__file__), tmp_path / "third")


def test_small_archives_need_the_right_number_of_rows(tmp_path: Path) -> None:
    form = AsPublished(partial(read_california, rows=2))
    (tmp_path / NAME).write_bytes(packed())
    assert form.read(ARCHIVES[KEY], tmp_path)["x"].shape == (2, 8)
    with pytest.raises(DataError, match="20,640"):
        read(KEY, tmp_path)
