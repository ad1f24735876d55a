"""The plot of an activation: its value, and its derivative, which scales the gradient."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import Activation, Layer
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.views.plots.small_plot import Line, Scale, SmallPlot
from nnplay.translation import _

REACH = 4.0
POINTS = 401
_JUMP = 0.2
"""A difference between neighbours above this is a jump, drawn as a gap."""


class ActivationCurve(QWidget):
    """Plots an activation between -4 and 4; hidden for other layers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Layer | None = None
        self.plot = SmallPlot("x", height=98)
        self.words = hint_label()
        self.words.setText(
            _("Each output depends on all inputs, so it cannot be plotted as a curve.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        layout.addWidget(self.words)
        self.hide()

    def show_layer(self, layer: Layer | None) -> None:
        """Plot a layer if it is an activation."""
        if layer == self._shown:
            return
        self._shown = layer
        self.setVisible(isinstance(layer, Activation))
        if isinstance(layer, Activation):
            self._draw(layer)

    def _draw(self, activation: Activation) -> None:
        x = np.linspace(-REACH, REACH, POINTS)
        points = [activation.curve(float(one)) for one in x]
        curve = np.array([point for point in points if point is not None])
        self.plot.setVisible(len(curve) == POINTS)
        self.words.setHidden(len(curve) == POINTS)
        if len(curve) != POINTS:
            return
        low, high = min(-1.0, float(curve.min())), max(1.0, float(curve.max()))
        room = 0.05 * (high - low)
        # The slope is drawn first, so that the value is visible where both coincide.
        lines = (
            Line(_("slope"), *_gapped(x, curve[:, 1]), "validation", dashed=True),
            Line(_("value"), *_gapped(x, curve[:, 0]), "train"),
        )
        self.plot.show_lines(lines, Scale((-REACH, REACH), (low - room, high + room)))
        text = _("{activation}: value and slope between −4 and 4")
        self.plot.setAccessibleName(text.format(activation=_(activation.label)))


def _gapped(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a line with a gap at every jump."""
    jumps = np.flatnonzero(np.abs(np.diff(y)) > _JUMP) + 1
    return np.insert(x, jumps, x[jumps]), np.insert(y, jumps, np.nan)
