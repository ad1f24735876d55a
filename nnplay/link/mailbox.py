"""One slot between the trainer and the views: the latest frame wins, and demand decides."""

from __future__ import annotations

import threading

from nnplay.link.frames import Frame, PayloadKind


class Mailbox:
    """Holds at most one frame; the trainer makes a new one only when the last was taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._demand: frozenset[PayloadKind] = frozenset()

    @property
    def demand(self) -> frozenset[PayloadKind]:
        """The payloads that a visible view wants."""
        return self._demand

    @demand.setter
    def demand(self, kinds: frozenset[PayloadKind]) -> None:
        self._demand = kinds

    @property
    def is_empty(self) -> bool:
        """Whether the last frame was taken, so that another is wanted."""
        return self._frame is None

    def put(self, frame: Frame) -> None:
        """Lay a frame in, in place of one that nobody took."""
        with self._lock:
            self._frame = frame

    def take(self) -> Frame | None:
        """Take the frame out, or None."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
