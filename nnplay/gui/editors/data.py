"""The editor of the data: the data set, its parameters, the split and the seed."""

from __future__ import annotations

from dataclasses import replace
from secrets import randbelow
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from nnplay.catalog import FromFile, OwnDigits, Param, PictureFolder, params_of
from nnplay.experiment import (
    Experiment,
    Problem,
    Split,
    problems_by_field,
    target_scaling_is_possible,
)
from nnplay.experiment.sizes import holds_out, part_sizes
from nnplay.gui.editors.editor import Editor
from nnplay.gui.editors.fix_all import fix_all, is_of_the_stack
from nnplay.gui.editors.fold import FoldedSection
from nnplay.gui.editors.frame import FoldingHint, ScrollColumn, hint_label
from nnplay.gui.editors.sections import ChoiceSection
from nnplay.gui.forms import FieldRows, NumberField
from nnplay.gui.forms.fields import BoolField, ChoiceField, TextField
from nnplay.gui.forms.param_words import tooltip, value_words
from nnplay.gui.style.icons import icon
from nnplay.gui.style.plain import plain
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.gui.views.metric_block import number
from nnplay.session.change import Change
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.data import Parts


class DataEditor(Editor):
    """Shows and edits `data`, `split` and `seed` of an experiment."""

    import_asked = Signal()
    folder_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Data"), parent)
        self._fitted: tuple[Experiment, str] | None = None
        scroll = ScrollColumn()
        self.body.addWidget(scroll)
        self.section = ChoiceSection(
            "data", _("Data set"), titled=False, in_sight=_IN_SIGHT, fold=_("More parameters")
        )
        self.split = FoldedSection(
            _("Split and scaling"), _("Which samples are held out, and how values are scaled.")
        )
        self.counts = self.split.summary
        self.official = FoldingHint()
        self.rows = FieldRows()
        self.validation = NumberField(_PERCENT["validation"], suffix=" %", step=5)
        self.test = NumberField(_PERCENT["test"], suffix=" %", step=5)
        self.how = ChoiceField(_SPLIT["how"])
        self.group = TextField(_SPLIT["group"])
        self.stratified = BoolField(_SPLIT["stratified"])
        self.scaling = ChoiceField(_SPLIT["scaling"])
        self.target_scaling = ChoiceField(_SPLIT["target_scaling"])
        self.target_note = hint_label()
        self._parts: Parts | None = None
        self._problems: tuple[Problem, ...] = ()
        self.seed = NumberField(_SEED, grouped=False, step=1)
        self.new_seed = QToolButton()
        self.split_problems = self.split.problems
        self.unfit = hint_label()
        self.fit_button = QPushButton()
        self.import_button = QPushButton(_("Import table…"))
        self.folder_button = QPushButton(_("Choose folder…"))
        self._preview = QVBoxLayout()
        self._lay_out(scroll)
        self._connect()
        self._restyle()

    def show_experiment(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        """Show an experiment; emits nothing."""
        self._experiment, self._problems = experiment, problems
        split = experiment.split
        self.section.show_kind(experiment.data, problems)
        self.import_button.setVisible(isinstance(experiment.data, FromFile))
        self.folder_button.setVisible(isinstance(experiment.data, PictureFolder | OwnDigits))
        self.validation.show_value(_per_cent(split.validation))
        self.test.show_value(_per_cent(split.test))
        self.how.show_value(split.how)
        self.group.show_value(split.group)
        self.stratified.show_value(split.stratified)
        self.scaling.show_value(split.scaling)
        self.target_scaling.show_value(split.target_scaling)
        self.rows.set_unused(_unused(experiment))
        self._show_target_note()
        self.seed.show_value(experiment.seed)
        of_split = problems_by_field(problems, "split")
        of_rows = of_split | problems_of_seed(problems)
        self.rows.show_problems(of_rows)
        self.split.open_for({name: of_rows.get(name, []) for name in self.rows.names()})
        self.split_problems.show_problems(of_split.get("", []))
        self._show_parts(experiment, problems)
        self._show_fit(experiment, problems)

    def show_samples(self, parts: Parts | None) -> None:
        """Say how the targets of these samples are scaled; None while there are no samples."""
        self._parts = parts
        self._show_target_note()
        if self._experiment is not None:
            self._show_parts(self._experiment, self._problems)

    def set_preview(self, widget: QWidget) -> None:
        """Put a preview of the data at the end of the column, replacing the previous one."""
        while (item := self._preview.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.setParent(None)
        self._preview.addWidget(widget)

    def _lay_out(self, scroll: ScrollColumn) -> None:
        for name, field in (("validation", self.validation), ("test", self.test)):
            self.rows.add(name, _(_PERCENT[name].label), field, tooltip(_PERCENT[name]), "0 %")
        choices = (self.how, self.group, self.stratified, self.scaling, self.target_scaling)
        for param, editor in ((p.param, p) for p in choices):
            default = value_words(param, param.default)
            self.rows.add(param.name, _(param.label), editor, tooltip(param), default)
        holder = QWidget()
        beside = QHBoxLayout(holder)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(SPACE // 2)
        beside.addWidget(self.seed, 1)
        beside.addWidget(self.new_seed)
        holder.setFocusProxy(self.seed)
        self.rows.add("seed", _("seed"), holder, tooltip(_SEED), "0")
        self.import_button.setToolTip(
            _("Choose another file, or import this one with other settings")
        )
        self.folder_button.setToolTip(
            _("Import the images of a folder with one subfolder for each class")
        )
        self.new_seed.setToolTip(
            _("New seed: other initial weights, another split, another order of samples")
        )
        self.new_seed.setAccessibleName(_("New seed"))
        fit_row = QVBoxLayout()
        fit_row.setSpacing(SPACE // 2)
        fit_row.addWidget(self.unfit)
        fit_row.addWidget(self.fit_button)
        # Above the parameters, so that it is visible without scrolling.
        self.section.put_under_choice(fit_row)
        scroll.hide_when_low(self.section.hint, self.official)
        column = scroll.column
        column.addWidget(self.section)
        column.addWidget(self.import_button)
        column.addWidget(self.folder_button)
        for part in (self.rows, self.target_note, self.official):
            self.split.inside.addWidget(part)
        column.addWidget(self.split)
        column.addLayout(self._preview)
        column.addStretch(1)

    def _connect(self) -> None:
        self.section.kind_chosen.connect(self.choose_kind)
        self.section.value_edited.connect(self.edit_field)
        self.section.fix_asked.connect(self.apply_fix)
        numbers, choices = (self.validation, self.test), (self.scaling, self.target_scaling)
        for field in (*numbers, self.how, self.group, self.stratified, *choices):
            field.value_edited.connect(self._edit_split)
        self.seed.value_edited.connect(self.edit_own_field)
        for field in (self.validation, self.test, self.seed):
            field.complaint_changed.connect(self.rows.complain)
        self.new_seed.clicked.connect(self._draw_seed)
        self.rows.reset_asked.connect(self._reset)
        self.rows.fix_asked.connect(self.apply_fix)
        self.split.fix_asked.connect(self.apply_fix)
        self.fit_button.clicked.connect(self._fit)
        self.import_button.clicked.connect(self.import_asked)
        self.folder_button.clicked.connect(self.folder_asked)
        bus.changed.connect(self._restyle)

    def _show_parts(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        if any(p.where.part in ("data", "split") and not p.is_remark for p in problems):
            self.split.sum_up(["–"])
            return
        spec = experiment.data.spec()
        sizes = part_sizes(spec, experiment.split)
        if holds_out(spec, experiment.split) == "by group" and self._parts is not None:
            # How large whole groups are is only known once the data are loaded.
            parts = self._parts
            sizes = len(parts.train), len(parts.validation), len(parts.test)
        names = (_("{n} training"), _("{n} validation"), _("{n} test"))
        texts = [
            name.format(n=f"{size:,}").replace(" ", "\u00a0")
            for name, size in zip(names, sizes, strict=True)
        ]
        self.split.sum_up(texts)
        self._show_own_part("test", self.test, spec.test_samples)
        self._show_own_part("validation", self.validation, spec.validation_samples)
        self.official.set_available(spec.test_samples + spec.validation_samples > 0)
        text = _("This data set has its own test set, so the share is not used.")
        if spec.validation_samples:
            text = _("This data set has its own validation and test sets: no shares are used.")
        self.official.setText(text)

    def _show_own_part(self, name: str, field: NumberField, count: int) -> None:
        """Offer the share of a part, unless the data set has its own of that many samples."""
        field.setEnabled(not count)
        tip = tooltip(_PERCENT[name])
        if count:
            tip = _("This data set has its own test set: {n} samples.")
            if name == "validation":
                tip = _("This data set has its own validation set: {n} samples.")
        tip = tip.format(n=f"{count:,}") if count else tip
        field.setToolTip(plain(tip))
        self.rows.label(name).setToolTip(plain(tip))

    def _show_target_note(self) -> None:
        text = ""
        if self._experiment is not None and self._parts is not None:
            text = _target_text(self._experiment, self._parts)
        self.target_note.setText(text)
        self.target_note.setVisible(bool(text))

    def _show_fit(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        self._fitted = None
        if any(p.fix and is_of_the_stack(p) for p in problems):
            whole, labels = fix_all(experiment)
            if labels:
                self._fitted = (whole, " · ".join(labels))
        self.unfit.setVisible(self._fitted is not None)
        self.fit_button.setVisible(self._fitted is not None)
        if self._fitted is not None:
            self.unfit.setText(
                _("The network and loss do not fit this data set: {fixes}.").format(
                    fixes=self._fitted[1]
                )
            )

    @Slot(str, object)
    def _edit_split(self, name: str, value: float | str | bool) -> None:
        if name in _PERCENT:
            value = round(float(value) / 100, 12)
        self.edit_field("split", name, value)

    @Slot()
    def _draw_seed(self) -> None:
        # Short enough to read out and type again, and never the current one.
        seed = 1 + randbelow(9998)
        seed += seed >= self.experiment.seed
        self.propose(Change(replace(self.experiment, seed=seed), _("New seed")))

    @Slot(str)
    def _reset(self, name: str) -> None:
        if name == "seed":
            self.edit_own_field(name, _SEED.default)
        elif self.rows.editor(name).isEnabled():
            self._edit_split(name, (_SPLIT | _PERCENT)[name].default)

    @Slot()
    def _fit(self) -> None:
        if self._fitted is not None:
            # The button vanishes with its click, and the focus would scroll to the next field.
            self.section.box.setFocus()
            self.propose(Change(self._fitted[0], _("Fit network and loss to the data")))

    def _restyle(self) -> None:
        self.new_seed.setIcon(icon("dice", theme().text))
        self.fit_button.setIcon(icon("fix", theme().accent))
        self.fit_button.setText(_("Fix all"))


def _unused(experiment: Experiment) -> frozenset[str]:
    """Return the fields of the split that have no effect."""
    how, unused = holds_out(experiment.data.spec(), experiment.split), set()
    if how != "by group":
        unused.add("group")
    if how != "random":
        unused.add("stratified")
    if not target_scaling_is_possible(experiment):
        unused.add("target_scaling")
    return frozenset(unused)


def _target_text(experiment: Experiment, parts: Parts) -> str:
    """Return in words how the targets are scaled for learning, nothing for other tasks."""
    if not target_scaling_is_possible(experiment) or parts.train.y.dtype.kind != "f":
        return ""
    # Not imported with the window, which need not wait for NumPy.
    from nnplay.data.prepared import target_scaling_of

    found = target_scaling_of(parts, experiment)
    if found is None:
        return _("The network learns the targets as they are.")
    if len(found.mean) > 1:
        return _("Each target is standardised for learning; metrics are in the units of the data.")
    text = _(
        "The targets (mean {mean}, standard deviation {std}) are standardised for learning; "
        "metrics are in the units of the data."
    )
    return text.format(mean=number(found.mean[0]), std=number(found.std[0]))


def problems_of_seed(problems: tuple[Problem, ...]) -> dict[str, list[Problem]]:
    """Return the problems of the seed by the name of its field."""
    found = problems_by_field(problems, "seed").get("", [])
    return {"seed": found} if found else {}


def _per_cent(share: float) -> float:
    return round(share * 100, 10)


def _percent_param(param: Param) -> Param:
    low, high = _per_cent(param.low or 0.0), _per_cent(param.high or 1.0)
    return replace(
        param,
        default=_per_cent(float(param.default)),
        low=low,
        high=high,
    )


_IN_SIGHT = ("points", "samples", "noise", "expression", "name", "classes", "steps", "side")
"""Parameters of data sets that are not behind the fold."""
_SPLIT = {param.name: param for param in params_of(Split)}
_PERCENT = {name: _percent_param(_SPLIT[name]) for name in ("validation", "test")}
_SEED = next(param for param in params_of(Experiment) if param.name == "seed")


if __name__ == "__main__":
    from nnplay.gui.editors.preview import main

    raise SystemExit(main(DataEditor))
