"""The texts of the drawing: layers and shapes, names of inputs, outputs and predictions."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from nnplay.catalog.layers.base import shape_text
from nnplay.gui.style.theme import SPACE, Theme, font
from nnplay.gui.views.metric_block import number
from nnplay.gui.views.network.drawn import Drawn
from nnplay.gui.views.network.geometry import Marks, near_focus
from nnplay.gui.views.network.layout import NetworkLayout
from nnplay.translation import _


class Captions:
    """Writes the texts with a painter."""

    def __init__(
        self, painter: QPainter, layout: NetworkLayout, drawn: Drawn, marks: Marks, look: Theme
    ) -> None:
        self._painter, self._layout, self._drawn = painter, layout, drawn
        self._focus, self._look = marks.focus, look
        self._small = QFontMetricsF(font("small"))

    def paint(self) -> None:
        """Write everything."""
        self._painter.setFont(font("small"))
        for stage in range(len(self._drawn.stages)):
            self._paint_caption(stage)
        self._paint_names()
        self._paint_outputs()
        self._paint_loss()

    def _paint_caption(self, stage: int) -> None:
        painter, look, drawn = self._painter, self._look, self._drawn
        one, box = drawn.stages[stage], self._layout.columns[stage].box
        line = self._small.height()
        functions = drawn.functions(stage)
        shape = shape_text(one.stage.shape)
        shown = self._layout.columns[stage].shown
        if one.stage.units > shown and self._layout.columns[stage].form == "grid":
            shape = _("{shown} of {count}").format(shown=shown, count=shape)
        lines = [drawn.title(stage), f"{shape} · {functions}" if functions else shape]
        middle, room = box.x + box.width / 2, self._caption_room(stage)
        for row, text in enumerate(lines):
            painter.setPen(QColor(look.text if row == 0 else look.muted))
            shown_text = self._small.elidedText(text, Qt.TextElideMode.ElideRight, 2 * room)
            place = QRectF(
                middle - room, self._layout.bottom + SPACE / 2 + row * line, 2 * room, line
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown_text)
        if stage:
            self._paint_gap_caption(stage - 1)

    def _caption_room(self, stage: int) -> float:
        """Return half the width that the caption of a stage may have."""
        centres = [column.box.x + column.box.width / 2 for column in self._layout.columns]
        near = [
            abs(centres[stage] - other) / 2 - 2
            for at, other in enumerate(centres)
            if abs(at - stage) == 1
        ]
        near += [centres[stage], self._layout.width - centres[stage]]
        return max(4.0, min(near))

    def _paint_gap_caption(self, gap: int) -> None:
        edges, scale = self._drawn.edges[gap], self._drawn.scales[gap]
        left, right = self._layout.gap(gap)
        lines = []
        if edges is not None and edges.left_out:
            count = f"{edges.left_out:,}"
            lines.append(_("4 strongest, {count} more").format(count=count))
        if scale > 0:
            lines.append(_("95 % ≤ {value}").format(value=number(scale, 2)))
        line = self._small.height()
        self._painter.setPen(QColor(self._look.muted))
        top = self._layout.top - line * len(lines) - 2
        for row, text in enumerate(lines):
            place = QRectF(left, top + row * line, right - left, line)
            if self._small.horizontalAdvance(text) <= place.width():
                self._painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_names(self) -> None:
        column, names = self._layout.columns[0], self._drawn.names.inputs
        if column.form != "units" or not names:
            return
        line = self._small.height()
        every = max(1, -(-int(line) // max(1, int(column.pitch))))
        near = near_focus(self._layout, self._focus, 0)
        for unit in range(0, column.shown, every):
            box = column.unit(unit)
            faded = near is not None and unit not in near
            self._painter.setPen(QColor(self._look.border if faded else self._look.text))
            room = box.x - SPACE
            text = self._small.elidedText(names[unit], Qt.TextElideMode.ElideRight, room)
            place = QRectF(2, box.y + box.height / 2 - line / 2, room, line)
            self._painter.drawText(place, int(Qt.AlignmentFlag.AlignRight), text)

    def _paint_loss(self) -> None:
        loss = self._drawn.network.loss
        if loss is None:
            return
        count = self._drawn.network.samples
        text = _("loss {value} on {count} samples").format(value=number(loss, 4), count=count)
        place = QRectF(0, 0, self._layout.width - 4, self._small.height())
        self._painter.setPen(QColor(self._look.text))
        self._painter.drawText(place, int(Qt.AlignmentFlag.AlignRight), text)

    def _paint_outputs(self) -> None:
        """Draw the names of the outputs, with what is predicted for the selected sample."""
        stage = len(self._drawn.stages) - 1
        column, drawn, look = self._layout.columns[stage], self._drawn, self._look
        if column.form != "units":
            return
        names, predicted = drawn.output_names, drawn.network.predicted
        line = self._small.height()
        every = max(1, -(-int(line) // max(1, int(column.pitch))))
        likely = None if predicted is None or len(predicted) < 2 else int(predicted.argmax())
        for unit in range(column.shown):
            box = column.unit(unit)
            left = box.x + box.width + SPACE / 2
            room = self._layout.width - left - 2
            value = self._predicted(unit)
            text = names[unit] if unit < len(names) else ""
            if value:
                text = f"{text}: {value}" if text else value
            if unit % every and unit != likely:
                continue
            near = near_focus(self._layout, self._focus, stage)
            faded = near is not None and unit not in near
            strong = unit == likely and column.shown > 1
            colour = look.border if faded else look.text if strong or likely is None else look.muted
            self._painter.setFont(font("strong" if strong else "small"))
            self._painter.setPen(QColor(colour))
            metrics = QFontMetricsF(self._painter.font())
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            place = QRectF(left, box.y + box.height / 2 - line / 2, room, line)
            self._painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft), text)
        self._painter.setFont(font("small"))

    def _predicted(self, unit: int) -> str:
        predicted = self._drawn.network.predicted
        shown = self._layout.columns[-1].shown
        if predicted is None:
            return ""
        if len(predicted) == shown + 1:  # of two classes, one output
            return f"{100 * float(predicted[1]):.0f} %"
        if len(predicted) != shown:
            return ""
        value = float(predicted[unit])
        if not self._drawn.names.outputs:
            return number(value, 3)
        return f"{100 * value:.0f} %"
