"""Checks of the training rules: what they monitor, and label noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nnplay.experiment.augmentation import Augmentation
from nnplay.experiment.checks.problems import Fix, Problem
from nnplay.experiment.checks.stack import Case
from nnplay.experiment.edit import set_value
from nnplay.experiment.place import Place
from nnplay.experiment.sizes import part_sizes
from nnplay.experiment.value import Split
from nnplay.translation import _

_SHARE = 0.1
"""The validation share of a one-click fix."""


def policy_problems(case: Case) -> Iterator[Problem]:
    """Yield what prevents the training rules from being followed."""
    experiment, policy = case.experiment, case.legal.policy
    classifies = case.spec.has_accuracy
    monitored, is_used = policy.metric, policy.is_watching or case.legal.schedule.uses_metric
    if is_used and monitored.part == "validation":
        yield from _no_validation(case)
    if is_used and not monitored.suits(case.spec):
        yield _undefined_metric(case)
    elif policy.stop_at_target and not monitored.least <= policy.target <= monitored.most:
        yield _target_out_of_reach(case)
    if case.legal.regularisation.label_noise and not classifies:
        yield Problem(
            Place("regularisation", "label_noise"),
            _("Label noise changes classes or labels, but this data set has numbers to predict."),
            _("Add noise to the data instead."),
            Fix(
                _("Set {value}").format(value="0"),
                set_value(experiment, "regularisation.label_noise", 0.0),
            ),
        )


def _undefined_metric(case: Case) -> Problem:
    monitored = case.legal.policy.metric
    loss = "validation loss" if monitored.part == "validation" else "training loss"
    return Problem(
        Place("policy", "watch"),
        _("The {metric} is not defined for {sort}.").format(
            metric=_(monitored.name), sort=_task_text(case)
        ),
        _("Monitor the loss."),
        Fix(
            _("Monitor the {metric}").format(metric=_(loss)),
            set_value(case.experiment, "policy.watch", loss),
        ),
    )


def _task_text(case: Case) -> str:
    if case.spec.task == "regression":
        return _("regression data")
    if case.spec.task == "multilabel":
        return _("multi-label data")
    return _("data with {n} classes").format(n=case.spec.outputs)


def _target_out_of_reach(case: Case) -> Problem:
    monitored, target = case.legal.policy.metric, case.legal.policy.target
    if monitored.least == 0 and monitored.most == 1:
        what = _("The {metric} is between 0 and 1, but the target is not.")
        hint = _("Write 90 % as 0.9.")
        reachable = target / 100 if 1 < target <= 100 else 0.9
    elif target > monitored.most:
        what, hint = _("The {metric} is never above {most:g}."), _("Set a lower target.")
        reachable = 0.9 * monitored.most
    else:
        what, hint = _("The {metric} is never below {least:g}."), _("Set a higher target.")
        reachable = 0.1
    return Problem(
        Place("policy", "target"),
        what.format(metric=_(monitored.name), most=monitored.most, least=monitored.least),
        hint,
        Fix(
            _("Set {value}").format(value=f"{reachable:g}"),
            set_value(case.experiment, "policy.target", reachable),
        ),
    )


def augmentation_problems(case: Case) -> Iterator[Problem]:
    """Yield that augmentation needs images."""
    if case.legal.augmentation.is_on and not case.spec.is_picture:
        yield Problem(
            Place("augmentation"),
            _("Augmentation applies to images only."),
            _("Switch it off, or choose an image data set."),
            Fix(
                _("Switch augmentation off"),
                replace(case.experiment, augmentation=Augmentation()),
            ),
        )


def _no_validation(case: Case) -> Iterator[Problem]:
    if part_sizes(case.spec, case.legal.split)[1]:
        return
    monitored = case.legal.policy.watch
    share = next(
        (s for s in (_SHARE, 0.5) if part_sizes(case.spec, Split(s, case.legal.split.test))[1]),
        None,
    )
    if share is None:
        monitored = "training accuracy" if monitored == "validation accuracy" else "training loss"
        fix = Fix(
            _("Monitor the {metric}").format(metric=_(monitored)),
            set_value(case.experiment, "policy.watch", monitored),
        )
    else:
        fix = Fix(
            _("Use {share} for validation").format(share=f"{share:.0%}"),
            replace(case.experiment, split=replace(case.experiment.split, validation=share)),
        )
    yield Problem(
        Place("policy", "watch"),
        _("The {metric} cannot be computed: there are no validation samples.").format(
            metric=_(case.legal.policy.watch)
        ),
        _("Set a validation share, or monitor the training set."),
        fix,
    )
