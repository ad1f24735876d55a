"""Weights to start from: a button to choose them, and a line that says who takes them."""

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
    start_words,
    takers,
    weights_path,
)
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.style.icons import icon
from nnplay.gui.style.theme import bus, theme
from nnplay.translation import _


class StartButton(QToolButton):
    """Opens a menu of weights to start from."""

    start_chosen = Signal(str)
    """What `Experiment.start` is to be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start = ""
        self.setAccessibleName(_("Start from weights"))
        self.setToolTip(
            _(
                "Start from weights that another run left: the first layers whose shapes match "
                "take them, and only the others begin from chance."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choices = QMenu(self)
        for key in bundled_weights():
            action = QAction(_("{key} (comes with nnplay)").format(key=key), self.choices)
            action.setData(key)
            self.choices.addAction(action)
        self._file = self.choices.addAction(_("From a file of weights…"))
        self._none = self.choices.addAction(_("From chance alone"))
        self._none.setData("")
        self.choices.triggered.connect(self._triggered)
        self.setMenu(self.choices)
        bus.changed.connect(self._restyle)
        self._restyle()

    def show_start(self, start: str) -> None:
        """Show what is in force."""
        self._start = start
        self._none.setEnabled(bool(start))

    def _triggered(self, action: QAction) -> None:
        if action is not self._file:
            self.start_chosen.emit(action.data())
            return
        path, _filter = QFileDialog.getOpenFileName(
            self.window(),
            _("Start from weights"),
            str(weights_path(self._start).parent) if self._start else str(Path.home()),
            _("Weights (*.safetensors)") + ";;" + _("All files (*)"),
        )
        if path:
            self.start_chosen.emit(path)

    def _restyle(self) -> None:
        self.setIcon(icon("weights", theme().text))


class StartLine(QWidget):
    """Says which layers start from which weights; hidden where none do."""

    clear_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = hint_label()
        self.clear = QToolButton()
        self.clear.setAutoRaise(True)
        # No higher than a line of text: the list above wants every pixel.
        self.clear.setStyleSheet("QToolButton { padding: 0; }")
        self.clear.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clear.setAccessibleName(_("Start from chance alone"))
        self.clear.setToolTip(_("Start from chance alone: all first weights are drawn."))
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
        """Show what the weights of an experiment would do; reads the head of their file."""
        self.setVisible(bool(experiment.start))
        if not experiment.start:
            return
        faults = [(one.what, one.hint) for one in problems if one.where == Place("start")]
        try:
            layers = tuple(taker.layer for taker in takers(experiment))
            text, tip = start_words(experiment, layers), str(weights_path(experiment.start))
        except WeightsError as error:
            faults.append((str(error), error.hint))
        if faults:
            text, tip = faults[0]
        name = "problem" if faults else "hint"
        self.label.setText(text)
        self.label.setToolTip(tip)
        if self.label.objectName() != name:
            self.label.setObjectName(name)
            # A style sheet looks at names once.
            self.label.style().polish(self.label)

    def _clear(self) -> None:
        self.clear_asked.emit()

    def _restyle(self) -> None:
        self.clear.setIcon(icon("clear", theme().muted))
