"""Which problem belongs where: the paths of problems, cut up for the parts of an editor."""

from __future__ import annotations

from collections.abc import Iterable

from nnplay.experiment import Problem


def problems_of(problems: Iterable[Problem], place: str) -> dict[str, list[Problem]]:
    """Return the problems at and below a place by the name of the field there.

    Those of the place as a whole stand under "".
    """
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.where == place:
            found.setdefault("", []).append(problem)
        elif problem.where.startswith(place + "."):
            name = problem.where[len(place) + 1 :]
            found.setdefault(name, []).append(problem)
    return found
