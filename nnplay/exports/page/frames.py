"""The moments of a run that a web page shows, and the weights at each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnplay.exports.page.packing import Packed, packed
from nnplay.link import FilmLayout, WeightFrame, rounded
from nnplay.record.finished_run import FinishedRun
from nnplay.session.film_time import frame_times

FILM_NUMBERS = 225_000
"""Weights of all frames together: 0.6 MB of text in float16."""
FEWEST_FRAMES = 12
"""With fewer frames than this, pictures of the views are stored in place of weights."""
STORED_FRAMES = 40
"""Moments for which pictures of the views are computed while exporting."""


@dataclass(frozen=True)
class Moments:
    """Weights after some of the steps; the last are those that the run ended with."""

    layout: FilmLayout
    frames: tuple[WeightFrame, ...]
    has_film: bool
    """False if only the final weights are known."""

    @staticmethod
    def of(run: FinishedRun) -> Moments:
        """Return the frames of a run and, after them, its final weights."""
        weights = run.trained.weights
        film = run.film
        if film is None or not len(film):
            layout = FilmLayout(
                {
                    name: array.shape
                    for name, array in weights.items()
                    if np.issubdtype(array.dtype, np.floating)
                }
            )
            steps = run.steps.column("step")
            step = int(steps[-1]) if len(steps) else 0
            last = _final(layout, weights, WeightFrame(step, 0.0, np.nan, np.nan, np.empty(0)))
            return Moments(layout, (last,), False)
        frames = film.frames
        last = _final(film.layout, weights, frames[-1])
        # They differ if the best weights of the run were restored at its end.
        is_same = np.array_equal(last.numbers, frames[-1].numbers)
        return Moments(film.layout, frames if is_same else (*frames, last), True)

    def thinned(self, most: int) -> Moments:
        """Return at most that many frames, with the first and the last."""
        places = np.linspace(0, len(self.frames) - 1, min(most, len(self.frames)))
        chosen = dict.fromkeys(places.round().astype(int).tolist())
        return Moments(self.layout, tuple(self.frames[i] for i in chosen), self.has_film)

    def as_film(self) -> Moments | None:
        """Return the frames whose weights fit in a page, None if they are too large."""
        most = FILM_NUMBERS // max(1, self.layout.count)
        return self.thinned(most) if most >= min(FEWEST_FRAMES, len(self.frames)) else None

    def weights(self) -> Packed:
        """Return the weights of all frames, frame after frame."""
        return packed(np.stack([frame.numbers for frame in self.frames]).ravel())

    def table(self, epochs: npt.NDArray[np.float64]) -> list[dict[str, Any]]:
        """Return step, epoch and playing time of each frame; `epochs` has (step, epoch) rows."""
        known = np.vstack([(0.0, 0.0), epochs]) if len(epochs) else np.zeros((1, 2))
        times = frame_times(self.frames)
        return [
            {
                "step": frame.step,
                "epoch": float(np.interp(frame.step, known[:, 0], known[:, 1])),
                "time": time,
            }
            for frame, time in zip(self.frames, times, strict=True)
        ]


def _final(
    layout: FilmLayout, weights: Mapping[str, npt.NDArray[Any]], at: WeightFrame
) -> WeightFrame:
    return WeightFrame(at.step, at.seconds, at.loss, at.lr, rounded(layout.row(weights)))
