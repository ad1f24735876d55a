"""Draws a network: edges in few batches, units with their maps or values, captions below."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from nnplay.gui.style.theme import Theme, font
from nnplay.gui.style.zoom import px
from nnplay.gui.views.colours import mix, readable_on
from nnplay.gui.views.gallery import picture_of
from nnplay.gui.views.metric_block import number
from nnplay.gui.views.network.captions import Captions
from nnplay.gui.views.network.drawn import Drawn
from nnplay.gui.views.network.edges import Edges, edge_widths, strengths
from nnplay.gui.views.network.geometry import (
    SMALLEST_BIAS,
    EdgePaths,
    Marks,
    Unit,
    near_focus,
    picture_box,
    rect,
)
from nnplay.gui.views.network.unit_image import sign_colours, value_colour, value_image
from nnplay.gui.views.plots.sequence_plot import paint_steps

_CURVED = 160
"""Up to that many edges between two stages are curves, each with its own width."""
_BUCKETS = 4
_WIDE_PITCH = 24.0
_FADED = 0.14
_PALEST = 0.3
_SMALLEST_VALUE = 24.0
_CORNER = 4.0


class NetworkPainter:
    """Draws one picture of a network with a painter."""

    def __init__(
        self, painter: QPainter, paths: EdgePaths, drawn: Drawn, marks: Marks, look: Theme
    ) -> None:
        self._painter, self._layout, self._drawn = painter, paths.layout, drawn
        self._paths = paths
        self._marks, self._look = marks, look
        negative, positive = sign_colours(look)
        self._small = QFontMetricsF(font("small"))
        self._signs = {False: positive, True: negative}

    def paint(self) -> None:
        """Draw everything."""
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        for gap in range(len(self._layout.regimes)):
            self._paint_gap(gap)
        self._paint_focused_edges()
        for stage in range(len(self._drawn.stages)):
            self._paint_stage(stage)
        Captions(painter, self._layout, self._drawn, self._marks, self._look).paint()
        self._paint_marks()

    # ------------------------------------------------------------------- edges

    def _paint_gap(self, gap: int) -> None:
        edges = self._drawn.edges[gap]
        if edges is None:
            self._paint_bundle(gap)
            return
        scale = self._drawn.scales[gap]
        if len(edges.weights) <= _CURVED:
            self._paint_curves(gap, edges, scale)
        else:
            self._paint_batches(gap, edges, scale)

    def _paint_curves(self, gap: int, edges: Edges, scale: float) -> None:
        painter = self._painter
        painter.setBrush(Qt.BrushStyle.NoBrush)
        widths = (self._thin(gap) * edge_widths(edges.weights, scale)).tolist()
        depths = np.minimum(strengths(edges.weights, scale), 1.0).tolist()
        for source, target, weight, width, depth in zip(
            edges.sources.tolist(), edges.targets.tolist(), edges.weights.tolist(), widths, depths,
            strict=True,
        ):  # fmt: skip
            if self._marks.focus is None:
                share = _PALEST + (1 - _PALEST) * round(depth**0.5, 2)
            elif self._is_on_way(gap, source, target):
                continue
            else:
                share = _FADED
            colour = QColor(mix(self._signs[weight < 0], self._look.surface, round(share, 2)))
            painter.setPen(QPen(colour, width if share > _FADED else 1.0))
            painter.drawPath(self._paths.path(gap, source, target))

    def _paint_batches(self, gap: int, edges: Edges, scale: float) -> None:
        """Draw straight edges, those of one sign and of similar width at once."""
        painter, columns = self._painter, self._layout.columns
        depths = np.minimum(strengths(edges.weights, scale), 1.0)
        buckets = np.minimum((np.sqrt(depths) * _BUCKETS).astype(int), _BUCKETS - 1)
        lines: dict[tuple[int, bool], list[QLineF]] = {}
        thin = self._thin(gap)
        ends = [
            [columns[at].unit(unit) for unit in range(columns[at].shown)] for at in (gap, gap + 1)
        ]
        for source, target, bucket, negative in zip(
            edges.sources.tolist(), edges.targets.tolist(), buckets.tolist(),
            (edges.weights < 0).tolist(), strict=True,
        ):  # fmt: skip
            one, other = ends[0][source], ends[1][target]
            line = QLineF(
                one.x + one.width, one.y + one.height / 2, other.x, other.y + other.height / 2
            )
            lines.setdefault((bucket, negative), []).append(line)
        for bucket, negative in sorted(lines):
            middle = (bucket + 0.5) / _BUCKETS
            share = _PALEST + (1 - _PALEST) * middle if self._marks.focus is None else _FADED
            colour = QColor(mix(self._signs[negative], self._look.surface, round(share, 2)))
            width = (0.5 + 3 * middle) * thin if self._marks.focus is None else 1.0
            painter.setPen(QPen(colour, width))
            painter.drawLines(lines[bucket, negative])

    def _thin(self, gap: int) -> float:
        """Return by how much edges are narrower, as wide ones would hide small units."""
        columns = self._layout.columns[gap : gap + 2]
        return min(1.0, min(column.pitch for column in columns) / px(_WIDE_PITCH))

    def _paint_bundle(self, gap: int) -> None:
        """Draw what leads from one stage to the next as one band, with a picture of the weights."""
        painter, look = self._painter, self._look
        left, right = self._layout.gap(gap)
        one, other = self._layout.columns[gap].box, self._layout.columns[gap + 1].box
        band = QPolygonF(
            [
                QPointF(left, one.y), QPointF(right, other.y),
                QPointF(right, other.y + other.height), QPointF(left, one.y + one.height),
            ]
        )  # fmt: skip
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(look.border, look.surface, 0.28)))
        painter.drawPolygon(band)
        weights = self._drawn.stages[gap + 1]
        if weights.picture is None or weights.tiles is not None:
            return
        place = picture_box(self._layout, gap, weights.picture.shape)
        if place.width() < px(16):
            return
        image = value_image(weights.picture, 1.5 * self._drawn.scales[gap])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(place, image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(look.border), 1))
        painter.drawRect(place)

    def _paint_focused_edges(self) -> None:
        """Draw every way into and out of the unit in focus."""
        if self._marks.focus is None:
            return
        painter = self._painter
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for gap, source, target, weight in self.ways(self._marks.focus):
            scale = self._drawn.scales[gap]
            value = np.array([weight], np.float32)
            share = _PALEST + (1 - _PALEST) * float(min(1.0, strengths(value, scale)[0] ** 0.5))
            colour = mix(self._signs[weight < 0], self._look.surface, round(share, 2))
            painter.setPen(QPen(QColor(colour), float(edge_widths(value, scale)[0])))
            painter.drawPath(self._paths.path(gap, source, target))

    def ways(self, unit: Unit) -> list[tuple[int, int, int, float]]:
        """Return gap, source, target and weight of every drawn way into and out of a unit."""
        stage, number = unit
        stages, columns = self._drawn.stages, self._layout.columns
        found = []
        into = stages[stage].weights
        if into is not None and columns[stage - 1].form != "picture":
            row = into[number, : columns[stage - 1].shown]
            found += [(stage - 1, at, number, float(weight)) for at, weight in enumerate(row)]
        if stage + 1 < len(stages):
            out = stages[stage + 1].weights
            if out is not None and number < out.shape[1]:
                column = out[: columns[stage + 1].shown, number]
                found += [(stage, number, at, float(weight)) for at, weight in enumerate(column)]
        return sorted(found, key=lambda way: abs(way[3]))

    def _is_on_way(self, gap: int, source: int, target: int) -> bool:
        return self._marks.focus in ((gap, source), (gap + 1, target))

    # ------------------------------------------------------------------- units

    def _paint_stage(self, stage: int) -> None:
        column = self._layout.columns[stage]
        if column.form == "picture":
            self._paint_sample(rect(column.box))
            return
        one = self._drawn.stages[stage]
        images = self._drawn.images[stage]
        values = one.activation
        most = 0.0 if values is None else float(np.abs(values).max())
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        self._painter.setRenderHint(smooth, one.tiles is None)
        near = near_focus(self._layout, self._marks.focus, stage)
        for unit in range(column.shown):
            box = rect(column.unit(unit))
            faded = near is not None and unit not in near
            if unit < len(images):
                self._paint_image(box, images[unit], faded)
            else:
                value = None if values is None else float(values[unit])
                self._paint_value(box, value, most, faded)
            self._paint_state(stage, unit, box, faded)

    def _paint_image(self, box: QRectF, image: QImage, faded: bool) -> None:
        painter, look = self._painter, self._look
        if faded:
            painter.setOpacity(0.25)
        # Smooth edges of an image take ten times as long, and it has none on whole pixels.
        place = box.toRect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawImage(place, image)
        painter.setOpacity(1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(
            QPen(QColor(look.border if faded or box.width() < px(16) else look.muted), 1)
        )
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _paint_value(self, box: QRectF, value: float | None, largest: float, faded: bool) -> None:
        painter, look = self._painter, self._look
        fill = look.surface if value is None else value_colour(value, largest, look)
        if faded:
            fill = mix(fill, look.surface, 0.25)
        painter.setBrush(QColor(fill))
        if box.width() >= px(9):
            painter.setPen(QPen(QColor(look.border if faded else look.muted), 1))
        else:
            painter.setPen(QPen(QColor(look.border), 0.5))
        corner = min(px(_CORNER), box.width() / 4)
        painter.drawRoundedRect(box, corner, corner)
        if value is None or faded or box.width() < px(_SMALLEST_VALUE):
            return
        text = number(value, 2)
        if self._small.horizontalAdvance(text) <= box.width() - 2:
            painter.setPen(QColor(readable_on(fill)))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_state(self, stage: int, unit: int, box: QRectF, faded: bool) -> None:
        painter, look = self._painter, self._look
        one = self._drawn.stages[stage]
        if one.dead[unit]:
            painter.setBrush(QColor(look.surface))
            is_small = box.width() < px(SMALLEST_BIAS)
            style = Qt.PenStyle.SolidLine if is_small else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(look.border if is_small else look.muted), 1, style))
            painter.drawRect(box)
        if one.bias is not None and not faded and box.width() >= px(SMALLEST_BIAS):
            side = min(px(6), box.width() / 3)
            largest = max(float(np.abs(one.bias).max()), 1e-12)
            colour = value_colour(float(one.bias[unit]), largest, look, least=0.2)
            painter.setPen(QPen(QColor(look.surface), 1))
            painter.setBrush(QColor(colour))
            at = box.bottomLeft()
            painter.drawRect(QRectF(at.x() - side / 2, at.y() - side / 2, side, side))
        if one.stage.frozen and box.width() >= px(SMALLEST_BIAS):
            self._paint_snowflake(box.topRight())

    def _paint_snowflake(self, at: QPointF) -> None:
        painter, radius = self._painter, px(5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.surface))
        painter.drawEllipse(at, radius + 1.5, radius + 1.5)
        painter.setPen(QPen(QColor(self._look.accent), 1.4))
        for angle in (30.0, 90.0, 150.0):
            arm = QLineF.fromPolar(radius, angle)
            painter.drawLine(at - arm.p2(), at + arm.p2())

    def _paint_sample(self, box: QRectF) -> None:
        painter, look, sample = self._painter, self._look, self._drawn.network.sample
        painter.setBrush(QColor(look.raised))
        painter.setPen(QPen(QColor(look.border), 1))
        painter.drawRect(box)
        if sample is None:
            return
        if sample.ndim == 2 and sample.shape[1] == 1:
            paint_steps(painter, box.adjusted(3, 3, -3, -2), sample[:, 0])
            return
        picture = picture_of(sample if sample.ndim == 3 else sample[np.newaxis])
        size = picture.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(box.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(place, picture)

    def _paint_marks(self) -> None:
        painter, look, marks = self._painter, self._look, self._marks
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if marks.edge is not None:
            painter.setPen(QPen(QColor(look.text), 2.0))
            painter.drawPath(self._paths.path(*marks.edge))
        for unit, width in ((marks.hovered, 1.5), (marks.focus, 2.5), (marks.cursor, 2.0)):
            if unit is None or unit[1] >= self._layout.columns[unit[0]].shown:
                continue
            if self._layout.columns[unit[0]].form == "picture":
                continue
            box = rect(self._layout.columns[unit[0]].unit(unit[1])).adjusted(-2, -2, 2, 2)
            colour = look.accent if unit in (marks.focus, marks.cursor) else look.text
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRoundedRect(box, 4, 4)
