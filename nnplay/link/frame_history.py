"""A bounded number of frames of a run, evenly spaced over its steps."""

from __future__ import annotations

from collections.abc import Iterator

from nnplay.link.frames import Frame


class FrameHistory:
    """Keeps the first frame, the newest, and some in between at an even distance in steps."""

    def __init__(self, limit: int = 256) -> None:
        if limit < 4:
            raise ValueError(f"expected a limit of at least 4 frames, received {limit}")
        self._limit = limit
        self._frames: list[Frame] = []
        self._distance = 1

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[Frame]:
        return iter(tuple(self._frames))

    def __getitem__(self, index: int) -> Frame:
        return self._frames[index]

    def add(self, frame: Frame) -> None:
        """Append a frame; above the limit, every second one in between is dropped."""
        # The newest frame is always kept; the next one replaces it if it came too early.
        frames = self._frames
        if len(frames) > 1 and frames[-1].step - frames[-2].step < self._distance:
            frames[-1] = frame
            return
        frames.append(frame)
        if len(frames) > self._limit:
            self._thin()

    def _thin(self) -> None:
        first, *others, last = self._frames
        # Twice the mean distance of the full history: at most half the limit fit at that distance.
        self._distance = max(1, 2 * (last.step - first.step) // self._limit)
        self._frames = [first]
        for frame in others:
            if frame.step - self._frames[-1].step >= self._distance:
                self._frames.append(frame)
        self._frames.append(last)
