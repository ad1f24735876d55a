"""The frames of a run, kept for looking back: bounded, thinned by halves."""

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
        """Append a frame; a full reel first drops every second one, but never the first."""
        # The newest frame stands in only until the next: it stays if it lies on the even grid.
        if len(self._frames) > 1 and frame.step - self._frames[-2].step < self._gap:
            self._frames[-1] = frame
            return
        self._frames.append(frame)
        if len(self._frames) > self._limit:
            last = self._frames[-1]
            self._frames = self._frames[::2]
            if self._frames[-1] is not last:
                self._frames.append(last)
            self._gap = max(2 * self._gap, (last.step - self._frames[0].step) // self._limit)
