"""Applies all fixes at once, after a change of the data that causes several problems."""

from __future__ import annotations

from nnplay.experiment import Experiment, Place, Problem, remarks
from nnplay.experiment.checks.check import check

_MOST = 12


def fix_all(experiment: Experiment) -> tuple[Experiment, tuple[str, ...]]:
    """Apply the fixes of network and loss one after another; return the result and their labels.

    If there are any, inputs that need it are scaled too.
    """
    labels: list[str] = []
    seen = {experiment}
    while len(labels) < _MOST:
        fix = next((p.fix for p in check(experiment) if p.fix and is_of_the_stack(p)), None)
        if fix is None or fix.experiment in seen:
            break
        experiment = fix.experiment
        seen.add(experiment)
        labels.append(fix.label)
    scaling = next(
        (p.fix for p in remarks(experiment) if p.where == Place("split", "scaling")), None
    )
    if labels and scaling is not None:
        experiment = scaling.experiment
        labels.append(scaling.label)
    return experiment, tuple(labels)


def is_of_the_stack(problem: Problem) -> bool:
    """Return whether a problem concerns how network and loss fit the data.

    An error in a typed formula is shown at the formula instead.
    """
    is_of_the_stack = problem.where.part in ("network", "loss") and problem.where.field != "typed"
    return is_of_the_stack and not problem.is_remark
