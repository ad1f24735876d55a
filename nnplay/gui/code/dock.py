"""View > Code: the pane with the script, at the right of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from nnplay.experiment import Experiment
from nnplay.gui.code.pane import CodePane
from nnplay.gui.editors.network.editor import NetworkEditor
from nnplay.translation import _


class CodeDock(QDockWidget):
    """Shows the script of the edited experiment, and follows the selection of layers."""

    def __init__(self, window: QWidget, editor: NetworkEditor) -> None:
        """Make it for the main window; `open` shows it."""
        assert isinstance(window, QMainWindow)
        super().__init__(_("Code"), window)
        self.setObjectName("code")
        self.setAllowedAreas(
            Qt.DockWidgetArea.RightDockWidgetArea | Qt.DockWidgetArea.BottomDockWidgetArea
        )
        self._editor = editor
        self.pane = CodePane(self)
        self.setWidget(self.pane)
        self._window = window
        editor.view.selectionModel().currentChanged.connect(self._follow)

    def open(self) -> None:
        """Show it at the right of the window."""
        self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self)
        self.show()

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the script of an experiment."""
        self.pane.show_experiment(experiment)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.pane.show_layer(self._editor.selected_layer())
