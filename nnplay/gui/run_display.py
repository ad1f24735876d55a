"""Shows the run and its data in the parts of the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from nnplay.experiment import SamplesKey, samples_key
from nnplay.gui.background.initial_frame import InitialFrame, InitialRequest
from nnplay.gui.background.live import LiveRun
from nnplay.gui.background.loading import DataLoading, Loaded, NotLoaded
from nnplay.gui.bars.notice import Notice, Offer
from nnplay.gui.bars.transport import Transport
from nnplay.gui.film_display import FilmDisplay
from nnplay.gui.filming.action import FilmAction
from nnplay.gui.workspace import Workspace
from nnplay.link import Frame, PayloadKind, Selection
from nnplay.session import Controller, Document, RunState
from nnplay.translation import _


class RunDisplay(QObject):
    """Passes on what happens in a run to the workspace, the bar with the buttons and the notice."""

    def __init__(
        self,
        document: Document,
        controller: Controller,
        live: LiveRun,
        loading: DataLoading,
        initial: InitialFrame,
        workspace: Workspace,
        transport: Transport,
        notice: Notice,
    ) -> None:
        """Show the runs of `live` and the data of `loading` from now on."""
        super().__init__(live)
        self._document, self._controller = document, controller
        self._workspace, self._transport, self._notice = workspace, transport, notice
        self.film = film = FilmDisplay(live, workspace, workspace.film)
        self.saved_films = FilmAction(film, workspace)
        self._frame: Frame | None = None
        self._live, self._loading, self._initial = live, loading, initial
        self._can_compute = self._shows_initial = False
        self._loaded: Loaded | None = None
        self._loaded_key: SamplesKey | None = None
        self._shown_key: SamplesKey | None = None
        self._demand: frozenset[PayloadKind] = frozenset()
        self._selection = Selection()
        self._shown_run = 0
        live.state_changed.connect(self._show_state)
        live.frame_ready.connect(self._show_frame)
        live.traces_grew.connect(workspace.show_traces)
        loading.loaded.connect(self._show_data)
        workspace.demand_changed.connect(live.set_demand)
        workspace.selection_changed.connect(live.select)
        workspace.demand_changed.connect(self._follow_demand)
        workspace.selection_changed.connect(self._follow_selection)
        initial.ready.connect(self._show_initial)
        film.returned.connect(self._show_newest)
        film.failed.connect(notice.show_message)
        for part in (workspace.pictures, self.saved_films):
            part.saved.connect(notice.show_news)
            part.failed.connect(notice.show_message)
        workspace.pictures.film_asked.connect(self.saved_films.ask)
        film.branch_asked.connect(controller.branch)
        workspace.outdated.reset_requested.connect(controller.reset)

    def shut_down(self, milliseconds: int) -> bool:
        """End what computes frames; return whether it has ended in time."""
        parts = (self.saved_films, self.film, self._initial)
        done = [part.shut_down(milliseconds) for part in parts]
        return all(done)

    def show_document(self) -> None:
        """Show the edited experiment, or the run before the edit and that it is this one."""
        self._show_experiment()
        self._show_run_state(self._live.state)
        self._ask_initial()

    def _show_experiment(self) -> None:
        edited, controller = self._document.experiment, self._controller
        self._workspace.show_experiment(edited, controller.shown, controller.problems)

    def _show_run_state(self, state: RunState) -> None:
        is_outdated = self._controller.is_outdated
        self._transport.show_state(state, is_outdated)
        is_going = state.phase in ("starting", "running", "evaluating")
        # Not while something moves, which would be slowed down.
        self._workspace.set_pale(is_outdated and not is_going)
        self._workspace.outdated.show_state(
            is_outdated=is_outdated,
            is_going=is_going,
            number=self._live.run.number,
            following=self._live.shelf.next_number,
        )
        self.film.set_outdated(is_outdated)

    def _ask_initial(self) -> None:
        """Ask for what the untrained network predicts, if there is no run to show."""
        experiment, key = self._document.experiment, samples_key(self._document.experiment)
        if not self._can_compute or self._live.state.phase != "idle":
            self._initial.ask(None)
        elif self._controller.problems or self._loaded is None or self._loaded_key != key:
            self._initial.ask(None)
            if self._shows_initial:
                self._shows_initial = False
                self._workspace.clear()
        else:
            self._initial.ask(InitialRequest(experiment, self._demand, self._selection))

    def load(self, again: bool = False) -> None:
        """Load the samples of the edited experiment, unless they were requested last."""
        parts = {problem.where.part for problem in self._controller.problems}
        if parts.isdisjoint(("data", "split", "seed")):
            self._loading.ask(self._document.experiment, again)

    @Slot()
    def reload(self) -> None:
        """Load the samples again, as the data set has arrived."""
        self.load(again=True)

    @Slot()
    def allow_computing(self) -> None:
        """Note that torch is loaded, so that nothing waits for it."""
        self._can_compute = True
        self._ask_initial()

    @Slot(object)
    def _follow_demand(self, demand: frozenset[PayloadKind]) -> None:
        self._demand = demand
        self._ask_initial()

    @Slot(object)
    def _follow_selection(self, selection: Selection) -> None:
        self._selection = selection
        self._ask_initial()

    @Slot(object)
    def _show_initial(self, frame: Frame) -> None:
        if self._live.state.phase == "idle":
            self._shows_initial = True
            self._workspace.show_frame(frame)

    @Slot(object)
    def _show_state(self, state: RunState) -> None:
        training = self._workspace.training_editor
        if state.run_id != self._shown_run:
            self._shown_run = state.run_id
            self._notice.clear()
            self._workspace.clear()
            self._show_experiment()
            self._show_waiting_data()
            self._workspace.show_run(state.experiment)
            self._transport.show_progress(None, 0.0)
            self._frame = None
        self._show_run_state(state)
        training.set_running(state.phase in ("starting", "running"))
        training.devices.set_blocked(state.is_alive)
        if state.phase != "running":
            self._workspace.show_last_frame()
        if state.message and state.phase == "starting":
            self._notice.show_under_way(state.message)
        elif state.message:
            offer = self._slower() if state.has_diverged else None
            self._notice.show_message(state.message, state.hint, offer)
        elif state.phase == "running":
            # The reason for the last pause no longer holds.
            self._notice.clear()
            if state.started is not None and state.started.start:
                self._notice.show_news(state.started.start)
        if state.result is not None:
            self._workspace.show_result(state.result)
        if state.phase == "finished" and self._frame is None:
            # A recorded run, of which no frame was made in this window.
            self.film.show_newest_weights()
        self._ask_initial()

    def _slower(self) -> Offer:
        """Return the offer to train with a smaller learning rate."""
        continues = self._live.state.phase == "paused" and not self._controller.is_outdated
        label = _("Continue with learning rate {rate:g}")
        if not continues:
            label = _("Train again with learning rate {rate:g}")
        label = label.format(rate=self._controller.lower_rate)
        return Offer(label, self._controller.train_slower)

    @Slot(object)
    def _show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if self.film.is_following:
            self._workspace.show_frame(frame)
        self._transport.show_progress(frame.progress, frame.lr)

    @Slot()
    def _show_newest(self) -> None:
        """Show the newest frame of the run, after others of its film."""
        if self._frame is not None:
            self._workspace.show_frame(self._frame)
            self._workspace.show_last_frame()
        else:
            self.film.show_newest_weights()

    @Slot(object)
    def _show_data(self, loaded: Loaded | NotLoaded) -> None:
        experiment = self._document.experiment
        if isinstance(loaded, NotLoaded):
            self._loaded, self._loaded_key = None, samples_key(experiment)
            self._workspace.show_no_data(
                loaded.message, loaded.hint, everywhere=not self._controller.is_outdated
            )
        elif loaded.dataset == experiment.data:
            self._loaded, self._loaded_key = loaded, samples_key(experiment)
            self._workspace.show_edited_data(loaded.spec, loaded.parts)
            if self._live.state.phase == "idle":
                # Also where they are the same: the file may have changed.
                self._shown_key = None
            self._show_waiting_data()
            if loaded.note:
                self._notice.show_news(loaded.note)
        self._ask_initial()

    def _show_waiting_data(self) -> None:
        """Show samples that were loaded, unless they are shown already or the run has others."""
        shown = samples_key(self._controller.shown)
        if self._loaded is None or self._loaded_key != shown or self._shown_key == shown:
            return
        self._shown_key = shown
        # New data clear the panels.
        self._initial.ask(None)
        self._workspace.show_data(self._loaded.spec, self._loaded.parts)
