"""Keeps unsaved edits on disk, so that a crash loses nothing."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex

from PySide6.QtCore import QObject, QTimer, Slot

from nnplay.session import Autosave, Document, Recovered
from nnplay.translation import _

DELAY_MS = 1000


class Autosaver(QObject):
    """Writes the experiment a moment after the first unsaved edit, and deletes it once saved."""

    def __init__(self, document: Document, folder: Path, parent: QObject) -> None:
        """Write into a folder inside `folder`."""
        super().__init__(parent)
        self._document = document
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
        self._document.restore(work.experiment, work.path, _("Restore"))
        return True

    def forget(self) -> None:
        """Delete what crashes left."""
        self._autosave.forget()

    @Slot()
    def write(self) -> None:
        """Write now."""
        if self._document.is_dirty:
            self._autosave.keep(self._document.work)
        else:
            self._autosave.drop()

    @Slot()
    def _settle(self) -> None:
        self._document.settle()

    def finish(self) -> None:
        """Delete what was written: the user has saved it or given it up."""
        self._writing.stop()
        self._settling.stop()
        self._autosave.drop()
