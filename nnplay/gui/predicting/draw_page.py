"""A digit to draw, the sample that it becomes, and what the network predicts for it."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import DataSpec
from nnplay.data.arrays import floats_of
from nnplay.data.new_samples.drawing import BITMAP, BLOCK, SIDE, as_drawn, as_in_digits, as_in_mnist
from nnplay.gui.predicting.digit_pad import DigitPad
from nnplay.gui.predicting.prediction_block import PredictionText, show_prediction
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import sized
from nnplay.gui.views.picture import PictureView
from nnplay.gui.views.probability_bars import ProbabilityBars
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.data.arrays import Bytes
    from nnplay.engine.probes.typed import TypedPrediction

_SMALL = BITMAP // BLOCK


def can_be_drawn(spec: DataSpec) -> bool:
    """Return whether the samples are grey images of 28×28 or 8×8 pixels, or rows of them."""
    sides = spec.in_shape[-2:]
    is_grey = len(spec.in_shape) in (2, 3) and prod(spec.in_shape) == prod(sides)
    return is_grey and spec.has_accuracy and sides in ((SIDE, SIDE), (_SMALL, _SMALL))


class DrawPage(QWidget):
    """A pad; the drawing is prepared as MNIST was, or taken as it is."""

    typed = Signal()
    """The sample has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec: DataSpec | None = None
        self._sample: Bytes | None = None
        self.pad = DigitPad(self)
        self.picture = PictureView(self)
        sized(self.picture, minimumSize=QSize(64, 64), maximumSize=QSize(64, 64))
        self.prediction = PredictionText(self)
        self.bars = ProbabilityBars(self)
        self.as_drawn = _choice(_("As drawn"), _("The whole pad, made smaller"))
        self.as_data = _choice("", "")
        self.as_data.setChecked(True)
        self._choices = QButtonGroup(self)
        for button in (self.as_drawn, self.as_data):
            self._choices.addButton(button)
            button.toggled.connect(self._prepare)
        self._seen = QWidget(self)
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        self._lay_out()
        self.pad.drawn.connect(self._prepare)

    @property
    def inputs(self) -> tuple[float, ...] | None:
        """The inputs of the drawing, pixels from 0 to 1; None while nothing is drawn."""
        if self._sample is None:
            return None
        return tuple((self._sample.astype(np.float64).ravel() / 255).tolist())

    @property
    def sample(self) -> Bytes | None:
        """The drawing as an image (side, side), 255 for ink; None while nothing is drawn."""
        return self._sample

    def show_spec(self, spec: DataSpec) -> None:
        """Prepare drawings for such data."""
        is_small = spec.in_shape[-2:] == (_SMALL, _SMALL)
        self._spec = spec
        self.as_data.setText(_("As in the data") if is_small else _("As in MNIST"))
        tip = _("Scaled to 20 pixels and centred by its centre of mass, as the digits of MNIST")
        if is_small:
            tip = _("Scaled to the full height and centred, as the digits in the data")
        self.as_data.setToolTip(plain(tip))
        self._prepare()
        self.show_prediction(None)

    def show_prediction(self, prediction: TypedPrediction | None) -> None:
        """Show what is predicted for the drawing, unless it has changed since."""
        if self._spec is None:
            return
        if prediction is not None and prediction.inputs != self.inputs:
            return
        show_prediction(self.prediction, self.bars, self._spec, prediction)

    def set_compared(self, on: bool) -> None:
        """Make room below for the predictions of several runs, in place of the bars; or take it."""
        self.bars.set_replaced(on)
        if on:
            self._right.insertWidget(1, self._seen)
        else:
            self._left.addWidget(self._seen)

    @Slot()
    def _prepare(self) -> None:
        if self._spec is None:
            return
        side = self._spec.in_shape[-1]
        self._sample = None
        shown = np.zeros((side, side), np.uint8)
        if self.pad.strokes:
            ink = self.pad.ink()
            if self.as_drawn.isChecked():
                shown = as_drawn(ink, side)
            else:
                shown = as_in_mnist(ink) if side == SIDE else as_in_digits(ink)
            self._sample = shown
        self.picture.show_sample(floats_of(shown[np.newaxis]))
        if self._sample is None:
            self.show_prediction(None)
        self.typed.emit()

    def _lay_out(self) -> None:
        self.picture.setToolTip(plain(_("What the network sees")))
        self.picture.setAccessibleName(_("What the network sees"))
        switch = QVBoxLayout()
        switch.setSpacing(SPACE // 2)
        switch.addWidget(self.as_data)
        switch.addWidget(self.as_drawn)
        switch.addStretch(1)
        below = QHBoxLayout(self._seen)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(SPACE)
        below.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        below.addLayout(switch, 1)
        left = self._left
        left.setSpacing(SPACE)
        left.addWidget(self.pad, 1)
        left.addWidget(self._seen)
        right = self._right
        right.setSpacing(SPACE)
        right.addWidget(self.prediction)
        right.addWidget(self.bars, 1)
        right.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, 0, SPACE, SPACE)
        layout.setSpacing(SPACE * 3 // 2)
        layout.addLayout(left, 1)
        layout.addLayout(right, 1)


def _choice(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(plain(tip))
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button
