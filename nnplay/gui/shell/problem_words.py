"""A problem in one line, for where it stands away from its place: a tool tip, a message."""

from __future__ import annotations

from nnplay.experiment import Place, Problem
from nnplay.translation import _, n_

_PLACES = {
    "data": n_("Data"),
    "split": n_("Parts of the data"),
    "seed": n_("Seed"),
    "network": n_("Network"),
    "loss": n_("Loss"),
    "optimizer": n_("Optimizer"),
    "schedule": n_("Schedule"),
    "regularisation": n_("Regularisation"),
    "policy": n_("Stopping"),
    "augmentation": n_("Augmentation"),
    "batch_size": n_("Batch size"),
    "epochs": n_("Epochs"),
    "device": n_("Device"),
    "precision": n_("Precision"),
    "start": n_("Start from weights"),
}


def say_problem(problem: Problem) -> str:
    """Say where a problem is, what it is, and what to do."""
    return " ".join(filter(None, (f"{_place(problem.where)}:", problem.what, problem.hint)))


def _place(where: Place) -> str:
    if where.layer is not None:
        return _("Layer {n}").format(n=where.layer + 1)
    return _(_PLACES.get(where.part, where.part))
