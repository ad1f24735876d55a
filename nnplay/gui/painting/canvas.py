"""Strokes on a plot: turns mouse and keyboard input into points."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent

from nnplay.catalog import Rows
from nnplay.gui.painting.bar import RADII, Tool
from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.plots.density import Floats
from nnplay.gui.views.plots.markers import SYMBOLS, Marks, mark_size
from nnplay.gui.views.plots.plot import Plot
from nnplay.session.painting import Add, BrushPath, Erase, Move, Painting, Point, Radius, SprayCan
from nnplay.translation import _

TICK_MS = 33
_BURST = 0.2
"""Seconds of spraying for one key press."""
_STRIDE, _LEAP = 8, 40
"""The distance in pixels that an arrow key moves the cursor, without and with Shift."""
_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_SIZE = 8


class Base(Protocol):
    """The panel that shows the points below the canvas."""

    def places(self) -> tuple[Floats, Floats]:
        """Return the positions of the points that it shows, x and y of shape (n,)."""

    def show_only(self, kept: npt.NDArray[np.bool_]) -> None:
        """Hide the points where `kept`, of shape (n,), is false."""


class PaintCanvas(QObject):
    """Shows a stroke while it is drawn, and emits the resulting points when it ends."""

    painted = Signal(object, str)
    """(rows, label of the change)."""
    noted = Signal(str)
    """A message for the user."""

    def __init__(self, plot: Plot, base: Base, parent: QObject) -> None:
        super().__init__(parent)
        self._plot, self._base = plot, base
        self._box = plot.getViewBox()
        self._tool: Tool | None = None
        self._ink: int | None = None
        self._rate = 80.0
        self.radius = 16
        self._held = Painting((), 0)
        self._now = self._held
        self._seed = 0
        self._stroke: Tool | None = None
        self._start = self._last = (0.0, 0.0)
        self._cursor: Point | None = None
        self._path = BrushPath(Radius(1.0, 1.0))
        self._spray_can = SprayCan(0, 0.0)
        self._kept = np.empty(0, dtype=bool)
        self.laid = Marks(pxMode=True)
        self.ring = Marks(pxMode=True)
        for item, depth in ((self.laid, 20), (self.ring, 30)):
            item.setZValue(depth)
            plot.addItem(item, ignoreBounds=True)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        plot.viewport().installEventFilter(self)
        plot.installEventFilter(self)
        bus.changed.connect(self._draw_ring)

    @property
    def tool(self) -> Tool | None:
        """The tool of the left button; None if it moves the view."""
        return self._tool

    @property
    def cursor(self) -> Point | None:
        """Where the next stroke would begin, None if neither mouse nor keys point anywhere."""
        return self._cursor

    def set_tool(self, tool: Tool | None) -> None:
        """Select a tool, or none."""
        self.cancel()
        self._tool = tool
        viewport = self._plot.viewport()
        viewport.setMouseTracking(True)
        if tool is None:
            viewport.unsetCursor()
            self._point_at(None)
        else:
            viewport.setCursor(Qt.CursorShape.CrossCursor)
        self._draw_ring()

    def set_ink(self, number: int | None) -> None:
        """Set the class of new points, None for points without a class."""
        self._ink = number
        self._draw_ring()

    def set_rate(self, rate: float) -> None:
        """Set the spray rate in points per second."""
        self._rate = rate

    def set_radius(self, radius: int) -> None:
        """Set the radius of the tools in pixels."""
        self.radius = min(max(radius, RADII[0]), RADII[1])
        self._draw_ring()

    def show_rows(self, rows: Rows, most: int, seed: int) -> None:
        """Set the points to work on; a stroke on other points is cancelled."""
        if rows != self._held.rows:
            self.cancel()
            self._held = Painting(rows, most)
        self._held = Painting(self._held.rows, most)
        # Sprays differently for every number of points, but reproducibly.
        self._seed = seed * 1_000_003 + len(rows)

    def settle(self) -> None:
        """Hide the last stroke: the panel below shows its points now."""
        if self._stroke is None:
            self._take_overlay_away()

    def cancel(self) -> None:
        """Cancel the stroke."""
        if self._stroke is not None:
            self._stroke = None
            self._timer.stop()
            self._take_overlay_away()
            self._base.show_only(np.ones(len(self._base.places()[0]), dtype=bool))

    def begin(self, at: Point) -> None:
        """Start a stroke."""
        self.cancel()
        if self._tool is None:
            return
        self._stroke, self._start, self._last = self._tool, at, at
        self._now = Painting(self._held.rows, self._held.limit)
        self._kept = np.ones(len(self._base.places()[0]), dtype=bool)
        self._take_overlay_away()
        self._path = BrushPath(self._reach())
        self._spray_can = SprayCan(self._seed, self._rate)
        if self._stroke == "spray":
            self._timer.start()
            self._tick()
        elif self._stroke == "move":
            self._lift(Erase(at, at, self._reach()))
        self.go(at)

    def go(self, to: Point) -> None:
        """Continue the stroke to a position."""
        if self._stroke == "brush":
            self._lay(self._path.extend(to))
        elif self._stroke == "eraser":
            wipe = Erase(self._last, to, self._reach())
            self._now = self._now.after(wipe)
            self._hide(wipe)
        elif self._stroke == "move":
            self.laid.setPos(to[0] - self._start[0], to[1] - self._start[1])
        self._last = to

    def end(self) -> None:
        """End the stroke, and emit the resulting points."""
        stroke, self._stroke = self._stroke, None
        self._timer.stop()
        if stroke is None:
            return
        if stroke == "move":
            by = self._last[0] - self._start[0], self._last[1] - self._start[1]
            if by != (0.0, 0.0):
                self._now = self._now.after(Move(self._start, self._reach(), by))
        if self._now.excess:
            text = _("The maximum is {most} points; erase some to continue painting.")
            self.noted.emit(text.format(most=f"{self._now.limit:,}"))
        if self._now.rows == self._held.rows:
            self._take_overlay_away()
            self._base.show_only(np.ones(len(self._kept), dtype=bool))
            return
        self._held = Painting(self._now.rows, self._now.limit)
        names = {
            "brush": _("Paint points"),
            "spray": _("Spray points"),
            "eraser": _("Erase points"),
            "move": _("Move points"),
        }
        self.painted.emit(self._held.rows, names[stroke])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the left button and the painting keys; leave everything else to the plot."""
        if self._tool is None:
            return False
        if isinstance(event, QMouseEvent):
            return watched is not self._plot and self._take_mouse(event)
        if event.type() == QEvent.Type.Leave and self._stroke is None:
            self._point_at(None)
        if isinstance(event, QKeyEvent) and watched is self._plot:
            if event.type() == QEvent.Type.ShortcutOverride:
                # During a stroke Escape cancels it; otherwise it may close something else.
                event.setAccepted(self._knows(event))
                return event.isAccepted()
            return event.type() == QEvent.Type.KeyPress and self._take_key(event)
        return False

    def _take_mouse(self, event: QMouseEvent) -> bool:
        kinds, left = QEvent.Type, Qt.MouseButton.LeftButton
        at, inside = self._place_of(event.position())
        if event.type() == kinds.MouseMove:
            self._point_at(at if inside or self._stroke else None)
            if self._stroke is not None and event.buttons() & left:
                self.go(at)
                return True
            return False
        if event.button() != left:
            return False
        if event.type() in (kinds.MouseButtonPress, kinds.MouseButtonDblClick) and inside:
            self._plot.setFocus(Qt.FocusReason.MouseFocusReason)
            self._point_at(at)
            self.begin(at)
            return True
        if event.type() == kinds.MouseButtonRelease and self._stroke is not None:
            self.go(at)
            self.end()
            return True
        return False

    def _knows(self, event: QKeyEvent) -> bool:
        ours = event.key() in _WAYS or event.key() == Qt.Key.Key_Space
        return ours or (event.key() == Qt.Key.Key_Escape and self._stroke is not None)

    def _take_key(self, event: QKeyEvent) -> bool:
        if not self._knows(event):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() == Qt.Key.Key_Space:
            self._press_here()
        else:
            self._walk(_WAYS[Qt.Key(event.key())], bool(event.modifiers()))
        return True

    def _press_here(self) -> None:
        """Do what a click does at the cursor; moving takes one press to pick up, one to drop."""
        at = self._cursor or self._middle()
        self._point_at(at)
        if self._stroke == "move":
            self.end()
            return
        self.begin(at)
        if self._tool == "spray":
            self._tick(_BURST)
        if self._tool != "move":
            self.end()

    def _walk(self, way: tuple[int, int], far: bool) -> None:
        wide, high = self._box.viewPixelSize()
        stride = _LEAP if far else _STRIDE
        x, y = self._cursor or self._middle()
        (left, right), (low, top) = self._box.viewRange()
        x = min(max(x + way[0] * stride * wide, left), right)
        y = min(max(y + way[1] * stride * high, low), top)
        self._point_at((x, y))
        if self._stroke == "move":
            self.go((x, y))

    @Slot()
    def _tick(self, seconds: float = TICK_MS / 1000) -> None:
        self._lay(self._spray_can.spray(self._last, self._reach(), seconds))

    def _lay(self, places: tuple[Point, ...]) -> None:
        if not places:
            return
        before = len(self._now.rows)
        ink = () if self._ink is None else (float(self._ink),)
        self._now = self._now.after(Add(places, ink))
        new = self._now.rows[before:]
        if new:
            number = self._ink or 0
            x, y = zip(*(row[:2] for row in new), strict=True)
            self.laid.addPoints(
                x=x, y=y, symbol=SYMBOLS[number], size=mark_size(number, _SIZE),
                brush=pg.mkBrush(self._colour()), pen=pg.mkPen(theme().surface, width=0.5),
            )  # fmt: skip

    def _hide(self, wipe: Erase) -> npt.NDArray[np.bool_]:
        """Hide the points within the radius; return which ones they are."""
        held = _held_by(wipe, *self._base.places()) & self._kept
        if held.any():
            self._kept &= ~held
            self._base.show_only(self._kept)
        return held

    def _lift(self, reach: Erase) -> None:
        """Pick up the points within the radius."""
        self._hide(reach)
        lifted = [row for row in self._held.rows if reach.covers(row[0], row[1])]
        if not lifted:
            return
        numbers = [int(row[2]) if len(row) > 2 else 0 for row in lifted]
        look = theme()
        plain = self._ink is None
        self.laid.setData(
            pos=np.array([row[:2] for row in lifted]),
            symbol=[SYMBOLS[number] for number in numbers],
            size=[mark_size(number, _SIZE) for number in numbers],
            brush=[pg.mkBrush(look.points if plain else look.classes[n]) for n in numbers],
            pen=pg.mkPen(look.text, width=1),
        )

    def _take_overlay_away(self) -> None:
        self.laid.setPos(0.0, 0.0)
        self.laid.setData([], [])

    def _reach(self) -> Radius:
        wide, high = self._box.viewPixelSize()
        return Radius(self.radius * float(wide), self.radius * float(high))

    def _place_of(self, position: QPointF) -> tuple[Point, bool]:
        on_scene = self._plot.mapToScene(position.toPoint())
        at = self._box.mapSceneToView(on_scene)
        return (at.x(), at.y()), bool(self._box.sceneBoundingRect().contains(on_scene))

    def _middle(self) -> Point:
        centre = self._box.viewRect().center()
        return centre.x(), centre.y()

    def _colour(self) -> str:
        look = theme()
        return look.points if self._ink is None else look.classes[self._ink]

    def _point_at(self, place: Point | None) -> None:
        self._cursor = place
        self._draw_ring()

    def _draw_ring(self) -> None:
        if self._cursor is None or self._tool is None:
            self.ring.setData([], [])
            return
        lays = self._tool in ("brush", "spray")
        pen = pg.mkPen(self._colour() if lays else theme().text, width=1.5)
        self.ring.setData(
            [self._cursor[0]], [self._cursor[1]],
            symbol="o", size=2 * self.radius, brush=None, pen=pen,
        )  # fmt: skip


def _held_by(wipe: Erase, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """Return which of many points `wipe` contains."""
    left, right, low, high = wipe.box
    found: npt.NDArray[np.bool_] = (x >= left) & (x <= right) & (y >= low) & (y <= high)
    near = np.flatnonzero(found)
    found[near] = [wipe.covers(float(x[index]), float(y[index])) for index in near]
    return found
