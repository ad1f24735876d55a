"""What is taken for what: the confusion matrix, and the pictures behind each of its cells."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts
from nnplay.gui.panels.label_choice import LabelChoice, sides
from nnplay.gui.panels.outcome_words import outcomes_of, part_of, part_text
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import CONFUSION, Role
from nnplay.gui.style.icons import tool_icon
from nnplay.gui.style.theme import SPACE
from nnplay.gui.views.confusion_matrix import Cell, Counts, MatrixView
from nnplay.gui.views.gallery import MOST_TILES, SampleGallery
from nnplay.gui.views.metric_block import share
from nnplay.link import Frame, LabelOutcomes, Outcomes, PayloadKind, Result
from nnplay.record.metrics import accuracy
from nnplay.translation import _, ngettext


class ConfusionPanel(Panel):
    """The matrix while it is learned; a click on a cell shows the pictures counted in it."""

    role: ClassVar[Role] = CONFUSION
    wants: ClassVar[frozenset[PayloadKind]] = frozenset({Outcomes, LabelOutcomes})
    min_interval_ms: ClassVar[int] = 100

    cell_chosen = Signal(object)
    """(truth, prediction)."""
    sample_chosen = Signal(object)
    """The index of a picture that was clicked, within the part that the outcomes are of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        self.matrix = MatrixView(self)
        self.gallery = SampleGallery(self)
        self._title = QLabel(self)
        self._title.setObjectName("hint")
        self._title.setWordWrap(True)
        self._spec: DataSpec | None = None
        self._parts: Parts | None = None
        self._outcomes: Outcomes | None = None
        self._chosen: Cell | None = None
        self._summary = ""
        self.per_cent_button = self.add_tool(
            _("per cent"), _("Per cent of each row instead of counts"),
            self.matrix.set_per_cent, key="P", checkable=True,
        )  # fmt: skip
        self._all_labels: tuple[LabelOutcomes, int] | None = None
        self.choice = LabelChoice(self)
        self.choice.activated.connect(self._choose_label)
        self.add_tool_widget(self.choice)
        self.set_content(self._content_widget())
        self.matrix.cell_hovered.connect(self._say_cell)
        self.matrix.cell_chosen.connect(self.choose)
        self.gallery.sample_chosen.connect(self.sample_chosen)
        self.clear()

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Remember the data, for the pictures behind the cells."""
        self._spec, self._parts = spec, parts
        self.matrix.set_chosen(None)
        self.choice.show_spec(spec)
        self.clear()

    def show_frame(self, frame: Frame) -> None:
        """Show the matrix of this moment."""
        outcomes = outcomes_of(frame)
        if outcomes is not None:
            self._show_either(outcomes, frame.step)

    def show_result(self, result: Result) -> None:
        """Show the matrix at the end of a run."""
        outcomes = result.outcomes or result.labels
        if outcomes is not None:
            self._show_either(outcomes, result.steps)

    def clear(self) -> None:
        """Forget the outcomes."""
        self._outcomes = self._all_labels = None
        self._summary = ""
        self.set_note("")
        self._close_pictures()
        if self._spec is not None and not self.fits(self._spec):
            self.set_empty(_("A confusion matrix needs classes; these data have none."))
        else:
            self.set_empty(_("Press Train to see which classes the network mixes up."))

    def choose(self, cell: Cell) -> None:
        """Show the pictures that a cell counts."""
        self._chosen = cell
        self.matrix.set_chosen(cell)
        self._show_pictures()
        self.cell_chosen.emit(cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the pictures beside the matrix where the panel is wide, below it where it is not."""
        super().resizeEvent(event)
        wide = self.width() > 1.25 * self.height()
        orientation = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._splitter.orientation() != orientation:
            self._splitter.setOrientation(orientation)

    def _choose_label(self, _label: object) -> None:
        self._close_pictures()
        if self._all_labels is not None:
            self._show_either(*self._all_labels)

    def _show_either(self, outcomes: Outcomes | LabelOutcomes, step: int) -> None:
        """Show outcomes, or those of the label that is chosen."""
        if isinstance(outcomes, LabelOutcomes):
            self._all_labels = (outcomes, step)
            outcomes = outcomes.of(self.choice.label)
        self._show(outcomes, step)

    def _show(self, outcomes: Outcomes, step: int) -> None:
        self._outcomes = outcomes
        names = self._names(len(outcomes.confusion))
        self.matrix.set_counts(outcomes.confusion, names)
        pieces = [
            _("accuracy {share}").format(share=share(accuracy(outcomes.confusion), 2)),
            part_text(outcomes, is_picture=self._spec is not None and self._spec.is_picture),
            _("step {step:,}").format(step=step),
        ]
        if not outcomes.complete:
            pieces.append(_("still being updated"))
        self._summary = " · ".join(pieces)
        self.set_empty("")
        self._say_cell(self.matrix.hovered)
        if self._chosen is not None:
            self._show_pictures()

    def _names(self, classes: int) -> tuple[str, ...]:
        if self._spec is not None and self._spec.task == "multilabel":
            return sides(self._spec, self.choice.label)
        if self._spec is not None and len(self._spec.class_names) == classes:
            return tuple(_(name) for name in self._spec.class_names)
        return tuple(str(number) for number in range(classes))

    def _say_cell(self, cell: Cell | None) -> None:
        self.set_note(self.matrix.describe(cell) if cell else self._summary)

    def _show_pictures(self) -> None:
        if self._chosen is None or self._outcomes is None:
            return
        part = part_of(self._outcomes, self._parts)
        if self._spec is None or not self._spec.is_picture or part is None:
            self._side.hide()
            return
        indices = cell_samples(self._outcomes, self._chosen)
        self._side.show()
        names = self._names(len(self._outcomes.confusion))
        target, taken = (names[number] for number in self._chosen)
        count = int(self._outcomes.confusion[self._chosen])
        text = ngettext(
            "true {target}, predicted {taken}: {count:,} sample",
            "true {target}, predicted {taken}: {count:,} samples",
            count,
        ).format(target=target, taken=taken, count=count)
        if count > MOST_TILES:
            text += ", " + _("the {shown} surest are shown").format(shown=MOST_TILES)
        self._title.setText(text)
        shown = indices[:MOST_TILES]
        if tuple(shown) != self.gallery.indices:
            words = self._words(shown.tolist())
            self.gallery.show_samples(part.rows(shown), shown.tolist(), words)

    def _words(self, indices: list[int]) -> list[str]:
        assert self._outcomes is not None and self._chosen is not None
        odds = self._outcomes.probabilities[indices, self._chosen[1]]
        words = _("picture {index:,}: {share} sure")
        return [
            words.format(index=index, share=share(float(odd)))
            for index, odd in zip(indices, odds, strict=True)
        ]

    def _close_pictures(self) -> None:
        self._chosen = None
        self.matrix.set_chosen(None)
        self._side.hide()

    def _content_widget(self) -> QWidget:
        self._side = QWidget(self)
        close = self.add_tool(
            _("Close the pictures"), _("Close the pictures of the chosen cell"),
            self._close_pictures, key="Esc", icon="clear",
        )  # fmt: skip
        self._tools.removeWidget(close)
        close.setIcon(tool_icon("clear"))
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
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
        layout.addWidget(self._splitter)
        return content


def cell_samples(outcomes: Outcomes, cell: Cell) -> Counts:
    """Return the indices of the samples that a cell counts, the surest answers first."""
    asked = np.isfinite(outcomes.probabilities[:, 0])
    filled = np.where(asked[:, None], outcomes.probabilities, 0)
    inside = asked & (outcomes.target == cell[0]) & (filled.argmax(axis=1) == cell[1])
    indices = np.flatnonzero(inside)
    order = np.argsort(-outcomes.probabilities[indices, cell[1]], kind="stable")
    return indices[order]


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(ConfusionPanel))
