"""The plane: what the network answers at every place, and the points it learns from."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import DataSpec, Painted
from nnplay.data.arrays import Parts, Samples
from nnplay.engine.probes.decision import DecisionMap
from nnplay.experiment import Experiment
from nnplay.gui.painting.paint_controller import COPY_TIP, PaintController
from nnplay.gui.painting.view_range import blank_home, painted_home, stays
from nnplay.gui.panels.label_choice import LabelChoice, sides
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import DECISION, Role
from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.colours import mix
from nnplay.gui.views.plots.density import Floats
from nnplay.gui.views.plots.legend import TwoClassLegend
from nnplay.gui.views.plots.map_legend import ClassLegend, ScaleLegend
from nnplay.gui.views.plots.markers import SYMBOLS, mark_size, shades
from nnplay.gui.views.plots.plot import Plot
from nnplay.gui.views.plots.prediction_image import PredictionImage
from nnplay.link import Frame, PayloadKind
from nnplay.translation import _

MOST_POINTS = 4000
"""More markers than this hide each other and cost more than the picture below them."""


class _Group(NamedTuple):
    """Points that look alike."""

    at: npt.NDArray[Any]
    """(n, 2)."""
    number: int
    """Of their class, 0 for a regression."""
    values: npt.NDArray[Any]
    """(n,)."""
    hollow: bool


class DecisionPanel(Panel):
    """A map of the likeliest class, or of the answer of a regression, with the points on top."""

    role: ClassVar[Role] = DECISION
    wants: ClassVar[frozenset[PayloadKind]] = frozenset({DecisionMap})
    min_interval_ms: ClassVar[int] = 33

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        self.plot = Plot("x₁", "x₂", self)
        self.plot.setAccessibleName(_("Map of the network's answers with the data points"))
        self.plot.getViewBox().setAspectLocked(True)
        self.map = PredictionImage()
        self.plot.addItem(self.map, ignoreBounds=True)
        self.points = pg.ScatterPlotItem(pxMode=True)
        self.plot.addItem(self.points, ignoreBounds=True)
        self._shown: list[_Group] = []
        self._heights: tuple[float, float] | None = None
        self._home = QRectF(-1, -1, 2, 2)
        self._spec: DataSpec | None = None
        self._parts: Parts | None = None
        self._answer: DecisionMap | None = None
        self.choice = LabelChoice(self)
        self.choice.activated.connect(self._choose_label)
        self.add_tool_widget(self.choice)
        self.key = TwoClassLegend(self)
        self.add_tool_widget(self.key)
        self.scale = ScaleLegend(self)
        self.scale.hide()
        self.add_tool_widget(self.scale)
        self.legend = ClassLegend(self)
        self.legend.hide()
        self.add_tool(
            _("Reset view"), _("Show all points again"), self.reset_view,
            key="A", icon="whole",
        )  # fmt: skip
        self.paint_controller = PaintController(Painted, self.plot, self, self)
        self.paint_controller.edited.connect(self.edited)
        self.paint_controller.set_copy_button(
            self.add_tool(_("Paint"), _(COPY_TIP), self.paint_controller.copy_points, key="P")
        )
        self._was_painted = False
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.paint_controller)
        layout.addWidget(self.legend)
        layout.addWidget(self.plot, 1)
        self.set_content(content)
        self._say_no_data()
        bus.changed.connect(self._recolour)
        self._recolour()

    def show_experiment(self, experiment: Experiment) -> None:
        """Offer to paint where the data are painted, or can be."""
        self.paint_controller.show_experiment(experiment)

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the points, those held back from training hollow, and fit the view to them."""
        self._shown = []
        if not self.fits(spec) or not len(parts.train):
            self._say_no_data()
            return
        self.set_empty("")
        self._spec, self._parts = spec, parts
        self.choice.show_spec(spec)
        self._group(spec, parts)
        total = len(parts.train) + len(parts.validation) + len(parts.test)
        keeps_view = self._find_home(parts)
        shown = sum(len(group.at) for group in self._shown)
        if shown < total:
            note = _("{shown:,} of {count:,} points drawn").format(shown=shown, count=total)
        else:
            note = _("{count:,} points").format(count=total)
        self._about_data = note
        self._draw_points()
        self.clear()
        self.paint_controller.canvas.settle()
        if not keeps_view:
            self.reset_view()

    def show_blank(self) -> None:
        """Show an empty plane to paint on."""
        self._shown, self._heights = [], None
        self._draw_points()
        self.map.hide()
        self.set_note(_("no points yet: paint some"))
        if not self._was_painted:
            self._was_painted = True
            self._home = blank_home()
            self.reset_view()
        self.set_empty("")

    def places(self) -> tuple[Floats, Floats]:
        """Return where the points are that it shows, x and y of shape (n,)."""
        x, y = self.points.getData()
        return x, y

    def show_only(self, kept: npt.NDArray[np.bool_]) -> None:
        """Hide those points where `kept`, of shape (n,), is false."""
        # Its own setPointsVisible draws every mark anew, which takes as long as all of a frame.
        self.points.data["visible"] = kept
        self.points.invalidate()
        self.points.update()

    def show_frame(self, frame: Frame) -> None:
        """Show the map of this moment."""
        answer = frame.get(DecisionMap)
        if answer is None:
            return
        self._answer = answer
        self.map.show_predictions(answer.of(self.choice.label))
        where = _("epoch {epoch:,.2f} · step {step:,}")
        self.set_note(where.format(epoch=frame.progress.epoch, step=frame.step))

    def clear(self) -> None:
        """Take the map away."""
        self._answer = None
        self.map.hide()
        if self._shown:
            hint = _("press Train to colour the plane by the network's answers")
            self.set_note(f"{self._about_data} · {hint}")

    def reset_view(self) -> None:
        """Show all points."""
        self.plot.getViewBox().setRange(self._home, padding=0)

    def _choose_label(self, _label: object) -> None:
        if self._spec is None or self._parts is None:
            return
        self._shown = []
        self._group(self._spec, self._parts)
        self._draw_points()
        if self._answer is not None:
            self.map.show_predictions(self._answer.of(self.choice.label))

    def _group(self, spec: DataSpec, parts: Parts) -> None:
        """Part the points into groups that look alike, and choose the key to them."""
        total = len(parts.train) + len(parts.validation) + len(parts.test)
        self._prepare(spec, parts)
        for samples, hollow in ((parts.train, False), (parts.validation, True), (parts.test, True)):
            # Of points painted one by one, none may be missing.
            every = 1 if self.paint_controller.is_open else max(1, -(-total // MOST_POINTS))
            self._choose(samples, hollow, every)

    def _find_home(self, parts: Parts) -> bool:
        """Work out the view of all points; say whether the view at hand is to stay."""
        x, y = parts.train.x.T
        was_painted, self._was_painted = self._was_painted, self.paint_controller.is_open
        if self.paint_controller.is_open:
            self._home = painted_home(x, y)
            return was_painted and stays(self.plot.getViewBox().viewRect(), x, y)
        wide, tall = (float(np.ptp(one)) or 2.0 for one in (x, y))
        self._home = QRectF(
            float(x.min()) - wide / 20, float(y.min()) - tall / 20, 1.1 * wide, 1.1 * tall
        )
        return False

    def _prepare(self, spec: DataSpec, parts: Parts) -> None:
        """Choose the key that suits the data, and how answers become colours."""
        classes = len(spec.class_names)
        held_out = len(parts.validation) + len(parts.test) > 0
        names = tuple(_("class {name}").format(name=name) for name in spec.class_names)
        if spec.task == "multilabel":
            names, classes = sides(spec, self.choice.label), 2
        self._heights = None
        self._heading.setText(_("Decision map") if classes else _("Map of the answers"))
        if not classes:
            self._heights = float(parts.train.y.min()), float(parts.train.y.max())
            self.scale.show_range(*self._heights, held_out)
            self.map.expect(1, *self._heights)
        else:
            self.map.expect(classes)
        if classes == 2:
            self.key.set_held_out(held_out)
            self.key.set_names(*names)
        elif classes:
            self.legend.show_names(names, held_out)
        self.key.setVisible(classes == 2)
        self.scale.setVisible(classes == 0)
        self.legend.setVisible(classes > 2 and not self.paint_controller.is_open)

    def _choose(self, samples: Samples, hollow: bool, every: int) -> None:
        x, y = samples.x[::every], samples.y[::every]
        if self._spec is not None and self._spec.task == "multilabel":
            y = y[:, self.choice.label].astype(np.int64)
        y = np.asarray(y).reshape(-1)
        if self._heights is not None:
            if len(x):
                self._shown.append(_Group(x, 0, y, hollow))
            return
        for number in np.unique(y):
            chosen = y == number
            self._shown.append(_Group(x[chosen], int(number), y[chosen], hollow))

    def _draw_points(self) -> None:
        look = theme()
        few = sum(len(group.at) for group in self._shown) <= 1000
        symbols: list[str] = []
        brushes: list[Any] = []
        pens: list[Any] = []
        sizes: list[float] = []
        # One entry per point: an option given once would hold for all points, also those before.
        for at, number, values, hollow in self._shown:
            symbols += [SYMBOLS[number]] * len(at)
            sizes += [mark_size(number, 8 if few else 5)] * len(at)
            if self._heights is not None:
                brushes += shades(values, *self._heights)
                pens += [pg.mkPen(look.text if hollow else look.muted, width=1)] * len(at)
                continue
            colour = look.classes[number]
            outline = colour if hollow else mix(look.surface, colour, 0.85)
            brush = pg.mkBrush(mix(look.surface, colour, 0.9) if hollow else colour)
            pen = pg.mkPen(outline, width=2 if hollow and few else 1)
            brushes += [brush] * len(at)
            pens += [pen] * len(at)
        places = np.concatenate([group.at for group in self._shown] or [np.empty((0, 2))])
        self.points.setData(pos=places, symbol=symbols, brush=brushes, pen=pens, size=sizes)

    def _say_no_data(self) -> None:
        self.set_note("")
        self.set_empty(
            _("Here the plane is coloured by the network's answers.\n")
            + _("Choose data with two numbers in and 2 to 10 classes out, such as the spiral.")
        )

    def _recolour(self) -> None:
        self.map.recolour()
        self._draw_points()


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(DecisionPanel))
