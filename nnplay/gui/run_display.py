"""Shows the run and its data in the parts of the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from nnplay.gui.background.live import LiveRun
from nnplay.gui.background.loading import DataLoading, Loaded, NotLoaded
from nnplay.gui.bars.notice import Notice
from nnplay.gui.bars.transport import Transport
from nnplay.gui.workspace import Workspace
from nnplay.link import Frame
from nnplay.session import Controller, Document, RunState


class RunDisplay(QObject):
    """Passes on what happens in a run to the workspace, the bar with the buttons and the notice."""

    def __init__(
        self,
        document: Document,
        controller: Controller,
        live: LiveRun,
        loading: DataLoading,
        workspace: Workspace,
        transport: Transport,
        notice: Notice,
    ) -> None:
        """Show the runs of `live` and the data of `loading` from now on."""
        super().__init__(live)
        self._document, self._controller = document, controller
        self._workspace, self._transport, self._notice = workspace, transport, notice
        self._shown_run = 0
        live.state_changed.connect(self._show_state)
        live.frame_ready.connect(self._show_frame)
        live.traces_grew.connect(workspace.show_traces)
        loading.loaded.connect(self._show_data)

    @Slot(object)
    def _show_state(self, state: RunState) -> None:
        training = self._workspace.training_editor
        if state.run_id != self._shown_run:
            self._shown_run = state.run_id
            self._notice.clear()
            self._workspace.clear()
            self._workspace.show_run(state.experiment)
            self._transport.show_progress(None, 0.0)
        self._transport.show_state(state, self._controller.is_outdated)
        training.set_running(state.phase in ("starting", "running"))
        training.devices.set_blocked(state.is_alive)
        if state.phase != "running":
            self._workspace.show_last_frame()
        if state.message and state.phase == "starting":
            self._notice.show_under_way(state.message)
        elif state.message:
            self._notice.show_message(state.message, state.hint)
        elif state.phase == "running":
            # The reason for the last pause no longer holds.
            self._notice.clear()
        if state.result is not None:
            self._workspace.show_result(state.result)

    @Slot(object)
    def _show_frame(self, frame: Frame) -> None:
        self._workspace.show_frame(frame)
        self._transport.show_progress(frame.progress, frame.lr)

    @Slot(object)
    def _show_data(self, loaded: Loaded | NotLoaded) -> None:
        if isinstance(loaded, NotLoaded):
            self._workspace.show_no_data(loaded.message, loaded.hint)
        elif loaded.dataset == self._document.experiment.data:
            self._workspace.show_data(loaded.spec, loaded.parts)
            if loaded.note:
                self._notice.show_news(loaded.note)
