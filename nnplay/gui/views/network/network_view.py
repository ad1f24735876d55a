"""The widget that draws a network, with hover, focus and keys."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from time import perf_counter

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from nnplay.engine.probes.network_weights import NetworkWeights
from nnplay.engine.probes.unit_maps import UnitMaps
from nnplay.gui.style.plain import show_tip
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import px, zoom
from nnplay.gui.views.metric_block import number
from nnplay.gui.views.network.drawn import Drawn, Names, unit_images
from nnplay.gui.views.network.edges import Edges, SmoothScale, edges_of
from nnplay.gui.views.network.geometry import EdgePaths, Marks, Unit
from nnplay.gui.views.network.hits import Edge, bias_at, edge_at, unit_at
from nnplay.gui.views.network.layout import NetworkLayout, lay_out, least_width
from nnplay.gui.views.network.painter import NetworkPainter
from nnplay.gui.views.network.value_editor import ValueEditor
from nnplay.gui.views.network.weight_edits import EditHistory, WeightEdit, bias_value, edge_value
from nnplay.translation import _

_WIDEST_NAME = 110.0
_LARGE = 150
"""Side at 100 % of the map of the unit under the mouse."""


class NetworkView(QWidget):
    """Layers from left to right, the weights between them, and what each unit does."""

    unit_focused = Signal(object)
    """(stage, unit) that was clicked; None where the focus was removed."""
    weight_edited = Signal(str, float)
    """The path of a weight, as in an edit of a run, and the value that was typed."""
    readout_changed = Signal()
    """What is under the mouse or in focus has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Drawn | None = None
        self._layout: NetworkLayout | None = None
        self._paths: EdgePaths | None = None
        self._names = Names()
        self._marks = Marks()
        self._smooth = SmoothScale()
        self._edits = EditHistory()
        self._is_newest = True
        self._edited: tuple[str, float] | None = None
        """Path and value of the weight in the editor."""
        self.editor = ValueEditor(self)
        self.editor.entered.connect(self._take_value)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        bus.changed.connect(self._restyle)

    @property
    def drawn(self) -> Drawn | None:
        """What is drawn."""
        return self._drawn

    @property
    def layout_now(self) -> NetworkLayout | None:
        """Where it is drawn."""
        return self._layout

    @property
    def focus(self) -> Unit | None:
        """The unit in focus: stage and number."""
        return self._marks.focus

    @property
    def hovered(self) -> Unit | Edge | None:
        """The unit (stage, number) or the edge (gap, source, target) under the mouse."""
        return self._marks.hovered or self._marks.edge

    def set_names(self, names: Names) -> None:
        """Set the names of inputs and outputs."""
        self._names = names
        if self._drawn is not None:
            self._drawn = replace(self._drawn, names=names)
        self._restyle()

    def clear(self) -> None:
        """Draw nothing."""
        self._drawn = self._layout = self._paths = None
        self._marks = Marks()
        self._smooth.clear()
        self._edits.clear()
        self.editor.hide()
        self.update()

    def show_network(
        self, network: NetworkWeights, maps: UnitMaps | None, seconds: float | None = None
    ) -> None:
        """Draw a network; without new maps, those before stay if they are of the same stages."""
        old = self._drawn
        stages = [one.stage for one in network.stages]
        is_same = old is not None and [one.stage for one in old.stages] == stages
        if not is_same:
            self._smooth.clear()
            self._marks = Marks()
        elif maps is None and old is not None:
            maps = old.maps
        if maps is not None and len(maps.maps) != len(stages):
            maps = None
        now = perf_counter() if seconds is None else seconds
        scales = self._smooth.follow([one.scale for one in network.stages[1:]], now)
        images = unit_images(network.stages, maps)
        self._drawn = Drawn(network, self._names, maps, tuple(scales), images)
        if not is_same or self._layout is None:
            self._layout = None
            self._lay_out()
            self.updateGeometry()
        self._find_edges()
        self.update()

    def set_newest(self, is_newest: bool) -> None:
        """Note whether the network is that of the newest step, whose weights can be typed."""
        self._is_newest = is_newest
        if not is_newest:
            self.editor.hide()

    def set_focus(self, unit: Unit | None) -> None:
        """Fade everything but one unit and its ways in and out; None shows all again."""
        if unit == self._marks.focus:
            return
        self._marks = replace(self._marks, focus=unit, edge=None)
        self.update()
        self.unit_focused.emit(unit)

    def sizeHint(self) -> QSize:
        """Return a size at which a small network is easy to read."""
        return QSize(px(560), px(340))

    def minimumSizeHint(self) -> QSize:
        """Return the size at which gaps are still wide enough for edges."""
        width = 0.0
        if self._drawn is not None:
            width = least_width(len(self._drawn.stages), self._margins(self._drawn), zoom())
        return QSize(max(px(240), ceil(width)), px(150))

    # ------------------------------------------------------------------ events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the network out again."""
        super().resizeEvent(event)
        self._lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the unit or the edge under the mouse."""
        at = event.position()
        unit = self.unit_at(at)
        self._hover(unit, None if unit is not None else self.edge_at(at))

    def leaveEvent(self, event: QEvent) -> None:
        """Highlight nothing."""
        self._hover(None, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Focus the unit under the mouse, or remove the focus beside all units."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        if self._ask_value(event.position()):
            return
        unit = self.unit_at(event.position())
        self._marks = replace(self._marks, cursor=None)
        self.set_focus(None if unit == self._marks.focus else unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between units by the arrow keys, focus one by Enter, leave it by Esc."""
        if event.matches(QKeySequence.StandardKey.Undo) and self._is_newest:
            self._send(self._edits.undo())
            return
        if event.matches(QKeySequence.StandardKey.Redo) and self._is_newest:
            self._send(self._edits.redo())
            return
        key = event.key()
        moves = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        if key in moves and self._layout is not None:
            self._move(*moves[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._marks.cursor:
            self.set_focus(self._marks.cursor)
        elif key == Qt.Key.Key_Escape and (self._marks.focus or self._marks.cursor):
            self._marks = replace(self._marks, cursor=None)
            self.set_focus(None)
            self.update()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor of the keyboard."""
        super().focusOutEvent(event)
        self._marks = replace(self._marks, cursor=None)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Show the values of the unit or the edge under the mouse as its tool tip."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Here they take back weights, not edits of the experiment.
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if not self._edits.is_empty and (event.matches(undo) or event.matches(redo)):
                event.accept()
                return True
        if isinstance(event, QHelpEvent):
            show_tip(event.globalPos() + QPoint(SPACE, SPACE), self.describe_hovered(), self)
            return True
        return super().event(event)

    def unit_at(self, point: QPointF) -> Unit | None:
        """Return the unit at a point of this widget."""
        return None if self._paths is None else unit_at(self._paths.layout, point)

    def edge_at(self, point: QPointF) -> Edge | None:
        """Return the edge nearest to a point, if it is near enough and not faded."""
        if self._paths is None or self._drawn is None:
            return None
        return edge_at(self._paths, self._drawn, self._marks.focus, point)

    def describe_hovered(self) -> str:
        """Return the unit or the edge under the mouse, or at the arrow keys, in words."""
        if self._drawn is None:
            return ""
        unit = self._marks.hovered or self._marks.cursor
        if unit is not None:
            return self._drawn.describe_unit(*unit)
        return "" if self._marks.edge is None else self._drawn.describe_edge(*self._marks.edge)

    # ---------------------------------------------------------------- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the network."""
        if self._drawn is None or self._paths is None:
            return
        painter = QPainter(self)
        try:
            NetworkPainter(painter, self._paths, self._drawn, self._marks, theme()).paint()
            self._paint_large_map(painter)
        finally:
            # Qt crashes if an error leaves a painter active.
            painter.end()

    def _paint_large_map(self, painter: QPainter) -> None:
        """Draw the map of the unit under the mouse enlarged, beside it."""
        unit, drawn, layout = self._marks.hovered, self._drawn, self._layout
        if unit is None or drawn is None or layout is None:
            return
        images = drawn.images[unit[0]]
        if unit[1] >= len(images):
            return
        box = layout.columns[unit[0]].unit(unit[1])
        side = min(px(_LARGE), 0.6 * self.height())
        x = box.x + box.width + px(10)
        if x + side > self.width():
            x = box.x - px(10) - side
        y = min(max(2.0, box.y + box.height / 2 - side / 2), self.height() - side - 2)
        place = QRectF(x, y, side, side)
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, drawn.stages[unit[0]].tiles is None
        )
        painter.drawImage(place, images[unit[1]])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme().text), 1.5))
        painter.drawRect(place)

    # ------------------------------------------------------------------- state

    def _restyle(self) -> None:
        if self._drawn is not None:
            # Images have the colours of the theme.
            images = unit_images(self._drawn.stages, self._drawn.maps)
            self._drawn = replace(self._drawn, images=images)
        self._lay_out()
        self.updateGeometry()
        self.update()

    def _lay_out(self) -> None:
        drawn = self._drawn
        if drawn is None:
            return
        stages = [one.stage for one in drawn.stages]
        tiled = [one.tiles is not None for one in drawn.stages]
        size = float(self.width()), float(self.height())
        before = self._layout
        self._layout = lay_out(stages, tiled, size, self._margins(drawn), zoom(), before)
        self._paths = EdgePaths(self._layout)
        self._find_edges()

    def _margins(self, drawn: Drawn) -> tuple[float, float, float, float]:
        metrics = QFontMetricsF(font("small"))

        def widest(names: tuple[str, ...], least: str) -> float:
            wide = max((metrics.horizontalAdvance(name) for name in (*names, least)), default=0)
            return float(min(wide, px(_WIDEST_NAME))) + 2 * SPACE

        left = widest(drawn.names.inputs, "")
        ending = " 100 %" if drawn.names.outputs else "−0.0000"
        # The most probable class is in bold.
        bold = QFontMetricsF(font("strong"))
        room = bold.horizontalAdvance(f": {ending}")
        right = widest(drawn.output_names, "") * 1.2 + room
        line = metrics.height()
        return max(left, px(28)), 2 * line + px(6), right + px(6), 2 * line + SPACE

    def _find_edges(self) -> None:
        if self._drawn is None or self._layout is None:
            return
        found: list[Edges | None] = []
        for gap, regime in enumerate(self._layout.regimes):
            weights = self._drawn.stages[gap + 1].weights
            if regime == "block" or weights is None:
                found.append(None)
            else:
                found.append(edges_of(weights, self._drawn.stages[gap].std, regime))
        self._drawn = replace(self._drawn, edges=tuple(found))

    def _ask_value(self, at: QPointF) -> bool:
        """Open the editor for the bias or the edge at a point; return whether there is one."""
        if self._drawn is None:
            return False
        bias = None if self._layout is None else bias_at(self._layout, self._drawn, at)
        edge = None if bias is not None or self.unit_at(at) is not None else self.edge_at(at)
        if bias is not None:
            found, name = bias_value(self._drawn, *bias), self._drawn.describe_unit(*bias)
        elif edge is not None:
            found, name = edge_value(self._drawn, *edge), self._drawn.describe_edge(*edge)
        else:
            return False
        self._edited = found
        if found is not None and not self._is_newest:
            text = _("Weights can be set at the newest step only.")
            show_tip(self.mapToGlobal(at.toPoint()), text, self)
        elif found is not None:
            self.editor.ask(at, name, number(found[1], 4))
        return True

    @Slot(float)
    def _take_value(self, value: float) -> None:
        if self._edited is not None:
            path, old = self._edited
            self._edits.add(WeightEdit(path, old, value))
            self.weight_edited.emit(path, value)

    def _send(self, edit: tuple[str, float] | None) -> None:
        if edit is not None:
            self.weight_edited.emit(*edit)

    def _hover(self, unit: Unit | None, edge: Edge | None) -> None:
        if (unit, edge) != (self._marks.hovered, self._marks.edge):
            self._marks = replace(self._marks, hovered=unit, edge=edge)
            self.update()
            self.readout_changed.emit()

    def _move(self, across: int, down: int) -> None:
        assert self._layout is not None
        columns = self._layout.columns
        stage, unit = (
            self._marks.cursor or self._marks.focus or (-across if across > 0 else 0, -down)
        )
        stage += across
        if not 0 <= stage < len(columns):
            return
        column = columns[stage]
        unit = min(max(unit + down * column.per_row, 0), column.shown - 1)
        self._marks = replace(self._marks, cursor=(stage, unit), hovered=None, edge=None)
        self.update()
        self.readout_changed.emit()
