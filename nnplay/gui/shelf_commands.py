"""Carries out what the user wants with recorded runs, and keeps the panels up to date."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from nnplay.experiment import Experiment, chapters
from nnplay.gui.background.live import LiveRun
from nnplay.gui.bars.notice import Notice, Offer
from nnplay.gui.runs.run_list import MOST_COMPARED, Compared, RunCommand, RunList
from nnplay.gui.shell.exporting import Exporting
from nnplay.gui.workspace import Workspace
from nnplay.record.recorded_run import RecordedRun
from nnplay.session import Change, Controller, Document, RunState
from nnplay.translation import _


class ShelfCommands(QObject):
    """Connects the list of runs with the shelf, the document and the training.

    Within a chapter of lessons the curves of the lesson before stay in view by themselves. Runs of
    other data or with another loss than a lesson that is opened are no longer compared.
    """

    def __init__(
        self,
        document: Document,
        controller: Controller,
        live: LiveRun,
        workspace: Workspace,
        notice: Notice,
        exporting: Exporting,
    ) -> None:
        """Show the runs of `live` from now on."""
        super().__init__(live)
        self._document, self._controller, self._live = document, controller, live
        self._workspace, self._notice, self._exporting = workspace, notice, exporting
        self._by_lesson: tuple[str, ...] = ()
        """The ids of the runs that are compared because a lesson speaks of them, oldest first."""
        self._lesson = document.experiment.name
        self._shown = self._in_view = ""
        live.shelf_changed.connect(self._show)
        live.state_changed.connect(self._follow_state)
        workspace.run_asked.connect(self.take)
        self._show()

    @property
    def _compared(self) -> Compared:
        return Compared.of(self._live.shelf.compared)

    @_compared.setter
    def _compared(self, compared: Compared) -> None:
        self._live.shelf.compare(compared.places)

    @Slot(object)
    def take(self, command: RunCommand) -> None:
        """Carry out a command."""
        shelf = self._live.shelf
        run = shelf.get(command.run_id)
        if command.action == "restore":
            self._restore()
        elif run is None:
            return
        elif command.action == "rename":
            shelf.change(run.id, name=command.text)
        elif command.action == "note":
            shelf.change(run.id, note=command.text)
        elif command.action == "pin":
            shelf.change(run.id, is_pinned=command.on)
        elif command.action == "delete":
            self._delete(run)
        elif command.action == "compare":
            self._compare(run, command.on)
        elif command.action == "export":
            self._exporting.ask_about(run, command.text)
        elif command.action == "show":
            self._controller.show_run(run)
        elif command.action == "use":
            label = _("Use the experiment of run {n}").format(n=run.number)
            self._document.edit(Change(run.edited, label))
        else:
            self._controller.continue_as_new(run)

    def follow_document(self) -> None:
        """Compare with the lesson before, when another one of its chapter is opened."""
        experiment = self._document.experiment
        before, self._lesson = self._lesson, experiment.name
        if before == self._lesson:
            return
        chapter = _chapter(before)
        is_next = self._lesson in chapter
        for run in self._live.shelf.runs:
            leaves = run.id in self._by_lesson and not is_next
            if leaves or not _is_comparable(run.experiment, experiment):
                self._stop_comparing(run.id)
        if is_next:
            self._compare_lesson(experiment, chapter)
        self._show()

    def _stop_comparing(self, run_id: str) -> None:
        self._compared = self._compared.without(run_id)
        self._by_lesson = tuple(one for one in self._by_lesson if one != run_id)

    def _compare_lesson(self, experiment: Experiment, chapter: tuple[str, ...]) -> None:
        run = self._last_finished(chapter)
        if run is None or self._compared.place(run.id) is not None:
            return
        is_other = run.experiment.name != experiment.name
        if not is_other or not _is_comparable(run.experiment, experiment):
            return
        existing = {one.id for one in self._live.shelf.runs}
        compared = self._compared.with_run(run.id, existing)
        if compared is None and self._by_lesson:
            oldest, self._by_lesson = self._by_lesson[0], self._by_lesson[1:]
            compared = self._compared.without(oldest).with_run(run.id, existing)
        if compared is not None:
            self._compared = compared
            self._by_lesson = (*self._by_lesson, run.id)

    def _last_finished(self, names: tuple[str, ...]) -> RecordedRun | None:
        for run in reversed(self._live.shelf.runs):
            if run.result is not None and run.experiment.name in names:
                return run
        return None

    def _compare(self, run: RecordedRun, on: bool) -> None:
        if not on:
            self._stop_comparing(run.id)
        else:
            existing = {one.id for one in self._live.shelf.runs}
            compared = self._compared.with_run(run.id, existing)
            if compared is None:
                text = _("At most {n} runs can be compared at once: uncheck another one first.")
                self._notice.show_message(text.format(n=MOST_COMPARED))
                return
            self._compared = compared
            self._by_lesson = tuple(one for one in self._by_lesson if one != run.id)
        self._show()

    def _delete(self, run: RecordedRun) -> None:
        self._live.shelf.remove(run.id)
        text = _("Run {n} was deleted.").format(n=run.number)
        self._notice.show_offer(text, Offer(_("Undo"), self._restore))

    def _restore(self) -> None:
        if self._live.shelf.restore() is not None:
            self._notice.clear_outdated()

    @Slot(object)
    def _follow_state(self, _state: RunState) -> None:
        if (self._shown_id, self._live.run.shown_id) != (self._shown, self._in_view):
            self._show()

    @property
    def _shown_id(self) -> str:
        recorded = self._live.run.recorded
        return "" if recorded is None else recorded.id

    @Slot()
    def _show(self) -> None:
        shelf = self._live.shelf
        self._shown, self._in_view = self._shown_id, self._live.run.shown_id
        self._workspace.show_runs(
            RunList(shelf.runs, self._compared, self._shown, self._in_view, shelf.can_restore)
        )


def _chapter(name: str) -> tuple[str, ...]:
    """Return the names of all lessons in the chapter of a lesson; empty if it is none."""
    for chapter in chapters() if name else ():
        names = tuple(preset.experiment.name for preset in chapter.presets)
        if name in names:
            return names
    return ()


def _is_comparable(one: Experiment, other: Experiment) -> bool:
    """Return whether the losses of two experiments mean the same."""
    return type(one.data) is type(other.data) and type(one.loss) is type(other.loss)
