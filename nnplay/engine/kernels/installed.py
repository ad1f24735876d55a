"""The kernels of this machine: found, chosen for the processor and checked, or why there are none.

x86-64 has a library for each of three levels of instructions. The lowest one tells which of them
the processor can run.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path

from nnplay.engine.kernels.build import LIBRARIES, STAMP, this_target
from nnplay.engine.kernels.library import KernelsError, Library
from nnplay.engine.kernels.self_check import failed_check
from nnplay.translation import _

LEVEL_VARIABLE = "NNPLAY_KERNEL_LEVEL"
"""A variable of the environment that keeps to one level, such as `v2`: for tests and support."""
FOLDER_VARIABLE = "NNPLAY_KERNELS"
"""A variable that names another folder of libraries, such as one made with the sanitizers."""


@cache
def library() -> Library:
    """Return the library of this machine; KernelsError, again each time, where there is none."""
    return find_library()


@cache
def missing() -> str:
    """Return why there is no library, '' where there is one."""
    try:
        library()
    except KernelsError as error:
        return str(error)
    return ""


def find_library(folder: Path | None = None) -> Library:
    """Load the best library in a folder that the processor can run and that passes its check.

    KernelsError, with the first reason, where there is none.
    """
    folder = folder or Path(os.environ.get(FOLDER_VARIABLE, LIBRARIES))
    target = this_target()
    if target is None:
        raise KernelsError(_("no compiled steps are made for this kind of computer"))
    level = _load(folder, target.file_name(target.levels[0])).processor_level
    usable = [one for one in target.levels if int(one[1:]) <= level]
    if not usable:
        raise KernelsError(_("the processor lacks instructions that the compiled steps need"))
    kept_to = os.environ.get(LEVEL_VARIABLE)
    if kept_to in usable:
        usable = [kept_to]
    first: KernelsError | None = None
    for one in reversed(usable):
        try:
            found = _load(folder, target.file_name(one))
            failed = failed_check(found)
            if failed:
                text = _("the compiled steps failed their self-check: {check}")
                raise KernelsError(text.format(check=failed))
        except KernelsError as error:
            first = first or error
        else:
            return found
    assert first is not None
    raise first


def _load(folder: Path, name: str) -> Library:
    """Load a file that is as it was made: a damaged one could crash the process."""
    try:
        content = (folder / name).read_bytes()
        stamp = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        text = _("the compiled steps are not installed: {file} is missing")
        raise KernelsError(text.format(file=name)) from None
    if hashlib.sha256(content).hexdigest() != stamp.get("libraries", {}).get(name):
        raise KernelsError(_("the compiled steps are damaged: {file}").format(file=name))
    return Library(folder / name)
