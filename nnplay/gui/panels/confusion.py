"""The confusion matrix, and the images that each of its cells counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.prediction_text import part_of, part_text, predictions_of
from nnplay.gui.panel.registry import panel
from nnplay.gui.style.icons import tool_icon
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE
from nnplay.gui.views.gallery import MOST_TILES, SampleGallery
from nnplay.gui.views.metric_block import share
from nnplay.gui.views.sample_field import sample_number
from nnplay.link import ClassPredictions, Frame, LabelPredictions, Result
from nnplay.translation import _, n_, ngettext

if TYPE_CHECKING:
    from nnplay.data import Parts
    from nnplay.gui.views.confusion_matrix import Cell


@panel(
    n_("Confusion matrix"),
    "centre",
    40,
    fits=lambda spec: spec.has_accuracy,
    wants=(ClassPredictions, LabelPredictions),
    min_interval_ms=100,
)
class ConfusionPanel(Panel):
    """The matrix while the network trains; a click on a cell shows the images that it counts."""

    cell_chosen = Signal(object)
    """(target, prediction)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.panel.label_choice import LabelChoice
        from nnplay.gui.views.confusion_matrix import MatrixView

        super().__init__(parent)
        self.matrix = MatrixView(self)
        self.gallery = SampleGallery(self)
        self.scope = PlainLabel(parent=self)
        self.scope.setObjectName("hint")
        self.scope.setWordWrap(True)
        self._heading = PlainLabel(parent=self)
        self._heading.setObjectName("hint")
        self._heading.setWordWrap(True)
        self._spec: DataSpec | None = None
        self._parts: Parts | None = None
        self._predictions: ClassPredictions | None = None
        self._chosen: Cell | None = None
        self._summary = ""
        self.percent_button = self.add_tool(
            _("percent"), _("Percentage of each row instead of counts"),
            self.matrix.set_percent, key="P", checkable=True,
        )  # fmt: skip
        self._all_labels: LabelPredictions | None = None
        self.choice = LabelChoice(self)
        self.choice.activated.connect(self._choose_label)
        self.add_tool_widget(self.choice)
        self.set_content(self._content_widget())
        self.matrix.cell_hovered.connect(self._describe_cell)
        self.matrix.cell_chosen.connect(self.choose)
        self.gallery.sample_chosen.connect(self.sample_chosen)
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Keep the data, for the images behind the cells."""
        self._spec, self._parts = spec, parts
        self.matrix.set_chosen(None)
        self.choice.show_spec(spec)
        self.clear()

    def show_frame(self, frame: Frame) -> None:
        """Show the matrix at the step of the frame."""
        predictions = predictions_of(frame)
        if predictions is not None:
            self._show_either(predictions)

    def show_result(self, result: Result) -> None:
        """Show the matrix at the end of a run."""
        predictions = result.class_predictions or result.label_predictions
        if predictions is not None:
            self._show_either(predictions)

    def clear(self) -> None:
        """Remove the matrix and the images."""
        self._predictions = self._all_labels = None
        self._summary = ""
        self.set_note("")
        self._close_images()
        if self._spec is not None and not self.fits(self._spec):
            self.set_empty(_("A confusion matrix needs classes, and these data have none."))
        else:
            self.set_empty(_("Press Train to see which classes the network confuses."))

    def choose(self, cell: Cell) -> None:
        """Show the images that a cell counts."""
        self._chosen = cell
        self.matrix.set_chosen(cell)
        self._show_images()
        self.cell_chosen.emit(cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the images beside the matrix in a wide panel, and below it in others."""
        super().resizeEvent(event)
        wide = self.width() > 1.25 * self.height()
        orientation = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._splitter.orientation() != orientation:
            self._splitter.setOrientation(orientation)

    def _choose_label(self, _label: object) -> None:
        self._close_images()
        if self._all_labels is not None:
            self._show_either(self._all_labels)

    def _show_either(self, predictions: ClassPredictions | LabelPredictions) -> None:
        """Show predictions of classes, or those of the label that is chosen."""
        if isinstance(predictions, LabelPredictions):
            self._all_labels = predictions
            predictions = predictions.of(self.choice.label)
        self._show(predictions)

    def _show(self, predictions: ClassPredictions) -> None:
        # Late: it brings all of the package that stores runs.
        from nnplay.record.metrics import accuracy

        self._predictions = predictions
        names = self._names(len(predictions.confusion))
        self.matrix.set_counts(predictions.confusion, names)
        is_picture = self._spec is not None and self._spec.is_picture
        pieces = [
            _("accuracy {share}").format(share=share(accuracy(predictions.confusion), 2)),
            part_text(predictions, is_picture=is_picture),
            _("step {step:,}").format(step=predictions.step),
        ]
        is_subset = self._show_scope(predictions, pieces[1])
        self._summary = pieces[0] if is_subset else " · ".join(pieces)
        self.set_empty("")
        self._describe_cell(self.matrix.hovered)
        if self._chosen is not None:
            self._show_images()

    def _show_scope(self, predictions: ClassPredictions, samples: str) -> bool:
        """Say in the panel itself, where nothing is cut off, if these are not all samples."""
        is_subset = predictions.count < len(predictions.target)
        self.scope.setVisible(is_subset)
        if is_subset:
            text = _("{samples}, at step {step:,}; all of them in a pause and at the end")
            self.scope.setText(text.format(samples=samples, step=predictions.step))
        return is_subset

    def _names(self, classes: int) -> tuple[str, ...]:
        from nnplay.gui.panel.label_choice import sides

        if self._spec is not None and self._spec.task == "multilabel":
            return sides(self._spec, self.choice.label)
        if self._spec is not None and len(self._spec.class_names) == classes:
            return tuple(_(name) for name in self._spec.class_names)
        return tuple(str(number) for number in range(classes))

    def _describe_cell(self, cell: Cell | None) -> None:
        self.set_note(self.matrix.describe(cell) if cell else self._summary)

    def _show_images(self) -> None:
        if self._chosen is None or self._predictions is None:
            return
        part = part_of(self._predictions, self._parts)
        if self._spec is None or not self._spec.is_picture or part is None:
            self._side.hide()
            return
        indices = cell_samples(self._predictions, self._chosen)
        self._side.show()
        names = self._names(len(self._predictions.confusion))
        target, predicted = (names[number] for number in self._chosen)
        count = int(self._predictions.confusion[self._chosen])
        text = ngettext(
            "target {target}, predicted {predicted}: {count:,} sample",
            "target {target}, predicted {predicted}: {count:,} samples",
            count,
        ).format(target=target, predicted=predicted, count=count)
        if count > MOST_TILES:
            text += ", " + _("the {shown} most confident are shown").format(shown=MOST_TILES)
        self._heading.setText(text)
        shown = indices[:MOST_TILES]
        if tuple(shown) != self.gallery.indices:
            captions = self._captions(shown.tolist())
            self.gallery.show_samples(part.rows(shown), shown.tolist(), captions)

    def _captions(self, indices: list[int]) -> list[str]:
        assert self._predictions is not None and self._chosen is not None
        probabilities = self._predictions.probabilities[indices, self._chosen[1]]
        text = _("image {number}: probability {share}")
        return [
            text.format(number=sample_number(index), share=share(float(probability)))
            for index, probability in zip(indices, probabilities, strict=True)
        ]

    def _close_images(self) -> None:
        self._chosen = None
        self.matrix.set_chosen(None)
        self._side.hide()

    def _content_widget(self) -> QWidget:
        self._side = QWidget(self)
        close = self.add_tool(
            _("Close the images"), _("Close the images of the chosen cell"),
            self._close_images, key="Esc", icon="clear",
        )  # fmt: skip
        self._tools.removeWidget(close)
        close.setIcon(tool_icon("clear"))
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        side = QVBoxLayout(self._side)
        side.setContentsMargins(SPACE, 0, SPACE, SPACE)
        side.setSpacing(SPACE // 2)
        side.addLayout(top)
        side.addWidget(self.gallery, 1)
        side.addStretch(0)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self.matrix)
        self._splitter.addWidget(self._side)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(SPACE, 0, 0, SPACE // 2)
        layout.addWidget(self.scope)
        layout.addWidget(self._splitter, 1)
        return content


def cell_samples(predictions: ClassPredictions, cell: Cell) -> npt.NDArray[np.int64]:
    """Return the indices of the samples that a cell counts, the most confident ones first."""
    known = np.isfinite(predictions.probabilities[:, 0])
    filled = np.where(known[:, None], predictions.probabilities, 0)
    inside = known & (predictions.target == cell[0]) & (filled.argmax(axis=1) == cell[1])
    indices = np.flatnonzero(inside)
    order = np.argsort(-predictions.probabilities[indices, cell[1]], kind="stable")
    return indices[order]


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(ConfusionPanel))
