"""Keeps drawn samples with their labels, as a folder of images that can be imported as data.

Drawings of several people are put together by copying their folders into one.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from PIL import Image

from nnplay.data.arrays import Bytes
from nnplay.data.folders import cannot_write, data_folder
from nnplay.filesystem import listed


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
