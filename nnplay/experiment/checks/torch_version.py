"""Which PyTorch is installed, found without importing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from nnplay.catalog import AdamW
from nnplay.experiment.checks.problems import Fix, Problem
from nnplay.experiment.checks.stack import Case
from nnplay.experiment.place import Place
from nnplay.translation import _


@cache
def installed_torch() -> tuple[int, int] | None:
    """Return the major and minor version, or None if torch is not installed."""
    try:
        found = re.match(r"(\d+)\.(\d+)", version("torch"))
    except PackageNotFoundError:
        return None
    return None if found is None else (int(found[1]), int(found[2]))


def torch_problems(case: Case) -> Iterator[Problem]:
    """Yield that the installed PyTorch is too old."""
    optimizer, there = case.experiment.optimizer, installed_torch()
    needed = optimizer.needs_torch
    if there is None or there >= needed:
        return
    yield Problem(
        Place("optimizer"),
        _("{optimizer} needs PyTorch {needed} or later; {there} is installed.").format(
            optimizer=_(optimizer.label),
            needed=".".join(map(str, needed)),
            there=".".join(map(str, there)),
        ),
        _("Choose another optimizer, or install a newer PyTorch."),
        Fix(_("Use AdamW"), replace(case.experiment, optimizer=AdamW())),
    )
