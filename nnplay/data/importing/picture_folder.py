"""A folder of pictures, with one folder inside for every class, becomes arrays in the data folder.

Every picture is scaled to the same square, whatever its form, since a network takes one size; what
is seen through is white. What cannot be read is skipped and named.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from nnplay.catalog import PictureFolder
from nnplay.catalog.datasets.pictures import (
    LARGEST_SIDE,
    MOST_CLASSES,
    MOST_PICTURES,
    SMALLEST_SIDE,
)
from nnplay.catalog.datasets.tables import BETWEEN_CLASSES
from nnplay.data.arrays import DataError, Samples, Source, floats_of
from nnplay.data.importing.store import store, stored
from nnplay.data.known.pictures import balanced, scaled
from nnplay.translation import _, ngettext

Bytes = npt.NDArray[np.uint8]
SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"))
MOST_PIXELS = 64_000_000
"""The largest picture that is read, rows times columns."""
MOST_FILE_BYTES = 256 * 2**20
MOST_BYTES = 1_500_000_000
"""What all pictures together may take, a byte for each pixel and colour."""
NAMED = 20
"""How many skipped files are named."""
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_GREY_MODES = frozenset(("1", "L", "LA", "La", "I", "I;16", "I;16B", "F"))
_LOOKED_AT = 200  # files whose header says whether there is colour


@dataclass(frozen=True)
class ImportedFolder:
    """What came of a folder."""

    dataset: PictureFolder
    skipped: tuple[tuple[str, str], ...]
    """The first files that could not be read, each with the reason."""
    skipped_count: int
    beyond: int
    """Pictures that were left out because there were too many."""


class FolderCancelled(DataError):
    """The user stopped the import."""


def import_folder(
    path: Path,
    side: int = 64,
    colour: bool | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportedFolder:
    """Read the pictures of a folder, store them in the data folder, and return what came of it.

    `colour` None keeps colour where there is any. `progress` gets how many of how many files are
    read. Raises DataError, and FolderCancelled at the next file after `cancelled` is true.
    """
    path = path.expanduser()
    assert SMALLEST_SIDE <= side <= LARGEST_SIDE
    files, names, total = _listed(path, cancelled)
    if colour is None:
        colour = any(
            _has_colour(file) for file, _label in files[:: max(1, len(files) // _LOOKED_AT)]
        )
    channels = 3 if colour else 1
    room = MOST_BYTES // (channels * side * side)
    files = files[: min(room, MOST_PICTURES)]
    pictures = np.empty((len(files), channels, side, side), np.uint8)
    labels = np.empty(len(files), np.int64)
    skipped: list[tuple[str, str]] = []
    count = 0
    for done, (file, label) in enumerate(files):
        if cancelled():
            raise FolderCancelled(_("The import was stopped."))
        progress(done, len(files))
        try:
            pictures[count] = _picture(file, side, colour)
        except _Unreadable as error:
            skipped.append((f"{file.parent.name}/{file.name}", str(error)))
            continue
        labels[count] = label
        count += 1
    progress(len(files), len(files))
    _check_enough(path, labels[:count], names, skipped)
    # In the order of their classes, so that what is stored does not hang on how they were read.
    order = np.argsort(labels[:count], kind="stable")
    dataset = PictureFolder(
        name=_printable(path.name)[:255],
        side=side,
        digest=store(pictures=pictures[order], labels=labels[order]),
        pictures=count,
        colour=colour,
        classes=BETWEEN_CLASSES.join(names),
    )
    return ImportedFolder(dataset, tuple(skipped[:NAMED]), len(skipped), total - len(files))


def folder(dataset: PictureFolder, rng: np.random.Generator) -> Source:
    """Return pictures as they were imported; raises DataError where they are not there."""
    again = _("Import the folder {name} again.").format(name=dataset.name or _("of pictures"))
    try:
        arrays = stored(dataset.digest)
        if arrays is None:
            text = _("The pictures of {name} are not on this machine.")
            raise DataError(text.format(name=dataset.name), again)
        pictures, labels = arrays["pictures"], arrays["labels"]
    except (ValueError, KeyError) as error:
        text = _("The imported pictures of {name} are damaged.")
        raise DataError(text.format(name=dataset.name), again) from error
    taken = balanced(labels, min(dataset.samples, len(labels)), rng)
    x = floats_of(scaled(pictures[taken], dataset.side))
    return Source(Samples(x, labels[taken].astype(np.int64)))


class _Unreadable(Exception):
    """A file is no picture that can be used; says why."""


def _listed(
    path: Path, cancelled: Callable[[], bool]
) -> tuple[list[tuple[Path, int]], list[str], int]:
    """Return files with the number of their class, the names of the classes, and all there are.

    The first file of every class, then the second of every class: whatever is cut off, the classes
    stay even.
    """
    if not path.is_dir():
        raise DataError(_("There is no folder {path}.").format(path=path), _hint())
    try:
        inside = sorted(
            (one for one in path.iterdir() if one.is_dir() and not one.name.startswith(".")),
            key=lambda one: one.name,
        )
        if len(inside) > MOST_CLASSES:
            text = _("{path} has {count:,} folders inside; at most {most:,} classes are taken.")
            raise DataError(text.format(path=path, count=len(inside), most=MOST_CLASSES), _hint())
        lists, total = [], 0
        for one in inside:
            if cancelled():
                raise FolderCancelled(_("The import was stopped."))
            # No more than could be taken is kept in memory, however many there are.
            found = sorted(islice(_picture_files(one), 4 * MOST_PICTURES))
            total += len(found)
            if found:
                lists.append((_printable(one.name), found[:MOST_PICTURES]))
    except OSError as error:
        text = _("{path} cannot be read: {why}.")
        raise DataError(text.format(path=path, why=error.strerror or error), _hint()) from error
    if len(lists) < 2:
        text = _("{path} has {count} folders with pictures inside; at least two are needed.")
        raise DataError(text.format(path=path, count=len(lists)), _hint())
    turns = zip_longest(*(files for _name, files in lists))
    even = [(file, label) for turn in turns for label, file in enumerate(turn) if file is not None]
    return even, [name for name, _files in lists], total


def _hint() -> str:
    kinds = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
    text = _("Choose a folder that has one folder inside for every class, with pictures ({kinds}).")
    return text.format(kinds=kinds)


def _picture_files(inside: Path) -> Iterator[Path]:
    for file in inside.iterdir():
        if file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file():
            yield file


def _opened(file: Path) -> Image.Image:
    if file.stat().st_size > MOST_FILE_BYTES:
        raise _Unreadable(_("the file is far too large"))
    # Pillow warns on its own terms of what is judged here by `MOST_PIXELS`.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=_FORMATS)
        except Image.DecompressionBombError:
            raise _Unreadable(_("it has far too many pixels")) from None
    width, height = image.size
    if not width * height or width * height > MOST_PIXELS:
        image.close()
        text = _("{width:,} × {height:,} pixels are too many")
        raise _Unreadable(text.format(width=width, height=height))
    return image


def _has_colour(file: Path) -> bool:
    try:
        with _opened(file) as image:
            return image.mode not in _GREY_MODES
    except Exception:  # whatever is wrong with it, it will be skipped by name
        return False


def _picture(file: Path, side: int, colour: bool) -> Bytes:
    """Return a picture as (channels, side, side); raises _Unreadable."""
    try:
        with _opened(file) as image:
            # A large photograph is decoded at an eighth of its size where that is enough.
            image.draft("RGB" if colour else "L", (2 * side, 2 * side))
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("I", "I;16", "I;16B"):
                deep = np.asarray(upright, dtype=np.float64)
                upright = Image.fromarray((np.clip(deep / 257, 0, 255)).astype(np.uint8))
            if upright.has_transparency_data:
                seen = upright.convert("RGBA")
                upright = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
            plain = upright.convert("RGB" if colour else "L")
            small = np.asarray(plain.resize((side, side), Image.Resampling.BILINEAR))
    except _Unreadable:
        raise
    except MemoryError:
        raise _Unreadable(_("the memory does not suffice for it")) from None
    except Exception as error:
        # Pillow's readers raise whatever they stumble over.
        raise _Unreadable(_("it is damaged or no picture")) from error
    return np.moveaxis(small, -1, 0) if colour else small[np.newaxis]


def _check_enough(
    path: Path,
    labels: npt.NDArray[np.int64],
    names: list[str],
    skipped: list[tuple[str, str]],
) -> None:
    counts = np.bincount(labels, minlength=len(names))
    if not (counts == 0).any():
        return
    empty = ", ".join(name for name, count in zip(names, counts, strict=True) if not count)
    text = _("No picture of {names} in {path} can be read.").format(names=empty[:200], path=path)
    first = "\n".join(f"{name}: {why}" for name, why in skipped[:NAMED])
    raise DataError(f"{text}\n{first}", _hint())


def _printable(name: str) -> str:
    plain = "".join(c for c in name if c.isprintable() and c != BETWEEN_CLASSES)
    return plain[:255] or "?"


def folder_summary(imported: ImportedFolder) -> str:
    """Say in a line what came of a folder."""
    data = imported.dataset
    text = _("{count:,} pictures of {classes:,} classes, {side} × {side} pixels, {colour}.")
    return text.format(
        count=data.pictures,
        classes=data.spec().outputs,
        side=data.side,
        colour=_("in colour") if data.colour else _("grey"),
    )


def folder_report(imported: ImportedFolder) -> str:
    """Say what was left out, and why; nothing where nothing was."""
    lines = []
    if imported.beyond:
        text = ngettext(
            "{count:,} picture was left out: there are more than are taken at that size.",
            "{count:,} pictures were left out: there are more than are taken at that size.",
            imported.beyond,
        )
        lines.append(text.format(count=imported.beyond))
    if imported.skipped_count:
        text = ngettext(
            "{count:,} file was skipped:", "{count:,} files were skipped:", imported.skipped_count
        )
        lines.append(text.format(count=imported.skipped_count))
        lines += [f"{name}: {why}" for name, why in imported.skipped]
    if more := imported.skipped_count - len(imported.skipped):
        lines.append(_("and {count:,} more").format(count=more))
    return "\n".join(lines)
