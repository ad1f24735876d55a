"""Keeps unsaved edits and runs on disk, so that a crash loses nothing."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnplay.gui.background.live import LiveRun
from nnplay.gui.shell.run_keeper import RunKeeper
from nnplay.session import Autosave, Document, Recovered
from nnplay.translation import _

DELAY_MS = 1000


class Autosaver(QObject):
    """Writes the experiment a moment after the first unsaved edit, and deletes it once saved."""

    failed = Signal(str)
    """Why runs cannot be kept."""

    def __init__(self, document: Document, folder: Path, parent: QObject) -> None:
        """Write into a folder inside `folder`."""
        super().__init__(parent)
        self._document = document
        self._live: LiveRun | None = None
        self._keeper: RunKeeper | None = None
        self._has_finished = False
        # A process number alone could be that of a process that crashed.
        self._autosave = Autosave(folder, f"{os.getpid()}-{token_hex(4)}")
        self._writing, self._settling = QTimer(self), QTimer(self)
        for timer in (self._writing, self._settling):
            timer.setSingleShot(True)
            timer.setInterval(DELAY_MS)
        self._writing.timeout.connect(self.write)
        self._settling.timeout.connect(self._settle)

    def schedule(self) -> None:
        """Write in a moment, however many edits follow; to be called after each."""
        if not self._writing.isActive():
            self._writing.start()
        # Edits after a pause are another step of undo.
        self._settling.start()

    def follow(self, live: LiveRun) -> None:
        """Keep the runs as well; to be called once."""
        self._live, self._keeper = live, RunKeeper(self._autosave, live, self.write, self)
        self._keeper.failed.connect(self.failed)
        live.shelf_changed.connect(self._follow_runs)
        live.state_changed.connect(self._follow_runs)

    @Slot()
    def _follow_runs(self) -> None:
        assert self._keeper is not None
        self._keeper.schedule()
        # Of a window that is being closed, runs still end.
        if not self._writing.isActive() and not self._has_finished:
            self._writing.start()

    def left(self) -> tuple[Recovered, ...]:
        """Return what crashes left unsaved, the newest first."""
        return self._autosave.left()

    def recover(self) -> bool:
        """Open the newest that a crash left unsaved; return whether there was anything."""
        return any(self.restore(one) for one in self.left())

    def restore(self, recovered: Recovered) -> bool:
        """Open what a crash left unsaved; return False if another window has taken it."""
        if not self._autosave.take(recovered):
            return False
        work = recovered.work
        runs = self._autosave.read_runs(recovered)
        self._document.restore(work.experiment, work.path, _("Restore"))
        if runs and self._live is not None:
            self._live.shelf.replace_all(runs, are_saved=False)
        return True

    def forget(self) -> None:
        """Delete what crashes left."""
        self._autosave.forget()

    @Slot()
    def write(self) -> None:
        """Write now."""
        keeper = self._keeper
        if self._document.is_dirty or (keeper is not None and keeper.has_unsaved):
            self._autosave.keep(self._document.work)
        elif keeper is not None and keeper.is_busy:
            self._writing.start()
        else:
            self._autosave.drop()

    @Slot()
    def _settle(self) -> None:
        self._document.settle()

    def finish(self) -> None:
        """Delete what was written: the user has saved it or given it up."""
        self._has_finished = True
        self._writing.stop()
        self._settling.stop()
        self._autosave.drop()

    def shut_down(self, milliseconds: int) -> bool:
        """Keep no more runs and wait; return whether writing has ended in time."""
        return self._keeper is None or self._keeper.stop(milliseconds)
