"""Reads the experiment in a web page that nnplay exported; nothing else in it is looked at."""

from __future__ import annotations

from pathlib import Path

from nnplay.experiment.checks.problems import Problem
from nnplay.experiment.place import Place
from nnplay.experiment.storage.reading import FileError
from nnplay.translation import _

PAGE_SUFFIXES = (".html", ".htm")
START = b'<script type="application/json" id="nnplay-experiment">'
"""What is in front of the experiment; texts in a page cannot contain it, as they have no `<`."""
END = b"</script>"


def is_page(path: Path) -> bool:
    """Return whether a file is a web page, by its name."""
    return path.suffix.lower() in PAGE_SUFFIXES


def experiment_in_page(content: bytes) -> bytes:
    """Return the JSON of the experiment in a page; raises FileError if there is not exactly one."""
    hint = _("Choose a page that was exported by nnplay.")
    if content.count(START) != 1:
        raise _fault(_("This web page does not contain an experiment of nnplay."), hint)
    _before, _mark, rest = content.partition(START)
    found, end, _after = rest.partition(END)
    if not end:
        raise _fault(_("The web page is truncated."), hint)
    return found


def _fault(what: str, hint: str) -> FileError:
    return FileError([Problem(Place("file"), what, hint)])
