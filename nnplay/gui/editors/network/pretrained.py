"""Pretrained weights: a button to choose them, and a line that shows which layers load them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QToolButton, QWidget

from nnplay.experiment import (
    Experiment,
    Place,
    Problem,
    WeightsError,
    bundled_weights,
    loading_layers,
    start_text,
    weights_path,
)
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.style.icons import icon
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import bus, theme
from nnplay.translation import _


class StartButton(QToolButton):
    """Opens a menu of weights files."""

    start_chosen = Signal(str)
    """The new value of `Experiment.start`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start = ""
        self.setAccessibleName(_("Load pretrained weights"))
        self.setToolTip(
            _(
                "Start from the weights of another run (transfer learning): the first "
                "layers whose shapes match load them, the rest are initialised."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choices = QMenu(self)
        for key in bundled_weights():
            action = QAction(_("{key} (included)").format(key=key), self.choices)
            action.setData(key)
            self.choices.addAction(action)
        self._file = self.choices.addAction(_("Load from file…"))
        self._none = self.choices.addAction(_("Do not load weights"))
        self._none.setData("")
        self.choices.triggered.connect(self._triggered)
        self.setMenu(self.choices)
        # Qt would draw the arrow of the menu over the icon.
        self.setStyleSheet(
            "QToolButton { padding-right: 16px; } QToolButton::menu-indicator {"
            " subcontrol-origin: padding; subcontrol-position: right center; right: 4px; }"
        )
        bus.changed.connect(self._restyle)
        self._restyle()

    def show_start(self, start: str) -> None:
        """Show the current value."""
        self._start = start
        self._none.setEnabled(bool(start))

    def _triggered(self, action: QAction) -> None:
        if action is not self._file:
            self.start_chosen.emit(action.data())
            return
        path, _filter = QFileDialog.getOpenFileName(
            self.window(),
            _("Load pretrained weights"),
            str(weights_path(self._start).parent) if self._start else str(Path.home()),
            _("Weights (*.safetensors)") + ";;" + _("All files (*)"),
        )
        if path:
            self.start_chosen.emit(path)

    def _restyle(self) -> None:
        self.setIcon(icon("weights", theme().text))


class StartLine(QWidget):
    """Shows which layers load which weights; hidden if none do."""

    clear_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = hint_label()
        self.clear = QToolButton()
        self.clear.setAutoRaise(True)
        # No higher than a line of text: the list above needs the room.
        self.clear.setStyleSheet("QToolButton { padding: 0; }")
        self.clear.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clear.setAccessibleName(_("Do not load weights"))
        self.clear.setToolTip(_("Do not load weights: initialise all layers."))
        self.clear.clicked.connect(self._clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignTop)
        bus.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_experiment(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        """Show which layers would load weights; reads the header of the file."""
        self.setVisible(bool(experiment.start))
        if not experiment.start:
            return
        faults = [(one.what, one.hint) for one in problems if one.where == Place("start")]
        try:
            layers = tuple(taker.layer for taker in loading_layers(experiment))
            text, tip = start_text(experiment, layers), str(weights_path(experiment.start))
        except WeightsError as error:
            faults.append((str(error), error.hint))
        if faults:
            text, tip = faults[0]
        name = "problem" if faults else "hint"
        self.label.setText(text)
        self.label.setToolTip(plain(tip))
        if self.label.objectName() != name:
            self.label.setObjectName(name)
            # Style sheets do not notice a change of the object name.
            self.label.style().polish(self.label)

    def _clear(self) -> None:
        self.clear_asked.emit()

    def _restyle(self) -> None:
        self.clear.setIcon(icon("clear", theme().muted))
