"""What the network predicts for values that the user types: of a table, the plane or a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.engine.probes.typed import TypedPrediction
from nnplay.experiment import Experiment
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.registry import panel
from nnplay.gui.predicting.file_tool import FileTool
from nnplay.gui.style.theme import SPACE
from nnplay.link import Frame, Result
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts
    from nnplay.gui.runs.comparison import ComparedPredictions
    from nnplay.gui.runs.run_list import RunList


@panel(
    n_("Predict values"),
    "side",
    60,
    tab=n_("Predict"),
    fits=lambda spec: len(spec.in_shape) == 1,
    wants=(TypedPrediction,),
    min_interval_ms=50,
)
class PredictValuesPanel(Panel):
    """A field for each column, and the prediction at once, before, during and after training."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.predicting.comparison_block import ComparisonBlock, with_comparison
        from nnplay.gui.predicting.prediction_block import PredictionText
        from nnplay.gui.predicting.values_form import FormArea, ValuesForm
        from nnplay.gui.views.probability_bars import ProbabilityBars

        super().__init__(parent)
        self._spec: DataSpec | None = None
        self._has_columns = False
        self.form = ValuesForm()
        self.prediction = PredictionText(self)
        self.bars = ProbabilityBars(self)
        self.comparison = ComparisonBlock(self)
        self.comparison.asked.connect(self.comparison_asked)
        self.files = FileTool(self)
        self.reset_tool = self.add_tool(
            _("Typical values"),
            _("Fill in the median or most frequent value of each column"),
            self.form.fill_in,
            icon="reset",
        )
        area = FormArea(self.form, self)
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(SPACE * 3 // 2, 0, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(area, 20)
        layout.addWidget(self.prediction)
        layout.addWidget(self.bars)
        layout.addStretch(1)
        self.set_content(with_comparison(content, self.comparison))
        self.form.typed.connect(self._type)
        self.set_empty(_("There are no data yet."))

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the columns of the data."""
        self._spec, self._has_columns = spec, parts.columns is not None
        if parts.columns is None:
            self.set_empty(
                _("How the columns of this table were encoded is not known. Import it again.")
            )
            return
        self.set_empty("")
        self.form.show_columns(parts.columns)
        self._type()

    def show_no_data(self, why: str) -> None:
        """Show why there are no data."""
        self._has_columns = False
        self.set_empty(why)

    def show_frame(self, frame: Frame) -> None:
        """Show the prediction at the step of the frame."""
        prediction = frame.get(TypedPrediction)
        if prediction is not None:
            self.show_typed(prediction)

    def show_typed(self, prediction: TypedPrediction) -> None:
        """Show a prediction, unless other values were typed since."""
        if self._has_columns and prediction.inputs == self.form.inputs():
            self._show(prediction)

    def show_experiment(self, experiment: Experiment) -> None:
        """Compare runs of such data."""
        self.comparison.show_experiment(experiment)

    def show_runs(self, runs: RunList) -> None:
        """Let the runs that are compared predict the values as well."""
        self.comparison.show_runs(runs)
        self.bars.set_replaced(self.comparison.is_needed)

    def show_compared(self, predictions: ComparedPredictions) -> None:
        """Show what the runs that are compared predict."""
        self.comparison.show_compared(predictions)

    def show_result(self, result: Result) -> None:
        """Let files be predicted by the network."""
        self.files.show_result(result)

    def clear(self) -> None:
        """Remove the prediction."""
        self.files.show_result(None)
        self._show(None)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the prediction of what is in the form."""
        super().showEvent(event)
        self._type()
        self.comparison.ask()

    @Slot()
    def _type(self) -> None:
        # Hidden, it would make the trainer compute what nobody sees.
        if not self._has_columns or not self.isVisible():
            return
        inputs = self.form.inputs()
        self.comparison.show_sample(inputs)
        if inputs is None:
            self._show(None)
        self.inputs_typed.emit(inputs)

    def _show(self, prediction: TypedPrediction | None) -> None:
        from nnplay.gui.predicting.comparison_block import numbers_of
        from nnplay.gui.predicting.prediction_block import show_prediction

        self.comparison.show_own(numbers_of(prediction))
        if self._spec is not None:
            show_prediction(self.prediction, self.bars, self._spec, prediction)


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(PredictValuesPanel))
