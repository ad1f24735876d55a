"""A problem in one line, for where it is shown away from the field that it concerns."""

from __future__ import annotations

from nnplay.experiment import Place, Problem
from nnplay.translation import _, n_

_PLACES = {
    "data": n_("Data"),
    "split": n_("Data split"),
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
    "start": n_("Pretrained weights"),
}


def problem_text(problem: Problem) -> str:
    """Return where the problem is, what is wrong and how to fix it."""
    return " ".join(filter(None, (f"{_place(problem.where)}:", problem.what, problem.hint)))


def _place(where: Place) -> str:
    if where.layer is not None:
        return _("Layer {n}").format(n=where.layer + 1)
    return _(_PLACES.get(where.part, where.part))
