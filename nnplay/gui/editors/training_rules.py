"""The rules of training that most runs leave alone, folded away under a line that sums them up."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnplay.catalog import params_of
from nnplay.experiment import Policy, Problem, Regularisation, problems_by_field
from nnplay.gui.editors.fold import Fold
from nnplay.gui.editors.frame import ElidedLabel
from nnplay.gui.forms import Form
from nnplay.gui.forms.numbers import write_number
from nnplay.gui.style.theme import SPACE, font
from nnplay.translation import _

Rules = Regularisation | Policy


class TrainingRulesSection(QWidget):
    """Shows `regularisation` and `policy` of an experiment; closed until somebody opens it."""

    value_edited = Signal(str, str, object)
    """(place, name, value)."""
    fix_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = QWidget()
        self.button = Fold(
            _("Regularisation and stopping"),
            _("What keeps a network from learning by heart, and what ends a run before its time."),
            self._content,
        )
        self.button.setFont(font("strong"))
        self.words = ElidedLabel()
        self.words.setObjectName("hint")
        self.forms = {"regularisation": Form(), "policy": Form()}
        inside = QVBoxLayout(self._content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE)
        for form in self.forms.values():
            inside.addWidget(form)
            form.fix_asked.connect(self.fix_asked)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.button, 1, Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        layout.addWidget(self.words)
        layout.addWidget(self._content)
        self.forms["regularisation"].value_edited.connect(self._edit_regularisation)
        self.forms["policy"].value_edited.connect(self._edit_policy)

    def show_rules(
        self,
        regularisation: Regularisation,
        policy: Policy,
        problems: tuple[Problem, ...],
        schedule_listens: bool = False,
    ) -> None:
        """Show the rules and what is wrong with them, which opens the section.

        `schedule_listens` says that the schedule goes by the watched figure too.
        """
        for place, rules in (("regularisation", regularisation), ("policy", policy)):
            form, found = self.forms[place], problems_by_field(problems, place)
            params = params_of(type(rules))
            form.show_values(params, {p.name: getattr(rules, p.name) for p in params})
            form.show_problems(found)
            if found:
                self.button.setChecked(True)
        self._enable(regularisation, policy, schedule_listens)
        words = " · ".join((*_restraints(regularisation), *_ends(policy)))
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.button.setAccessibleName(
            _("Regularisation and stopping: {what}").format(what=words or _("all off"))
        )

    def _enable(self, regularisation: Regularisation, policy: Policy, listens: bool) -> None:
        """Grey out what has no effect as long as something else is off."""
        self.forms["regularisation"].field("clip_at").setEnabled(regularisation.clip != "off")
        for name, needed in (
            ("watch", policy.is_watching or listens),
            ("patience", policy.early_stopping),
            ("min_delta", policy.early_stopping),
            ("target", policy.stop_at_target),
        ):
            self.forms["policy"].field(name).setEnabled(needed)

    def _edit_regularisation(self, name: str, value: object) -> None:
        self.value_edited.emit("regularisation", name, value)

    def _edit_policy(self, name: str, value: object) -> None:
        self.value_edited.emit("policy", name, value)


def _restraints(rules: Regularisation) -> Iterator[str]:
    if rules.l1:
        yield _("L1 {value}").format(value=write_number(rules.l1))
    if rules.l2:
        yield _("L2 {value}").format(value=write_number(rules.l2))
    if rules.clip != "off":
        yield _("gradients clipped at {value}").format(value=write_number(rules.clip_at))
    if rules.label_noise:
        yield _("label noise {value}").format(value=write_number(rules.label_noise))


def _ends(policy: Policy) -> Iterator[str]:
    if not policy.shuffle:
        yield _("not shuffled")
    if policy.drop_last:
        yield _("last batch dropped")
    if policy.early_stopping:
        yield _("early stopping")
    if policy.keep_best:
        yield _("best weights")
    if policy.stop_at_target:
        yield _("target {value}").format(value=write_number(policy.target))
    if policy.time_limit:
        yield _("{value} s at most").format(value=write_number(policy.time_limit))
