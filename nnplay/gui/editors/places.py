"""Which problem belongs where: the paths of problems, cut up for the parts of an editor."""

from __future__ import annotations

from collections.abc import Iterable

from nnplay.catalog import Param
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


def homeless(found: dict[str, list[Problem]], params: Iterable[Param]) -> list[Problem]:
    """Return those of the problems that no field of the form can show."""
    names = {param.name for param in params}
    return [problem for name, many in found.items() if name not in names for problem in many]


def merge_key(path: str, param: Param) -> str:
    """Return what lets the digits typed into one field become one step of undo."""
    return path if param.type in ("int", "float") else ""
