"""The predictions of the runs that are compared, below that of the run that is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.experiment import Experiment
from nnplay.gui.panel.panel import NoteLabel
from nnplay.gui.predicting.same_samples import why_not_same_samples
from nnplay.gui.runs.comparison import (
    ComparedPredictions,
    ComparisonQuestion,
    Inputs,
    agreement,
    value_range,
)
from nnplay.gui.runs.run_list import RunList
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.views.compared_bars import ComparedBars, NetworkColumn
from nnplay.gui.views.metric_block import share
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.engine.probes.typed import TypedPrediction
    from nnplay.record.recorded_run import RecordedRun

Numbers = npt.NDArray[np.float32] | npt.NDArray[np.float64]
_NOTHING = np.empty(0)


class ComparisonBlock(QWidget):
    """Bars or values side by side, and in words whether the networks agree.

    It is hidden while no run is compared.
    """

    asked = Signal(object)
    """A ComparisonQuestion, or None where nothing is to be predicted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = RunList()
        self._experiment: Experiment | None = None
        self._inputs: Inputs | None = None
        self._question: ComparisonQuestion | None = None
        self._targets: tuple[int, ...] = ()
        self._own: Numbers | None = None
        self._found: ComparedPredictions | None = None
        self.verdict = PlainLabel(parent=self)
        self.verdict.setWordWrap(True)
        self.bars = ComparedBars(self)
        self.refused = NoteLabel(parent=self)
        self.refused.setObjectName("hint")
        self.refused.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, 0, SPACE, SPACE)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.verdict)
        layout.addWidget(self.bars, 1)
        layout.addWidget(self.refused)
        bus.changed.connect(self._recolour)
        self.hide()

    @property
    def is_needed(self) -> bool:
        """Whether any run is compared."""
        return bool(self._others())

    def show_runs(self, runs: RunList) -> None:
        """Compare the runs that are checked in a list."""
        self._list = runs
        self._update()

    def show_experiment(self, shown: Experiment) -> None:
        """Compare runs that can predict the samples of an experiment."""
        self._experiment = shown
        self._update()

    def show_sample(self, inputs: Inputs | None, targets: Iterable[int] = ()) -> None:
        """Predict a sample, not scaled; None without one. `targets` are its class or its labels."""
        self._inputs, self._targets = inputs, tuple(targets)
        self._update()

    def show_own(self, prediction: Numbers | None) -> None:
        """Show what the run in view predicts: probabilities or numbers; None if nothing."""
        self._own = prediction
        self._show()

    def show_compared(self, found: ComparedPredictions) -> None:
        """Show what the other runs predict, unless the sample has changed since."""
        if found.inputs == self._inputs:
            self._found = found
            self._show()

    @Slot()
    def ask(self) -> None:
        """Ask for predictions again, if the block is visible."""
        question = None
        runs = tuple(run for _place, run in self._others() if not self._why_not(run))
        if self._inputs is not None and runs and self.isVisible():
            question = ComparisonQuestion(self._inputs, runs)
        if not _is_same(question, self._question):
            self._question = question
            self.asked.emit(question)

    def _update(self) -> None:
        self.setVisible(self.is_needed)
        self._show()
        self.ask()

    def _others(self) -> tuple[tuple[int, RecordedRun], ...]:
        runs = self._list.compared_runs
        return tuple((place, run) for place, run in runs if run.id != self._list.in_view)

    def _why_not(self, run: RecordedRun) -> str:
        if self._experiment is None:
            return ""
        return why_not_same_samples(run.experiment, self._experiment)

    def _show(self) -> None:
        from nnplay.gui.runs.run_rows import short_name

        if self._experiment is None or not self.is_needed:
            return
        spec = self._experiment.data.spec()
        columns = []
        refused = []
        if self._own is not None:
            columns.append(_column(_("shown"), None, spec, self._own))
        answers = {} if self._found is None else {one.run_id: one for one in self._found.runs}
        is_known = self._found is not None and self._found.inputs == self._inputs
        for place, run in self._others():
            answer = answers.get(run.id) if is_known else None
            why = self._why_not(run) or ("" if answer is None else answer.why)
            if why:
                text = _("Not {run}: {why}.")
                refused.append(text.format(run=short_name(run), why=why.rstrip(".")))
            else:
                prediction = None if answer is None else answer.prediction
                columns.append(_column(short_name(run), place, spec, numbers_of(prediction)))
        names = tuple(_(name) for name in spec.class_names)
        self.bars.show_columns(names, self._targets, columns)
        self.bars.setVisible(bool(columns))
        self.refused.setText(" ".join(refused))
        self.refused.setToolTip(plain("\n".join(refused)))
        self.refused.setVisible(bool(refused))
        self.verdict.setText(_words(spec, columns))
        self.verdict.setVisible(bool(self.verdict.text()))
        self._recolour()

    def _recolour(self) -> None:
        predicted = {one.predicted for one in self.bars.columns if len(one.values)}
        palette = self.verdict.palette()
        tone = theme().bad if len(predicted) > 1 else theme().text
        palette.setColor(self.verdict.foregroundRole(), tone)
        self.verdict.setPalette(palette)
        self.verdict.setFont(font("strong"))


def with_comparison(content: QWidget, block: ComparisonBlock) -> QWidget:
    """Return the content of a panel with the comparison below it."""
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(content, 1)
    layout.addWidget(block)
    return whole


def _is_same(one: ComparisonQuestion | None, other: ComparisonQuestion | None) -> bool:
    # Runs by identity: their arrays need not be compared.
    if one is None or other is None:
        return one is other
    return one.inputs == other.inputs and [*map(id, one.runs)] == [*map(id, other.runs)]


def numbers_of(prediction: TypedPrediction | None) -> Numbers | None:
    """Return the probabilities or the numbers that are predicted."""
    if prediction is None or prediction.probabilities is not None:
        return None if prediction is None else prediction.probabilities
    return prediction.values


def _column(
    title: str, place: int | None, spec: DataSpec, numbers: Numbers | None
) -> NetworkColumn:
    if numbers is None:
        return NetworkColumn(title, place, _NOTHING)
    values = numbers.astype(np.float64)
    if spec.task == "regression":
        text = ", ".join(f"{value:.6g}" for value in values.tolist()).replace("-", "\u2212")
        return NetworkColumn(title, place, values, (), text)
    names = tuple(_(name) for name in spec.class_names)
    if spec.task == "multilabel":
        labels = tuple(np.flatnonzero(values > 0.5).tolist())
        text = ", ".join(names[one] for one in labels) or _("none")
        return NetworkColumn(title, place, values, labels, text)
    best = int(values.argmax())
    return NetworkColumn(title, place, values, (best,), f"{names[best]}  {share(values[best])}")


def _words(spec: DataSpec, columns: Iterable[NetworkColumn]) -> str:
    """Return whether the networks agree."""
    known = [one for one in columns if len(one.values)]
    if spec.task == "regression":
        return value_range([one.values[0] for one in known]) if spec.outputs == 1 else ""
    names = tuple(_(name) for name in spec.class_names)
    return agreement([", ".join(names[n] for n in one.predicted) or _("none") for one in known])
