"""The prediction for one sample without a target: in words, and with a bar for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE, bus, font
from nnplay.gui.views.metric_block import share
from nnplay.gui.views.probability_bars import ProbabilityBars
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.engine.probes.typed import TypedPrediction


class PredictionText(QWidget):
    """A class with its probability, the labels, or a number in the units of the data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = PlainLabel(_("prediction"), self)
        title.setObjectName("hint")
        self._value = PlainLabel("–", self)
        self._value.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 4)
        layout.addWidget(title)
        layout.addWidget(self._value)
        bus.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """What is shown; a dash where there is no prediction."""
        return self._value.text()

    def show_text(self, text: str) -> None:
        """Show a text, or a dash in place of an empty one."""
        self._value.setText(text or "–")

    def _restyle(self) -> None:
        self._value.setFont(font("title"))


def show_prediction(
    text: PredictionText,
    bars: ProbabilityBars,
    spec: DataSpec,
    prediction: TypedPrediction | None,
) -> None:
    """Show a prediction in both, or that there is none."""
    names = tuple(_(name) for name in spec.class_names)
    bars.setVisible(spec.has_accuracy)
    if prediction is None:
        if spec.has_accuracy:
            bars.show_values(names, np.full(len(names), np.nan, np.float32), (), ())
        text.show_text("")
    elif prediction.probabilities is not None:
        odds = prediction.probabilities
        predicted: tuple[int, ...] = (int(odds.argmax()),)
        words = f"{names[predicted[0]]}  ({share(float(odds.max()))})"
        if spec.task == "multilabel":
            predicted = tuple(np.flatnonzero(odds > 0.5).tolist())
            words = ", ".join(names[one] for one in predicted) or _("none")
        # No target is known, so the colour of a right prediction marks what is predicted.
        bars.show_values(names, odds, predicted, predicted)
        text.show_text(words)
    elif prediction.values is not None:
        numbers = ", ".join(f"{value:.6g}" for value in prediction.values.tolist())
        text.show_text(numbers.replace("-", "\u2212"))
