"""Shows the progress of a run from the training thread: a bar, and frames for an animation."""

from __future__ import annotations

import io
import math
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tqdm import tqdm

from nnplay.link import Frame, Mailbox
from nnplay.translation import _

_FRAMES_PER_SECOND = 10
_LOG_INTERVAL_S = 10.0
"""Interval of progress lines in a log file, where each is a new line."""


class FrameTicker(Mailbox):
    """A mailbox for a single thread: passes each frame on directly, at a limited rate."""

    def __init__(self, show: Callable[[Frame], None]) -> None:
        super().__init__()
        self._show = show
        self._next = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether the next frame is due."""
        return time.monotonic() >= self._next

    def put(self, frame: Frame) -> None:
        """Pass a frame on."""
        self._show(frame)
        # Measured after showing it, so that showing takes a bounded share of the time.
        self._next = time.monotonic() + 1 / _FRAMES_PER_SECOND


class StepBar:
    """A progress bar over the steps of a run, on stderr."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._bar: Any = None

    def show(self, frame: Frame) -> None:
        """Advance to the step of a frame."""
        if not self._shown:
            return
        progress = frame.progress
        if self._bar is None:
            self._bar = progress_bar(progress.steps, _("step"))
        epoch = _("epoch {done:.{digits}f}/{epochs}").format(
            done=progress.epoch,
            digits=0 if progress.steps == progress.epochs else 1,
            epochs=progress.epochs,
        )
        self._bar.set_postfix_str(epoch + _loss_text(frame), refresh=False)
        self._bar.update(frame.step - self._bar.n)

    def close(self) -> None:
        """Finish the bar at its current position."""
        if self._bar is not None:
            self._bar.close()


def _loss_text(frame: Frame) -> str:
    if math.isnan(frame.loss):
        return ""
    if frame.loss_unit is None:
        return _(", loss {loss:.4g}").format(loss=frame.loss)
    text = _(", loss {loss:.4g} ({in_units:.4g} in data units)")
    return text.format(loss=frame.loss, in_units=frame.loss * frame.loss_unit)


class _Unbreakable(io.TextIOBase):
    """Writes to stderr until whoever reads it closes it: training goes on without a bar."""

    def write(self, text: str) -> int:
        with suppress(BrokenPipeError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(BrokenPipeError):
            sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()

    def fileno(self) -> int:
        return sys.stderr.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return sys.stderr.encoding


def progress_bar(total: int, unit: str, *, is_scaled: bool = False) -> Any:
    """Return a tqdm bar on stderr; in a log file it is updated every 10 s."""
    return tqdm(
        total=total,
        unit=unit,
        unit_scale=is_scaled,
        file=_Unbreakable(),
        dynamic_ncols=True,
        mininterval=0.1 if sys.stderr.isatty() else _LOG_INTERVAL_S,
    )
