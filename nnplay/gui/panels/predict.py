"""One image or sequence at a time, with its target, the prediction and all probabilities."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from nnplay.catalog import DataSpec
from nnplay.engine.probes.sample import SamplePrediction
from nnplay.engine.probes.typed import TypedPrediction
from nnplay.experiment import Experiment
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.prediction_text import part_of, predictions_of
from nnplay.gui.panel.registry import panel
from nnplay.gui.predicting.file_tool import FileTool
from nnplay.gui.predicting.sample_classes import (
    are_mistakes,
    inputs_of,
    names_text,
    predicted_classes,
    target_classes,
)
from nnplay.gui.predicting.sample_page import sample_page
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import bus, font, theme
from nnplay.gui.views.metric_block import share
from nnplay.gui.views.sample_field import SampleField
from nnplay.link import ClassPredictions, Frame, LabelPredictions, Result
from nnplay.link.frames import Floats
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data.arrays import Parts, Samples
    from nnplay.gui.runs.comparison import ComparedPredictions
    from nnplay.gui.runs.run_list import RunList


def _shows_single_samples(spec: DataSpec) -> bool:
    """Return whether the samples are images or sequences with classes or labels."""
    return spec.has_accuracy and (spec.is_picture or len(spec.in_shape) == 2)


@panel(
    n_("Predict"),
    "side",
    10,
    fits=_shows_single_samples,
    wants=(SamplePrediction, ClassPredictions, LabelPredictions, TypedPrediction),
    min_interval_ms=100,
    opens_on="sample",
)
class PredictPanel(Panel):
    """A sample of the evaluated part with target, prediction and a probability per class.

    Or a drawn one, without a target, where the data are small grey images.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.predicting.comparison_block import ComparisonBlock, with_comparison
        from nnplay.gui.predicting.draw_page import DrawPage
        from nnplay.gui.predicting.keep_tool import KeepTool
        from nnplay.gui.views.picture import PictureView
        from nnplay.gui.views.probability_bars import ProbabilityBars

        super().__init__(parent)
        self._random = Random()
        self._spec: DataSpec | None = None
        self._parts: Parts | None = None
        self._predictions: ClassPredictions | LabelPredictions | None = None
        self._sample: SamplePrediction | None = None
        self._typed: TypedPrediction | None = None
        self._step = 0
        self._hid_itself = False
        self._needs_training = ""
        self.picture = PictureView(self)
        self.draw_page = DrawPage()
        self.bars = ProbabilityBars(self)
        self.comparison = ComparisonBlock(self)
        self.comparison.asked.connect(self.comparison_asked)
        self._target, self._predicted, self._verdict = (
            PlainLabel(parent=self),
            PlainLabel(parent=self),
            PlainLabel(parent=self),
        )
        for label in (self._target, self._predicted):
            label.setWordWrap(True)
        self.index = SampleField(self)
        self.index.setAccessibleName(_("Number of the sample"))
        self.index.setToolTip(_("Number of the sample, counted from 1"))
        self.index.valueChanged.connect(self._select)
        self.files = FileTool(self)
        self.keep = KeepTool(self, self.draw_page, self.files)
        self.undo_button = self.add_tool(
            _("Undo the stroke"), _("Undo the last stroke"), self.draw_page.pad.undo,
            key="Backspace", icon="reset",
        )  # fmt: skip
        self.erase_button = self.add_tool(
            _("Clear"), _("Clear the pad"), self.draw_page.pad.erase,
            key="Del", icon="clear",
        )  # fmt: skip
        self.draw_button = self.add_tool(
            _("draw"), _("Draw a sample of your own"), self._switch,
            key="D", icon="brush", checkable=True,
        )  # fmt: skip
        self.mistakes_button = self.add_tool(
            _("mistakes"), _("Show only samples that the network predicts wrongly"),
            self._only_mistakes, key="W", checkable=True,
        )  # fmt: skip
        self._sample_tools = (
            self.mistakes_button,
            self.add_tool(
                _("Previous sample"), _("Previous sample"), self.previous,
                key=",", icon="previous",
            ),
            self.add_tool(
                _("Random sample"), _("A random sample"), self.random,
                key="R", icon="dice",
            ),
            self.add_tool(_("Next sample"), _("Next sample"), self.next, key=".", icon="next"),
        )  # fmt: skip
        self._pages = QStackedWidget(self)
        texts = (self._target, self._predicted, self._verdict)
        self._pages.addWidget(sample_page(self.picture, *texts, self.index, self.bars))
        self._pages.addWidget(self.draw_page)
        self.set_content(with_comparison(self._pages, self.comparison))
        self.draw_page.typed.connect(self._type)
        bus.changed.connect(self._recolour)
        self._recolour()
        self._switch(False)
        self.draw_button.hide()
        self.files.button.hide()
        self.clear()

    def seed(self, seed: int) -> None:
        """Seed the generator that `random` chooses by."""
        self._random.seed(seed)

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Keep the samples; the panel hides for data of another kind."""
        self._spec, self._parts = spec, parts
        # It shows itself only if it hid itself: the window may hide it for other reasons.
        if self._hid_itself or not self.fits(spec):
            self._hid_itself = not self.fits(spec)
            self.setHidden(self._hid_itself)
        from nnplay.gui.predicting.draw_page import can_be_drawn

        self.draw_button.setVisible(can_be_drawn(spec))
        if can_be_drawn(spec):
            self.draw_page.show_spec(spec)
            self.keep.show_spec(spec)
        else:
            self.draw_button.setChecked(False)
        self._show_file_tool()
        self.clear()

    def show_frame(self, frame: Frame) -> None:
        """Show the prediction at the step of the frame."""
        self.show_typed(frame.get(TypedPrediction))
        predictions, sample = predictions_of(frame), frame.get(SamplePrediction)
        if predictions is not None or sample is not None:
            self._sample, self._step = sample, frame.step
            self._predictions = predictions or self._predictions
            self._show()

    def show_result(self, result: Result) -> None:
        """Show the prediction at the end of a run."""
        self.files.show_result(result)
        predictions = result.class_predictions or result.label_predictions
        if predictions is not None:
            self._sample, self._step = None, predictions.step
            self._predictions = predictions
            self._show()

    def show_typed(self, prediction: TypedPrediction | None) -> None:
        """Show what is predicted for the drawing."""
        if prediction is not None:
            self._typed = prediction
            self.draw_page.show_prediction(prediction)
            self._compare()

    def show_experiment(self, experiment: Experiment) -> None:
        """Compare runs of such data."""
        self.comparison.show_experiment(experiment)

    def show_runs(self, runs: RunList) -> None:
        """Let the runs that are compared predict the sample as well."""
        self.comparison.show_runs(runs)
        self.bars.set_replaced(self.comparison.is_needed)
        self.draw_page.set_compared(self.comparison.is_needed)
        self._compare()

    def show_compared(self, predictions: ComparedPredictions) -> None:
        """Show what the runs that are compared predict."""
        self.comparison.show_compared(predictions)

    def show_sample(self, index: int) -> None:
        """Show the sample with that index."""
        self.draw_button.setChecked(False)
        self.index.setValue(index)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the prediction of the drawing."""
        super().showEvent(event)
        self._type()
        self.comparison.ask()

    def clear(self) -> None:
        """Remove the predictions."""
        self._predictions = self._sample = self._typed = None
        # Otherwise the next run would begin with a mistake of the network before.
        self.mistakes_button.setChecked(False)
        self.draw_page.show_prediction(None)
        self.files.show_result(None)
        self._say(_("Press Train to see what the network predicts for each sample."))

    def _say(self, text: str) -> None:
        """Show why there are no samples to see; a drawing can be made all the same."""
        self._needs_training = text
        self.set_empty("" if self.draw_button.isChecked() else text)

    def _switch(self, on: bool) -> None:
        """Show the pad, or the samples."""
        for button in self._sample_tools:
            button.setVisible(not on)
        self._show_file_tool()
        self.keep.button.setVisible(on)
        self.undo_button.setVisible(on)
        self.erase_button.setVisible(on)
        self._pages.setCurrentIndex(int(on))
        self._say(self._needs_training)
        if on:
            self.draw_page.pad.setFocus()
        self._type()

    def _show_file_tool(self) -> None:
        is_picture = self._spec is not None and self._spec.is_picture
        # The tools of a drawing need its room.
        self.files.button.setVisible(is_picture and not self.draw_button.isChecked())

    @Slot()
    def _type(self) -> None:
        # Hidden, it would make the trainer compute what nobody sees.
        if self.isVisible():
            self.inputs_typed.emit(self.draw_page.inputs if self.draw_button.isChecked() else None)
        self._compare()

    def _compare(self) -> None:
        """Show the sample and its prediction to the runs that are compared."""
        if not self.comparison.is_needed:
            return
        part, index = self._part(), self.index.value()
        if self.draw_button.isChecked():
            inputs, typed = self.draw_page.inputs, self._typed
            self.comparison.show_sample(inputs)
            is_own = typed is not None and typed.inputs == inputs
            self.comparison.show_own(typed.probabilities if typed and is_own else None)
        elif part is not None and self._parts is not None and self._spec and index < len(part):
            has_labels = self._spec.task == "multilabel"
            targets = target_classes(part.y[index], has_labels=has_labels)
            self.comparison.show_sample(inputs_of(self._parts, part, index), targets)
            self.comparison.show_own(self._probabilities(index))
        else:
            self.comparison.show_sample(None)
            self.comparison.show_own(None)

    def random(self) -> None:
        """Show a random sample."""
        candidates = self._candidates()
        if len(candidates):
            self.index.setValue(int(self._random.choice(candidates)))

    def previous(self) -> None:
        """Show the sample before this one; the last one comes before the first."""
        candidates = self._candidates()
        if len(candidates):
            place = int(np.searchsorted(candidates, self.index.value())) - 1
            self.index.setValue(int(candidates[place]))

    def next(self) -> None:
        """Show the sample after this one; the first one comes after the last."""
        candidates = self._candidates()
        if len(candidates):
            place = int(np.searchsorted(candidates, self.index.value(), side="right"))
            self.index.setValue(int(candidates[place % len(candidates)]))

    def _candidates(self) -> npt.NDArray[np.int64]:
        """Return the indices that the buttons go through, in ascending order."""
        if self._predictions is None:
            return np.empty(0, dtype=np.int64)
        known = np.isfinite(self._predictions.probabilities[:, 0])
        if self.mistakes_button.isChecked():
            known = known & are_mistakes(self._predictions)
        return np.flatnonzero(known)

    def _only_mistakes(self, on: bool) -> None:
        if on:
            candidates = self._candidates()
            if not len(candidates):
                self.set_note(_("no mistakes"))
            elif self.index.value() not in candidates:
                self.next()
        else:
            self.set_note("")

    def _show(self) -> None:
        part = self._part()
        if part is None or not len(part):
            return
        self.index.blockSignals(True)
        self.index.setRange(0, len(part) - 1)
        self.index.blockSignals(False)
        self.index.setSuffix(" " + _("of {count:,}").format(count=len(part)))
        self._say("")
        self._show_current()

    def _part(self) -> Samples | None:
        """Return the samples that predictions are about, None where there are no predictions."""
        if self._predictions is not None:
            return part_of(self._predictions, self._parts)
        if self._sample is None or self._parts is None:
            return None
        samples: Samples = getattr(self._parts, self._sample.part)
        return samples

    def _select(self, index: int) -> None:
        self.sample_selected.emit(index)
        self._show_current()

    def _probabilities(self, index: int) -> Floats | None:
        """Return the prediction by the weights of the frame, None where it has none so far."""
        if self._sample is not None and self._sample.index == index:
            return self._sample.probabilities
        if self._predictions is None or self._predictions.step != self._step:
            return None
        probabilities = self._predictions.probabilities[index]
        return probabilities if np.isfinite(probabilities).all() else None

    def _show_current(self) -> None:
        part, index = self._part(), self.index.value()
        if part is None or self._spec is None or index >= len(part):
            return
        self._compare()
        self.picture.show_sample(part.rows([index])[0])
        names = tuple(_(name) for name in self._spec.class_names)
        has_labels = self._spec.task == "multilabel"
        targets = target_classes(part.y[index], has_labels=has_labels)
        self._target.setText(names_text(names, targets))
        probabilities = self._probabilities(index)
        if probabilities is None:
            nothing = np.full(len(names), np.nan, dtype=np.float32)
            self.bars.show_values(names, nothing, targets, ())
            self._predicted.setText("–")
            self._show_verdict(_("not predicted yet"), "muted")
            return
        predicted = predicted_classes(probabilities, has_labels=has_labels)
        self.bars.show_values(names, probabilities, targets, predicted)
        confidence = "" if has_labels else f"  ({share(float(probabilities.max()))})"
        self._predicted.setText(names_text(names, predicted) + confidence)
        if predicted == targets:
            self._show_verdict("✓ " + _("correct"), "good")
        else:
            self._show_verdict("✗ " + _("wrong"), "bad")

    def _show_verdict(self, text: str, colour: str) -> None:
        self._verdict.setText(text)
        self._verdict.setProperty("tone", colour)
        self._recolour()

    def _recolour(self) -> None:
        look = theme()
        self._verdict.setFont(font("title"))
        tone = self._verdict.property("tone") or "muted"
        palette = self._verdict.palette()
        palette.setColor(self._verdict.foregroundRole(), getattr(look, tone))
        self._verdict.setPalette(palette)
        for label in (self._target, self._predicted):
            label.setFont(font("strong"))


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(PredictPanel))
