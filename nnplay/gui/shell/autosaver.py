"""Keeps unsaved edits on disk, so that a crash loses nothing."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from nnplay.gui.shell.processes import is_running
from nnplay.session import Autosave, Document
from nnplay.translation import _

DELAY_MS = 1000


class Autosaver(QObject):
    """Writes the experiment a moment after each edit, and deletes it once it is saved."""

    def __init__(self, document: Document, folder: Path, parent: QObject) -> None:
        """Write into a folder inside `folder`."""
        super().__init__(parent)
        self._document = document
        self._autosave = Autosave(folder, os.getpid(), is_running)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write)

    def schedule(self) -> None:
        """Write in a moment; the next edit puts it off."""
        self._timer.start()

    def recover(self) -> bool:
        """Open what a crash left unsaved; return whether there was anything."""
        recovered = self._autosave.recover()
        if recovered is None:
            return False
        self._document.restore(recovered.experiment, recovered.path, _("Restore"))
        # The file it came from has been deleted: a second crash would lose the experiment.
        self.write()
        return True

    @Slot()
    def write(self) -> None:
        """Write now; edits after a pause are another step of undo."""
        self._document.settle()
        if self._document.is_dirty:
            self._autosave.keep(self._document.experiment, self._document.path)
        else:
            self._autosave.drop()

    def finish(self) -> None:
        """Delete what was written: the user has saved it or given it up."""
        self._timer.stop()
        self._autosave.drop()
