"""All panels of the window together."""

from __future__ import annotations

from collections.abc import Iterator

from nnplay.gui.panels.confusion import ConfusionPanel
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.panels.data_preview import DataPreview
from nnplay.gui.panels.data_table import DataPanel
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.panels.forecast import ForecastPanel
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.predict import PredictPanel
from nnplay.gui.panels.residuals import ResidualsPanel
from nnplay.gui.panels.results import ResultsPanel
from nnplay.gui.panels.roc import RocPanel


class Panels:
    """One of each; `make` must have run to its end before one is asked for."""

    def make(self) -> Iterator[Panel]:
        """Make one after the other, first those that most data need."""
        self.fit = FitPanel()
        yield self.fit
        self.decision = DecisionPanel()
        yield self.decision
        self.curves = CurvesPanel()
        yield self.curves
        self.preview = DataPreview()
        yield self.preview
        self.results = ResultsPanel()
        yield self.results
        self.confusion = ConfusionPanel()
        yield self.confusion
        self.samples = DataPanel()
        yield self.samples
        self.predict = PredictPanel()
        yield self.predict
        self.roc = RocPanel()
        yield self.roc
        self.residuals = ResidualsPanel()
        yield self.residuals
        self.forecast = ForecastPanel()
        yield self.forecast
