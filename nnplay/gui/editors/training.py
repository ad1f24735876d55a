"""The training editor: learning rate, epochs and batch size first, then everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnplay.catalog import Param, params_of
from nnplay.experiment import Experiment, Place, Problem, get_value, problems_by_field
from nnplay.experiment.clamping import BATCH_LIMIT
from nnplay.experiment.sizes import part_sizes, steps_per_epoch
from nnplay.gui.editors.augmentation import AugmentationSection
from nnplay.gui.editors.changes import change_value
from nnplay.gui.editors.computing import ComputingSection
from nnplay.gui.editors.devices import Device
from nnplay.gui.editors.editor import Editor
from nnplay.gui.editors.frame import FoldingHint, ScrollColumn, hint_label
from nnplay.gui.editors.schedule_plot import SchedulePlot
from nnplay.gui.editors.sections import ChoiceSection
from nnplay.gui.editors.training_rules import TrainingRulesSection
from nnplay.gui.forms import FieldRows, Form, NumberField
from nnplay.gui.forms.fields import Switch
from nnplay.gui.forms.param_words import tooltip
from nnplay.gui.style.theme import SPACE
from nnplay.link import Trace
from nnplay.session.change import Change
from nnplay.translation import _, n_, ngettext

_BATCH = Param(
    "batch_size",
    "int",
    32,
    n_(
        "Samples per step: larger batches give fewer, less noisy steps; smaller"
        " ones more and noisier steps."
    ),
    n_("batch size"),
    low=1,
    high=BATCH_LIMIT,
)
_OWN = {p.name: p for p in params_of(Experiment)}
_EPOCHS = _OWN["epochs"]
_FIRST = ("lr",)
"""Hyperparameters of the optimizer that are shown above everything else."""
_FULL = n_("Uses all training samples in every step: noise-free gradients, but slow steps.")
_RATES = n_(
    "Trains this network with several learning rates side by side, and applies the one you choose."
)


class TrainingEditor(Editor):
    """Shows and edits how an experiment is trained."""

    rates_asked = Signal()
    """The user wants to compare learning rates."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Training"), parent)
        self._running = False
        self._partial_batch = int(_BATCH.default)
        self.running_hint = hint_label()
        self.running_hint.setWordWrap(False)
        self.tools.addWidget(self.running_hint)
        self.loss = ChoiceSection("loss", _("Loss"), fold=_("Options"))
        self.rate = Form("optimizer")
        self.optimizer = ChoiceSection(
            "optimizer", _("Optimizer"), without=_FIRST, fold=_("Hyperparameters")
        )
        self.rates = self.optimizer.add_tool("rates", _("Compare learning rates"), _(_RATES))
        self.schedule = ChoiceSection("schedule", _("Schedule"))
        self.schedule_plot = SchedulePlot()
        self.augmentation = AugmentationSection()
        self.rules = TrainingRulesSection()
        self.rows = FieldRows()
        self.batch = NumberField(_BATCH)
        self.full = Switch()
        self.epochs = NumberField(_EPOCHS)
        self.computing = ComputingSection()
        self.devices = self.computing.devices
        self.device = self.devices.box
        self.steps = FoldingHint()
        self._lay_out()
        self._connect()
        self.set_running(False)

    def show_experiment(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        """Show an experiment; emits nothing."""
        self._experiment = experiment
        for section in (self.loss, self.optimizer, self.schedule):
            section.show_kind(get_value(experiment, section.part), problems)
        self.rate.show_kind(experiment.optimizer, only=_FIRST)
        self.rate.show_problems(problems_by_field(problems, "optimizer"))
        self.rules.show_rules(
            experiment.regularisation,
            experiment.policy,
            problems,
            experiment.schedule.uses_metric,
        )
        self.schedule_plot.show_experiment(experiment)
        spec = experiment.data.spec()
        self.augmentation.show_rules(experiment.augmentation, spec, problems)
        self._show_batch(experiment)
        self.epochs.show_value(experiment.epochs)
        self.computing.show_experiment(experiment, problems)
        of_rows = {
            name: problems_by_field(problems, name).get("", []) for name in self.rows.names()
        }
        self.rows.show_problems(of_rows)
        self._mark_live()

    def show_rates(self, steps: Trace | None) -> None:
        """Plot the learning rate of a run beside the plan; None for no run."""
        self.schedule_plot.show_rates(steps)

    def set_devices(self, devices: Sequence[Device]) -> None:
        """Offer these devices; emits nothing."""
        self.computing.set_devices(devices)

    def set_running(self, running: bool) -> None:
        """Show which changes take effect at once, while a run is in progress."""
        self._running = running
        self.running_hint.setText(_("• takes effect at once"))
        self.running_hint.setToolTip(
            _("Changes of values marked • take effect at once, all others in the next run.")
        )
        self.running_hint.setVisible(running)
        self._mark_live()

    def _lay_out(self) -> None:
        rows = self.rows
        rows.add("epochs", _(_EPOCHS.label), self.epochs, tooltip(_EPOCHS), str(_EPOCHS.default))
        rows.add("batch_size", _(_BATCH.label), self.batch, tooltip(_BATCH), "32")
        rows.add("full_batch", _("full batch"), self.full, _(_FULL))
        self.full.setAccessibleName(_("full batch"))
        first = QVBoxLayout()
        first.setSpacing(SPACE // 2)
        for row in (self.rate, rows, self.steps):
            first.addWidget(row)
        scroll = ScrollColumn()
        self.body.addWidget(scroll)
        parts = (
            self.loss,
            self.optimizer,
            self.schedule,
            self.schedule_plot,
            self.augmentation,
            self.rules,
            self.computing,
        )
        sections = (self.loss, self.optimizer, self.schedule)
        scroll.hide_when_low(self.steps, *(section.hint for section in sections))
        scroll.column.addLayout(first)
        for part in parts:
            scroll.column.addWidget(part)
        scroll.column.addStretch(1)

    def _connect(self) -> None:
        for section in (self.loss, self.optimizer, self.schedule):
            section.kind_chosen.connect(self.choose_kind)
            section.value_edited.connect(self._edit_kind)
            section.fix_asked.connect(self.apply_fix)
        self.rate.field_edited.connect(self._edit_kind)
        self.rate.fix_asked.connect(self.apply_fix)
        for rules in (self.augmentation, self.rules, self.computing):
            rules.value_edited.connect(self.edit_field)
            rules.fix_asked.connect(self.apply_fix)
        for field in (self.batch, self.epochs):
            field.complaint_changed.connect(self.rows.complain)
        self.batch.value_edited.connect(self._edit_batch)
        self.epochs.value_edited.connect(self.edit_own_field)
        self.computing.own_edited.connect(self._edit_computing)
        self.full.clicked.connect(self._edit_full)
        self.rates.clicked.connect(self.rates_asked)
        self.rows.reset_asked.connect(self._reset)
        self.rows.fix_asked.connect(self.apply_fix)

    def _show_batch(self, experiment: Experiment) -> None:
        size = experiment.batch_size
        train = part_sizes(experiment.data.spec(), experiment.split)[0]
        self.full.setChecked(size is None)
        self.batch.setEnabled(size is not None)
        if size is not None:
            self._partial_batch = size
        self.batch.show_value(train if size is None else size)
        valid = None if size is None else max(size, 1)
        steps = steps_per_epoch(train, valid, experiment.policy.drop_last)
        text = ngettext("{n} step per epoch", "{n} steps per epoch", steps)
        self.steps.setText(text.format(n=f"{steps:,}"))

    def _mark_live(self) -> None:
        forms = (self.loss.form, self.optimizer.form, self.schedule.form, self.rate)
        for form in forms:
            for param in form.params():
                form.rows().label(param.name).mark(self._running and param.live)

    @Slot(str, str, object)
    def _edit_kind(self, part: str, name: str, value: object) -> None:
        self.edit_field(part, name, value)

    @Slot(str, object)
    def _edit_batch(self, name: str, value: object) -> None:
        self.propose(change_value(self.experiment, Place(name), value, _BATCH))

    @Slot(bool)
    def _edit_full(self, full: bool) -> None:
        size = None if full else self._partial_batch
        label = _("Full batch") if full else _("Batch size {n}").format(n=size)
        self.propose(Change(replace(self.experiment, batch_size=size), label))

    @Slot(str, object)
    def _edit_computing(self, name: str, value: object) -> None:
        if name == "device":
            changed = replace(self.experiment, device=str(value))
            self.propose(Change(changed, _("Choose device")))
        else:
            self.edit_own_field(name, value)

    @Slot(str)
    def _reset(self, name: str) -> None:
        if name == _BATCH.name:
            self._edit_batch(name, _BATCH.default)
        elif name in _OWN:
            self.edit_own_field(name, _OWN[name].default)


if __name__ == "__main__":
    from nnplay.gui.editors.preview import main

    raise SystemExit(main(TrainingEditor))
