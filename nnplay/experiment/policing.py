"""What is wrong with the rules of training: what they watch, and labels that cannot be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nnplay.experiment.edit import set_value
from nnplay.experiment.problems import Fix, Problem
from nnplay.experiment.sizes import part_sizes
from nnplay.experiment.stack import Case
from nnplay.experiment.value import Split
from nnplay.words import _

_SHARE = 0.1
"""What is held back for validation by a click."""


def policy_problems(case: Case) -> Iterator[Problem]:
    """Yield what stops the rules of training from being followed."""
    experiment, policy = case.experiment, case.legal.policy
    classifies = case.spec.can_be_right
    if policy.is_watching and policy.watches_validation:
        yield from _no_validation(case)
    if policy.is_watching and policy.watches_accuracy and not classifies:
        figure = policy.watch.replace("accuracy", "loss")
        yield Problem(
            "policy.watch",
            _("These data are numbers, for which there is no accuracy to watch."),
            _("Watch the loss."),
            Fix(
                _("Watch the {figure}").format(figure=_(figure)),
                set_value(experiment, "policy.watch", figure),
            ),
        )
    elif policy.stop_at_target and policy.watches_accuracy and not 0 <= policy.target <= 1:
        share = policy.target / 100 if 1 < policy.target <= 100 else 0.9
        yield Problem(
            "policy.target",
            _("An accuracy lies between 0 and 1, so this target is never reached."),
            _("Write 90 % as 0.9."),
            Fix(
                _("Set {value}").format(value=f"{share:g}"),
                set_value(experiment, "policy.target", share),
            ),
        )
    if case.legal.regularisation.label_noise and not classifies:
        yield Problem(
            "regularisation.label_noise",
            _("Label noise gives samples a wrong class, and these data are numbers."),
            _("Add noise to the data instead."),
            Fix(
                _("Set {value}").format(value="0"),
                set_value(experiment, "regularisation.label_noise", 0.0),
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
        figure = figure.replace("validation", "training")
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
        "policy.watch",
        _("There is no {figure}: no samples are held back for validation.").format(
            figure=_(case.legal.policy.watch)
        ),
        _("Hold some back, or watch the training."),
        fix,
    )
