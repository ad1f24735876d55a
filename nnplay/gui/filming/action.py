"""Opens the dialog that saves a film."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nnplay.gui.dialogs.dialog_host import DialogHost
from nnplay.gui.film_display import FEWEST, FilmDisplay
from nnplay.gui.panels.curves import CurvesPanel
from nnplay.gui.workspace import Workspace
from nnplay.translation import _


class FilmAction(QObject):
    """Saves the film of the run that is shown."""

    saved = Signal(str)
    """A message about the file."""
    failed = Signal(str)
    """Why there is no film."""

    def __init__(self, display: FilmDisplay, workspace: Workspace) -> None:
        super().__init__(display)
        self._display, self._workspace = display, workspace
        self._host: DialogHost | None = None

    @Slot(object)
    def ask(self, panel: QWidget | None) -> None:
        """Open the dialog for a panel, or for the whole window."""
        from nnplay.gui.filming.dialog import FilmDialog  # seldom needed

        if len(self._display.moments) < FEWEST:
            self.failed.emit(_("There is no film yet: train a network first."))
            return
        if self._host is None:
            self._host = DialogHost(self._workspace.window())
        if not self._host.is_free:
            return
        views: list[tuple[str, QWidget]] = [(_("Whole window"), self._workspace.window())]
        for one in self._workspace.built:
            moves = bool(one.entry.wants) or isinstance(one, CurvesPanel)
            if one is panel or (one.isVisible() and moves and not one.entry.is_editing):
                views.append((_(one.entry.title), one))
        name = self._workspace.window().windowTitle().split("[*]")[0] or "nnplay"
        dialog = FilmDialog(self._display, views, name, self._workspace.window())
        chosen = [widget is panel for _label, widget in views]
        dialog.view.setCurrentIndex(chosen.index(True) if panel is not None else 0)
        dialog.saved.connect(self.saved)
        self._host.open(dialog)

    def shut_down(self, milliseconds: int) -> bool:
        """Cancel what is being saved and wait; return whether it has ended in time."""
        return self._host is None or self._host.shut_down(milliseconds)
