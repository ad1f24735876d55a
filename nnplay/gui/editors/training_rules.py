"""The section of training rules: folded under a summary, since most runs leave them alone."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from nnplay.catalog import params_of
from nnplay.experiment import Policy, Problem, Regularisation, problems_by_field
from nnplay.gui.editors.fold import FoldedSection
from nnplay.gui.forms.numbers import write_number
from nnplay.gui.style.theme import SPACE
from nnplay.translation import _


class TrainingRulesSection(FoldedSection):
    """Shows the `regularisation` and `policy` of an experiment; closed at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Regularisation and stopping"),
            _("What prevents overfitting, and what ends a run early."),
            parent,
        )
        self.inside.setSpacing(SPACE)
        self.forms = {part: self.add_form(part) for part in ("regularisation", "policy")}

    def show_rules(
        self,
        regularisation: Regularisation,
        policy: Policy,
        problems: tuple[Problem, ...],
        schedule_uses_metric: bool = False,
    ) -> None:
        """Show the rules and their problems, which open the section.

        `schedule_uses_metric` says that the schedule uses the monitored metric too.
        """
        for part, rules in (("regularisation", regularisation), ("policy", policy)):
            params = params_of(type(rules))
            values = {p.name: getattr(rules, p.name) for p in params}
            self.fill(self.forms[part], params, values, problems_by_field(problems, part))
        self._enable(regularisation, policy, schedule_uses_metric)
        self.sum_up((*_penalties(regularisation), *_policies(policy)))

    def _enable(self, regularisation: Regularisation, policy: Policy, listens: bool) -> None:
        """Disable fields that have no effect because something else is off."""
        self.forms["regularisation"].field("clip_at").setEnabled(regularisation.clip != "off")
        for name, needed in (
            ("watch", policy.is_watching or listens),
            ("patience", policy.early_stopping),
            ("min_delta", policy.early_stopping),
            ("target", policy.stop_at_target),
        ):
            self.forms["policy"].field(name).setEnabled(needed)


def _penalties(rules: Regularisation) -> Iterator[str]:
    if rules.l1:
        yield _("L1 {value}").format(value=write_number(rules.l1))
    if rules.l2:
        yield _("L2 {value}").format(value=write_number(rules.l2))
    if rules.clip != "off":
        yield _("gradient clipping {value}").format(value=write_number(rules.clip_at))
    if rules.label_noise:
        yield _("label noise {value}").format(value=write_number(rules.label_noise))


def _policies(policy: Policy) -> Iterator[str]:
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
        yield _("at most {value} s").format(value=write_number(policy.time_limit))
