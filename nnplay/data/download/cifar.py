"""CIFAR-10 in its binary form: a packed tar of files of records, read without unpacking to disk.

A record is one byte for the class and 3,072 for the picture: 32 rows of 32 pixels, all red ones
first, then green, then blue (Krizhevsky, "The CIFAR-10 dataset", binary version).
"""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from nnplay.data.arrays import DataError
from nnplay.data.download.archive import Arrays
from nnplay.translation import _

NAME = "cifar-10-binary.tar.gz"
TRAINING = tuple(f"cifar-10-batches-bin/data_batch_{number}.bin" for number in range(1, 6))
TEST = "cifar-10-batches-bin/test_batch.bin"
PICTURE = (3, 32, 32)
_MOST_MEMBERS = 100
_RECORD = 1 + 3 * 32 * 32
_DAMAGED = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError)


def read_cifar(folder: Path, records: int = 10_000) -> Arrays:
    """Return `train-images` (n, 3, 32, 32), `train-labels`, `test-images` and `test-labels`.

    `records` is how many each file holds. Raises DataError where the archive is not right.
    """
    path = folder / NAME
    wanted = {*TRAINING, TEST}
    found: dict[str, npt.NDArray[np.uint8]] = {}
    try:
        # As a stream: every member is read once, in its order, and nothing is written anywhere.
        with tarfile.open(path, "r|gz") as tar:
            for count, member in enumerate(tar):
                if count >= _MOST_MEMBERS:
                    raise DataError(_("{name} holds far too many files.").format(name=NAME))
                if member.name not in wanted:
                    continue
                expected = records * _RECORD
                # A link or a device has no bytes of its own, whatever its name.
                if not member.isfile() or member.size != expected or member.name in found:
                    text = _("{name}: {member} should be a file of {expected:,} bytes.")
                    raise DataError(text.format(name=NAME, member=member.name, expected=expected))
                found[member.name] = _records(tar.extractfile(member), member.name, records)
    except _DAMAGED as error:
        text = _("{name} is damaged or cut short: it cannot be unpacked.")
        raise DataError(text.format(name=NAME)) from error
    if missing := sorted(wanted - set(found)):
        raise DataError(_("{name} lacks {missing}.").format(name=NAME, missing=", ".join(missing)))
    train = np.concatenate([found[name] for name in TRAINING])
    return {
        "train-images": train[:, 1:].reshape(-1, *PICTURE),
        "train-labels": train[:, 0],
        "test-images": found[TEST][:, 1:].reshape(-1, *PICTURE),
        "test-labels": found[TEST][:, 0],
    }


def _records(file: IO[bytes] | None, name: str, records: int) -> npt.NDArray[np.uint8]:
    assert file is not None
    data = file.read()
    if len(data) != records * _RECORD:
        raise EOFError(name)
    array = np.frombuffer(data, np.uint8).reshape(records, _RECORD)
    if array[:, 0].max() > 9:
        text = _("{name} should hold labels from 0 to 9, but holds {found}.")
        raise DataError(text.format(name=name, found=array[:, 0].max()))
    return array
