"""Imports a folder of images that has one subfolder for every class.

Every image is resized to the same square, because a network has a fixed input size; transparent
pixels become white. Files that cannot be read are skipped and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.catalog import OwnDigits, PictureFolder
from nnplay.catalog.datasets.images import LARGEST_SIDE, MOST_PICTURES, SMALLEST_SIDE
from nnplay.catalog.datasets.tables import CLASS_SEPARATOR
from nnplay.data.arrays import Bytes, Cancelled, DataError, Samples, Source, floats_of
from nnplay.data.importing.images.class_folders import (
    ClassFolders,
    class_folders,
    folder_hint,
    printable,
)
from nnplay.data.importing.images.image_file import (
    WHITES,
    UnreadableError,
    has_colour,
    is_deep,
    mode_of,
    read_image,
    white_of,
)
from nnplay.data.importing.store import store, stored
from nnplay.data.resize import square_images
from nnplay.data.sampling import balanced_indices
from nnplay.filesystem import expanded
from nnplay.translation import _, ngettext

MAX_BYTES = 1_500_000_000
"""Bytes of all imported images together."""
MAX_LISTED = 20
"""Skipped files that are named in the report."""
_HEADERS = 200  # files whose header is read to find out whether there is colour
_DEEP_FILES = 200  # deep images that are read to find out what is white in them


@dataclass(frozen=True)
class ImportedFolder:
    """The outcome of an import."""

    dataset: PictureFolder | OwnDigits
    skipped: tuple[tuple[str, str], ...]
    """The first files that could not be read, each with the reason."""
    skipped_count: int
    beyond: int
    """Images that were not read because there were too many."""
    notes: tuple[str, ...]
    """What was detected, one sentence each."""


def import_folder(
    path: Path,
    side: int = 64,
    colour: bool | None = None,
    white: float | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportedFolder:
    """Read the images of a folder and store them in the data folder.

    `colour` None keeps colour if there is any. `white` is the largest value of images with more
    than 8 bits, None to detect it. `progress` receives the number of files read and their total.
    Raises DataError, and Cancelled at the next file after `cancelled` is true.
    """
    path = expanded(path)
    assert SMALLEST_SIDE <= side <= LARGEST_SIDE
    found = class_folders(path, cancelled)
    files, apart = _in_turn(found.files), (_in_turn(found.validation), _in_turn(found.test))
    total = found.count + sum(map(len, apart))
    modes = _modes([file for file, _label in (*files, *apart[0], *apart[1])])
    if colour is None:
        colour = any(map(has_colour, modes.values()))
    notes = list(found.notes)
    if deep := [file for file, mode in modes.items() if is_deep(mode)]:
        is_detected = white is None
        white = white or white_of(deep[:: max(1, len(deep) // _DEEP_FILES)])
        notes.append(_white_note(white, is_detected))
    room = MAX_BYTES // ((3 if colour else 1) * side * side)
    files = files[: min(room, MOST_PICTURES)]
    validation_files = apart[0][: min(room - len(files), MOST_PICTURES)]
    room -= len(files) + len(validation_files)
    test_files = apart[1][: min(room, MOST_PICTURES)]
    count = len(files) + len(validation_files) + len(test_files)
    skipped: list[tuple[str, str]] = []
    reading = _Reading(side, colour, white or WHITES[-1], skipped, count)
    images, labels = reading.read(files, progress, cancelled)
    validation, validation_labels = reading.read(validation_files, progress, cancelled)
    test, test_labels = reading.read(test_files, progress, cancelled)
    progress(count, count)
    _check_enough(path, labels, found, skipped)
    arrays: dict[str, npt.NDArray[Any]] = {"pictures": images, "labels": labels}
    if len(test):
        arrays |= {"test_pictures": test, "test_labels": test_labels}
    if len(validation):
        arrays |= {"validation_pictures": validation, "validation_labels": validation_labels}
    dataset = PictureFolder(
        name=printable(path.name),
        side=side,
        digest=store(**arrays),
        pictures=len(labels),
        test_pictures=len(test),
        validation_pictures=len(validation),
        colour=colour,
        classes=CLASS_SEPARATOR.join(found.names),
    )
    beyond = total - count
    return ImportedFolder(dataset, tuple(skipped[:MAX_LISTED]), len(skipped), beyond, tuple(notes))


def folder(dataset: PictureFolder, rng: np.random.Generator) -> Source:
    """Return an imported folder; raises DataError if its images are not on this machine."""
    again = _("Import the folder {name} again.").format(name=dataset.name or _("of images"))
    try:
        arrays = stored(dataset.digest)
        if arrays is None:
            text = _("The images of {name} are not on this machine.")
            raise DataError(text.format(name=dataset.name), again)
        images, labels = arrays["pictures"], arrays["labels"]
        test = _apart(arrays, "test", dataset.side) if dataset.test_pictures else None
        validation = None
        if dataset.validation_pictures:
            validation = _apart(arrays, "validation", dataset.side)
    except (ValueError, KeyError) as error:
        text = _("The stored images of {name} are damaged.")
        raise DataError(text.format(name=dataset.name), again) from error
    chosen = balanced_indices(labels, min(dataset.samples, len(labels)), rng)
    x = floats_of(square_images(images[chosen], dataset.side))
    samples = Samples(x, labels[chosen].astype(np.int64))
    return Source(samples, test, validation=validation)


def _apart(arrays: Mapping[str, npt.NDArray[Any]], part: str, side: int) -> Samples:
    x = floats_of(square_images(arrays[f"{part}_pictures"], side))
    return Samples(x, arrays[f"{part}_labels"].astype(np.int64))


def _in_turn(lists: Sequence[Sequence[Path]]) -> list[tuple[Path, int]]:
    """Return the first file of every class, then the second of every class, and so on.

    So the classes stay balanced if the list is cut.
    """
    return [
        (file, label)
        for files in zip_longest(*lists)
        for label, file in enumerate(files)
        if file is not None
    ]


def _modes(files: list[Path]) -> dict[Path, str]:
    return {file: mode_of(file) for file in files[:: max(1, len(files) // _HEADERS)]}


def _white_note(white: float, is_detected: bool) -> str:
    text = _("Images with more than 8 bits: the value {white:,g} is white.")
    if is_detected:
        text = _("Images with more than 8 bits: the value {white:,g} is white, which is a guess.")
    return text.format(white=white)


@dataclass
class _Reading:
    """How files are read, and what could not be."""

    side: int
    colour: bool
    white: float
    skipped: list[tuple[str, str]]
    total: int
    done: int = 0

    def read(
        self,
        files: list[tuple[Path, int]],
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> tuple[Bytes, npt.NDArray[np.int64]]:
        """Return the images and their labels, sorted by class."""
        images = np.empty((len(files), 3 if self.colour else 1, self.side, self.side), np.uint8)
        labels = np.empty(len(files), np.int64)
        count = 0
        for file, label in files:
            if cancelled():
                raise Cancelled(_("The import was cancelled."))
            progress(self.done, self.total)
            self.done += 1
            try:
                images[count] = read_image(file, self.side, self.colour, self.white)
            except UnreadableError as error:
                self.skipped.append((f"{file.parent.name}/{file.name}", str(error)))
                continue
            labels[count] = label
            count += 1
        # Sorted by class, so that the stored arrays do not depend on the order of reading.
        order = np.argsort(labels[:count], kind="stable")
        return images[order], labels[:count][order]


def _check_enough(
    path: Path,
    labels: npt.NDArray[np.int64],
    found: ClassFolders,
    skipped: list[tuple[str, str]],
) -> None:
    counts = np.bincount(labels, minlength=len(found.names))
    if not (counts == 0).any():
        return
    empty = ", ".join(name for name, count in zip(found.names, counts, strict=True) if not count)
    text = _("No image of {names} in {path} can be read.").format(names=empty[:200], path=path)
    first = "\n".join(f"{name}: {why}" for name, why in skipped[:MAX_LISTED])
    raise DataError(f"{text}\n{first}", folder_hint())


def folder_summary(imported: ImportedFolder) -> str:
    """Return one sentence about the imported images."""
    data = imported.dataset
    if isinstance(data, OwnDigits):
        text = _("{count:,} own digits, used with MNIST for {use}.")
        return text.format(count=data.pictures, use=_(data.use))
    text = _("{count:,} images in {classes:,} classes, {side} × {side} pixels, {colour}.")
    return text.format(
        count=data.pictures + data.validation_pictures + data.test_pictures,
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
