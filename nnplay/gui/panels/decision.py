"""The plane: what the network predicts at every point of it, and the points of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec, Painted
from nnplay.engine.probes.decision import DecisionMap
from nnplay.gui.painting.paintable_panel import PaintablePanel
from nnplay.gui.panel.plot_panel import Floats
from nnplay.gui.panel.registry import panel
from nnplay.link import Area, Frame
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts, Samples
    from nnplay.gui.views.plots.class_points import PointGroup

MARGIN = 0.1
"""Room around the data in the view, as a share of their range."""
SETTLED_MS = 100
"""After the view was moved, before the map follows."""
MOST_POINTS = 4000
"""More markers than this hide each other and cost more than the map below them."""


@panel(
    n_("Decision map"),
    "centre",
    20,
    tab=n_("Map"),
    fits=lambda spec: spec.is_plane,
    wants=(DecisionMap,),
)
class DecisionPanel(PaintablePanel):
    """A map of the most probable class, or of the predictions of a regression, under the points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.panel.label_choice import LabelChoice
        from nnplay.gui.views.plots.class_points import ClassPoints
        from nnplay.gui.views.plots.legend import TwoClassLegend
        from nnplay.gui.views.plots.map_legend import ClassLegend, ScaleLegend
        from nnplay.gui.views.plots.prediction_image import PredictionImage

        name = _("Map of the predictions with the data points")
        super().__init__(Painted, "x", "y", name, parent)
        self.plot.getViewBox().setAspectLocked(True)
        self.map = PredictionImage()
        self.plot.addItem(self.map, ignoreBounds=True)
        self.points = ClassPoints()
        self.plot.addItem(self.points, ignoreBounds=True)
        self._spec: DataSpec | None = None
        self._parts: Parts | None = None
        self._predictions: DecisionMap | None = None
        self._about_data = ""
        self.choice = LabelChoice(self)
        self.choice.activated.connect(self._choose_label)
        self.add_tool_widget(self.choice)
        self.two_class_legend = TwoClassLegend(self)
        self.add_tool_widget(self.two_class_legend)
        self.scale_legend = ScaleLegend(self)
        self.scale_legend.hide()
        self.add_tool_widget(self.scale_legend)
        self.class_legend = ClassLegend(self)
        self.class_legend.hide()
        self.lay_out(self.class_legend)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._tell_area)
        self.plot.getViewBox().sigRangeChanged.connect(self._wait_to_settle)
        self._show_why_empty()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the points, hollow where held out from training, and fit the view to them."""
        self.points.show_groups(())
        if not self.fits(spec) or not len(parts.train):
            self._show_why_empty()
            return
        self.set_empty("")
        self._spec, self._parts = spec, parts
        self.choice.show_spec(spec)
        self._show_points(spec, parts)
        total = len(parts.train) + len(parts.validation) + len(parts.test)
        if self.points.count < total:
            note = _("{shown:,} of {count:,} points drawn")
            self._about_data = note.format(shown=self.points.count, count=total)
        else:
            self._about_data = _("{count:,} points").format(count=total)
        x, y = parts.train.x.T
        width, height = (float(np.ptp(one)) or 2.0 for one in (x, y))
        home = QRectF(
            float(x.min()) - MARGIN * width,
            float(y.min()) - MARGIN * height,
            (1 + 2 * MARGIN) * width,
            (1 + 2 * MARGIN) * height,
        )
        self.show_home(home, x, y)

    def clear_points(self) -> None:
        """Remove the points and the map."""
        self.points.show_groups(())
        self.map.hide()
        self.set_note(_("no points yet: paint some"))

    def places(self) -> tuple[Floats, Floats]:
        """Return x and y of the points, both of shape (n,)."""
        x, y = self.points.getData()
        return x, y

    def show_only(self, kept: npt.NDArray[np.bool_]) -> None:
        """Hide the points for which `kept`, of shape (n,), is false."""
        self.points.show_only(kept)

    def show_frame(self, frame: Frame) -> None:
        """Show the map at the step of the frame."""
        predictions = frame.get(DecisionMap)
        if predictions is None:
            return
        self._predictions = predictions
        self.map.show_predictions(predictions.of(self.choice.label))
        where = _("epoch {epoch:,.2f} · step {step:,}")
        self.set_note(where.format(epoch=frame.progress.epoch, step=frame.step))

    def clear(self) -> None:
        """Remove the map."""
        self._predictions = None
        self.map.hide()
        if self.points.count:
            hint = _("press Train to colour the plane by the predictions")
            self.set_note(f"{self._about_data} · {hint}")

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for a map of what is visible now."""
        super().showEvent(event)
        self._settled.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave no timer behind."""
        super().hideEvent(event)
        self._settled.stop()

    def _wait_to_settle(self, *_: object) -> None:
        # A window that is being closed still lays its plots out.
        if self.isVisible():
            self._settled.start()

    @Slot()
    def _tell_area(self) -> None:
        if self._spec is not None:
            seen = self.plot.getViewBox().viewRect()
            self.area_seen.emit(Area(seen.left(), seen.right(), seen.top(), seen.bottom()))

    def _choose_label(self, _label: object) -> None:
        if self._spec is None or self._parts is None:
            return
        self._show_points(self._spec, self._parts)
        if self._predictions is not None:
            self.map.show_predictions(self._predictions.of(self.choice.label))

    def _show_points(self, spec: DataSpec, parts: Parts) -> None:
        """Draw the points, and show the legend that suits them."""
        total = len(parts.train) + len(parts.validation) + len(parts.test)
        # Of painted points, none may be missing.
        every = 1 if self.paint_controller.is_open else max(1, -(-total // MOST_POINTS))
        value_range = None
        if spec.task == "regression":
            value_range = float(parts.train.y.min()), float(parts.train.y.max())
        self._show_legend(spec, len(parts.train) < total, value_range)
        groups = [
            group
            for samples, hollow in (
                (parts.train, False), (parts.validation, True), (parts.test, True),
            )
            for group in self._groups(spec, samples, hollow, every)
        ]  # fmt: skip
        self.points.show_groups(groups, value_range)

    def _show_legend(
        self, spec: DataSpec, held_out: bool, value_range: tuple[float, float] | None
    ) -> None:
        """Show the legend that suits the data, and choose how predictions become colours."""
        from nnplay.gui.panel.label_choice import sides

        classes = len(spec.class_names)
        names = tuple(_("class {name}").format(name=name) for name in spec.class_names)
        if spec.task == "multilabel":
            names, classes = sides(spec, self.choice.label), 2
        self._title.setText(_("Decision map") if classes else _("Prediction map"))
        if value_range is not None:
            self.scale_legend.show_range(*value_range, held_out)
            self.map.expect(1, *value_range)
        else:
            self.map.expect(classes)
        if classes == 2:
            self.two_class_legend.set_held_out(held_out)
            self.two_class_legend.set_names(*names)
        elif classes:
            self.class_legend.show_names(names, held_out)
        self.two_class_legend.setVisible(classes == 2)
        self.scale_legend.setVisible(classes == 0)
        self.class_legend.setVisible(classes > 2 and not self.paint_controller.is_open)

    def _groups(
        self, spec: DataSpec, samples: Samples, hollow: bool, every: int
    ) -> list[PointGroup]:
        """Return an even subset of a part, every `every`-th sample, grouped by class."""
        from nnplay.gui.views.plots.class_points import PointGroup

        x, y = samples.x[::every], samples.y[::every]
        if not len(x):
            return []
        if spec.task == "multilabel":
            y = y[:, self.choice.label].astype(np.int64)
        y = np.asarray(y).reshape(-1)
        if spec.task == "regression":
            return [PointGroup(x, 0, y, hollow)]
        chosen = ((number, y == number) for number in np.unique(y))
        return [PointGroup(x[own], int(number), y[own], hollow) for number, own in chosen]

    def _show_why_empty(self) -> None:
        self.set_note("")
        self.set_empty(
            _("The predictions of the network as colours of the plane.\n")
            + _("Choose data with two inputs and 2 to 10 classes, such as the spiral.")
        )

    def _recolour(self) -> None:
        super()._recolour()
        self.map.recolour()


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(DecisionPanel))
