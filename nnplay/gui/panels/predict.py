"""One picture at a time: what it is, what the network takes it for, and how sure it is."""

from __future__ import annotations

from random import Random
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts
from nnplay.gui.panels.outcome_words import outcomes_of, part_of
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import PREDICT, Role
from nnplay.gui.style.theme import SPACE, bus, font, theme
from nnplay.gui.views.metric_block import share
from nnplay.gui.views.picture import PictureView
from nnplay.gui.views.probability_bars import ProbabilityBars
from nnplay.link import Frame, LabelOutcomes, Outcomes, PayloadKind, Result
from nnplay.translation import _


class PredictPanel(Panel):
    """A picture of the test part with truth, prediction and the probability of every class."""

    role: ClassVar[Role] = PREDICT
    wants: ClassVar[frozenset[PayloadKind]] = frozenset({Outcomes, LabelOutcomes})
    min_interval_ms: ClassVar[int] = 100

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        self._chance = Random()
        self._spec: DataSpec | None = None
        self._parts: Parts | None = None
        self._outcomes: Outcomes | LabelOutcomes | None = None
        self._hid_itself = False
        self.picture = PictureView(self)
        self.bars = ProbabilityBars(self)
        self._target, self._taken, self._verdict = QLabel(self), QLabel(self), QLabel(self)
        for label in (self._target, self._taken):
            label.setWordWrap(True)
        self.index = QSpinBox(self)
        self.index.setAccessibleName(_("Number of the picture"))
        self.index.setToolTip(_("Number of the picture, counted from 0"))
        self.index.valueChanged.connect(self._show_sample)
        self.wrong_button = self.add_tool(
            _("only wrong"), _("Go only through pictures that the network gets wrong"),
            self._only_wrong, key="W", checkable=True,
        )  # fmt: skip
        self.add_tool(
            _("Previous picture"), _("Previous picture"), self.previous,
            key=",", icon="previous",
        )  # fmt: skip
        self.add_tool(
            _("Random picture"), _("A random picture"), self.random,
            key="R", icon="dice",
        )  # fmt: skip
        self.add_tool(_("Next picture"), _("Next picture"), self.next, key=".", icon="next")
        self.set_content(self._content_widget())
        bus.changed.connect(self._recolour)
        self._recolour()
        self.clear()

    def seed(self, seed: int) -> None:
        """Start the chance of `random` anew."""
        self._chance.seed(seed)

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Remember the pictures; with data of another sort the panel hides."""
        self._spec, self._parts = spec, parts
        # Only what it hid itself it shows again: the window may have reasons of its own.
        if self._hid_itself or not self.fits(spec):
            self._hid_itself = not self.fits(spec)
            self.setHidden(self._hid_itself)
        self.clear()

    def show_frame(self, frame: Frame) -> None:
        """Show what the network says at this moment."""
        outcomes = outcomes_of(frame)
        if outcomes is not None:
            self._show(outcomes)

    def show_result(self, result: Result) -> None:
        """Show what the network says at the end."""
        outcomes = result.outcomes or result.labels
        if outcomes is not None:
            self._show(outcomes)

    def clear(self) -> None:
        """Forget what the network says."""
        self._outcomes = None
        self.set_empty(_("Train first: then see here what the network takes each picture for."))

    def show_index(self, index: object) -> None:
        """Show the picture with that number, such as one clicked in another panel."""
        assert isinstance(index, int)
        self.index.setValue(index)

    def random(self) -> None:
        """Show a random picture."""
        candidates = self._candidates()
        if len(candidates):
            self.index.setValue(int(self._chance.choice(candidates)))

    def previous(self) -> None:
        """Show the picture before this one, from the first on to the last."""
        candidates = self._candidates()
        if len(candidates):
            place = int(np.searchsorted(candidates, self.index.value())) - 1
            self.index.setValue(int(candidates[place]))

    def next(self) -> None:
        """Show the picture after this one, from the last on to the first."""
        candidates = self._candidates()
        if len(candidates):
            place = int(np.searchsorted(candidates, self.index.value(), side="right"))
            self.index.setValue(int(candidates[place % len(candidates)]))

    def _candidates(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        if self._outcomes is None:
            return np.empty(0, dtype=np.int64)
        asked = np.isfinite(self._outcomes.probabilities[:, 0])
        if self.wrong_button.isChecked():
            asked = asked & _are_wrong(self._outcomes)
        return np.flatnonzero(asked)

    def _only_wrong(self, on: bool) -> None:
        if on:
            candidates = self._candidates()
            if not len(candidates):
                self.set_note(_("none is wrong"))
            elif self.index.value() not in candidates:
                self.next()
        else:
            self.set_note("")

    def _show(self, outcomes: Outcomes | LabelOutcomes) -> None:
        first = self._outcomes is None
        self._outcomes = outcomes
        part = part_of(outcomes, self._parts)
        if part is None or not len(part):
            return
        self.index.blockSignals(True)
        self.index.setRange(0, len(part) - 1)
        self.index.blockSignals(False)
        self.index.setSuffix(" " + _("of {count:,}").format(count=len(part)))
        self.set_empty("")
        if first and not np.isfinite(outcomes.probabilities[self.index.value(), 0]):
            self.next()
        self._show_sample()

    def _show_sample(self, *_value: object) -> None:
        outcomes, index = self._outcomes, self.index.value()
        part = part_of(outcomes, self._parts) if outcomes is not None else None
        if outcomes is None or part is None or self._spec is None:
            return
        self.picture.show_sample(part.rows([index])[0])
        names = tuple(_(name) for name in self._spec.class_names)
        odds = outcomes.probabilities[index]
        targets, taken = _said(outcomes, index)
        self.bars.show_values(names, odds, targets, taken)
        self._target.setText(_words(names, targets))
        if not np.isfinite(odds).all():
            self._taken.setText("–")
            self._say_verdict(_("not asked yet"), "muted")
            return
        sure = f"  ({share(float(odds.max()))})" if isinstance(outcomes, Outcomes) else ""
        self._taken.setText(_words(names, taken) + sure)
        if taken == targets:
            self._say_verdict("✓ " + _("right"), "good")
        else:
            self._say_verdict("✗ " + _("wrong"), "bad")

    def _say_verdict(self, text: str, colour: str) -> None:
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
        for label in (self._target, self._taken):
            label.setFont(font("strong"))

    def _content_widget(self) -> QWidget:
        words = QGridLayout()
        words.setHorizontalSpacing(SPACE)
        words.setVerticalSpacing(SPACE // 2)
        for row, (name, label) in enumerate(
            ((_("truth"), self._target), (_("prediction"), self._taken))
        ):
            title = QLabel(name, self)
            title.setObjectName("hint")
            words.addWidget(title, 2 * row, 0)
            words.addWidget(label, 2 * row + 1, 0)
        words.addWidget(self._verdict, 4, 0)
        words.addWidget(self.index, 5, 0, Qt.AlignmentFlag.AlignLeft)
        words.setRowStretch(6, 1)
        above = QHBoxLayout()
        above.setSpacing(2 * SPACE)
        above.addWidget(self.picture, 1)
        above.addLayout(words, 1)
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(SPACE * 3 // 2, 0, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addLayout(above, 3)
        layout.addWidget(self.bars, 4)
        return content


_Numbers = tuple[int, ...]


def _said(outcomes: Outcomes | LabelOutcomes, index: int) -> tuple[_Numbers, _Numbers]:
    """Return the numbers that are true of a sample and those that the network says."""
    target, odds = outcomes.target[index], outcomes.probabilities[index]
    if isinstance(outcomes, Outcomes):
        return (int(target),), (int(odds.argmax()),)
    pair = (np.flatnonzero(row).tolist() for row in (target, odds > 0.5))
    carried, told = (tuple(numbers) for numbers in pair)
    return carried, told


def _are_wrong(outcomes: Outcomes | LabelOutcomes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return of which samples not all that the network says is true; (n,)."""
    known = np.nan_to_num(outcomes.probabilities)
    if isinstance(outcomes, Outcomes):
        return np.asarray(known.argmax(axis=1) != outcomes.target)
    return np.asarray(((known > 0.5) != (outcomes.target > 0)).any(axis=1))


def _words(names: tuple[str, ...], numbers: _Numbers) -> str:
    return ", ".join(names[number] for number in numbers) or _("none")


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(PredictPanel))
