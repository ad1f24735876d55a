"""The section of how a run computes: device, precision, stepper; most users leave it closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from nnplay.catalog import Param, params_of
from nnplay.experiment import Experiment, Problem, problems_by_field
from nnplay.gui.editors.devices import Device, DeviceRow
from nnplay.gui.editors.fold import FoldedSection
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.forms import FieldRows
from nnplay.gui.forms.fields import make_field
from nnplay.gui.forms.param_words import tooltip, value_words
from nnplay.gui.style.plain import plain
from nnplay.translation import _, n_

_CHOICES: dict[str, Param] = {
    p.name: p for p in params_of(Experiment) if p.name in ("stepper", "precision")
}
_DEVICE = n_("The device that the network is trained on.")


class ComputingSection(FoldedSection):
    """Shows the `device`, `precision` and `stepper` of an experiment; closed at first."""

    own_edited = Signal(str, object)
    """(name, value) of a field of the experiment itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Computing"),
            _("Device, precision, and how steps are computed."),
            parent,
            usual=_("automatic"),
        )
        self.rows = FieldRows()
        self.devices = DeviceRow()
        self.choices = {name: make_field(param) for name, param in _CHOICES.items()}
        self.why = hint_label()
        self.rows.add("device", _("device"), self.devices, _(_DEVICE), _("automatic"))
        for name in ("precision", "stepper"):
            param = _CHOICES[name]
            default = value_words(param, param.default)
            self.rows.add(name, _(param.label), self.choices[name], tooltip(param), default)
        self.inside.addWidget(self.rows)
        self.inside.addWidget(self.why)
        for field in self.choices.values():
            field.value_edited.connect(self.own_edited)
        self.devices.box.device_chosen.connect(self._choose_device)
        self.devices.words_changed.connect(self._show_why)
        self.rows.reset_asked.connect(self._reset)
        self.rows.fix_asked.connect(self.fix_asked)

    def show_experiment(self, experiment: Experiment, problems: tuple[Problem, ...]) -> None:
        """Show the settings and their problems, which open the section; emits nothing."""
        self.devices.show_experiment(experiment, any(not p.is_remark for p in problems))
        for name, field in self.choices.items():
            field.show_value(getattr(experiment, name))
        found = {name: problems_by_field(problems, name).get("", []) for name in self.rows.names()}
        self.rows.show_problems(found)
        self.open_for(found)
        self.sum_up(self._unusual(experiment))
        self._show_why()

    def set_devices(self, devices: Sequence[Device]) -> None:
        """Offer these devices; emits nothing."""
        self.devices.set_devices(devices)
        self._show_why()

    def _unusual(self, experiment: Experiment) -> Iterator[str]:
        if experiment.device != "auto":
            yield self.devices.box.currentText()
        for name in ("precision", "stepper"):
            param, value = _CHOICES[name], getattr(experiment, name)
            if value != param.default:
                yield value_words(param, value)

    @Slot()
    def _show_why(self) -> None:
        text, timings = self.devices.words()
        self.why.setText(text)
        self.why.setToolTip(plain(timings))

    @Slot(str)
    def _choose_device(self, key: str) -> None:
        self.own_edited.emit("device", key)

    @Slot(str)
    def _reset(self, name: str) -> None:
        self.own_edited.emit(name, "auto" if name == "device" else _CHOICES[name].default)
