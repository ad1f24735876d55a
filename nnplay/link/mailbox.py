"""One slot between the trainer and the views: the latest frame wins, and demand decides."""

from __future__ import annotations

import threading

from nnplay.link.frames import Frame, PayloadKind
from nnplay.link.selection import Selection


class Mailbox:
    """Holds at most one frame; the trainer makes a new one only when the last was taken.

    A queue would let a slow window fall further and further behind; a slot lets it skip frames.
    """

    def __init__(self) -> None:
        # Only the slot needs a lock, where taking and emptying must be one act. Demand and
        # selection are replaced as a whole, so the trainer sees the old value or the new one.
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._demand: frozenset[PayloadKind] = frozenset()
        self.selection = Selection()
        """What the views ask about."""

    @property
    def demand(self) -> frozenset[PayloadKind]:
        """The payloads that visible views need."""
        return self._demand

    @demand.setter
    def demand(self, kinds: frozenset[PayloadKind]) -> None:
        self._demand = kinds

    @property
    def is_empty(self) -> bool:
        """Whether the last frame was taken, so that the next one can be made."""
        return self._frame is None

    def put(self, frame: Frame) -> None:
        """Put a frame in, replacing one that was not taken."""
        with self._lock:
            self._frame = frame

    def take(self) -> Frame | None:
        """Take the frame out; None if there is none."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
