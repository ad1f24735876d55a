"""What a network answers over the plane, as one picture behind the points."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from nnplay.engine.probes.decision import DecisionMap
from nnplay.gui.style.theme import theme
from nnplay.gui.views.colours import mix, ramp

GROUND = 0.5
"""Share of a class's colour in the map where the network is sure; the points have all of it."""
_SHADES = 256


class PredictionImage(pg.ImageItem):  # type: ignore[misc] # pyqtgraph has no annotations
    """The colour of a class where it wins, the paler the less sure; or a height as a colour."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self._answer: DecisionMap | None = None
        self._classes = 2
        self._levels = (0.0, 1.0)
        self.hide()
        self.recolour()

    def expect(self, classes: int, low: float = 0.0, high: float = 1.0) -> None:
        """Say how many classes there are, or between which heights a regression's answers lie."""
        self._answer = None
        # Heights that are all the same are in the middle of the scale.
        half = 0.0 if high > low else 0.5
        self._classes, self._levels = classes, (low - half, high + half)
        self.hide()

    def show_predictions(self, answer: DecisionMap) -> None:
        """Show a map at its place."""
        self._answer = answer
        self._draw()
        width, height = answer.x_high - answer.x_low, answer.y_high - answer.y_low
        self.setRect(QRectF(answer.x_low, answer.y_low, width, height))
        self.show()

    def recolour(self) -> None:
        """Take on the look in force."""
        look = theme()
        ends = [mix(colour, look.surface, GROUND) for colour in look.classes]
        self._between = ramp((ends[0], look.surface, ends[1]))
        self._own = np.stack([ramp((look.surface, end), _SHADES) for end in ends])
        self._draw()

    def _draw(self) -> None:
        if self._answer is None:
            self.setLookupTable(self._between)
            return
        values, winners = self._answer.values, self._answer.winners
        if winners is None:
            if not np.isfinite(values).all():
                values = np.nan_to_num(values, nan=sum(self._levels) / 2)
            self.setLookupTable(self._between)
            self.setImage(values, autoLevels=False, levels=self._levels)
            return
        # The least that the likeliest of so many classes can have is no better than a guess.
        guess = 1 / self._classes
        sure = np.clip((np.nan_to_num(values, nan=guess) - guess) / (1 - guess), 0, 1)
        shade = (sure * (_SHADES - 1)).round().astype(np.intp)
        self.setLookupTable(None)
        self.setImage(self._own[winners, shade], autoLevels=False, levels=(0, 255))
