"""The PyTorch script of the edited experiment, with the lines of the selected layer marked."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QGuiApplication,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from nnplay.experiment import Experiment, check
from nnplay.experiment.export.source import layer_lines, pytorch_source
from nnplay.gui.code.highlighter import PythonHighlighter
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.style.zoom import px, sized
from nnplay.session import problem_text
from nnplay.translation import _

UPDATE_MS = 250
"""How long after an edit the script is written again; several in that time are one."""
COPIED_MS = 1500
_FONT_SIZE = 12
_WIDTH, _LEAST_WIDTH = 420, 260
"""In pixels at 100 %."""


class CodePane(QWidget):
    """Shows the script while it is visible, and copies it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment: Experiment | None = None
        self._written: Experiment | None = None
        self._layer: int | None = None
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(_("PyTorch script"))
        self._highlighter = PythonHighlighter(self.text.document())
        self.note = PlainLabel()
        self.note.setObjectName("problem")
        self.note.hide()
        self.note.setWordWrap(True)
        self.copy = QPushButton(_("Copy"))
        self.copy.setToolTip(_("Copy the whole script"))
        self.copy.clicked.connect(self._copy)
        self._timer = QTimer(self, singleShot=True, interval=UPDATE_MS)
        self._timer.timeout.connect(self._update)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(self._forget_copied)
        top = QHBoxLayout()
        top.addStretch(1)
        top.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE)
        layout.addLayout(top)
        layout.addWidget(self.note)
        layout.addWidget(self.text, 1)
        sized(self, minimumWidth=_LEAST_WIDTH)
        bus.changed.connect(self._restyle)
        self._restyle()

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the script of an experiment, soon and only if the pane is visible."""
        self._experiment = experiment
        if self.isVisible():
            self._timer.start()

    def show_layer(self, index: int | None) -> None:
        """Mark the line of a layer by its index in the network; None for none."""
        self._layer = index
        self._mark()

    def sizeHint(self) -> QSize:
        """Return a size for lines of code."""
        return QSize(px(_WIDTH), px(_WIDTH))

    def showEvent(self, event: QShowEvent) -> None:
        """Write what has changed while the pane was hidden."""
        super().showEvent(event)
        self._update()

    @Slot()
    def _update(self) -> None:
        experiment = self._experiment
        if experiment is None or experiment == self._written or not self.isVisible():
            return
        problems = check(experiment)
        self.copy.setEnabled(not problems)
        self.note.setVisible(bool(problems))
        if problems:
            self.note.setText(problem_text(problems[0]))
        else:
            bar = self.text.verticalScrollBar()
            place = bar.value()
            self.text.setPlainText(pytorch_source(experiment))
            bar.setValue(place)
            self._written = experiment
            self._mark()

    def _mark(self) -> None:
        """Mark the line of the selected layer, and bring it into view."""
        experiment, selections = self._written, []
        if experiment is not None and self._layer is not None:
            lines = layer_lines(self.text.toPlainText(), experiment)
            if self._layer < len(lines):
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(
                    self.text.document().findBlockByNumber(lines[self._layer])
                )
                look = QTextCharFormat()
                colour = QColor(theme().accent)
                colour.setAlpha(60)
                look.setBackground(colour)
                look.setProperty(QTextFormat.Property.FullWidthSelection, True)
                mark.format = look
                selections.append(mark)
                cursor = QTextCursor(mark.cursor)
                self.text.setTextCursor(cursor)
                self.text.centerCursor()
        self.text.setExtraSelections(selections)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(_("Copied"))
        self._copied.start()

    @Slot()
    def _forget_copied(self) -> None:
        self.copy.setText(_("Copy"))

    @Slot()
    def _restyle(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(px(_FONT_SIZE))
        self.text.setFont(font)
        self._mark()
