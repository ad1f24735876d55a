"""How much memory the recording of a run may take."""

from __future__ import annotations

from dataclasses import dataclass

CHOICES = (64, 128, 256, 512)
USUAL = 256
_MEGABYTE = 1_000_000
_FILM_SHARE, _POINTS_SHARE = 1 / 4, 5 / 8


@dataclass(frozen=True)
class RunMemory:
    """The memory of one run; what neither film nor resume points take is for its traces."""

    megabytes: int = USUAL

    @property
    def film_bytes(self) -> int:
        """What the frames of the film may take."""
        return int(_FILM_SHARE * self.megabytes * _MEGABYTE)

    @property
    def point_bytes(self) -> int:
        """What the resume points may take."""
        return int(_POINTS_SHARE * self.megabytes * _MEGABYTE)
