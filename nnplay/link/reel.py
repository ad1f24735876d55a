"""The frames of a run, kept for looking back: bounded, thinned as it grows."""

from __future__ import annotations

from collections.abc import Iterator

from nnplay.link.frames import Frame


class Reel:
    """Keeps the first frame, the last, and an even choice of those between."""

    def __init__(self, limit: int = 256) -> None:
        if limit < 4:
            raise ValueError(f"expected a limit of at least 4 frames, received {limit}")
        self._limit = limit
        self._frames: list[Frame] = []
        self._gap = 1

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[Frame]:
        return iter(tuple(self._frames))

    def __getitem__(self, index: int) -> Frame:
        return self._frames[index]

    def add(self, frame: Frame) -> None:
        """Append a frame; one too many thins those between the first and the last by half."""
        # The newest frame stays if it is far enough from the one before; else it only stands in.
        if len(self._frames) > 1 and self._frames[-1].step - self._frames[-2].step < self._gap:
            self._frames[-1] = frame
            return
        self._frames.append(frame)
        if len(self._frames) > self._limit:
            self._thin()

    def _thin(self) -> None:
        first, *others, last = self._frames
        # Twice the mean distance of a full reel; no more than half the limit fit at that distance.
        self._gap = max(1, 2 * (last.step - first.step) // self._limit)
        self._frames = [first]
        for frame in others:
            if frame.step - self._frames[-1].step >= self._gap:
                self._frames.append(frame)
        self._frames.append(last)
