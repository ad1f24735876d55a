"""Finds the classes of a folder of images, and says what in it is not used."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nnplay.catalog.datasets.images import MOST_CLASSES, MOST_PICTURES
from nnplay.catalog.datasets.tables import CLASS_SEPARATOR
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.folders import cannot_read
from nnplay.data.importing.images.image_file import SUFFIXES
from nnplay.filesystem import is_file, is_folder
from nnplay.translation import _, ngettext

_TRAINING = frozenset(("train", "training"))
_VALIDATION = frozenset(("val", "valid", "validation", "dev"))
_TEST = frozenset(("test", "testing"))
_UNSEEN = frozenset(("thumbs.db", "desktop.ini", "__macosx"))
"""What operating systems put into folders."""
_MOST_FOLDERS = 100_000
_MAX_NAMED = 5


@dataclass(frozen=True)
class ClassFolders:
    """The images of a folder by class."""

    names: tuple[str, ...]
    files: tuple[tuple[Path, ...], ...]
    """The files of each class; at most MOST_PICTURES of each."""
    test: tuple[tuple[Path, ...], ...]
    """The files of each class that are a test set; empty lists if there is none."""
    validation: tuple[tuple[Path, ...], ...]
    """The files of each class that are a validation set; empty lists if there is none."""
    count: int
    """All files of all classes, without those of the test and validation sets."""
    notes: tuple[str, ...]
    """What was detected, and what is not used."""


def class_folders(path: Path, cancelled: Callable[[], bool] = lambda: False) -> ClassFolders:
    """Return the classes of a folder; raises DataError if there are fewer than two.

    Every subfolder is a class, with the images in all folders below it. Where the subfolders are
    called train, val and test, the classes are their subfolders; a single subfolder is entered.
    """
    if not is_folder(path):
        raise DataError(_("There is no folder {path}.").format(path=path), folder_hint())
    try:
        return _found(path, cancelled)
    except OSError as error:
        error_with_hint = cannot_read(path, error)
        error_with_hint.hint = folder_hint()
        raise error_with_hint from error


def folder_hint() -> str:
    """Return what a folder of images has to be like."""
    kinds = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
    text = _("Choose a folder with one subfolder of images ({kinds}) for every class.")
    return text.format(kinds=kinds)


def _found(path: Path, cancelled: Callable[[], bool]) -> ClassFolders:
    inside, notes = _subfolders(path), list[str]()
    while len(inside) == 1 and len(_subfolders(inside[0])) > 1:
        text = _("The classes are in the subfolder {name}.")
        notes.append(text.format(name=printable(inside[0].name)))
        inside = _subfolders(inside[0])
    parts = _parts(inside)
    if parts:
        training = [one for one in inside if parts[one] == "training"]
        validation = [one for one in inside if parts[one] == "validation"]
        test = [one for one in inside if parts[one] == "test"]
        notes.append(_part_note(training, validation, test))
        classes, checked, held_out = _merged(training), _merged(validation), _merged(test)
    else:
        classes, checked, held_out = {one.name: [one] for one in inside}, {}, {}
    if len(classes) > MOST_CLASSES:
        text = _("{path} has {count:,} subfolders; the limit is {most:,} classes.")
        message = text.format(path=path, count=len(classes), most=MOST_CLASSES)
        raise DataError(message, folder_hint())
    names, lists, validations, tests, total = [], [], [], [], 0
    unknown: Counter[str] = Counter()
    for name in sorted(classes):
        if cancelled():
            raise Cancelled(_("The import was cancelled."))
        others: Counter[str] = Counter()
        files = _images(classes[name], others)
        unknown += others
        if files:
            total += len(files)
            names.append(printable(name))
            lists.append(tuple(files[:MOST_PICTURES]))
            validations.append(tuple(_images(checked.get(name, []), unknown)[:MOST_PICTURES]))
            tests.append(tuple(_images(held_out.get(name, []), unknown)[:MOST_PICTURES]))
        else:
            notes.append(_empty_note(name, others))
    if unseen := sorted((set(held_out) | set(checked)) - set(classes)):
        text = _("Classes without training images are not used: {names}.")
        notes.append(text.format(names=_some([printable(name) for name in unseen])))
    if unknown:
        notes.append(_unknown_note(unknown))
    if len(names) < 2:
        text = _("{path} has {count} subfolders with images; at least two are needed.")
        message = text.format(path=path, count=len(names))
        raise DataError("\n".join((message, *notes)), folder_hint())
    return ClassFolders(
        tuple(names), tuple(lists), tuple(tests), tuple(validations), total, tuple(notes)
    )


def _subfolders(path: Path) -> list[Path]:
    """Return the visible subfolders by name; raises OSError."""
    found = [one for one in path.iterdir() if not _is_hidden(one.name) and is_folder(one)]
    return sorted(found, key=lambda one: one.name)


def _parts(inside: list[Path]) -> dict[Path, str]:
    """Return the part that each subfolder is; nothing if they are not called train, val, test."""
    parts = {}
    names = {one.name.lower() for one in inside}
    for one in inside:
        name = one.name.lower()
        if name not in _TRAINING | _VALIDATION | _TEST or not _subfolders(one):
            return {}
        # Without a test set, the validation images stay apart as one.
        if name in _TEST or (name in _VALIDATION and not names & _TEST):
            parts[one] = "test"
        else:
            parts[one] = "validation" if name in _VALIDATION else "training"
    return parts if {"training", "test"} <= set(parts.values()) else {}


def _part_note(training: list[Path], validation: list[Path], test: list[Path]) -> str:
    text = _("{training} has the samples, {test} is the test set.")
    if validation:
        text = _(
            "{training} has the training samples, {validation} is the validation set and {test} "
            "the test set."
        )
    return text.format(
        training=_some([printable(one.name) for one in training]),
        validation=_some([printable(one.name) for one in validation]),
        test=_some([printable(one.name) for one in test]),
    )


def _merged(folders: list[Path]) -> dict[str, list[Path]]:
    classes: dict[str, list[Path]] = {}
    for folder in folders:
        for one in _subfolders(folder):
            classes.setdefault(one.name, []).append(one)
    return classes


def _images(folders: list[Path], unknown: Counter[str]) -> list[Path]:
    """Return the images in some folders and below, sorted; count the other files by suffix."""
    found: list[Path] = []
    for folder in folders:
        for file in _files_below(folder):
            if file.suffix.lower() in SUFFIXES:
                found.append(file)
                if len(found) >= 4 * MOST_PICTURES:  # however many there are
                    return sorted(found)
            else:
                unknown[file.suffix.lower()[:20]] += 1
    return sorted(found)


def _files_below(folder: Path) -> Iterator[Path]:
    for count, (path, folders, files) in enumerate(os.walk(folder)):
        if count > _MOST_FOLDERS:
            return
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in files:
            file = Path(path, name)
            if not _is_hidden(name) and is_file(file):
                yield file


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _UNSEEN


def _empty_note(name: str, others: Counter[str]) -> str:
    name = printable(name)
    if not others:
        return _("{name} has no images, so it is not a class.").format(name=name)
    text = _("{name} has no images that can be read, only {kinds}, so it is not a class.")
    return text.format(name=name, kinds=_some([kind or name for kind in sorted(others)]))


def _unknown_note(unknown: Counter[str]) -> str:
    text = ngettext(
        "{count:,} file is not an image that can be read: {kinds}.",
        "{count:,} files are not images that can be read: {kinds}.",
        unknown.total(),
    )
    kinds = [kind or _("without a suffix") for kind, _count in unknown.most_common()]
    return text.format(count=unknown.total(), kinds=_some(kinds))


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMED])
    return shown if len(names) <= _MAX_NAMED else f"{shown}, …"


def printable(name: str) -> str:
    """Return a name without control characters; never empty."""
    plain = "".join(c for c in name if c.isprintable() and c != CLASS_SEPARATOR)
    return plain[:255] or "?"
