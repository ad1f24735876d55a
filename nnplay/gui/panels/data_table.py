"""Every sample, as a table or as pages of images, with the distribution of columns and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import DataSpec
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.prediction_text import predictions_of
from nnplay.gui.panel.registry import panel
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE, font
from nnplay.gui.style.zoom import sized
from nnplay.gui.views.gallery import MOST_TILES, SampleGallery
from nnplay.gui.views.sample_field import SampleField
from nnplay.link import ClassPredictions, Frame, LabelPredictions, Part, Result
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts
    from nnplay.gui.views.sample_table import SampleTable

_SIDE_WIDTH = 200


@panel(
    n_("Samples"),
    "centre",
    70,
    tab=n_("Data"),
    wants=(ClassPredictions, LabelPredictions),
    min_interval_ms=500,
)
class DataPanel(Panel):
    """The samples of every part, to look through, sort and count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.views.picture import PictureView
        from nnplay.gui.views.plots.histogram import CountBars, Histogram
        from nnplay.gui.views.sample_table import SampleTable

        super().__init__(parent)
        self._spec: DataSpec | None = None
        self.table = SampleTable(self)
        self.view = _table_view(self, self.table)
        self.gallery = SampleGallery(self)
        self.picture, self.histogram = PictureView(self), Histogram(self)
        self.counts = CountBars(self)
        self._about, self._column = PlainLabel(parent=self), PlainLabel(parent=self)
        self._about.setWordWrap(True)
        self._page = 0
        self.jump = SampleField(self)
        self.jump.setAccessibleName(_("Number of the sample"))
        self.jump.setToolTip(_("Number of a sample, counted from 1, to go to its row"))
        self.jump.setPrefix(_("sample") + " ")
        self.jump.valueChanged.connect(self.go_to)
        self.add_tool_widget(self.jump)
        self.images_button = self.add_tool(
            _("images"), _("Show the samples as pages of images, in the order of the table"),
            self._show_images, key="G", checkable=True,
        )  # fmt: skip
        self.back = self.add_tool(
            _("Previous page"), _("Previous page"), self.previous_page,
            key=",", icon="previous",
        )  # fmt: skip
        self.on = self.add_tool(
            _("Next page"), _("Next page"), self.next_page, key=".", icon="next"
        )
        self.set_content(self._content_widget())
        self.view.selectionModel().currentChanged.connect(self._show_current)
        self.table.layoutChanged.connect(self._show_page)
        self.gallery.sample_chosen.connect(self._choose)
        self.set_empty(_("Choose a data set to see its samples here."))

    @property
    def page(self) -> int:
        """The page of images that is visible, from 0."""
        return self._page

    @property
    def about(self) -> str:
        """The description of the chosen sample."""
        return self._about.text()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show the samples of other data."""
        same = spec == self._spec
        self._spec = spec
        self.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.show_data(spec, parts)
        self._fit_columns()
        total = self.table.rowCount()
        for tool in (self.images_button, self.back, self.on):
            tool.setVisible(spec.is_picture)
        self.picture.setVisible(spec.is_picture)
        self.jump.blockSignals(True)
        self.jump.setRange(0, max(0, total - 1))
        self.jump.setValue(0)
        self.jump.blockSignals(False)
        classes = spec.has_accuracy
        self.counts.setVisible(classes)
        if classes:
            self.counts.show_counts([_(name) for name in spec.class_names], self._count(parts))
        if not same:
            self.images_button.setChecked(spec.is_picture)
        self._page = 0
        self.set_note(_("{count:,} samples").format(count=total))
        if not total:
            self.set_empty(_("This data set is empty."))
            return
        self.set_empty("")
        self._choose_row(0, self._first_of_interest())
        self._show_images(self.images_button.isChecked() and spec.is_picture)

    def show_frame(self, frame: Frame) -> None:
        """Show the predictions at the step of the frame."""
        predictions = predictions_of(frame)
        if predictions is not None:
            self._show_predictions_of(predictions)

    def show_result(self, result: Result) -> None:
        """Show the predictions at the end of a run."""
        if result.class_predictions is not None:
            self._show_predictions_of(result.class_predictions)
        elif result.regression_predictions is not None:
            self._show_predictions(
                result.regression_predictions.part, result.regression_predictions.predicted
            )

    def clear(self) -> None:
        """Remove the predictions."""
        if self._spec is not None:
            self.table.show_predictions("test", None)

    @Slot(int)
    def go_to(self, number: int) -> None:
        """Go to the row of the sample with that index, whatever the rows are sorted by."""
        if 0 <= number < self.table.rowCount():
            row = self.table.row_of(number)
            self._choose_row(row, max(0, self.view.currentIndex().column()))
            self._turn_to(row // MOST_TILES)

    @Slot()
    def previous_page(self) -> None:
        """Show the images before these."""
        self._turn_to(self._page - 1)

    @Slot()
    def next_page(self) -> None:
        """Show the images after these."""
        self._turn_to(self._page + 1)

    def _pages(self) -> int:
        return max(1, -(-self.table.rowCount() // MOST_TILES))

    def _turn_to(self, page: int) -> None:
        self._page = min(max(page, 0), self._pages() - 1)
        self._show_page()

    def _show_page(self, *_args: object) -> None:
        if self._spec is None or not self._spec.is_picture or self.stack.currentIndex() != 1:
            return
        first = self._page * MOST_TILES
        rows = range(first, min(first + MOST_TILES, self.table.rowCount()))
        images = [self.table.sample(row) for row in rows]
        if images:
            self.gallery.show_samples(
                np.stack(images), range(len(images)), [self._description(row) for row in rows]
            )
        self.back.setEnabled(self._page > 0)
        self.on.setEnabled(self._page < self._pages() - 1)
        page = _("page {page:,} of {pages:,}").format(page=self._page + 1, pages=self._pages())
        count = _("{count:,} samples").format(count=self.table.rowCount())
        self.set_note(f"{count} · {page}")

    @Slot(bool)
    def _show_images(self, on: bool) -> None:
        self.stack.setCurrentIndex(1 if on else 0)
        self.back.setVisible(on)
        self.on.setVisible(on)
        if on:
            self._turn_to(max(0, self.view.currentIndex().row()) // MOST_TILES)

    @Slot(object)
    def _choose(self, position: object) -> None:
        assert isinstance(position, int)
        row = self._page * MOST_TILES + position
        self._choose_row(row, max(0, self.view.currentIndex().column()))

    def _choose_row(self, row: int, column: int) -> None:
        index = self.table.index(row, column)
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        # The row becomes visible; which columns are visible is up to the user.
        across = self.view.horizontalScrollBar().value()
        self.view.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self.view.horizontalScrollBar().setValue(across)
        self._show_current(index, None)

    def _show_current(
        self,
        current: QModelIndex | QPersistentModelIndex,
        before: QModelIndex | QPersistentModelIndex | None,
    ) -> None:
        if not current.isValid() or self._spec is None:
            return
        self._about.setText(self._description(current.row()))
        if self._spec.is_picture:
            self.picture.show_sample(self.table.sample(current.row()))
        title = self.table.title(current.column())
        if before is None or not before.isValid() or before.column() != current.column():
            self._column.setText(title)
            numbers = current.column() != 1
            for one in (self._column, self.histogram):
                one.setVisible(numbers and not self._spec.is_picture)
            if numbers and not self._spec.is_picture:
                self.histogram.show_values(title, self.table.column_values(current.column()))

    def _description(self, row: int) -> str:
        table = self.table
        last = max(table.prediction_column + 1, 3) if table.prediction_column >= 0 else 3
        last = min(last, table.first_input)
        pieces = [f"{_('sample')} {table.text(row, 0)}", table.text(row, 1)]
        pieces += [f"{table.title(c)} {table.text(row, c)}" for c in range(2, last)]
        return " · ".join(pieces)

    def _show_predictions_of(self, predictions: ClassPredictions | LabelPredictions) -> None:
        if isinstance(predictions, LabelPredictions):
            self._show_predictions(predictions.part, predictions.probabilities)
            return
        known = np.isfinite(predictions.probabilities[:, 0])
        filled = np.where(known[:, None], predictions.probabilities, 0)
        self._show_predictions(predictions.part, np.where(known, filled.argmax(1), -1))

    def _show_predictions(self, part: Part, predicted: npt.NDArray[Any]) -> None:
        new = self.table.prediction_column < 0
        self.table.show_predictions(part, predicted)
        if new and self.view.currentIndex().isValid():
            self._fit_columns()
            # The selection does not follow a column that is inserted before it.
            self._choose_row(self.view.currentIndex().row(), self.view.currentIndex().column())
        if self.view.currentIndex().isValid():
            self._about.setText(self._description(self.view.currentIndex().row()))

    def _first_of_interest(self) -> int:
        """Return the column whose histogram is shown first: a regression's target, or an input."""
        assert self._spec is not None
        regression = self._spec.task == "regression"
        return 2 if regression or self._spec.is_picture else self.table.first_input

    def _count(self, parts: Parts) -> npt.NDArray[np.int64]:
        assert self._spec is not None
        every = [one.y for one in (parts.train, parts.validation, parts.test)]
        if self._spec.task == "multilabel":
            labels: npt.NDArray[np.int64] = np.concatenate(every).astype(np.int64).sum(axis=0)
            return labels
        classes = np.concatenate(every).reshape(-1)
        counts: npt.NDArray[np.int64] = np.bincount(classes, minlength=self._spec.outputs)
        return counts

    def _fit_columns(self) -> None:
        # By the titles and the first rows: measuring a million rows would take minutes.
        header = self.view.horizontalHeader()
        metrics = self.view.fontMetrics()
        for column in range(self.table.columnCount()):
            texts = [self.table.title(column) + "  ▾"]
            texts += [self.table.text(row, column) for row in range(min(20, self.table.rowCount()))]
            header.resizeSection(column, max(map(metrics.horizontalAdvance, texts)) + 2 * SPACE)

    def _content_widget(self) -> QWidget:
        content = QWidget(self)
        self.stack = QStackedWidget(content)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.gallery)
        self._column.setFont(font("strong"))
        side = QWidget(content)
        sized(side, minimumWidth=_SIDE_WIDTH, maximumWidth=_SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.picture, 3)
        column.addWidget(self._about)
        column.addWidget(self._column)
        column.addWidget(self.histogram, 2)
        column.addWidget(self.counts, 2)
        column.addStretch(0)
        layout = QHBoxLayout(content)
        layout.setContentsMargins(SPACE, 0, SPACE, SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(self.stack, 1)
        layout.addWidget(side)
        return content


def _table_view(parent: QWidget, table: SampleTable) -> QTableView:
    view = QTableView(parent)
    view.setModel(table)
    view.setAccessibleName(_("Table of the samples"))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setSortingEnabled(True)
    view.setCornerButtonEnabled(False)
    view.verticalHeader().hide()
    # Rows of one height: asking a million rows for theirs would take minutes.
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    sized(view.verticalHeader(), defaultSectionSize=22)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setToolTip(
        _("Click to sort by this column, and again to reverse the order.")
    )
    view.setFrameShape(QTableView.Shape.NoFrame)
    return view


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(DataPanel))
