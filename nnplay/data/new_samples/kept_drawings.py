"""Keeps drawn samples with their labels, as a folder of images that can be imported as data.

Drawings of several people are put together by copying their folders into one.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import numpy as np
from PIL import Image

from nnplay.data.arrays import Bytes, DataError
from nnplay.data.folders import cannot_write, data_folder
from nnplay.filesystem import is_file, listed
from nnplay.translation import _


def drawings_folder(side: int) -> Path:
    """Return the folder of drawings of that many rows and columns; it need not exist yet."""
    return data_folder() / "drawings" / f"{side}x{side}"


def keep_drawing(image: Bytes, label: str) -> Path:
    """Save an image (side, side) in the folder of its class and return its path.

    Raises DataError.
    """
    folder = drawings_folder(len(image)) / _folder_name(label)
    path = folder / f"{uuid4().hex}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return path


def add_drawings(folder: Path, side: int) -> int:
    """Copy the drawings of another folder with one subfolder per class; return their number.

    Raises DataError, also where the folder has no drawings of that many rows and columns.
    """
    found = []
    for sub in listed(folder):
        for path in listed(sub):
            image = _drawing(path, side)
            if image is not None:
                found.append((image, sub.name))
    if not found:
        raise DataError(
            _("{folder} has no subfolder with PNG images of {side} × {side} pixels.").format(
                folder=folder, side=side
            ),
            _("Choose a folder of kept drawings, with one subfolder for each class."),
        )
    for image, label in found:
        keep_drawing(image, label)
    return len(found)


def _drawing(path: Path, side: int) -> Bytes | None:
    """Return a grey PNG image of that size, None if a file is anything else."""
    if path.suffix.lower() != ".png" or not is_file(path):
        return None
    try:
        with Image.open(path, formats=("PNG",)) as image:
            if image.size != (side, side):
                return None
            return np.asarray(image.convert("L"))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def kept_drawings(side: int) -> dict[str, int]:
    """Return the number of drawings in each class that has some."""
    counts = {
        folder.name: sum(path.suffix == ".png" for path in listed(folder))
        for folder in listed(drawings_folder(side))
    }
    return {name: count for name, count in counts.items() if count}


def _folder_name(label: str) -> str:
    """Return a label with what no file system allows in names replaced."""
    plain = "".join(c if c.isalnum() or c in " -_()" else "_" for c in label).strip()
    return plain or "_"
