"""The predictions of a network over the plane, as one image behind the points."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from nnplay.engine.probes.decision import DecisionMap
from nnplay.gui.style.theme import theme
from nnplay.gui.views.colours import mix, ramp

GROUND = 0.5
"""Share of a class's colour where its probability is 1; the points have the full colour."""
_SHADES = 256


class PredictionImage(pg.ImageItem):  # type: ignore[misc] # pyqtgraph has no annotations
    """The colour of the most probable class, paler where less probable, or of a value."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self._predictions: DecisionMap | None = None
        self._classes = 2
        self._levels = (0.0, 1.0)
        self.hide()
        self.recolour()

    def expect(self, classes: int, low: float = 0.0, high: float = 1.0) -> None:
        """Set the number of classes, or the range of a regression's predictions."""
        self._predictions = None
        # Values that are all the same are in the middle of the scale.
        half = 0.0 if high > low else 0.5
        self._classes, self._levels = classes, (low - half, high + half)
        self.hide()

    def show_predictions(self, predictions: DecisionMap) -> None:
        """Show a map at its coordinates."""
        self._predictions = predictions
        self._draw()
        width, height = (
            predictions.x_high - predictions.x_low,
            predictions.y_high - predictions.y_low,
        )
        self.setRect(QRectF(predictions.x_low, predictions.y_low, width, height))
        self.show()

    def recolour(self) -> None:
        """Use the colours of the current theme."""
        look = theme()
        ends = [mix(colour, look.surface, GROUND) for colour in look.classes]
        self._between = ramp((ends[0], look.surface, ends[1]))
        self._own = np.stack([ramp((look.surface, end), _SHADES) for end in ends])
        self._draw()

    def _draw(self) -> None:
        if self._predictions is None:
            self.setLookupTable(self._between)
            return
        values, winners = self._predictions.values, self._predictions.winners
        if winners is None:
            if not np.isfinite(values).all():
                values = np.nan_to_num(values, nan=sum(self._levels) / 2)
            self.setLookupTable(self._between)
            self.setImage(values, autoLevels=False, levels=self._levels)
            return
        # The most probable of n classes has at least 1/n, which is no better than guessing.
        guess = 1 / self._classes
        confidence = np.clip((np.nan_to_num(values, nan=guess) - guess) / (1 - guess), 0, 1)
        shade = (confidence * (_SHADES - 1)).round().astype(np.intp)
        self.setLookupTable(None)
        self.setImage(self._own[winners, shade], autoLevels=False, levels=(0, 255))
