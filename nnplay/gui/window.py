"""The main window: connects the document, the run, the editors and the views."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from nnplay.catalog import kinds
from nnplay.data import is_present
from nnplay.experiment import Experiment, Problem, chapters, check, set_value
from nnplay.gui.background.live import LiveRun
from nnplay.gui.background.loading import DataLoading, Loaded, NotLoaded
from nnplay.gui.background.preloading import Preloading
from nnplay.gui.bars.examples import Examples
from nnplay.gui.bars.menus import Menus
from nnplay.gui.bars.notice import Notice
from nnplay.gui.bars.speed import Speed
from nnplay.gui.bars.transport import Transport
from nnplay.gui.editors.device_comparison import Comparing
from nnplay.gui.importing.actions import ImportActions, dropped_file
from nnplay.gui.learning_rates.action import RatesDoor
from nnplay.gui.shell.files import SUFFIX, Files
from nnplay.gui.shell.problem_words import say_problem
from nnplay.gui.shell.processes import is_running
from nnplay.gui.shell.settings import WindowSettings
from nnplay.gui.workspace import Workspace
from nnplay.link import Allowance, Frame
from nnplay.session import Autosave, Change, Document, Recent, RunState, is_compatible
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.gui.importing.download_dialog import FetchDialog

AUTOSAVE_MS = 1000
SHUT_DOWN_MS = 2000


class MainWindow(QMainWindow):
    """One experiment, its editors, its run."""

    trouble = Signal(str)
    """What nobody foresaw, from whichever thread; shown as a message."""

    def __init__(self, folder: Path, settings: WindowSettings) -> None:
        """Make the window; `folder` holds what belongs to the user."""
        super().__init__()
        self.settings = settings
        self.document = Document(chapters()[0].presets[0].experiment, self._show_document)
        self.recent = Recent(folder)
        self.files = Files(self.document, self.recent, self)
        self.autosave = Autosave(folder, os.getpid(), is_running)
        self.live = LiveRun(self)
        self.loading = DataLoading(self)
        self.preloading = Preloading(self)
        self.comparing = Comparing(self)
        self.rates = RatesDoor(self)
        self.workspace, self.transport, self.notice = Workspace(), Transport(), Notice()
        self.examples, self.import_actions = Examples(), ImportActions(self)
        self.menus = Menus(self)
        self._problems: tuple[Problem, ...] = ()
        self._data_missing: NotLoaded | None = None
        self._fetching: FetchDialog | None = None
        self._shown_run = 0
        self._wanted: Allowance | None = None
        """How far to train once the data that are being fetched are there."""
        self._autosave_timer = QTimer(self)
        self._autosave_timer.setSingleShot(True)
        self._autosave_timer.setInterval(AUTOSAVE_MS)
        self._autosave_timer.timeout.connect(self._keep)
        self._lay_out()
        self._connect()
        self.transport.speed.set_speed(settings.speed)
        self.live.set_speed(settings.speed)
        self._show_document()

    def open_rescued(self) -> None:
        """Bring back what a crash left, if anything."""
        rescue = self.autosave.rescue()
        if rescue is not None:
            self.document.restore(rescue.experiment, rescue.path, _("Restore"))
            self.notice.show_message(
                _("Restored the experiment that was open when nnplay ended unexpectedly."),
                _("Undo brings back the default."),
            )
            # The file that it came from is gone: until this is written, a second crash would win.
            self._keep()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the experiment from running."""
        return self._problems

    @Slot()
    def preload(self) -> None:
        """Load beside the window what the first run will need."""
        self.preloading.start()

    @Slot()
    def train(self) -> None:
        """Start, go on, or start again with what was edited."""
        if self.live.state.phase == "paused" and not self._is_stale():
            self.live.resume()
        else:
            self._start("run")

    @Slot()
    def step(self) -> None:
        """Take one step and pause."""
        if self.live.state.takes_steps and not self._is_stale():
            self.live.step()
        else:
            self._start(1)

    @Slot()
    def epoch(self) -> None:
        """Train to the end of the epoch and pause."""
        if self.live.state.takes_steps and not self._is_stale():
            self.live.epoch()
        else:
            self._start("epoch")

    @Slot()
    def reset(self) -> None:
        """Back to the beginning, with the same first weights."""
        self.live.reset()
        self.notice.clear()

    @Slot()
    def redraw(self) -> None:
        """Back to the beginning, with other first weights."""
        self.live.reset()
        draw = self.document.experiment.draw + 1
        self.edit(Change(replace(self.document.experiment, draw=draw), _("New weights")))

    @Slot(object)
    def edit(self, change: Change) -> None:
        """Take an edit from an editor."""
        self.notice.clear_news()
        self.document.edit(change)

    @Slot()
    def compare_devices(self) -> None:
        """Measure the network on each device, where no run is under way."""
        if not (self.live.state.is_alive or self._problems):
            devices = self.workspace.training_editor.device.comparable()
            self.comparing.start(self.document.experiment, devices, self.live.threads)

    def fetch(self, key: str) -> None:
        """Offer the ways to get the data set with that key in `data.archives`."""
        # It brings the libraries of a download with it, which no first window waits for.
        from nnplay.gui.importing.download_dialog import FetchDialog

        dialog = self._fetching = FetchDialog(key, self)
        dialog.offline_asked.connect(self._use_instead)
        dialog.accepted.connect(self._data_arrived)
        dialog.finished.connect(self._fetching_ended)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Let a file come in."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open an experiment, import anything else."""
        path = dropped_file(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        if path.suffix.lower() != SUFFIX:
            self.import_actions.open_path(path)
        elif self.files.may_leave():
            self.files.open_path(path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the examples the room that the menus leave."""
        super().resizeEvent(event)
        if self.examples.show_within(self.width() - self.menus.width()):
            # A menu bar asks for the size of its corner only when that is put there.
            self.menus.bar.setCornerWidget(self.examples)

    def changeEvent(self, event: QEvent) -> None:
        """Ask for no frames while minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.workspace.set_hidden(self.isMinimized())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, end the run, remember the window."""
        if not self.files.may_leave():
            event.ignore()
            return
        self._autosave_timer.stop()
        self.workspace.set_hidden(True)
        self._shut_down(SHUT_DOWN_MS)
        self.autosave.drop()
        self.settings.geometry = self.saveGeometry()
        self.settings.splits = self.workspace.save_splits()
        self.settings.write()
        super().closeEvent(event)

    def wait_for_threads(self) -> None:
        """Wait for every thread, however long loading a library takes."""
        forever = 2**31 - 1
        self._shut_down(forever)
        self.preloading.shut_down(forever)

    def _shut_down(self, milliseconds: int) -> None:
        for part in (self.comparing, self.rates, self.live, self.loading, self.import_actions):
            part.shut_down(milliseconds)
        self.workspace.training_editor.augmentation.examples.shut_down(milliseconds)
        if self._fetching is not None:
            self._fetching.shut_down(milliseconds)

    def _start(self, allowance: Allowance) -> None:
        experiment = self.document.experiment
        if self._problems:
            self.notice.show_message(say_problem(self._problems[0]))
            return
        if (archive := experiment.data.archive) and not is_present(archive):
            self._wanted = allowance
            self.fetch(archive)
            return
        self.notice.clear()
        self.document.settle()
        self.comparing.stop()
        self.live.start(experiment, allowance, after=self.comparing.threads)

    def _is_stale(self) -> bool:
        started = self.live.state.experiment
        return started is not None and not is_compatible(started, self.document.experiment)

    def _show_document(self) -> None:
        experiment = self.document.experiment
        self._problems = check(experiment)
        run_data = self.live.state.experiment
        if run_data is not None and run_data.data != experiment.data:
            # The pictures of a run make no sense over other data.
            self.live.reset()
        self.workspace.show_experiment(experiment, self._problems)
        self.transport.show_blocked(say_problem(self._problems[0]) if self._problems else "")
        self.transport.show_state(self.live.state, self._is_stale())
        self.examples.show_experiment(experiment)
        self.menus.show_document(self.document)
        self.setWindowTitle(f"{self.files.title()}[*] – nnplay")
        self.setWindowModified(self.document.is_dirty)
        self.live.tune(experiment.optimizer)
        self._load(experiment)
        self._autosave_timer.start()

    def _load(self, experiment: Experiment, again: bool = False) -> None:
        if not any(p.where.part in ("data", "split", "seed") for p in self._problems):
            self.loading.ask(experiment, again)

    @Slot(object)
    def _set_speed(self, speed: Speed) -> None:
        self.live.set_speed(speed)
        self.settings.speed = speed

    @Slot(object)
    def _show_data(self, answer: object) -> None:
        if isinstance(answer, Loaded) and answer.dataset == self.document.experiment.data:
            self.workspace.show_data(answer.spec, answer.parts)
            if answer.note:
                self.notice.show_news(answer.note)
        elif isinstance(answer, NotLoaded):
            self.workspace.show_no_data(answer.message, answer.hint)

    @Slot(object)
    def _show_state(self, state: RunState) -> None:
        if state.run_id != self._shown_run:
            self._shown_run = state.run_id
            self.workspace.clear()
            self.workspace.show_run(state.experiment)
            self.transport.show_progress(None, 0.0)
        self.transport.show_state(state, self._is_stale())
        self.workspace.training_editor.set_running(state.phase in ("starting", "running"))
        self.workspace.training_editor.devices.set_blocked(state.is_alive)
        if state.phase != "running":
            self.workspace.show_last_frame()
        if state.message and state.phase == "starting":
            self.notice.show_under_way(state.message)
        elif state.message:
            self.notice.show_message(state.message, state.hint)
        elif state.phase == "running":
            # What was said of the pause before is over.
            self.notice.clear()
        if state.result is not None:
            self.workspace.show_result(state.result)

    @Slot(object)
    def _show_frame(self, frame: Frame) -> None:
        self.workspace.show_frame(frame)
        self.transport.show_progress(frame.progress, frame.lr)

    @Slot(str)
    def _use_instead(self, key: str) -> None:
        data = kinds("data")[key]()
        changed = set_value(self.document.experiment, "data", data)
        self.edit(Change(changed, _("Use {data}").format(data=_(data.label))))

    @Slot()
    def _fetching_ended(self) -> None:
        self._fetching = None
        self._wanted = None

    @Slot()
    def _data_arrived(self) -> None:
        self._load(self.document.experiment, again=True)
        if self._wanted is not None:
            self._start(self._wanted)

    @Slot(object)
    def _take_imported(self, outcome: object) -> None:
        # Late, as a window that imports nothing need not read what imports.
        from nnplay.gui.importing.outcome import Outcome, with_data

        assert isinstance(outcome, Outcome)
        is_own = self.document.path is not None or self.document.is_dirty
        change, said = with_data(self.document.experiment, outcome, is_own)
        self.workspace.network_editor.forget_place()
        self.edit(change)
        self.notice.show_news(said)

    @Slot()
    def _keep(self) -> None:
        self.document.settle()
        if self.document.is_dirty:
            self.autosave.keep(self.document.experiment, self.document.path)
        else:
            self.autosave.drop()

    def _connect(self) -> None:
        transport, workspace = self.transport, self.workspace
        transport.train_asked.connect(self.train)
        transport.pause_asked.connect(self.live.pause)
        transport.step_asked.connect(self.step)
        transport.epoch_asked.connect(self.epoch)
        transport.stop_asked.connect(self.live.stop)
        transport.reset_asked.connect(self.reset)
        transport.redraw_asked.connect(self.redraw)
        transport.speed.speed_chosen.connect(self._set_speed)
        for editor in (
            workspace.data_editor,
            workspace.network_editor,
            workspace.training_editor,
            workspace,
        ):
            editor.edited.connect(self.edit)
        workspace.demand_changed.connect(self.live.set_demand)
        self.live.state_changed.connect(self._show_state)
        self.live.frame_ready.connect(self._show_frame)
        self.live.traces_grew.connect(workspace.show_traces)
        self.loading.answered.connect(self._show_data)
        self.preloading.devices_known.connect(workspace.training_editor.set_devices)
        self.comparing.told.connect(workspace.training_editor.devices.show_progress)
        self.comparing.answered.connect(workspace.training_editor.devices.show_verdict)
        self.comparing.failed.connect(self.notice.show_message)
        workspace.training_editor.devices.compare_asked.connect(self.compare_devices)
        workspace.training_editor.rates_asked.connect(self.rates.ask)
        self.rates.edited.connect(self.edit)
        self.rates.refused.connect(self.notice.show_message)
        workspace.training_editor.devices.stop_asked.connect(self.comparing.stop)
        self.examples.chosen.connect(self.files.open_preset)
        self.import_actions.arrived.connect(self._take_imported)
        self.import_actions.failed.connect(self.notice.show_message)
        workspace.data_editor.import_asked.connect(self.import_actions.ask)
        workspace.data_editor.folder_asked.connect(self.import_actions.ask_folder)
        workspace.lesson.chosen.connect(self.files.open_preset)
        self.files.leaving.connect(self.reset)
        self.files.leaving.connect(workspace.network_editor.forget_place)
        self.files.failed.connect(self.notice.show_message)
        self.trouble.connect(self.notice.show_message)
        self.files.recent_changed.connect(self.menus.show_recent)

    def _lay_out(self) -> None:
        self.setMenuBar(self.menus.bar)
        self.menus.bar.setCornerWidget(self.examples)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transport)
        column.addWidget(self.notice)
        column.addWidget(self.workspace, 1)
        self.setCentralWidget(centre)
        self.transport.setFocus()
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)
        self.resize(1280, 720)
        self.workspace.restore_splits(self.settings.splits)
        if (geometry := self.settings.geometry) is not None:
            self.restoreGeometry(geometry)
