"""A plot of growing lines over epochs or steps, with the values under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, inf, isfinite, log10

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from nnplay.gui.style.theme import bus, font, theme
from nnplay.gui.style.zoom import px
from nnplay.gui.views.metric_block import Metric, MetricBlock, number, share
from nnplay.gui.views.plots.axis import ValueAxis
from nnplay.gui.views.plots.ghost_line import Ghost, GhostLine, replaced_ghosts
from nnplay.gui.views.plots.long_line import MOST_MARKERS, LineStyle, PlotLine, XAxis
from nnplay.gui.views.plots.plot import Plot
from nnplay.gui.views.plots.value_scale import Scale, ScaleChoice, Values, choose_scale
from nnplay.translation import _

_LEFT = 58
"""Width of the numbers and the title of the vertical axis together."""
_BESIDE_BEST = 8
_MARKS_OVER_GHOSTS = 15
"""Points of a line that are marked at most, where curves of earlier runs are behind it."""
_NOTE = QPointF(8, 20)
"""How far the remark on the scale is from the right and from the top."""
_NOTE_FROM = 80
"""The height of the plot from which the remark is shown, at 100 %."""
AHEAD = 0.25
"""Room to the right of lines that grow, as a share of their length."""


class CurvePlot(Plot):
    """Lines that are followed as they grow, until the user zooms or pans.

    The vertical axis is chosen so that the first steps do not flatten the rest, unless the user
    chooses one.
    """

    scale_changed = Signal()
    """Another scale is used, or could be."""

    def __init__(
        self,
        title: str,
        styles: Sequence[LineStyle],
        *,
        shares: bool,
        adapts: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", title, parent, y_axis=ValueAxis("left"))
        self._shares, self._adapts = shares, adapts
        self._found = ScaleChoice()
        self._chosen_scale: Scale | None = None
        self.ceiling = inf
        """Values above it do not enlarge the view."""
        self.unit: float | None = None
        """What a value is multiplied by to be in the units of the data; None if it is."""
        self._axis: XAxis = "epoch"
        self.note = pg.QtWidgets.QGraphicsSimpleTextItem("")
        self._follows = True
        self._colours: tuple[str, ...] = ()
        box = self.getViewBox()
        box.disableAutoRange()
        self.note.setParentItem(box)
        self.lines = tuple(PlotLine(style, self) for style in styles)
        self.ghosts: tuple[GhostLine, ...] = ()
        """Curves of earlier runs."""
        self._ghost_steps = np.empty(0)
        self.crosshair = pg.InfiniteLine(angle=90, movable=False)
        self.crosshair.hide()
        self.addItem(self.crosshair, ignoreBounds=True)
        self.position = pg.InfiniteLine(angle=90, movable=False)
        self.position.setZValue(5)
        self.position.hide()
        self._position_at: tuple[float, float] | None = None
        self.addItem(self.position, ignoreBounds=True)
        self.best = pg.InfiniteLine(angle=90, movable=False, label="", labelOpts={"position": 0.93})
        self.best.label.setAcceptHoverEvents(False)
        self.best.hide()
        self._best_at, self._best_text = (0.0, 0.0), ""
        self.addItem(self.best, ignoreBounds=True)
        self.metrics = MetricBlock(self, role="small")
        self.area_changed.connect(self._use_area)
        self.viewport().setMouseTracking(True)
        self.view_changed_by_hand.connect(self._let_go)
        box.sigXRangeChanged.connect(self._draw)
        bus.changed.connect(self._recolour_lines)
        self.set_axis("epoch")

    @property
    def log(self) -> bool:
        """Whether the vertical axis is logarithmic."""
        return self.scale == "log"

    @property
    def scale(self) -> Scale:
        """The scale of the vertical axis, chosen by the user or by the values."""
        return self._chosen_scale or self._found.scale

    @property
    def found_scale(self) -> Scale:
        """The scale that suits the values."""
        return self._found.scale

    @property
    def follows(self) -> bool:
        """Whether the view grows with the lines."""
        return self._follows

    def set_colours(self, colours: Sequence[str]) -> None:
        """Colour the lines by names of colours of the theme."""
        self._colours = tuple(colours)
        self._recolour_lines()

    def set_ghosts(self, ghosts: Sequence[Ghost], steps: Values) -> None:
        """Draw curves of earlier runs behind the lines; `steps` choose the scale before a run."""
        self.ghosts = replaced_ghosts(self.ghosts, ghosts, self)
        for line in self.lines:
            # Many marks would hide the ghosts.
            line.most_marks = _MARKS_OVER_GHOSTS if ghosts else MOST_MARKERS
        self._ghost_steps = steps
        # The places where a curve was are not always repainted.
        self.viewport().update()
        if self._follows:
            self.forget_scale()
            self.reset_view()
        else:
            self._draw()

    def set_axis(self, axis: XAxis) -> None:
        """Use epochs or steps on the horizontal axis."""
        self._axis = axis
        self.set_title("bottom", _("epoch") if axis == "epoch" else _("step"))
        self._place_best()
        self.set_position(self._position_at)
        self.reset_view()

    def set_scale(self, scale: Scale | None) -> None:
        """Use a scale for the vertical axis; None chooses one by the values."""
        self._chosen_scale = scale
        self._use_scale()
        self.reset_view()

    def forget_scale(self) -> None:
        """Choose the scale again, for the values of another run."""
        self._found = ScaleChoice()
        self._use_scale()
        self._look_at_values()

    def refresh(self) -> None:
        """Draw the lines again after they grew, and make room ahead of them where none is left."""
        self._look_at_values()
        if self._follows and not self._has_room():
            self._show_all(AHEAD)
        self._draw()

    def reset_view(self) -> None:
        """Show the whole of every line, and follow them from now on."""
        self._follows = True
        self._show_all(0.0)
        self._draw()

    def set_position(self, at: tuple[float, float] | None) -> None:
        """Mark the moment shown elsewhere, given as epoch and step, by a line; None removes it."""
        self._position_at = at
        self.position.setVisible(at is not None)
        if at is not None:
            self.position.setPos(at[0] if self._axis == "epoch" else at[1])

    def set_best(self, epoch: float, step: float, text: str) -> None:
        """Mark the best epoch by a vertical line with a text at its top, which may be empty."""
        self._best_at, self._best_text = (epoch, step), text
        # Shown first: a hidden label would not take the text.
        self.best.show()
        self.best.label.setFormat(text)
        self._place_best()

    def hide_best(self) -> None:
        """Hide the mark of the best epoch."""
        self.best.hide()

    def show_values_at(self, x: float, beside: QPointF) -> None:
        """Show the crosshair at `x`, and the values of all lines there beside a point."""
        exact = x
        known = [line for line in self.lines if line.has_values()]
        for line in reversed(known or self.ghosts):
            found = line.nearest(self._axis, x)
            if found is not None:
                exact = found[0]
        metrics = []
        for line in self._all_lines:
            found = line.nearest(self._axis, exact)
            if found is None:
                continue
            value = share(found[1], 2) if self._shares else number(found[1])
            if self.unit is not None:
                in_units = number(found[1] * self.unit)
                value = _("{value} ({in_units} in data units)").format(
                    value=value, in_units=in_units
                )
            colour = line.curve.pen.color().name()
            metrics.append(Metric(line.style.name, value, colour, line.style.dashed))
        if not metrics:
            self.hide_values()
            return
        name = _("epoch") if self._axis == "epoch" else _("step")
        where = f"{exact:,.2f}" if self._axis == "epoch" else f"{exact:,.0f}"
        self.crosshair.setPos(exact)
        self.crosshair.show()
        self.metrics.set_metrics([Metric(name, where), *metrics])
        self.metrics.set_at(beside)

    def hide_values(self) -> None:
        """Hide the crosshair and the values."""
        self.crosshair.hide()
        self.metrics.set_metrics([])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the values under the mouse."""
        super().mouseMoveEvent(event)
        box = self.getViewBox()
        place = self.mapToScene(event.position().toPoint())
        if not box.sceneBoundingRect().contains(place) or event.buttons():
            self.hide_values()
            return
        self.show_values_at(box.mapSceneToView(place).x(), event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the values when the mouse leaves."""
        super().leaveEvent(event)
        self.hide_values()

    def keyPressEvent(self, event: pg.QtGui.QKeyEvent) -> None:
        """Move the crosshair by the arrow keys, a tenth of the width with Shift; Escape ends it."""
        directions = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in directions:
            self._move_crosshair(directions[event.key()], bool(event.modifiers()))
        elif event.key() == Qt.Key.Key_Escape and self.crosshair.isVisible():
            self.hide_values()
        else:
            super().keyPressEvent(event)

    def _move_crosshair(self, direction: int, far: bool) -> None:
        box = self.getViewBox()
        low, high = box.viewRange()[0]
        stride = (high - low) / (10 if far else max(1.0, box.width()))
        at = self.crosshair.value() if self.crosshair.isVisible() else (low + high) / 2
        if self._axis == "step":
            stride = max(1.0, floor(stride))
        x = min(max(at + direction * stride, low), high)
        # The nearest row may be the one under the crosshair: go on until it is another one.
        for _try in range(400):
            self.show_values_at(x, self.mapFromScene(box.mapViewToScene(QPointF(x, 0))).toPointF())
            if not self.crosshair.isVisible() or self.crosshair.value() != at:
                return
            x += direction * stride
            if not low <= x <= high:
                return

    def _look_at_values(self) -> None:
        if not self._adapts or not self._follows:
            return
        steps, *epochs = (line.values for line in self.lines)
        if len(steps) < len(self._ghost_steps) and not len(epochs[0]):
            steps = self._ghost_steps
        epochs += [ghost.values for ghost in self.ghosts]
        before, self._found = self._found, choose_scale(steps, epochs, self._found.scale)
        if before.scale != self._found.scale:
            self._use_scale()
            self._show_all(AHEAD)

    def _use_scale(self) -> None:
        self.getAxis("left").setLogMode(x=False, y=self.log)
        self._show_note()
        self.scale_changed.emit()

    def _show_note(self) -> None:
        """Say in the plot which scale was chosen, and what it leaves out."""
        text = ""
        if self.scale == "cut":
            highest = max(high for _low, high in self._bounds())
            text = _("↑ first steps: up to {highest}").format(highest=number(highest, 3))
        elif self.log and self._chosen_scale is None:
            text = _("logarithmic axis")
        self.note.setText(text)
        self._place_note()

    def _place_note(self) -> None:
        # At the right, where the line of the loss is low; below the text of the best epoch.
        box, wide = self.getViewBox(), self.note.boundingRect().width()
        self.note.setPos(box.width() - wide - px(_NOTE.x()), px(_NOTE.y()))
        # In a small plot it would cover the lines; the buttons show the scale too.
        self.note.setVisible(box.height() >= px(_NOTE_FROM) and box.width() >= 2 * wide)

    @property
    def _all_lines(self) -> tuple[PlotLine, ...]:
        return (*self.lines, *self.ghosts)

    def _bounds(self) -> list[tuple[float, float]]:
        """Return the range of each line and ghost that has values."""
        bounds = [line.bounds() for line in self._all_lines]
        return [one for one in bounds if isfinite(one[0]) and isfinite(one[1])]

    def _place_best(self) -> None:
        self.best.setPos(self._best_at[0 if self._axis == "epoch" else 1])
        self._fit_best()

    def _fit_best(self) -> None:
        """Show the text of the best epoch beside its line, or over it: inside of the plot."""
        box, label = self.getViewBox(), self.best.label
        left, right = box.viewRange()[0]
        at = (self.best.value() - left) / (right - left)
        wide = label.textItem.boundingRect().width()
        before, after = at * box.width(), (1 - at) * box.width()
        fits = wide + _BESIDE_BEST < box.width()
        # Without text, its background would still hide a part of the curves.
        label.setVisible(bool(self._best_text) and fits and 0 <= at <= 1)
        if label.isVisible():
            # The share of the text that is left of the line.
            share_left = 0.0 if wide + _BESIDE_BEST < after else 1.0
            if share_left and wide + _BESIDE_BEST > before:
                share_left = (before - _BESIDE_BEST / 2) / wide
            label.anchors = [(share_left, 0.5)] * 2
            label.updatePosition()

    def _use_area(self, area: QRectF) -> None:
        self.metrics.set_area(area)
        self._place_note()
        self._draw()

    def _end(self) -> float:
        return max(line.x_end(self._axis) for line in self._all_lines)

    def _has_room(self) -> bool:
        """Return whether the lines fit the view well enough: redrawing the axes takes time."""
        (_left, right), (bottom, top) = self.getViewBox().viewRange()
        low, high = self._value_range()
        fits = self._end() <= right and bottom <= low and high <= top
        fills = self._end() > right / (2 + AHEAD) and 2 * (high - low) > top - bottom
        return bool(fits and fills)

    def _show_all(self, ahead: float) -> None:
        grown = max(line.x_end(self._axis) for line in self.lines)
        end = max((1 + ahead) * grown, self._end()) or 1.0
        low, high = self._value_range()
        room = 0.06 * (high - low)
        self.getViewBox().setRange(
            xRange=(-0.01 * end, 1.02 * end), yRange=(low - room, high + room), padding=0
        )

    def _let_go(self) -> None:
        self._follows = False

    def _draw(self, *_: object) -> None:
        self._fit_best()
        low, high = self.getViewBox().viewRange()[0]
        pixels = max(50, round(self.getViewBox().width()))
        for line in self._all_lines:
            line.draw(self._axis, low, high, pixels, log=self.log)

    def _value_range(self) -> tuple[float, float]:
        bounds = self._bounds()
        if not bounds:
            return (0.0, 1.0)
        low, high = min(one for one, _high in bounds), max(one for _low, one in bounds)
        high = min(high, self.ceiling, self._found.top if self.scale == "cut" else inf)
        if self.log:
            # The lines do not know their smallest positive value: ten decades are shown at most.
            top = log10(high) if high > 0 else 0.0
            return (max(log10(low), top - 10) if low > 0 else top - 10, top + 1e-3)
        if self._shares:
            return (floor(10 * low) / 10, 1.0)
        if low >= 0:
            low = 0.0 if low < 0.5 * high else low
        return (low, high if high > low else low + 1.0)

    def _recolour_lines(self) -> None:
        look = theme()
        # A fixed width, so that the plot does not jump when its numbers get longer.
        self.getAxis("left").setWidth(px(_LEFT))
        self.crosshair.setPen(pg.mkPen(look.muted, width=1))
        self.position.setPen(pg.mkPen(look.text, width=2))
        self.note.setBrush(pg.mkBrush(look.muted))
        self.note.setFont(font("small"))
        self._place_note()
        self.best.setPen(pg.mkPen(look.good, width=1, style=Qt.PenStyle.DotLine))
        self.best.label.setColor(look.good)
        self.best.label.fill = pg.mkBrush(look.surface)
        self.best.label.textItem.setFont(font("small"))
        for line, colour in zip(self.lines, self._colours, strict=False):
            line.set_colour(getattr(look, colour), look.surface)
        for ghost in self.ghosts:
            ghost.recolour()
