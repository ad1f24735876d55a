"""Imports a folder of images that has one subfolder for every class.

Every image is resized to the same square, because a network has a fixed input size; transparent
pixels become white. Files that cannot be read are skipped and reported.
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
from nnplay.catalog.datasets.images import (
    LARGEST_SIDE,
    MOST_CLASSES,
    MOST_PICTURES,
    SMALLEST_SIDE,
)
from nnplay.catalog.datasets.tables import CLASS_SEPARATOR
from nnplay.data.arrays import Bytes, Cancelled, DataError, Samples, Source, floats_of
from nnplay.data.folders import cannot_read
from nnplay.data.importing.store import store, stored
from nnplay.data.resize import square_images
from nnplay.data.sampling import balanced_indices
from nnplay.filesystem import expanded, is_folder, look
from nnplay.translation import _, ngettext

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"))
MAX_PIXELS = 64_000_000
"""Width times height of the largest image that is read."""
MAX_FILE_BYTES = 256 * 2**20
MAX_BYTES = 1_500_000_000
"""Bytes of all imported images together."""
MAX_LISTED = 20
"""Skipped files that are named in the report."""
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_GREY_MODES = frozenset(("1", "L", "LA", "La", "I", "I;16", "I;16B", "F"))
_COLOUR_SAMPLE = 200  # files whose header is read to find out whether there is colour


@dataclass(frozen=True)
class ImportedFolder:
    """The outcome of an import."""

    dataset: PictureFolder
    skipped: tuple[tuple[str, str], ...]
    """The first files that could not be read, each with the reason."""
    skipped_count: int
    beyond: int
    """Images that were not read because there were too many."""
    notes: tuple[str, ...] = ()
    """What was detected, one sentence each."""


def import_folder(
    path: Path,
    side: int = 64,
    colour: bool | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportedFolder:
    """Read the images of a folder and store them in the data folder.

    `colour` None keeps colour if there is any. `progress` receives the number of files read and
    their total. Raises DataError, and Cancelled at the next file after `cancelled` is true.
    """
    path = expanded(path)
    assert SMALLEST_SIDE <= side <= LARGEST_SIDE
    files, names, total = _listed(path, cancelled)
    if colour is None:
        colour = any(
            _has_colour(file) for file, _label in files[:: max(1, len(files) // _COLOUR_SAMPLE)]
        )
    channels = 3 if colour else 1
    room = MAX_BYTES // (channels * side * side)
    files = files[: min(room, MOST_PICTURES)]
    images = np.empty((len(files), channels, side, side), np.uint8)
    labels = np.empty(len(files), np.int64)
    skipped: list[tuple[str, str]] = []
    count = 0
    for done, (file, label) in enumerate(files):
        if cancelled():
            raise Cancelled(_("The import was cancelled."))
        progress(done, len(files))
        try:
            images[count] = _read_image(file, side, colour)
        except _Unreadable as error:
            skipped.append((f"{file.parent.name}/{file.name}", str(error)))
            continue
        labels[count] = label
        count += 1
    progress(len(files), len(files))
    _check_enough(path, labels[:count], names, skipped)
    # Sorted by class, so that the stored arrays do not depend on the order of reading.
    order = np.argsort(labels[:count], kind="stable")
    dataset = PictureFolder(
        name=_printable(path.name)[:255],
        side=side,
        digest=store(pictures=images[order], labels=labels[order]),
        pictures=count,
        colour=colour,
        classes=CLASS_SEPARATOR.join(names),
    )
    return ImportedFolder(dataset, tuple(skipped[:MAX_LISTED]), len(skipped), total - len(files))


def folder(dataset: PictureFolder, rng: np.random.Generator) -> Source:
    """Return an imported folder; raises DataError if its images are not on this machine."""
    again = _("Import the folder {name} again.").format(name=dataset.name or _("of images"))
    try:
        arrays = stored(dataset.digest)
        if arrays is None:
            text = _("The images of {name} are not on this machine.")
            raise DataError(text.format(name=dataset.name), again)
        images, labels = arrays["pictures"], arrays["labels"]
    except (ValueError, KeyError) as error:
        text = _("The stored images of {name} are damaged.")
        raise DataError(text.format(name=dataset.name), again) from error
    chosen = balanced_indices(labels, min(dataset.samples, len(labels)), rng)
    x = floats_of(square_images(images[chosen], dataset.side))
    return Source(Samples(x, labels[chosen].astype(np.int64)))


class _Unreadable(Exception):
    """A file cannot be used as an image; the message says why."""


def _listed(
    path: Path, cancelled: Callable[[], bool]
) -> tuple[list[tuple[Path, int]], list[str], int]:
    """Return the files with their class indices, the names of the classes, and the number of files.

    The first file of every class comes first, then the second of every class, and so on, so that
    the classes stay balanced if the list is cut.
    """
    if not is_folder(path):
        raise DataError(_("There is no folder {path}.").format(path=path), _hint())
    try:
        inside = sorted(
            (one for one in path.iterdir() if one.is_dir() and not one.name.startswith(".")),
            key=lambda one: one.name,
        )
        if len(inside) > MOST_CLASSES:
            text = _("{path} has {count:,} subfolders; the limit is {most:,} classes.")
            raise DataError(text.format(path=path, count=len(inside), most=MOST_CLASSES), _hint())
        lists, total = [], 0
        for one in inside:
            if cancelled():
                raise Cancelled(_("The import was cancelled."))
            # A bounded number of names is kept in memory, however many there are.
            found = sorted(islice(_image_files(one), 4 * MOST_PICTURES))
            total += len(found)
            if found:
                lists.append((_printable(one.name), found[:MOST_PICTURES]))
    except OSError as error:
        error_with_hint = cannot_read(path, error)
        error_with_hint.hint = _hint()
        raise error_with_hint from error
    if len(lists) < 2:
        text = _("{path} has {count} subfolders with images; at least two are needed.")
        raise DataError(text.format(path=path, count=len(lists)), _hint())
    rounds = zip_longest(*(files for _name, files in lists))
    balanced = [
        (file, label) for files in rounds for label, file in enumerate(files) if file is not None
    ]
    return balanced, [name for name, _files in lists], total


def _hint() -> str:
    kinds = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
    text = _("Choose a folder with one subfolder of images ({kinds}) for every class.")
    return text.format(kinds=kinds)


def _image_files(inside: Path) -> Iterator[Path]:
    """Yield the image files of a folder; raises OSError."""
    for file in inside.iterdir():
        if file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file():
            yield file


def _opened(file: Path) -> Image.Image:
    if look(file).size > MAX_FILE_BYTES:
        raise _Unreadable(_("the file is too large"))
    # Pillow warns above a limit of its own; here, MAX_PIXELS decides.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=_FORMATS)
        except Image.DecompressionBombError:
            raise _Unreadable(_("it has too many pixels")) from None
    width, height = image.size
    if not width * height or width * height > MAX_PIXELS:
        image.close()
        text = _("{width:,} × {height:,} pixels are too many")
        raise _Unreadable(text.format(width=width, height=height))
    return image


def _has_colour(file: Path) -> bool:
    try:
        with _opened(file) as image:
            return image.mode not in _GREY_MODES
    except Exception:  # a damaged file is reported when it is read
        return False


def _read_image(file: Path, side: int, colour: bool) -> Bytes:
    """Return an image as (channels, side, side); raises _Unreadable."""
    try:
        with _opened(file) as image:
            # Lets the decoder shrink large photographs by up to 8 times while decoding.
            image.draft("RGB" if colour else "L", (2 * side, 2 * side))
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("I", "I;16", "I;16B"):
                deep = np.asarray(upright, dtype=np.float64)
                upright = Image.fromarray((np.clip(deep / 257, 0, 255)).astype(np.uint8))
            if upright.has_transparency_data:
                rgba = upright.convert("RGBA")
                upright = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
            plain = upright.convert("RGB" if colour else "L")
            small = np.asarray(plain.resize((side, side), Image.Resampling.BILINEAR))
    except _Unreadable:
        raise
    except MemoryError:
        raise _Unreadable(_("not enough memory")) from None
    except Exception as error:
        # Pillow's decoders raise many kinds of exceptions for damaged files.
        raise _Unreadable(_("damaged, or not an image")) from error
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
    text = _("No image of {names} in {path} can be read.").format(names=empty[:200], path=path)
    first = "\n".join(f"{name}: {why}" for name, why in skipped[:MAX_LISTED])
    raise DataError(f"{text}\n{first}", _hint())


def _printable(name: str) -> str:
    plain = "".join(c for c in name if c.isprintable() and c != CLASS_SEPARATOR)
    return plain[:255] or "?"


def folder_summary(imported: ImportedFolder) -> str:
    """Return one sentence about the imported images."""
    data = imported.dataset
    text = _("{count:,} images in {classes:,} classes, {side} × {side} pixels, {colour}.")
    return text.format(
        count=data.pictures,
        classes=data.spec().outputs,
        side=data.side,
        colour=_("in colour") if data.colour else _("greyscale"),
    )


def folder_notes(imported: ImportedFolder) -> list[str]:
    """Return what was detected in the folder, one sentence each."""
    return list(imported.notes)


def folder_report(imported: ImportedFolder) -> str:
    """Return the skipped files and the reasons, nothing if none was skipped."""
    lines = []
    if imported.beyond:
        text = ngettext(
            "{count:,} image was skipped: there are more than the limit for this size.",
            "{count:,} images were skipped: there are more than the limit for this size.",
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
