"""The main part of the window: editors left and right, panels of the run between them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGraphicsView, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.experiment import Experiment, Problem, lesson_views, remarks, samples_key
from nnplay.gui.bars.film_bar import FilmBar
from nnplay.gui.bars.lesson import Lesson
from nnplay.gui.bars.outdated_bar import OutdatedBar
from nnplay.gui.columns import Columns
from nnplay.gui.editors.data import DataEditor
from nnplay.gui.editors.network.editor import NetworkEditor
from nnplay.gui.editors.training import TrainingEditor
from nnplay.gui.panel.entry import Occasion
from nnplay.gui.panel.frame_feed import FrameFeed
from nnplay.gui.panel.linked_selection import LinkedSelection
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.panel_picture import PanelPictures
from nnplay.gui.panel.registry import panel_kinds
from nnplay.gui.panel.tab_stack import PanelSlot, TabStack
from nnplay.gui.panel.veil import Veil
from nnplay.gui.runs.run_list import RunList
from nnplay.gui.stage.stage import Stage

if TYPE_CHECKING:
    from nnplay.data import Parts
    from nnplay.engine.probes.typed import TypedPrediction
    from nnplay.gui.code.dock import CodeDock
    from nnplay.link import Frame, PayloadKind, Result, Trace

_LEAST = {"side": QSize(240, 96)}
"""Fixed, so that the dividers stay where they are while panels change."""
FORWARDED = (
    *("edited", "files_asked", "folder_asked", "run_asked", "comparison_asked", "weight_edited"),
)
"""Signals of panels that the workspace passes on."""
P = TypeVar("P", bound=Panel)


class Workspace(QWidget):
    """Lays out editors and panels, and hands each of them what there is to show."""

    completed = Signal()
    """All panels that fit the first data are built."""
    edited = Signal(object)
    """A Change, from a panel whose data can be painted."""
    demand_changed = Signal(object)
    """The classes of the payloads that visible panels want, a frozenset."""
    selection_changed = Signal(object)
    """The Selection that probes are asked about."""
    files_asked = Signal(object)
    """The paths of files to predict, a list; empty to let the user choose them."""
    folder_asked = Signal(object, int)
    """The path of a folder of images to import, and the side that they have in pixels."""
    weight_edited = Signal(str, float)
    """The path of a weight and the value that was typed."""
    run_asked = Signal(object)
    """A RunCommand, from the list of runs."""
    comparison_asked = Signal(object)
    """A ComparisonQuestion for recorded runs, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lesson, self.outdated, self.film = Lesson(), OutdatedBar(), FilmBar()
        self.data_editor = DataEditor()
        self.network_editor = NetworkEditor()
        self.training_editor = TrainingEditor()
        self._slots = {kind: PanelSlot(kind.entry) for kind in panel_kinds()}
        self.stacks = {
            place: TabStack(
                [slot for slot in self._slots.values() if slot.entry.place == place],
                _LEAST.get(place),
            )
            for place in ("side", "data")
        }
        middle = [one for one in self._slots.values() if one.entry.place in ("centre", "below")]
        self.stage = Stage(sorted(middle, key=lambda slot: slot.entry.place == "below"))
        self.stacks["centre"] = self.stage.tabs
        self._veil = Veil(self.stacks["side"])
        self._panels: dict[type[Panel], Panel] = {}
        self._is_complete = False
        self._next = QTimer(self)
        self._next.timeout.connect(self._build_next)
        self._code: CodeDock | None = None
        self._edited: Experiment | None = None
        self._experiment: Experiment | None = None
        self._problems: tuple[Problem, ...] = ()
        self._data: dict[bool, tuple[DataSpec, Parts]] = {}
        """Those that are edited under True, for panels of the editor; those shown under False."""
        self._no_data = ""
        self._spec: DataSpec | None = None
        self._views: tuple[str, ...] = ()
        self._hidden = False
        self._demand: frozenset[PayloadKind] = frozenset()
        self._selection = LinkedSelection(self)
        self._selection.changed.connect(self.selection_changed)
        self._runs = RunList()
        self.pictures = PanelPictures(self)
        self._feed = FrameFeed(self._visible, self)
        self.data_editor.set_preview(self.stacks["data"])
        self.columns = Columns(
            (self.data_editor, self.network_editor),
            (self.lesson, self.outdated),
            (self.film,),
            self.training_editor,
            self.stage,
            self.stacks["side"],
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.columns)

    @property
    def built(self) -> tuple[Panel, ...]:
        """The panels that are built already."""
        return tuple(self._panels.values())

    def panel(self, kind: type[P]) -> P:
        """Return the panel of a class, and build it where it is not built yet."""
        if kind not in self._panels:
            self._add(kind)
        panel = self._panels[kind]
        assert isinstance(panel, kind)
        return panel

    def build_panels(self) -> None:
        """Build the panels that fit the data, which takes some tenths of a second."""
        for kind in self._waiting():
            self._add(kind)
        self._complete()

    def bring_up(self, kind: type[Panel]) -> None:
        """Bring the tab of a panel to the front."""
        for part in (self.stage, self.stacks["side"]):
            part.bring_up(self._slots[kind])

    def show_experiment(
        self, edited: Experiment, shown: Experiment, problems: tuple[Problem, ...]
    ) -> None:
        """Show the edited experiment in every editor, and in the panels what the run is of."""
        self._edited, self._experiment, self._problems = edited, shown, problems
        self._show_in_editors()
        if self._code is not None:
            self._code.show_experiment(edited)
        self.lesson.show_experiment(edited)
        for panel in self.built:
            panel.show_experiment(edited if panel.entry.is_editing else shown)
        self.stacks["data"].show_spec(edited.data.spec())
        if samples_key(edited) == samples_key(shown):
            # The panels in the middle show the same samples.
            self.stacks["data"].hide()
        spec, views = shown.data.spec(), lesson_views(shown)
        if (spec, views) != (self._spec, self._views):
            self._spec, self._views = spec, views
            self.stage.show_spec(spec, views)
            self.stacks["side"].show_spec(spec)
            self._build_for_new_data()

    def _show_in_editors(self) -> None:
        experiment, shown = self._edited, self._problems
        if experiment is None:
            return
        if not shown:
            shown = remarks(experiment)
            data = self._data.get(True)
            if data is not None and data[0] == experiment.data.spec():
                # Late, as the first window need not wait for NumPy.
                from nnplay.data.prepared import all_remarks

                shown = all_remarks(experiment, data[1])
        for editor in (self.data_editor, self.network_editor, self.training_editor):
            editor.show_experiment(experiment, shown)

    def show_edited_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the samples of the edited experiment, beside the editor only."""
        self.training_editor.augmentation.show_pictures(spec, parts.train)
        self.data_editor.show_samples(parts)
        self._show_data(True, spec, parts)
        self._show_in_editors()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the samples that the run is of, or will be."""
        self._show_data(False, spec, parts)

    def _show_data(self, is_editing: bool, spec: DataSpec, parts: Parts) -> None:
        self._data[is_editing], self._no_data = (spec, parts), ""
        for panel in self.built:
            if panel.entry.is_editing == is_editing and panel.fits(spec):
                panel.show_data(spec, parts)

    def set_pale(self, is_pale: bool) -> None:
        """Mark the panels as those of the run before an edit, or remove the mark."""
        self._veil.set_covering(is_pale)
        self.stage.set_pale(is_pale)

    def show_no_data(self, message: str, hint: str, *, everywhere: bool = True) -> None:
        """Show why there are no samples, `everywhere` or beside the editor only."""
        self._no_data = f"{message} {hint}".strip()
        self.data_editor.show_samples(None)
        for panel in self.built:
            if everywhere or panel.entry.is_editing:
                panel.show_no_data(self._no_data)

    def show_run(self, experiment: Experiment | None) -> None:
        """Prepare for the run of an experiment; None where there is no run."""
        self.training_editor.show_rates(None)
        if experiment is not None:
            self.build_panels()
            for panel in self.built:
                panel.show_run(experiment)

    def show_runs(self, runs: RunList) -> None:
        """Show the recorded runs in every panel that lists or compares them."""
        self._runs = runs
        for panel in self.built:
            panel.show_runs(runs)

    def set_hidden(self, hidden: bool) -> None:
        """Ask for nothing and draw nothing while the window is minimised."""
        self._hidden = hidden
        self._feed.stop()
        self._update_demand()
        if hidden:
            self._next.stop()
            return
        self._next.start()
        self.show_last_frame()

    @Slot()
    def toggle_code(self) -> None:
        """Show the script of what is edited at the right of the window, or hide it."""
        if self._code is None:
            from nnplay.gui.code.dock import CodeDock  # seldom needed

            self._code = CodeDock(self.window(), self.network_editor)
            self._code.open()
        else:
            self._code.setVisible(not self._code.isVisible())
        if self._edited is not None:
            self._code.show_experiment(self._edited)

    def show_frame(self, frame: Frame) -> None:
        """Show a frame in every visible panel that is ready for another one."""
        self._feed.show_frame(frame)

    def show_last_frame(self) -> None:
        """Show the newest frame and traces in every visible panel, whether it is due or not."""
        self._feed.show_last()

    def show_position(self, step: int | None) -> None:
        """Mark the step that the frames are of, where it is not the newest."""
        for panel in self.built:
            panel.show_position(step)

    def show_traces(self, steps: Trace, epochs: Trace) -> None:
        """Show the traces of the run in every visible panel that is ready for them."""
        self.training_editor.show_rates(steps)
        self._feed.show_traces(steps, epochs)

    def show_result(self, result: Result) -> None:
        """Show the result of the run."""
        self.build_panels()
        for panel in self.built:
            panel.show_result(result)
        self._open_on("result")

    def clear(self) -> None:
        """Remove what belongs to a run."""
        self._feed.clear()
        for panel in self.built:
            panel.clear()
            for view in panel.findChildren(QGraphicsView):
                # Qt repaints where an item was last painted, and misses some of it where the item
                # changed and went between two paints: the line of a slow run stayed on the screen.
                view.viewport().update()
        if self._spec is not None and self.stacks["side"].waits_for_result():
            # The results are empty now, so another tab has more to show.
            self.stacks["side"].show_spec(self._spec)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Begin to build the panels once the window is visible."""
        super().paintEvent(event)
        if not self._is_complete:
            self._next.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice which panels become visible or hidden."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._update_demand()
            if event.type() == QEvent.Type.Show:
                assert isinstance(watched, Panel)
                self._feed.show_in(watched)
        return super().eventFilter(watched, event)

    def _waiting(self) -> list[type[Panel]]:
        """Return the panels that fit the data and are not built yet, visible ones first.

        A panel costs some 50 ms, and about half of them do not fit the data.
        """
        kinds = [
            kind
            for kind in self._slots
            if kind not in self._panels and (self._spec is None or kind.fits(self._spec))
        ]
        return sorted(kinds, key=lambda kind: not self._slots[kind].isVisible())

    def _build_for_new_data(self) -> None:
        if not self._is_complete:
            return
        for kind in self._waiting():
            if self._slots[kind].isVisible():
                self._add(kind)
        self._next.start()

    def _add(self, kind: type[Panel]) -> None:
        """Build a panel, put it into its slot, and give it what the others were given before."""
        panel = self._panels[kind] = kind()
        for name in FORWARDED:
            getattr(panel, name).connect(getattr(self, name))
        panel.sample_chosen.connect(self._show_sample)
        self._selection.follow(panel)
        panel.emptied.connect(self.columns.share_right)
        panel.installEventFilter(self)
        panel.installEventFilter(self.pictures)
        if panel.entry.place in ("centre", "below"):
            self.stage.adopt(panel)
        experiment = self._edited if panel.entry.is_editing else self._experiment
        if experiment is not None:
            panel.show_experiment(experiment)
        data = self._data.get(panel.entry.is_editing)
        if data is not None and panel.fits(data[0]):
            panel.show_data(*data)
        if self._no_data:
            panel.show_no_data(self._no_data)
        panel.show_runs(self._runs)
        self._slots[kind].put(panel)
        if panel.entry.place in ("centre", "below"):
            self.stage.show_panel(self._slots[kind])
        self.columns.share_right()

    @Slot()
    def _build_next(self) -> None:
        """Build one more panel: between two of them, events are handled."""
        if "pyqtgraph" not in sys.modules:
            import pyqtgraph  # noqa: F401 - slow to load, and most panels need it

            return
        waiting = self._waiting()
        if waiting:
            self._add(waiting[0])
        if len(waiting) <= 1:
            self._complete()

    def _complete(self) -> None:
        self._next.stop()
        if not self._is_complete:
            self._is_complete = True
            self.completed.emit()

    @Slot(object)
    def _show_sample(self, index: int) -> None:
        for panel in self.built:
            panel.show_sample(index)
        self._open_on("sample")

    @Slot(object)
    def show_typed(self, prediction: TypedPrediction) -> None:
        """Show what a finished network predicts for the sample that was typed or drawn."""
        for panel in self.built:
            panel.show_typed(prediction)

    def _open_on(self, occasion: Occasion) -> None:
        for kind, slot in self._slots.items():
            if slot.entry.opens_on == occasion:
                self.bring_up(kind)

    def _visible(self) -> list[Panel]:
        return [] if self._hidden else [panel for panel in self.built if panel.isVisible()]

    def _update_demand(self) -> None:
        kinds: frozenset[PayloadKind] = frozenset().union(
            *(panel.entry.wants for panel in self._visible())
        )
        if kinds != self._demand:
            self._demand = kinds
            self.demand_changed.emit(kinds)
