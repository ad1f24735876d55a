"""What is wrong with the rules of training: what they watch, and labels that cannot be wrong."""

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
"""What is held back for validation by a click."""


def policy_problems(case: Case) -> Iterator[Problem]:
    """Yield what stops the rules of training from being followed."""
    experiment, policy = case.experiment, case.legal.policy
    classifies = case.spec.can_be_right
    figure, is_heard = policy.figure, policy.is_watching or case.legal.schedule.listens
    if is_heard and figure.part == "validation":
        yield from _no_validation(case)
    if is_heard and not figure.suits(case.spec):
        yield _no_such_figure(case)
    elif policy.stop_at_target and not figure.least <= policy.target <= figure.most:
        yield _target_out_of_reach(case)
    if case.legal.regularisation.label_noise and not classifies:
        yield Problem(
            Place("regularisation", "label_noise"),
            _("Label noise gives samples a wrong class, and these data are numbers."),
            _("Add noise to the data instead."),
            Fix(
                _("Set {value}").format(value="0"),
                set_value(experiment, "regularisation.label_noise", 0.0),
            ),
        )


def _no_such_figure(case: Case) -> Problem:
    figure = case.legal.policy.figure
    loss = "validation loss" if figure.part == "validation" else "training loss"
    return Problem(
        Place("policy", "watch"),
        _("There is no {figure} for these data: they are {sort}.").format(
            figure=_(figure.name), sort=_sort(case)
        ),
        _("Watch the loss."),
        Fix(
            _("Watch the {figure}").format(figure=_(loss)),
            set_value(case.experiment, "policy.watch", loss),
        ),
    )


def _sort(case: Case) -> str:
    if case.spec.task == "regression":
        return _("numbers")
    if case.spec.task == "multilabel":
        return _("several labels for each sample")
    return _("of {n} classes").format(n=case.spec.outputs)


def _target_out_of_reach(case: Case) -> Problem:
    figure, target = case.legal.policy.figure, case.legal.policy.target
    if figure.least == 0 and figure.most == 1:
        what = _("The {figure} lies between 0 and 1, and this target does not.")
        hint = _("Write 90 % as 0.9.")
        cure = target / 100 if 1 < target <= 100 else 0.9
    elif target > figure.most:
        what, hint = _("The {figure} is never above {most:g}."), _("Aim lower.")
        cure = 0.9 * figure.most
    else:
        what, hint = _("The {figure} is never below {least:g}."), _("Aim higher.")
        cure = 0.1
    return Problem(
        Place("policy", "target"),
        what.format(figure=_(figure.name), most=figure.most, least=figure.least),
        hint,
        Fix(
            _("Set {value}").format(value=f"{cure:g}"),
            set_value(case.experiment, "policy.target", cure),
        ),
    )


def augmentation_problems(case: Case) -> Iterator[Problem]:
    """Yield that there are no pictures to be changed."""
    if case.legal.augmentation.is_on and not case.spec.is_picture:
        yield Problem(
            Place("augmentation"),
            _("Augmentation turns and moves pictures, and these data are none."),
            _("Switch it off, or choose data of pictures."),
            Fix(
                _("Switch augmentation off"),
                replace(case.experiment, augmentation=Augmentation()),
            ),
        )


def _no_validation(case: Case) -> Iterator[Problem]:
    if part_sizes(case.spec, case.legal.split)[1]:
        return
    figure = case.legal.policy.watch
    share = next(
        (s for s in (_SHARE, 0.5) if part_sizes(case.spec, Split(s, case.legal.split.test))[1]),
        None,
    )
    if share is None:
        figure = "training accuracy" if figure == "validation accuracy" else "training loss"
        fix = Fix(
            _("Watch the {figure}").format(figure=_(figure)),
            set_value(case.experiment, "policy.watch", figure),
        )
    else:
        fix = Fix(
            _("Hold back {share} for validation").format(share=f"{share:.0%}"),
            replace(case.experiment, split=replace(case.experiment.split, validation=share)),
        )
    yield Problem(
        Place("policy", "watch"),
        _("There is no {figure}: no samples are held back for validation.").format(
            figure=_(case.legal.policy.watch)
        ),
        _("Hold some back, or watch the training."),
        fix,
    )
