"""The ROC curve: what two classes cost each other as the threshold between them moves."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts
from nnplay.gui.panels.label_choice import LabelChoice
from nnplay.gui.panels.outcome_words import outcomes_of, part_text
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import ROC, Role
from nnplay.gui.style.theme import bus, theme
from nnplay.gui.views.metric_block import Figure, MetricBlock, number
from nnplay.gui.views.plots.plot import Plot
from nnplay.link import Frame, LabelOutcomes, Outcomes, PayloadKind
from nnplay.record.metrics import area, roc_curve
from nnplay.translation import _

_HOME = QRectF(-0.02, -0.02, 1.04, 1.04)


class RocPanel(Panel):
    """The rates of right and wrong alarms at every threshold, and the area under them."""

    role: ClassVar[Role] = ROC
    wants: ClassVar[frozenset[PayloadKind]] = frozenset({Outcomes, LabelOutcomes})
    min_interval_ms: ClassVar[int] = 100

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        self.plot = Plot(_("false positive rate"), _("true positive rate"), self)
        self.plot.setAccessibleName(_("ROC curve of the two classes"))
        self.guess = pg.PlotCurveItem([0, 1], [0, 1])
        self.curve = pg.PlotCurveItem(skipFiniteCheck=True)
        for item in (self.guess, self.curve):
            self.plot.addItem(item, ignoreBounds=True)
        self.figures = MetricBlock(self.plot, "bottom-right")
        self.plot.area_changed.connect(self.figures.set_area)
        self._frame: Frame | None = None
        self.choice = LabelChoice(self)
        self.choice.activated.connect(self._choose_label)
        self.add_tool_widget(self.choice)
        self.add_tool(
            _("Reset view"), _("Show the whole curve again"), self.reset_view,
            key="A", icon="whole",
        )  # fmt: skip
        self.set_content(self.plot)
        bus.changed.connect(self._recolour)
        self._recolour()
        self.reset_view()
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Forget the data before."""
        self.choice.show_spec(spec)
        self.clear()

    def show_frame(self, frame: Frame) -> None:
        """Draw the curve of this moment, of the samples that were asked so far."""
        outcomes = outcomes_of(frame)
        if isinstance(outcomes, LabelOutcomes):
            self._frame = frame
            outcomes = outcomes.of(self.choice.label)
        if not isinstance(outcomes, Outcomes) or outcomes.probabilities.shape[1] != 2:
            return
        ones = outcomes.probabilities[:, 1]
        asked = np.isfinite(ones)
        curve = roc_curve(outcomes.target[asked], ones[asked])
        auc = area(curve)
        if not np.isfinite(auc):
            self.set_empty(_("The samples asked so far are all of one class: no curve yet."))
            return
        self.set_empty("")
        self.curve.setData(curve.false_rate, curve.true_rate)
        self.figures.set_metrics([Figure(_("AUC"), number(auc)), Figure(_("guessing"), "0.5")])
        self.set_note(part_text(outcomes, is_picture=False))

    def clear(self) -> None:
        """Forget the run."""
        self._frame = None
        self.curve.setData([], [])
        self.figures.set_metrics([])
        self.set_note("")
        self.set_empty(
            _("Press Train: here two classes are weighed against each other at every threshold.")
        )

    def reset_view(self) -> None:
        """Show the whole curve."""
        self.plot.getViewBox().setRange(_HOME, padding=0)

    def _choose_label(self, _label: object) -> None:
        if self._frame is not None:
            self.show_frame(self._frame)

    def _recolour(self) -> None:
        look = theme()
        self.curve.setPen(pg.mkPen(look.fit, width=3))
        self.guess.setPen(pg.mkPen(look.muted, width=1, style=Qt.PenStyle.DashLine))


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(RocPanel))
