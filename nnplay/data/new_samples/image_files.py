"""Reads image files as new samples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnplay.catalog import Shape
from nnplay.data.arrays import Bytes, Cancelled, DataError
from nnplay.data.importing.images.image_file import (
    SUFFIXES,
    WHITES,
    UnreadableError,
    is_deep,
    mode_of,
    read_image,
    white_of,
)
from nnplay.filesystem import is_folder
from nnplay.translation import _

_DEEP_FILES = 200
"""Deep images that are read to find out what is white in them."""


@dataclass(frozen=True)
class ImageFile:
    """A file, and its image or why it cannot be read."""

    path: Path
    image: Bytes | None
    """(channels, height, width); 255 is white."""
    why: str = ""


def image_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files among paths, and the images in folders and below; raises DataError."""
    found: list[Path] = []
    for path in paths:
        if not is_folder(path):
            found.append(path)
            continue
        inside = _images_below(path)
        if not inside:
            kinds = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
            text = _("There is no image in the folder {path}.").format(path=path)
            raise DataError(text, _("Types that can be read: {kinds}.").format(kinds=kinds))
        found += inside
    return found


def is_image(path: Path) -> bool:
    """Return whether a path is that of an image, by its ending, or a folder."""
    return path.suffix.lower() in SUFFIXES or is_folder(path)


def read_images(
    files: Sequence[Path],
    shape: Shape,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[ImageFile]:
    """Yield each file, resized to `shape` (channels, side, side) as on import; raises Cancelled."""
    channels, side = shape[0], shape[-1]
    deep = [file for file in files if is_deep(mode_of(file))]
    white = white_of(deep[:: max(1, len(deep) // _DEEP_FILES)]) if deep else WHITES[-1]
    for number, file in enumerate(files):
        if cancelled():
            raise Cancelled(_("The prediction was cancelled."))
        progress(number / len(files))
        try:
            yield ImageFile(file, read_image(file, side, channels == 3, white))
        except UnreadableError as error:
            yield ImageFile(file, None, str(error))


def _images_below(folder: Path) -> list[Path]:
    """Return the images in a folder and below; links to other folders are not followed."""
    found = [
        Path(where) / name
        for where, _folders, names in os.walk(folder)
        for name in names
        if Path(name).suffix.lower() in SUFFIXES
    ]
    return sorted(found)
