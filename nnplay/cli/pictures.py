"""Pictures of a run: made by whoever knows how to draw, which the command line does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # numpy loads only for a verb that needs it
    from nnplay.link import Reel
    from nnplay.record import RunRecord


class NoPictures(Exception):
    """Pictures cannot be made here; says why and what to do."""


class PictureMaker(Protocol):
    """Saves pictures of a run into a folder; raises NoPictures where that cannot be."""

    def __call__(self, record: RunRecord, reel: Reel, out: Path, /) -> Sequence[Path]:
        """Return the files that were made."""
