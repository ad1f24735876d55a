"""The main window: connects the document, the run, the editors and the views."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow

from nnplay.experiment import chapters
from nnplay.gui.background.initial_frame import InitialFrame
from nnplay.gui.background.live import LiveRun
from nnplay.gui.background.loading import DataLoading
from nnplay.gui.background.preloading import Preloading
from nnplay.gui.bars.actions import Actions
from nnplay.gui.bars.examples import Examples
from nnplay.gui.bars.menus import Menus
from nnplay.gui.bars.notice import Notice
from nnplay.gui.bars.transport import Transport
from nnplay.gui.dialogs.dialog_host import DialogHost
from nnplay.gui.editors.device_comparison import DeviceComparison
from nnplay.gui.importing.actions import ImportActions
from nnplay.gui.importing.data_entry import DataEntry
from nnplay.gui.importing.download_action import DownloadAction
from nnplay.gui.learning_rates.action import LearningRatesAction
from nnplay.gui.panes import stacked
from nnplay.gui.predicting.predictions import Predictions
from nnplay.gui.run_display import RunDisplay
from nnplay.gui.seeds.action import SeedsAction
from nnplay.gui.shelf_commands import ShelfCommands
from nnplay.gui.shell.autosaver import Autosaver
from nnplay.gui.shell.files import Files
from nnplay.gui.shell.memory_choice import MemoryChoice
from nnplay.gui.shell.recovery import Recovery
from nnplay.gui.shell.settings import WindowSettings
from nnplay.gui.shell.trained_network import TrainedNetwork
from nnplay.gui.style.theme import bus
from nnplay.gui.tab_order import move_focus
from nnplay.gui.weight_commands import WeightCommands
from nnplay.gui.workspace import Workspace
from nnplay.session import Controller, Document, LastWork, Recent, Refusal, Speed, problem_text

SHUT_DOWN_MS = 2000


class MainWindow(QMainWindow):
    """One experiment, its editors, its run."""

    error_occurred = Signal(str)
    """An unexpected error, in any thread; shown as a message."""

    def __init__(self, folder: Path, settings: WindowSettings) -> None:
        """Make the window; the user's files are in `folder`."""
        super().__init__()
        self.settings, self._asks = settings, True
        self.document = Document(chapters()[0].presets[0].experiment, self._show_document)
        self.recent = Recent(folder)
        self.files = Files(self.document, self.recent, LastWork(folder), self)
        self.autosaver = Autosaver(self.document, folder, self)
        self.workspace, self.examples, self.notice = Workspace(), Examples(), Notice()
        self.dialogs = DialogHost(self)
        self.loading, self.preloading = DataLoading(self), Preloading(self)
        # What computes takes turns: a run beside a measurement would distort it.
        turn = Lock()
        self.live, self.initial = LiveRun(turn, self), InitialFrame(turn, self)
        for follower in (self.autosaver, self.files):
            follower.follow(self.live)
        devices = self.workspace.training_editor.device
        self.comparison = DeviceComparison(devices.comparable, turn, self)
        self.controller = Controller(self.document, self.live.run, self.comparison, self._refuse)
        self.transport = Transport(self.controller)
        self.network = TrainedNetwork(self.document, self.files, self.live, self)
        self.imports = ImportActions(self.document, self.dialogs)
        self.downloads = DownloadAction(self.dialogs)
        data = (self.files, self.imports, self.downloads, self._leave_experiment)
        self.data_entry = DataEntry(self.document, self.controller, *data, self)
        self.recovery = Recovery(self.autosaver, self.files, self.notice, self._leave_experiment)
        comparing = (self.controller, self.dialogs, turn)
        self.learning_rates, self.seeds = LearningRatesAction(*comparing), SeedsAction(*comparing)
        self.menus = Menus(self._actions(), self)
        run = (self.document, self.controller, self.live)
        bars = (self.workspace, self.transport, self.notice)
        self.predictions = Predictions(self.live, self.workspace, self.dialogs)
        self.display = RunDisplay(*run, self.loading, self.initial, *bars)
        self.weights = WeightCommands(self.live, self.workspace, self.notice)
        self.shelf = ShelfCommands(*run, self.workspace, self.notice, self.network.exports)
        self._lay_out()
        self._connect()
        self.transport.speed.set_speed(settings.speed)
        self.live.set_speed(settings.speed)
        self._show_document()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the examples the room beside the menus."""
        super().resizeEvent(event)
        self._fit_examples()

    @Slot()
    def _fit_examples(self) -> None:
        if self.examples.show_within(self.width() - self.menus.width()):
            # A menu bar asks for the size of its corner widget only when that is set.
            self.menus.bar.setCornerWidget(self.examples)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go in the order that is seen."""
        return move_focus(self, forward)

    def changeEvent(self, event: QEvent) -> None:
        """Ask for no frames while minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.workspace.set_hidden(self.isMinimized())

    def close_unasked(self) -> None:
        """Close the window, whatever is unsaved."""
        self._asks = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, end the run, save the settings."""
        # Where asking or saving fails in an unexpected way, the window must stay open.
        event.ignore()
        if self._asks and not self.network.may_close():
            return
        event.accept()
        self.workspace.set_hidden(True)
        # Not longer, as closing should feel immediate: a thread that is loading a library cannot
        # be stopped. `wait_for_threads` waits for it when the window has gone.
        self._shut_down(SHUT_DOWN_MS)
        self.autosaver.finish()
        self.files.keep_last()
        self.settings.remember(self.saveGeometry(), self.workspace.columns.save())

    def wait_for_threads(self) -> None:
        """Wait for every thread: Qt aborts the process if one is destroyed while it runs."""
        forever = 2**31 - 1
        self._shut_down(forever)
        self.preloading.shut_down(forever)

    def _shut_down(self, milliseconds: int) -> None:
        examples = self.workspace.training_editor.augmentation.examples
        own = (self.comparison, self.dialogs, self.predictions, self.display, self.network)
        for part in (*own, self.live, self.loading, examples, self.autosaver):
            part.shut_down(milliseconds)

    def _show_document(self) -> None:
        problems = self.controller.problems
        self.notice.clear_outdated()
        self.controller.follow_document()
        self.transport.show_blocked(problem_text(problems[0]) if problems else "")
        self.display.show_document()
        self.shelf.follow_document()
        self.examples.show_experiment(self.document.experiment)
        self.menus.show_document(self.document)
        self.setWindowTitle(f"{self.files.title()}[*] – nnplay")
        self.setWindowModified(self.document.is_dirty)
        self.display.load()
        self.autosaver.schedule()

    def _refuse(self, refusal: Refusal) -> None:
        if refusal.archive:
            self.downloads.ask(refusal.archive)
        else:
            self.notice.show_message(refusal.text)

    @Slot(object)
    def _set_speed(self, speed: Speed) -> None:
        self.live.set_speed(speed)
        self.settings.speed = speed

    @Slot(str)
    def _show_imported(self, message: str) -> None:
        # Not on an example, which the space bar would open.
        self.transport.setFocus()
        self.notice.show_news(message)

    @Slot()
    def _leave_experiment(self) -> None:
        self.controller.leave()
        self.notice.clear()
        self.workspace.network_editor.forget_place()

    def _actions(self) -> Actions:
        files, imports = self.files, self.imports
        return Actions(
            open_file=files.ask_open,
            open_recent=files.open_after_asking,
            recent_files=self.recent.paths,
            unsaved=self.autosaver.left,
            open_unsaved=self.recovery.open_unsaved,
            forget_unsaved=self.autosaver.forget,
            open_preset=files.open_preset,
            save=files.save,
            save_as=files.save_as,
            network=self.network,
            save_film=self.workspace.pictures.ask_film,
            close=self.close,
            import_table=imports.ask_table,
            import_folder=imports.ask_folder,
            paste_table=imports.paste,
            download=self.downloads.ask,
            undo=self.controller.undo,
            redo=self.controller.redo,
            run=self.transport.actions(),
            compare_learning_rates=self.learning_rates.ask,
            train_seeds=self.seeds.ask,
            memory=MemoryChoice(self.settings, self.live),
            set_theme=self.settings.choose_theme,
            set_zoom=self.settings.choose_zoom,
            toggle_code=self.workspace.toggle_code,
            views=self.workspace.stage,
        )

    def _connect(self) -> None:
        controller, workspace = self.controller, self.workspace
        training = workspace.training_editor
        self.transport.speed.speed_chosen.connect(self._set_speed)
        for editor in (workspace.data_editor, workspace.network_editor, training, workspace):
            editor.edited.connect(self.document.edit)
        self.preloading.devices_known.connect(training.set_devices)
        self.preloading.devices_known.connect(self.display.allow_computing)
        self.comparison.connect_to(training.devices, controller.compare_devices)
        training.rates_asked.connect(self.learning_rates.ask)
        self.imports.connect_to(workspace)
        self.data_entry.imported.connect(self._show_imported)
        self.data_entry.downloaded.connect(self.display.reload)
        self.examples.chosen.connect(self.files.open_preset)
        workspace.lesson.chosen.connect(self.files.open_preset)
        self.files.leaving.connect(self._leave_experiment)
        self.files.recent_changed.connect(self.menus.show_recent)
        own = (self.comparison, self.imports, self.files, self.network, self.autosaver)
        for failed in (self.error_occurred, *(part.failed for part in own)):
            failed.connect(self.notice.show_message)
        self.network.saved.connect(self.notice.show_news)
        bus.changed.connect(self._fit_examples)

    def _lay_out(self) -> None:
        self.setMenuBar(self.menus.bar)
        self.menus.bar.setCornerWidget(self.examples)
        self.setCentralWidget(stacked(self.transport, self.notice, self.workspace))
        self.transport.setFocus()
        self.setMinimumSize(960, 600)
        self.resize(1280, 720)
        self.workspace.columns.restore(self.settings.splits)
        if (geometry := self.settings.geometry) is not None:
            self.restoreGeometry(geometry)
