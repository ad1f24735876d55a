"""The interface for drawing pictures of a run, which the command line itself cannot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # loads NumPy only for commands that need it
    from nnplay.link import FrameHistory
    from nnplay.record import RunRecord


class PicturesError(Exception):
    """Pictures cannot be drawn on this machine; the message says why and what to do."""


class PictureMaker(Protocol):
    """Saves pictures of a run in a folder; raises PicturesError if it cannot draw."""

    def __call__(self, record: RunRecord, history: FrameHistory, out: Path, /) -> Sequence[Path]:
        """Return the files."""
