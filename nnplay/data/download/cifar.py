"""CIFAR-10, binary version: a compressed tar file of records, read without unpacking it to disk.

A record is one byte for the class and 3,072 for the image: 32 rows of 32 pixels, first all red
values, then green, then blue (Krizhevsky, "The CIFAR-10 dataset", binary version).
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
IMAGE = (3, 32, 32)
_MOST_MEMBERS = 100
_RECORD = 1 + 3 * 32 * 32
_DAMAGED = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError)


def read_cifar(folder: Path, records: int = 10_000) -> Arrays:
    """Return `train-images` (n, 3, 32, 32), `train-labels`, `test-images` and `test-labels`.

    Each file holds `records` images. Raises DataError if the archive is damaged or different.
    """
    path = folder / NAME
    names = {*TRAINING, TEST}
    found: dict[str, npt.NDArray[np.uint8]] = {}
    try:
        # As a stream: every member is visited once, in order, and nothing is written to disk.
        with tarfile.open(path, "r|gz") as tar:
            for count, member in enumerate(tar):
                if count >= _MOST_MEMBERS:
                    raise DataError(_("{name} holds too many files.").format(name=NAME))
                if member.name not in names:
                    continue
                expected = records * _RECORD
                # A link or a device has no content of its own.
                if not member.isfile() or member.size != expected or member.name in found:
                    text = _("{name}: expected {member} to be a file of {expected:,} bytes.")
                    raise DataError(text.format(name=NAME, member=member.name, expected=expected))
                found[member.name] = _records(tar.extractfile(member), member.name, records)
    except _DAMAGED as error:
        text = _("{name} is damaged or incomplete: it cannot be unpacked.")
        raise DataError(text.format(name=NAME)) from error
    if missing := sorted(names - set(found)):
        raise DataError(_("{name} has no {missing}.").format(name=NAME, missing=", ".join(missing)))
    train = np.concatenate([found[name] for name in TRAINING])
    return {
        "train-images": train[:, 1:].reshape(-1, *IMAGE),
        "train-labels": train[:, 0],
        "test-images": found[TEST][:, 1:].reshape(-1, *IMAGE),
        "test-labels": found[TEST][:, 0],
    }


def _records(file: IO[bytes] | None, name: str, records: int) -> npt.NDArray[np.uint8]:
    assert file is not None
    data = file.read()
    if len(data) != records * _RECORD:
        raise EOFError(name)
    array = np.frombuffer(data, np.uint8).reshape(records, _RECORD)
    if array[:, 0].max() > 9:
        text = _("{name}: expected labels from 0 to 9, found {found}.")
        raise DataError(text.format(name=name, found=array[:, 0].max()))
    return array
