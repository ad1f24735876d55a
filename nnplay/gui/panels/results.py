"""The results of a run: time, losses, and how well each class is predicted."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.registry import panel
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.style.zoom import sized
from nnplay.gui.views.metric_block import MEAN_SPEED
from nnplay.link import Result
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.gui.panel.result_tables import Table

_CELL_MARGINS = 10
"""Left and right of a number in its cell, together."""


@panel(n_("Results"), "side", 20, opens_on="result")
class ResultsPanel(Panel):
    """Tables of a finished run, which can be copied into a spreadsheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.views.metric_grid import MetricGrid

        super().__init__(parent)
        self._result: Result | None = None
        self.summary = MetricGrid(self)
        time = _("time taken: training steps, evaluation and drawing, without pauses.")
        speed = _("mean samples/s: {meaning}").format(meaning=_(MEAN_SPEED))
        self.summary.setToolTip(plain(f"{time}\n{speed}"))
        self.ending = PlainLabel(parent=self)
        self.ending.setWordWrap(True)
        self.ending.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.scores = _table(self, _("Loss and accuracy by part of the data"))
        self.errors = _table(self, _("Errors by part of the data"))
        self.classes = _table(self, _("Precision, recall and F1 by class"))
        self.add_tool(
            _("Copy"), _("Copy all results as text for a spreadsheet (Ctrl+C)"), self.copy,
            icon="copy",
        )  # fmt: skip
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.copy)
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(SPACE, 0, SPACE // 2, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.ending)
        layout.addWidget(self.scores)
        layout.addWidget(self.errors)
        layout.addWidget(self.summary)
        layout.addWidget(self.classes)
        layout.addStretch(1)
        # One scroll bar for all of it: tables with bars of their own hide rows that matter.
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        area.setWidget(content)
        content.setAutoFillBackground(False)
        self.set_content(area)
        bus.changed.connect(self._recolour)
        self.clear()

    def show_result(self, result: Result) -> None:
        """Show the results of a run."""
        from nnplay.gui.panel.result_tables import class_table, error_table, score_table, summary

        self._result = result
        self.set_empty("")
        self.set_note(_("stopped early") if result.stopped else "")
        ending = " ".join(filter(None, (result.divergence, result.ending)))
        self.ending.setText(ending)
        self.ending.setVisible(bool(ending))
        self.summary.set_pairs(summary(result))
        _fill(self.scores, score_table(result))
        self.scores.setFixedHeight(_height(self.scores))
        for widget, table in (
            (self.errors, error_table(result)),
            (self.classes, class_table(result)),
        ):
            widget.setVisible(table is not None)
            if table is not None:
                _fill(widget, table)
                widget.setFixedHeight(_height(widget))

    def clear(self) -> None:
        """Remove the results."""
        self._result = None
        self.set_note("")
        self.set_empty(_("The results are shown here once training has finished or was stopped."))

    def as_text(self) -> str:
        """Return all results as lines of cells separated by tabs."""
        from nnplay.data.importing.parse_cell import without_formula
        from nnplay.gui.panel.result_tables import class_table, error_table, score_table, summary

        if self._result is None:
            return ""
        tables = [make(self._result) for make in (score_table, error_table, class_table)]
        blocks = [one for one in (self._result.divergence, self._result.ending) if one]
        blocks += ["\n".join("\t".join(pair) for pair in summary(self._result))]
        for table in tables:
            if table is not None:
                rows = [
                    table.columns,
                    *((without_formula(row.name), *row.cells) for row in table.rows),
                ]
                blocks.append("\n".join("\t".join(row) for row in rows))
        return "\n\n".join(blocks) + "\n"

    def copy(self) -> None:
        """Put all results on the clipboard."""
        if self._result is not None:
            QApplication.clipboard().setText(self.as_text())

    def _recolour(self) -> None:
        if self._result is not None:
            self.show_result(self._result)


def _table(parent: QWidget, name: str) -> QTableWidget:
    table = QTableWidget(parent)
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    sized(table.verticalHeader(), defaultSectionSize=22)
    table.horizontalHeader().setMinimumSectionSize(24)
    table.horizontalHeader().setHighlightSections(False)
    table.setFrameShape(QTableWidget.Shape.NoFrame)
    return table


def _fill(widget: QTableWidget, table: Table) -> None:
    look = theme()
    widget.setColumnCount(len(table.columns))
    widget.setRowCount(len(table.rows))
    # Numbers are never cut off; the names take the room that is left.
    titles = QFontMetricsF(font("small"))
    numbers = {strong: QFontMetricsF(font("strong" if strong else "body")) for strong in (0, 1)}
    modes = QHeaderView.ResizeMode
    for column, title in enumerate(table.columns):
        widest = max(
            (numbers[r.strong].horizontalAdvance(r.cells[column - 1]) for r in table.rows),
            default=0,
        )
        width = ceil(max(titles.horizontalAdvance(title), widest)) + _CELL_MARGINS
        widget.horizontalHeader().setSectionResizeMode(
            column, modes.Fixed if column else modes.Stretch
        )
        widget.setColumnWidth(column, width)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    for column, title in enumerate(table.columns):
        header = QTableWidgetItem(title)
        header.setTextAlignment(right if column else left)
        if table.tips:
            header.setToolTip(plain(table.tips[column]))
        widget.setHorizontalHeaderItem(column, header)
    for line, row in enumerate(table.rows):
        for column, text in enumerate((row.name, *row.cells)):
            item = QTableWidgetItem(text)
            item.setTextAlignment(right if column else left)
            item.setForeground(QColor(look.text))
            item.setToolTip(plain(row.tip))
            if row.strong:
                item.setFont(font("strong"))
            widget.setItem(line, column, item)


def _height(table: QTableWidget) -> int:
    rows = sum(table.rowHeight(row) for row in range(table.rowCount()))
    return rows + table.horizontalHeader().sizeHint().height() + 2


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(ResultsPanel))
