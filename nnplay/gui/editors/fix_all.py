"""All fixes at once, for a change of the data that leaves more than one thing unfit."""

from __future__ import annotations

from nnplay.experiment import Experiment, Problem
from nnplay.experiment.checks.check import check

_MOST = 12


def fix_all(experiment: Experiment) -> tuple[Experiment, tuple[str, ...]]:
    """Apply fixes of network and loss one after another; return the outcome and their labels."""
    labels: list[str] = []
    seen = {experiment}
    while len(labels) < _MOST:
        fix = next((p.fix for p in check(experiment) if p.fix and is_of_the_stack(p)), None)
        if fix is None or fix.experiment in seen:
            break
        experiment = fix.experiment
        seen.add(experiment)
        labels.append(fix.label)
    return experiment, tuple(labels)


def is_of_the_stack(problem: Problem) -> bool:
    """Return whether a problem is one of the network or the loss with the data.

    What is amiss in a formula that someone types is said there, and no matter of the data.
    """
    return problem.where.part in ("network", "loss") and problem.where.field != "typed"
