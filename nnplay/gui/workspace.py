"""The one screen: editors left and right, the picture of the run between them."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.experiment import Experiment, Problem
from nnplay.gui.bars.lesson import Lesson
from nnplay.gui.editors.data import DataEditor
from nnplay.gui.editors.network.editor import NetworkEditor
from nnplay.gui.editors.training import TrainingEditor
from nnplay.gui.panels import roles
from nnplay.gui.panels.panel import Panel
from nnplay.gui.style.theme import SPACE
from nnplay.gui.tab_stack import Place, TabStack
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.data import Parts
    from nnplay.gui.panels.all import Panels
    from nnplay.link import Frame, PayloadKind, Result, Trace

_ROLES = (
    roles.FIT, roles.DECISION, roles.FORECAST, roles.CONFUSION, roles.ROC, roles.RESIDUALS,
    roles.SAMPLES, roles.CURVES, roles.PREDICT, roles.RESULTS, roles.PREVIEW,
)  # fmt: skip
CATCH_UP_MS = 120
LEFT, RIGHT = 308, 326
"""First widths of the columns of editors."""


class Workspace(QWidget):
    """Lays the editors and panels out and passes on to them what there is to show."""

    completed = Signal()
    """All panels stand."""
    edited = Signal(object)
    """A Change, from a panel that is painted on."""
    demand_changed = Signal(object)
    """The classes of the payloads that visible panels want, a frozenset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lesson = Lesson()
        self.data_editor = DataEditor()
        self.network_editor = NetworkEditor()
        self.training_editor = TrainingEditor()
        self._places = {role: Place(role) for role in _ROLES}
        self.main_deck = TabStack(
            (
                (_("Fit"), self._places[roles.FIT]),
                (_("Map"), self._places[roles.DECISION]),
                (_("Forecast"), self._places[roles.FORECAST]),
                (_("Confusion matrix"), self._places[roles.CONFUSION]),
                (_("ROC"), self._places[roles.ROC]),
                (_("Residuals"), self._places[roles.RESIDUALS]),
                (_("Data"), self._places[roles.SAMPLES]),
            )
        )
        self.side_deck = TabStack(
            (
                (_("Predict"), self._places[roles.PREDICT]),
                (_("Results"), self._places[roles.RESULTS]),
            )
        )
        self._panels: Panels | None = None
        self._standing: list[Panel] = []
        self._making = self._make_panels()
        self._next = QTimer(self)
        self._next.timeout.connect(self._make_next)
        self._experiment: Experiment | None = None
        self._data: tuple[DataSpec, Parts] | None = None
        self._spec: DataSpec | None = None
        self._hidden = False
        self._frame: Frame | None = None
        self._traces: tuple[Trace, Trace] | None = None
        self._shown: dict[Panel, Frame] = {}
        self._shown_at: dict[tuple[Panel, str], float] = {}
        self._demand: frozenset[PayloadKind] = frozenset()
        self._catch_up = QTimer(self)
        self._catch_up.setSingleShot(True)
        self._catch_up.setInterval(CATCH_UP_MS)
        self._catch_up.timeout.connect(self.show_last_frame)
        self.data_editor.set_preview(self._places[roles.PREVIEW])
        self._lay_out()

    @property
    def standing(self) -> tuple[Panel, ...]:
        """The panels that have been made."""
        return tuple(self._standing)

    @property
    def panels(self) -> Panels:
        """All panels; those that do not stand yet are made at once."""
        self._make_all()
        assert self._panels is not None
        return self._panels

    def show_experiment(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        """Show what is wanted in every editor."""
        for editor in (self.data_editor, self.network_editor, self.training_editor):
            editor.show_experiment(experiment, problems)
        self._experiment = experiment
        for panel in self._standing:
            panel.show_experiment(experiment)
        self.lesson.show_experiment(experiment)
        spec = experiment.data.spec()
        if spec != self._spec:
            self._spec = spec
            self.main_deck.show_spec(spec)
            self.side_deck.show_spec(spec)

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the samples."""
        self.training_editor.augmentation.show_pictures(spec, parts.train)
        self._data = spec, parts
        for panel in self._standing:
            if panel.fits(spec):
                panel.show_data(spec, parts)

    def show_run(self, experiment: Experiment | None) -> None:
        """Tell what a run was started with; None where there is no run."""
        self.training_editor.show_rates(None)
        if experiment is not None:
            self._make_all()
            for panel in self._standing:
                panel.show_run(experiment)

    def show_no_data(self, message: str, hint: str) -> None:
        """Say why there are no samples to show."""
        self.panels.preview.set_empty(f"{message} {hint}".strip())

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
        self._make_all()
        for panel in self._standing:
            panel.show_result(result)
        self.side_deck.bring_up(self.panels.results)

    def clear(self) -> None:
        """Forget the run that was shown."""
        self._frame = self._traces = None
        self._catch_up.stop()
        self._shown.clear()
        self._shown_at.clear()
        for panel in self._standing:
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Make the panels once the window has been seen."""
        super().paintEvent(event)
        if self._panels is None:
            self._next.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow which panels can be seen."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._tell_demand()
            if event.type() == QEvent.Type.Show:
                assert isinstance(watched, Panel)
                self._show_frame_in(watched)
                self._show_traces_in(watched)
        return super().eventFilter(watched, event)

    def _make_panels(self) -> Iterator[None]:
        """Make the panels, and take a rest for the window's events after each piece of work."""
        import pyqtgraph  # noqa: F401 - long to load, and needed by the panels

        yield
        from nnplay.gui.panels.all import Panels

        self._panels = panels = Panels()
        yield
        for panel in panels.make():
            self._take_in(panel)
            yield
        panels.confusion.sample_chosen.connect(self._predict)
        self.completed.emit()

    def _take_in(self, panel: Panel) -> None:
        """Put a panel in its place, and tell it what the others know."""
        self._standing.append(panel)
        panel.edited.connect(self.edited)
        panel.installEventFilter(self)
        if self._experiment is not None:
            panel.show_experiment(self._experiment)
        if self._data is not None and panel.fits(self._data[0]):
            panel.show_data(*self._data)
        self._places[panel.role].put(panel)

    @Slot()
    def _make_next(self) -> None:
        for _made in self._making:
            return
        self._next.stop()

    def _make_all(self) -> None:
        for _made in self._making:
            pass
        self._next.stop()

    @Slot(object)
    def _predict(self, index: int) -> None:
        self.panels.predict.show_index(index)
        self.side_deck.bring_up(self.panels.predict)

    def _seen(self) -> list[Panel]:
        return [] if self._hidden else [panel for panel in self._standing if panel.isVisible()]

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
        wants = (panel.wants for panel in self._seen())
        kinds: frozenset[PayloadKind] = frozenset().union(*wants)
        if kinds != self._demand:
            self._demand = kinds
            self.demand_changed.emit(kinds)

    def _lay_out(self) -> None:
        left = _splitter(Qt.Orientation.Vertical, self.data_editor, self.network_editor)
        left.setSizes([190, 450])
        left.setStretchFactor(0, 2)
        left.setStretchFactor(1, 3)
        middle = _splitter(Qt.Orientation.Vertical, self.main_deck, self._places[roles.CURVES])
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
