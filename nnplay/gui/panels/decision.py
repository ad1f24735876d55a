"""The plane: what the network answers at every place, and the points it learns from."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts, Samples
from nnplay.gui.panels.panel import Panel
from nnplay.gui.theme import bus, theme
from nnplay.gui.views.colours import mix, ramp
from nnplay.gui.views.key import ClassKey
from nnplay.gui.views.plot import Plot
from nnplay.link import DecisionMap, Frame, PayloadName
from nnplay.words import _

MOST_POINTS = 4000
"""More markers than this hide each other and cost more than the picture below them."""
SYMBOLS = ("o", "s")
"""Of class 0 and class 1, so that no eye depends on the colours."""
_GROUND = 0.5
"""Share of a class's colour in the map where the network is sure; the points have all of it."""


class DecisionPanel(Panel):
    """A map of the probability of class 1, with the points of both classes on top."""

    wants: ClassVar[frozenset[PayloadName]] = frozenset({"decision"})
    min_interval_ms: ClassVar[int] = 33

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Decision map"), parent)
        self.plot = Plot("x₁", "x₂", self)
        self.plot.setAccessibleName(_("Map of the network's answers with the data points"))
        self.plot.getViewBox().setAspectLocked(True)
        self.map = pg.ImageItem(axisOrder="row-major")
        self.map.hide()
        self.plot.addItem(self.map, ignoreBounds=True)
        self.points = pg.ScatterPlotItem(pxMode=True)
        self.plot.addItem(self.points, ignoreBounds=True)
        self._shown: list[tuple[npt.NDArray[Any], int, bool]] = []
        self._home = QRectF(-1, -1, 2, 2)
        self.key = ClassKey(self)
        self.add_tool_widget(self.key)
        self.add_tool(
            _("Reset view"), _("Show all points again"), self.reset_view,
            key="A", icon="mdi6.fit-to-screen-outline",
        )  # fmt: skip
        self.set_content(self.plot)
        self._say_no_data()
        bus.changed.connect(self._recolour)
        self._recolour()

    @classmethod
    def fits(cls, spec: DataSpec) -> bool:
        """Say whether the data are two classes in the plane."""
        return spec.task == "classification" and spec.in_shape == (2,) and spec.outputs == 2

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the points, those held back from training hollow, and fit the view to them."""
        self._shown = []
        if not self.fits(spec) or not len(parts.train):
            self._say_no_data()
            return
        self.set_empty("")
        total = len(parts.train) + len(parts.validation) + len(parts.test)
        held_back = False
        for samples, hollow in ((parts.train, False), (parts.validation, True), (parts.test, True)):
            held_back |= hollow and len(samples) > 0
            self._choose(samples, hollow, max(1, -(-total // MOST_POINTS)))
        self.key.set_held_back(held_back)
        self.key.set_names(*(_("class {name}").format(name=name) for name in spec.class_names))
        low, high = parts.train.x.min(0), parts.train.x.max(0)
        wide, tall = (float(size) or 2.0 for size in high - low)
        self._home = QRectF(
            float(low[0]) - wide / 20, float(low[1]) - tall / 20, 1.1 * wide, 1.1 * tall
        )
        shown = sum(len(at) for at, _class, _hollow in self._shown)
        if shown < total:
            note = _("{shown:,} of {count:,} points drawn").format(shown=shown, count=total)
        else:
            note = _("{count:,} points").format(count=total)
        self._about_data = note
        self._draw_points()
        self.clear()
        self.reset_view()

    def show_frame(self, frame: Frame) -> None:
        """Show the map of this moment."""
        answer = frame.payloads.get("decision")
        if not isinstance(answer, DecisionMap):
            return
        values = answer.values
        if not np.isfinite(values).all():
            values = np.nan_to_num(values, nan=0.5)
        self.map.setImage(values, autoLevels=False, levels=(0.0, 1.0))
        width, height = answer.x_high - answer.x_low, answer.y_high - answer.y_low
        self.map.setRect(QRectF(answer.x_low, answer.y_low, width, height))
        self.map.show()
        where = _("epoch {epoch:,.2f} · step {step:,}")
        self.set_note(where.format(epoch=frame.progress.epoch, step=frame.step))

    def clear(self) -> None:
        """Take the map away."""
        self.map.hide()
        if self._shown:
            hint = _("press Train to colour the plane by the network's answers")
            self.set_note(f"{self._about_data} · {hint}")

    def reset_view(self) -> None:
        """Show all points."""
        self.plot.getViewBox().setRange(self._home, padding=0)

    def _choose(self, samples: Samples, hollow: bool, every: int) -> None:
        x, y = samples.x[::every], np.asarray(samples.y[::every]).reshape(-1)
        for number in range(2):
            at = x[y == number]
            if len(at):
                self._shown.append((at, number, hollow))

    def _draw_points(self) -> None:
        look = theme()
        few = sum(len(at) for at, _class, _hollow in self._shown) <= 1000
        symbols: list[str] = []
        brushes: list[Any] = []
        pens: list[Any] = []
        # One entry per point: an option given once would hold for all points, also those before.
        for at, number, hollow in self._shown:
            colour = look.classes[number]
            outline = colour if hollow else mix(look.surface, colour, 0.85)
            brush = pg.mkBrush(mix(look.surface, colour, 0.9) if hollow else colour)
            pen = pg.mkPen(outline, width=2 if hollow and few else 1)
            symbols += [SYMBOLS[number]] * len(at)
            brushes += [brush] * len(at)
            pens += [pen] * len(at)
        places = np.concatenate([at for at, _class, _hollow in self._shown] or [np.empty((0, 2))])
        self.points.setData(
            pos=places, symbol=symbols, brush=brushes, pen=pens, size=8 if few else 5
        )

    def _say_no_data(self) -> None:
        self.set_note("")
        self.set_empty(
            _("Here the plane is coloured by the network's answers.\n")
            + _("Choose data with two numbers in and two classes out, such as the spiral.")
        )

    def _recolour(self) -> None:
        look = theme()
        ends = [mix(look.classes[number], look.surface, _GROUND) for number in range(2)]
        self.map.setLookupTable(ramp((ends[0], look.surface, ends[1])))
        self._draw_points()


if __name__ == "__main__":
    from nnplay.gui.panels.alone import main

    raise SystemExit(main(DecisionPanel))
