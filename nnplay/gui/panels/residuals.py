"""The residuals: how far a finished regression is off, over what it answered."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import RESIDUALS, Role
from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.metric_block import Figure, MetricBlock, number
from nnplay.gui.views.plots.density import DensityItem
from nnplay.gui.views.plots.plot import Plot
from nnplay.link import PayloadKind, Result
from nnplay.record.metrics import regression_metrics
from nnplay.translation import _


class ResidualsPanel(Panel):
    """Truth minus answer for every sample: a pattern in it is what the network did not learn."""

    role: ClassVar[Role] = RESIDUALS
    wants: ClassVar[frozenset[PayloadKind]] = frozenset()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        self.plot = Plot(_("answer"), _("truth - answer"), self)
        self.plot.setAccessibleName(_("Residuals over the answers"))
        self.points = DensityItem()
        self.zero = pg.InfiniteLine(0.0, angle=0, movable=False)
        for item in (self.points, self.zero):
            self.plot.addItem(item, ignoreBounds=True)
        self.figures = MetricBlock(self.plot, "top-right")
        self.plot.area_changed.connect(self.figures.set_area)
        self._home = QRectF(-1, -1, 2, 2)
        self.add_tool(
            _("Reset view"), _("Show all points again"), self.reset_view,
            key="A", icon="whole",
        )  # fmt: skip
        self.set_content(self.plot)
        bus.changed.connect(self._recolour)
        self._recolour()
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Forget the data before."""
        self.clear()

    def show_result(self, result: Result) -> None:
        """Draw a point for every sample and output."""
        predictions = result.predictions
        if predictions is None or not np.isfinite(predictions.predicted).all():
            return
        x = predictions.predicted.reshape(-1)
        y = (predictions.target - predictions.predicted).reshape(-1)
        self.points.set_points(x, y)
        wide, high = float(np.ptp(x)) or 2.0, 2 * float(np.abs(y).max()) or 2.0
        self._home = QRectF(float(x.min()) - 0.03 * wide, -0.56 * high, 1.06 * wide, 1.12 * high)
        off = regression_metrics(predictions.target, predictions.predicted)
        self.figures.set_metrics(
            [Figure(_("RMSE"), number(off.rmse)), Figure("R²", number(off.r2))]
        )
        names = {
            "train": _("training samples"),
            "validation": _("validation samples"),
            "test": _("test samples"),
        }
        self.set_note(names[predictions.part])
        self.set_empty("")
        self.reset_view()

    def clear(self) -> None:
        """Forget the run."""
        self.figures.set_metrics([])
        self.set_note("")
        self.set_empty(
            _("At the end of a run: what is left between the truth and the answers of a network.")
        )

    def reset_view(self) -> None:
        """Show all points."""
        self.plot.getViewBox().setRange(self._home, padding=0)

    def _recolour(self) -> None:
        look = theme()
        self.points.set_colours(look.points, look.surface)
        self.zero.setPen(pg.mkPen(look.muted, width=1, style=Qt.PenStyle.DashLine))


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(ResidualsPanel))
