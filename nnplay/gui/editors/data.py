"""The editor of the data: which set, its parameters, its split, and the seed of all chance."""

from __future__ import annotations

from dataclasses import replace
from secrets import randbelow

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from nnplay.catalog import Family, FromFile, Param, PictureFolder, params_of
from nnplay.experiment import Experiment, Fix, Problem, Split, problems_by_field
from nnplay.experiment.sizes import part_sizes
from nnplay.gui.editors.changes import change_value, choose_kind
from nnplay.gui.editors.fix_all import fix_all, is_of_the_stack
from nnplay.gui.editors.frame import (
    EditorFrame,
    FoldingHint,
    ScrollColumn,
    hint_label,
    strong_label,
)
from nnplay.gui.editors.sections import ChoiceSection
from nnplay.gui.forms import FieldRows, NumberField, ProblemStack
from nnplay.gui.forms.fields import BoolField, ChoiceField
from nnplay.gui.forms.param_words import tooltip, value_words
from nnplay.gui.style.icons import icon
from nnplay.gui.style.theme import SPACE, bus, theme
from nnplay.session.change import Change
from nnplay.translation import _, n_


class DataEditor(EditorFrame):
    """Shows and edits `data`, `split` and `seed` of an experiment."""

    edited = Signal(object)
    import_asked = Signal()
    folder_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Data"), parent)
        self._experiment: Experiment | None = None
        self._mended: tuple[Experiment, str] | None = None
        scroll = ScrollColumn()
        self.body.addWidget(scroll)
        self.section = ChoiceSection("data", _("Data set"), titled=False)
        self.counts = QLabel()
        self.counts.setWordWrap(True)
        self.official = FoldingHint()
        self.rows = FieldRows()
        self.validation = NumberField(_PERCENT["validation"], suffix=" %", step=5)
        self.test = NumberField(_PERCENT["test"], suffix=" %", step=5)
        self.stratified = BoolField(_SPLIT["stratified"])
        self.scaling = ChoiceField(_SPLIT["scaling"])
        self.seed = NumberField(_SEED, grouped=False, step=1)
        self.new_seed = QToolButton()
        self.split_problems = ProblemStack()
        self.unfit = hint_label()
        self.mend_button = QPushButton()
        self.import_button = QPushButton(_("Import data…"))
        self.folder_button = QPushButton(_("Choose a folder…"))
        self._preview = QVBoxLayout()
        self._lay_out(scroll)
        self._connect()
        self._restyle()

    def show_experiment(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        """Show an experiment; emits nothing."""
        self._experiment = experiment
        split = experiment.split
        self.section.show_kind(experiment.data, problems)
        self.import_button.setVisible(isinstance(experiment.data, FromFile))
        self.folder_button.setVisible(isinstance(experiment.data, PictureFolder))
        self.validation.show_value(_per_cent(split.validation))
        self.test.show_value(_per_cent(split.test))
        self.stratified.show_value(split.stratified)
        self.scaling.show_value(split.scaling)
        self.seed.show_value(experiment.seed)
        of_split = problems_by_field(problems, "split")
        self.rows.show_problems(of_split | problems_of_seed(problems))
        self.split_problems.show_problems(of_split.get("", []))
        self._show_parts(experiment, problems)
        self._show_mending(experiment, problems)

    def set_preview(self, widget: QWidget) -> None:
        """Put a picture of the data at the end of the column, in place of the one before."""
        while (item := self._preview.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.setParent(None)
        self._preview.addWidget(widget)

    def _lay_out(self, scroll: ScrollColumn) -> None:
        for name, field in (("validation", self.validation), ("test", self.test)):
            self.rows.add(name, _(_PERCENT[name].label), field, tooltip(_PERCENT[name]), "0 %")
        for param, editor in ((p.param, p) for p in (self.stratified, self.scaling)):
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
        self.import_button.setToolTip(_("Choose another file, or read this one in another way"))
        self.folder_button.setToolTip(
            _("Takes the pictures of a folder that has one folder inside for every class")
        )
        self.new_seed.setToolTip(_("New seed: other weights, another split, another order"))
        self.new_seed.setAccessibleName(_("New seed"))
        mending = QVBoxLayout()
        mending.setSpacing(SPACE // 2)
        mending.addWidget(self.unfit)
        mending.addWidget(self.mend_button)
        # Above the parameters: what must be done next is not to be scrolled for.
        self.section.put_under_choice(mending)
        column = scroll.column
        column.addWidget(self.section)
        column.addWidget(self.import_button)
        column.addWidget(self.folder_button)
        column.addWidget(strong_label(_("Parts")))
        column.addWidget(self.counts)
        column.addWidget(self.rows)
        column.addWidget(self.official)
        column.addWidget(self.split_problems)
        column.addLayout(self._preview)
        column.addStretch(1)

    def _connect(self) -> None:
        self.section.kind_chosen.connect(self._choose)
        self.section.value_edited.connect(self._edit_data)
        self.section.fix_asked.connect(self._fix)
        self.validation.value_edited.connect(self._edit_share)
        self.test.value_edited.connect(self._edit_share)
        self.seed.value_edited.connect(self._edit_seed)
        self.stratified.value_edited.connect(self._edit_split)
        self.scaling.value_edited.connect(self._edit_split)
        for field in (self.validation, self.test, self.seed):
            field.complaint_changed.connect(self.rows.complain)
        self.new_seed.clicked.connect(self._draw_seed)
        self.rows.reset_asked.connect(self._reset)
        self.rows.fix_asked.connect(self._fix)
        self.split_problems.fix_asked.connect(self._fix)
        self.mend_button.clicked.connect(self._mend)
        self.import_button.clicked.connect(self.import_asked)
        self.folder_button.clicked.connect(self.folder_asked)
        bus.changed.connect(self._restyle)

    def _show_parts(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        if any(p.where.part in ("data", "split") for p in problems):
            self.counts.setText("–")
            return
        spec = experiment.data.spec()
        sizes = part_sizes(spec, experiment.split)
        names = (_("{n} train"), _("{n} validation"), _("{n} test"))
        texts = [
            name.format(n=f"{size:,}").replace(" ", "\u00a0")
            for name, size in zip(names, sizes, strict=True)
        ]
        self.counts.setText(" · ".join(texts))
        official = spec.test_samples > 0
        self.test.setEnabled(not official)
        self.official.set_wanted(official)
        self.official.setText(_("The test samples come with the data, so no share is held back."))
        tip = (
            _("These data come with a test part of their own: {n} samples.").format(
                n=f"{sizes[2]:,}"
            )
            if official
            else tooltip(_PERCENT["test"])
        )
        self.test.setToolTip(tip)
        self.rows.label("test").setToolTip(tip)

    def _show_mending(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        self._mended = None
        if any(p.fix and is_of_the_stack(p) for p in problems):
            whole, labels = fix_all(experiment)
            if labels:
                self._mended = (whole, " · ".join(labels))
        self.unfit.setVisible(self._mended is not None)
        self.mend_button.setVisible(self._mended is not None)
        if self._mended is not None:
            self.unfit.setText(
                _("Network and loss do not fit these data yet: {fixes}.").format(
                    fixes=self._mended[1]
                )
            )

    def _sure(self) -> Experiment:
        assert self._experiment is not None
        return self._experiment

    def _emit(self, change: Change) -> None:
        if change.experiment != self._experiment:
            self.edited.emit(change)

    def _choose(self, place: str, family: Family, key: str) -> None:
        change = choose_kind(self._sure(), place, family, key)
        self._emit(change)

    def _edit_data(self, place: str, name: str, value: object) -> None:
        param = next(p for p in self._sure().data.params() if p.name == name)
        self._emit(change_value(self._sure(), f"{place}.{name}", param, value))

    def _edit_share(self, name: str, per_cent: float) -> None:
        share = round(per_cent / 100, 12)
        self._emit(change_value(self._sure(), f"split.{name}", _PERCENT[name], share))

    def _edit_split(self, name: str, value: object) -> None:
        self._emit(change_value(self._sure(), f"split.{name}", _SPLIT[name], value))

    def _edit_seed(self, _name: str, value: int) -> None:
        self._emit(change_value(self._sure(), "seed", _SEED, value))

    def _draw_seed(self) -> None:
        # Short enough to read out and to type again, and never the one in force.
        seed = 1 + randbelow(9998)
        seed += seed >= self._sure().seed
        self._emit(Change(replace(self._sure(), seed=seed), _("New seed")))

    def _reset(self, name: str) -> None:
        if name == "seed":
            self._edit_seed(name, int(_SEED.default))
        elif name not in _PERCENT:
            self._edit_split(name, _SPLIT[name].default)
        elif self.rows.editor(name).isEnabled():
            self._edit_share(name, float(_PERCENT[name].default))

    def _fix(self, fix: Fix) -> None:
        self._emit(Change(fix.experiment, fix.label))

    def _mend(self) -> None:
        if self._mended is not None:
            self._emit(Change(self._mended[0], _("Make network and loss fit")))

    def _restyle(self) -> None:
        self.new_seed.setIcon(icon("dice", theme().text))
        self.mend_button.setIcon(icon("fix", theme().accent))
        self.mend_button.setText(_("Make them fit"))


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
        label=_LABELS[param.name],
    )


_LABELS = {"validation": n_("validation"), "test": n_("test")}
_SPLIT = {param.name: param for param in params_of(Split)}
_PERCENT = {name: _percent_param(_SPLIT[name]) for name in _LABELS}
_SEED = next(param for param in params_of(Experiment) if param.name == "seed")


if __name__ == "__main__":
    from nnplay.gui.editors.preview import main

    raise SystemExit(main(DataEditor))
