"""The one screen: editors left and right, the picture of the run between them."""

from __future__ import annotations

from math import inf
from time import perf_counter

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import DataSpec
from nnplay.data import Parts
from nnplay.experiment import Experiment, Problem
from nnplay.gui.editors.data import DataEditor
from nnplay.gui.editors.network import NetworkEditor
from nnplay.gui.editors.training import TrainingEditor
from nnplay.gui.lesson import Lesson
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
from nnplay.gui.theme import SPACE
from nnplay.link import Frame, PayloadName, Result, Trace
from nnplay.words import _

CATCH_UP_MS = 120
LEFT, RIGHT = 308, 326
"""First widths of the columns of editors."""


class Deck(QWidget):
    """Panels of which one shows, chosen by tabs; those that do not fit the data have no tab."""

    def __init__(
        self, panels: tuple[tuple[str, Panel], ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._panels = panels
        self._bar = QTabBar()
        self._bar.setExpanding(False)
        self._bar.setDrawBase(False)
        self._stack = QStackedWidget()
        for name, panel in panels:
            self._bar.addTab(name)
            self._stack.addWidget(panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._stack, 1)
        self._bar.currentChanged.connect(self._stack.setCurrentIndex)

    def minimumSizeHint(self) -> QSize:
        """Stay as high as was chosen whatever a panel comes to hold; ten classes have room."""
        return QSize(240, 326)

    def show_spec(self, spec: DataSpec) -> None:
        """Offer the panels that fit the data, and bring up the first of them."""
        fitting = [panel.fits(spec) for _name, panel in self._panels]
        for index, fits in enumerate(fitting):
            # Told again what it knows, the bar would forget to close the gaps.
            if fits != self._bar.isTabVisible(index):
                self._bar.setTabVisible(index, fits)
        self._bar.setVisible(sum(fitting) > 1)
        if any(fitting):
            self._bar.setCurrentIndex(fitting.index(True))

    def bring_up(self, panel: Panel) -> None:
        """Show one panel."""
        for index, (_name, other) in enumerate(self._panels):
            if other is panel:
                self._bar.setCurrentIndex(index)


class Workspace(QWidget):
    """Lays the editors and panels out and passes on to them what there is to show."""

    demand_changed = Signal(object)
    """The payloads that the visible panels want, a frozenset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lesson = Lesson()
        self.data_editor = DataEditor()
        self.network_editor = NetworkEditor()
        self.training_editor = TrainingEditor()
        self.fit, self.decision, self.confusion = FitPanel(), DecisionPanel(), ConfusionPanel()
        self.roc, self.residuals = RocPanel(), ResidualsPanel()
        self.curves, self.preview = CurvesPanel(), DataPreview()
        self.samples, self.forecast = DataPanel(), ForecastPanel()
        self.predict, self.results = PredictPanel(), ResultsPanel()
        self.main_deck = Deck(
            (
                (_("Fit"), self.fit),
                (_("Map"), self.decision),
                (_("Forecast"), self.forecast),
                (_("Confusion matrix"), self.confusion),
                (_("ROC"), self.roc),
                (_("Residuals"), self.residuals),
                (_("Data"), self.samples),
            )
        )
        self.side_deck = Deck(((_("Predict"), self.predict), (_("Results"), self.results)))
        self.panels: tuple[Panel, ...] = (
            self.fit,
            self.decision,
            self.confusion,
            self.roc,
            self.residuals,
            self.samples,
            self.forecast,
            self.curves,
            self.predict,
            self.results,
            self.preview,
        )
        self.easels = (self.fit.easel, self.decision.easel)
        self._spec: DataSpec | None = None
        self._hidden = False
        self._frame: Frame | None = None
        self._traces: tuple[Trace, Trace] | None = None
        self._shown: dict[Panel, Frame] = {}
        self._shown_at: dict[tuple[Panel, str], float] = {}
        self._demand: frozenset[PayloadName] = frozenset()
        self._catch_up = QTimer(self)
        self._catch_up.setSingleShot(True)
        self._catch_up.setInterval(CATCH_UP_MS)
        self._catch_up.timeout.connect(self.show_last_frame)
        self.data_editor.set_preview(self.preview)
        self._lay_out()
        for panel in self.panels:
            panel.installEventFilter(self)
        self.confusion.sample_chosen.connect(self._predict)

    def show_experiment(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        """Show what is wanted in every editor."""
        for editor in (self.data_editor, self.network_editor, self.training_editor):
            editor.show_experiment(experiment, problems)
        for easel in self.easels:
            easel.show_experiment(experiment)
        self.lesson.show_experiment(experiment)
        spec = experiment.data.spec()
        if spec != self._spec:
            self._spec = spec
            self.main_deck.show_spec(spec)
            self.side_deck.show_spec(spec)

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the samples."""
        self.training_editor.augmentation.show_pictures(spec, parts.train.x)
        for panel in self.panels:
            if panel.fits(spec):
                panel.show_data(spec, parts)

    def show_run(self, experiment: Experiment | None) -> None:
        """Tell what a run was started with; None where there is no run."""
        self.training_editor.show_rates(None)
        if experiment is not None:
            for panel in self.panels:
                panel.show_run(experiment)

    def show_no_data(self, message: str, hint: str) -> None:
        """Say why there are no samples to show."""
        self.preview.set_empty(f"{message} {hint}".strip())

    def set_hidden(self, hidden: bool) -> None:
        """Ask for nothing and show nothing while the window cannot be seen."""
        self._hidden = hidden
        self._catch_up.stop()
        self._tell_demand()
        if not hidden:
            self.show_last_frame()

    def show_frame(self, frame: Frame) -> None:
        """Show a moment of the run in every visible panel that has not just shown one."""
        self._frame = frame
        for panel in self._seen():
            if self._is_due(panel, "frame"):
                self._show_frame_in(panel)
            else:
                # Where no other frame follows, as in a pause, this one must still be shown.
                self._catch_up.start()

    def show_last_frame(self) -> None:
        """Show the newest moment everywhere, however short ago the one before was shown."""
        for panel in self._seen():
            self._show_frame_in(panel)
            self._show_traces_in(panel)

    def show_traces(self, steps: Trace, epochs: Trace) -> None:
        """Show the curves of the run in every visible panel that has not just drawn them."""
        self._traces = steps, epochs
        self.training_editor.show_rates(steps)
        for panel in self._seen():
            if self._is_due(panel, "traces"):
                self._show_traces_in(panel)
            else:
                self._catch_up.start()

    def show_result(self, result: Result) -> None:
        """Show what the run came to."""
        for panel in self.panels:
            panel.show_result(result)
        self.side_deck.bring_up(self.results)

    def clear(self) -> None:
        """Forget the run that was shown."""
        self._frame = self._traces = None
        self._catch_up.stop()
        self._shown.clear()
        self._shown_at.clear()
        for panel in self.panels:
            panel.clear()
        if self._spec is not None:
            # What the last run came to has gone; there is more to see elsewhere.
            self.side_deck.show_spec(self._spec)

    def save_splits(self) -> dict[str, bytes]:
        """Return the places of the dividers by name."""
        return {name: bytes(s.saveState().data()) for name, s in self._splitters.items()}

    def restore_splits(self, places: dict[str, bytes]) -> None:
        """Put the dividers where they were."""
        for name, place in places.items():
            if name in self._splitters:
                self._splitters[name].restoreState(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow which panels can be seen."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._tell_demand()
            if event.type() == QEvent.Type.Show:
                assert isinstance(watched, Panel)
                self._show_frame_in(watched)
                self._show_traces_in(watched)
        return super().eventFilter(watched, event)

    @Slot(object)
    def _predict(self, index: int) -> None:
        self.predict.show_index(index)
        self.side_deck.bring_up(self.predict)

    def _seen(self) -> list[Panel]:
        return [] if self._hidden else [panel for panel in self.panels if panel.isVisible()]

    def _is_due(self, panel: Panel, what: str) -> bool:
        now, key = perf_counter(), (panel, what)
        if now < self._shown_at.get(key, -inf) + panel.min_interval_ms / 1000:
            return False
        self._shown_at[key] = now
        return True

    def _show_frame_in(self, panel: Panel) -> None:
        if self._frame is not None and self._shown.get(panel) is not self._frame:
            self._shown[panel] = self._frame
            panel.show_frame(self._frame)

    def _show_traces_in(self, panel: Panel) -> None:
        if self._traces is not None:
            panel.show_traces(*self._traces)

    def _tell_demand(self) -> None:
        names = frozenset[PayloadName]().union(*(panel.wants for panel in self._seen()))
        if names != self._demand:
            self._demand = names
            self.demand_changed.emit(names)

    def _lay_out(self) -> None:
        left = _splitter(Qt.Orientation.Vertical, self.data_editor, self.network_editor)
        left.setSizes([190, 450])
        left.setStretchFactor(0, 2)
        left.setStretchFactor(1, 3)
        middle = _splitter(Qt.Orientation.Vertical, self.main_deck, self.curves)
        middle.setSizes([400, 230])
        middle.setStretchFactor(0, 2)
        middle.setStretchFactor(1, 1)
        right = _splitter(Qt.Orientation.Vertical, self.training_editor, self.side_deck)
        right.setSizes([300, 340])
        right.setStretchFactor(0, 1)
        right.setStretchFactor(1, 1)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.lesson)
        column.addWidget(middle, 1)
        across = _splitter(Qt.Orientation.Horizontal, left, centre, right)
        across.setSizes([LEFT, 1280 - LEFT - RIGHT, RIGHT])
        across.setStretchFactor(1, 1)
        for index in (0, 2):
            across.setStretchFactor(index, 0)
        self._splitters = {"left": left, "middle": middle, "right": right, "across": across}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.addWidget(across)


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(SPACE)
    splitter.setChildrenCollapsible(False)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter
