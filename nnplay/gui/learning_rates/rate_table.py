"""The table of learning rates, with the final loss of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from nnplay.experiment.lr_range import explain_terms
from nnplay.gui.forms.numbers import write_rounded
from nnplay.gui.learning_rates.plots import colours_in_order
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import bus
from nnplay.gui.views.metric_block import number, share
from nnplay.link import RatesResult
from nnplay.translation import _

_RATE, _LOSS, _ACCURACY, _VERDICT = range(4)
_DOT = 10


class RateTable(QTableWidget):
    """A row for each rate, in the colour of its curve."""

    chosen = Signal(object)
    """The chosen row, None for no row."""
    used = Signal()
    """Enter or a double click: the chosen rate is to be used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setHorizontalHeaderLabels([_("Learning rate"), _("Loss"), _("Accuracy"), _("Verdict")])
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        for column, side in enumerate((left, right, right, left)):
            self._head(column).setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        # Whole rows are chosen: a frame around one cell would suggest otherwise.
        self.setStyleSheet("QTableView { outline: 0; }")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(_("Learning rates"))
        self.setToolTip(
            plain(_("Press Enter or double-click to use a rate.") + "\n" + explain_terms())
        )
        heads = self.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        heads.setStretchLastSection(True)
        heads.setHighlightSections(False)
        self.itemSelectionChanged.connect(self._emit_choice)
        self.itemDoubleClicked.connect(self._use)
        bus.changed.connect(self._colour)

    def show_rates(self, rates: Sequence[float], has_accuracy: bool) -> None:
        """Show these rates, without results."""
        self.clearSelection()
        self.setRowCount(len(rates))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, rate in enumerate(rates):
            for column in range(self.columnCount()):
                item = QTableWidgetItem()
                if column in (_LOSS, _ACCURACY):
                    item.setTextAlignment(right)
                self.setItem(row, column, item)
            self._cell(row, _RATE).setText(write_rounded(rate, 6))
        self.setColumnHidden(_ACCURACY, not has_accuracy)
        self._head(_LOSS).setText(_("Loss"))
        self._colour()

    def show_losses(self, losses: Sequence[float | None]) -> None:
        """Show the current losses; None for a network that has diverged."""
        for row, loss in enumerate(losses):
            self._cell(row, _LOSS).setText(number(loss))
            self._cell(row, _VERDICT).setText(_("diverged") if loss is None else "")

    def show_result(self, result: RatesResult) -> None:
        """Show the final losses, and a verdict on each."""
        if result.validates:
            self._head(_LOSS).setText(_("Validation loss"))
        for row, one in enumerate(result.rates):
            scores = one.train if one.validation.accuracy is None else one.validation
            self._cell(row, _LOSS).setText(number(one.loss))
            self._cell(row, _ACCURACY).setText(share(scores.accuracy))
            self._cell(row, _VERDICT).setText(result.word(row))

    def choose(self, row: int | None) -> None:
        """Choose a row, or none."""
        if row is None:
            self.clearSelection()
        else:
            self.selectRow(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter uses the chosen rate."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _emit_choice(self) -> None:
        rows = self.selectionModel().selectedRows()
        self.chosen.emit(rows[0].row() if rows else None)

    @Slot()
    def _use(self) -> None:
        if self.selectionModel().hasSelection():
            self.used.emit()

    @Slot()
    def _colour(self) -> None:
        for row, colour in enumerate(colours_in_order(self.rowCount())):
            dot = QPixmap(_DOT, _DOT)
            dot.fill(QColor(colour))
            self._cell(row, _RATE).setIcon(QIcon(dot))

    def _head(self, column: int) -> QTableWidgetItem:
        item = self.horizontalHeaderItem(column)
        assert item is not None
        return item

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        assert item is not None
        return item
