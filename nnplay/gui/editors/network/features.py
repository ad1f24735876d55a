"""The input features of points, one click each."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nnplay.catalog import FEATURES, Features
from nnplay.data import DataError
from nnplay.data.synthetic.formulas import Numbers, evaluate
from nnplay.experiment import Experiment, insert_layer, remove_layer, set_value
from nnplay.gui.style.flow import FlowLayout
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import bus, font, theme
from nnplay.gui.views.colours import ramp
from nnplay.translation import _

_PICTURE = QSize(24, 20)
_SIZE = QSize(27, 36)
TYPED = "typed"
EXAMPLES = {1: "x**3", 2: "x**2 + y**2"}
"""The initial typed feature, by number of inputs."""


def place_of(experiment: Experiment) -> int | None:
    """Return the index of the first feature layer, None if there is none."""
    layers = enumerate(experiment.network)
    return next((index for index, one in layers if isinstance(one, Features)), None)


def features_of(experiment: Experiment) -> Features:
    """Return the input features of the network; the defaults if there is no feature layer."""
    place = place_of(experiment)
    found = Features() if place is None else experiment.network[place]
    assert isinstance(found, Features)
    return found


def with_feature(experiment: Experiment, name: str, on: bool) -> Experiment:
    """Return the experiment with a feature switched; the last one stays on.

    The network has a feature layer only if it does something.
    """
    inputs = experiment.data.spec().in_shape[0]
    value: object = (EXAMPLES[inputs] if on else "") if name == TYPED else on
    new = replace(features_of(experiment), **{name: value})  # type: ignore[arg-type]
    if not new.listed(inputs):
        return experiment
    place = place_of(experiment)
    if new.is_plain and not new.name:
        return experiment if place is None else remove_layer(experiment, place)
    if place is None:
        return insert_layer(experiment, 0, new)
    return set_value(experiment, f"network[{place}]", new)


class FeatureButton(QAbstractButton):
    """A feature as a small picture, highlighted if it is on."""

    def __init__(self, name: str, label: str, formula: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self._label = name, label
        self._values: Numbers | None = None
        self._shown: tuple[str, int] = ("", 0)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_formula(formula, 2)
        bus.changed.connect(self.update)

    def show_formula(self, formula: str, inputs: int) -> None:
        """Draw a formula over the plane, or along a line if there is one input."""
        if (formula, inputs) == self._shown:
            return
        self._shown = formula, inputs
        across = np.linspace(-pi, pi, _PICTURE.width())
        up = np.linspace(pi, -pi, _PICTURE.height())
        grid = np.meshgrid(across, up)
        places = {"x": across} if inputs == 1 else {"x": grid[0].ravel(), "y": grid[1].ravel()}
        try:
            self._values = evaluate(formula, places, np.random.default_rng(0))
        except DataError:
            self._values = None  # incomplete, or undefined somewhere
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the picture and its name."""
        return _SIZE

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, faded if it is off, and the name below."""
        look, on = theme(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF((self.width() - _PICTURE.width()) / 2, 2, *_PICTURE.toTuple())
        painter.setOpacity(1.0 if on else 0.35)
        self._draw_picture(painter, place)
        painter.setOpacity(1.0)
        strong = on or self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(look.accent if strong else look.border), 2 if on else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 2, 2)
        if self.hasFocus():
            painter.setPen(QPen(QColor(look.text), 1, Qt.PenStyle.DotLine))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        small = font("small")
        small.setPixelSize(10)
        painter.setFont(small)
        painter.setPen(QColor(look.text if on else look.muted))
        below = QRectF(0, place.bottom() + 1, self.width(), self.height() - place.bottom() - 1)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._label)
        painter.end()

    def _draw_picture(self, painter: QPainter, place: QRectF) -> None:
        look = theme()
        painter.fillRect(place, QColor(look.raised))
        if self._values is None:
            return
        values = self._values / (np.abs(self._values).max() or 1.0)
        if self._shown[1] == 1:
            painter.setPen(QPen(QColor(look.fit), 1.5))
            high = place.height() / 2 - 2
            points = [
                QPointF(place.left() + 0.5 + column, place.center().y() - high * float(value))
                for column, value in enumerate(values)
            ]
            painter.drawPolyline(points)
            return
        colours = ramp((look.classes[0], look.surface, look.classes[1]), 256)
        bytes_ = colours[((values + 1) * 127.5).astype(int)].reshape(*_SHAPE, 3)
        image = QImage(
            np.ascontiguousarray(bytes_).tobytes(), *_PICTURE.toTuple(), 3 * _PICTURE.width(),
            QImage.Format.Format_RGB888,
        )  # fmt: skip
        painter.drawImage(place, image)


class FeatureStrip(QWidget):
    """All features in a row; shown for data sets with one or two inputs."""

    switched = Signal(str, bool)
    """(name of the parameter of Features, on)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = FlowLayout(self, 1)
        flow.setContentsMargins(0, 0, 0, 0)
        self.buttons = {
            feature.name: FeatureButton(feature.name, feature.label, feature.formula, self)
            for feature in FEATURES
        }
        self.buttons[TYPED] = FeatureButton(TYPED, "ƒ", EXAMPLES[2], self)
        helps = {param.name: _(param.help) for param in Features.params()}
        for name, button in self.buttons.items():
            label = _("your own formula") if name == TYPED else button._label
            text = _("Use {feature} as an input").format(feature=label)
            button.setAccessibleName(text)
            button.setToolTip(plain("\n".join((text, helps[name]))))
            button.clicked.connect(self._tell)
            flow.addWidget(button)
        self.hide()

    def show_experiment(self, experiment: Experiment) -> None:
        """Show which features are on; emits nothing."""
        shape = experiment.data.spec().in_shape
        fits = shape in ((1,), (2,))
        self.setVisible(fits)
        if not fits:
            return
        features, inputs = features_of(experiment), shape[0]
        for feature in FEATURES:
            button = self.buttons[feature.name]
            button.setVisible(inputs > 1 or not feature.needs_y)
            button.show_formula(feature.formula, inputs if not feature.needs_y else 2)
            button.setChecked(features.values()[feature.name] is True)
        typed = self.buttons[TYPED]
        typed.show_formula(features.typed.strip() or EXAMPLES[inputs], inputs)
        typed.setChecked(bool(features.typed.strip()))

    def _tell(self) -> None:
        button = self.sender()
        assert isinstance(button, FeatureButton)
        on = button.isChecked()
        # The state of the button follows from the experiment, not from the click.
        button.setChecked(not on)
        self.switched.emit(button.name, on)


_SHAPE = (_PICTURE.height(), _PICTURE.width())
