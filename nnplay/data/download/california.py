"""California housing as published by StatLib: a compressed tar file with a table of numbers.

R. K. Pace and R. Barry, "Sparse Spatial Autoregressions", Statistics and Probability Letters 33
(1997). Rooms, bedrooms and population are divided by the number of households in the block, as in
scikit-learn, so that blocks of different sizes can be compared.
"""

from __future__ import annotations

import tarfile
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nnplay.data.arrays import DataError
from nnplay.data.download.archive import Arrays
from nnplay.translation import _

NAME = "cal_housing.tgz"
MEMBER = "CaliforniaHousing/cal_housing.data"
ROWS = 20_640
_MOST_MEMBERS = 100
_LARGEST = 8 * 2**20
"""Bytes; the published table has 2 MB."""
_DAMAGED = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError)


def read_california(folder: Path, rows: int = ROWS) -> Arrays:
    """Return `x` (rows, 8) and `y` (rows, 1) in units of 100,000 dollars, as float32.

    Raises DataError if the archive is damaged or different.
    """
    try:
        raw = _table(folder / NAME)
    except _DAMAGED as error:
        text = _("{name} is damaged or incomplete: it cannot be unpacked.")
        raise DataError(text.format(name=NAME)) from error
    if raw.shape != (rows, 9) or not np.isfinite(raw).all() or raw[:, 6].min() <= 0:
        text = _("{name}: expected {rows:,} rows of 9 numbers.")
        raise DataError(text.format(name=MEMBER, rows=rows))
    longitude, latitude, age, rooms, bedrooms, people, households, income, value = raw.T
    per_household = (rooms / households, bedrooms / households)
    columns = (income, age, *per_household, people, people / households, latitude, longitude)
    x = np.stack(columns, axis=1).astype(np.float32)
    return {"x": x, "y": (value / 100_000).astype(np.float32)[:, np.newaxis]}


def _table(path: Path) -> npt.NDArray[np.float64]:
    # As a stream: every member is visited once and nothing is written to disk.
    with tarfile.open(path, "r|gz") as tar:
        for count, member in enumerate(tar):
            if count >= _MOST_MEMBERS:
                break
            # A link or a device has no content of its own.
            if member.name != MEMBER or not member.isfile() or member.size > _LARGEST:
                continue
            file = tar.extractfile(member)
            assert file is not None
            data = file.read()
            if len(data) != member.size:
                raise EOFError(MEMBER)
            return np.loadtxt(BytesIO(data), delimiter=",", ndmin=2)
    raise DataError(_("{name} has no {missing}.").format(name=NAME, missing=MEMBER))
