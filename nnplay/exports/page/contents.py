"""Everything that the player of a web page needs to show a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnplay.exports.page.description import charts, facts, final_scores, texts
from nnplay.exports.page.frames import STORED_FRAMES, Moments
from nnplay.exports.page.network import page_layers
from nnplay.exports.page.packing import MOST_NUMBERS, packed_weights
from nnplay.exports.page.points import page_points
from nnplay.exports.page.stored import stored_views
from nnplay.record.finished_run import FinishedRun
from nnplay.translation import _


def page_contents(run: FinishedRun, poll: Callable[[], None]) -> dict[str, Any]:
    """Return the data of a page as JSON can hold them; raises DataError without the samples.

    `poll` is called at intervals and may raise to cancel.
    """
    trained = run.trained
    experiment = trained.experiment
    spec = experiment.data.spec()
    moments = Moments.of(run)
    view = "plane" if spec.is_plane else "curve" if spec.is_curve else ""
    layers = page_layers(experiment.network, spec.in_shape, moments.layout.shapes)
    film = moments.as_film() if layers is not None and view else None
    notes = []
    if not moments.has_film:
        notes.append(_("The weights during training were not saved: only the end is shown."))
    stored: dict[str, Any] = {}
    if film is None:
        moments = moments.thinned(STORED_FRAMES)
        stored = stored_views(experiment, moments, poll)
    else:
        moments = film
    if layers is None:
        notes.append(
            _("This page shows stored pictures only: it cannot compute a layer of this network.")
        )
    elif moments.layout.count > MOST_NUMBERS:
        layers = None
        notes.append(_("This page shows stored pictures only: the network is too large for it."))
    points = page_points(experiment) if view else {}
    epochs = np.column_stack([run.steps.column("step"), run.steps.column("epoch")])
    return {
        "title": experiment.name or "nnplay",
        "about": _(experiment.about),
        "texts": texts(),
        "notes": notes,
        "facts": facts(experiment),
        "scores": final_scores(run),
        "charts": charts(run),
        "frames": moments.table(epochs),
        "layout": list(moments.layout.shapes.items()),
        "film": moments.weights() if film is not None else None,
        "layers": layers,
        "weights": None if layers is None else _final_weights(run, moments),
        "in_shape": spec.in_shape,
        "inputs": _inputs(run),
        "output": _output(run),
        "classes": list(spec.class_names),
        "view": view,
        "points": points,
        "stored": stored,
    }


def _final_weights(run: FinishedRun, moments: Moments) -> dict[str, Any]:
    weights = run.trained.weights
    return dict(packed_weights({name: weights[name] for name in moments.layout.shapes}))


def _inputs(run: FinishedRun) -> dict[str, Any] | None:
    scaling = run.trained.scaling.inputs
    if scaling is None:
        return None
    return {"shift": np.ravel(scaling.shift).tolist(), "size": np.ravel(scaling.size).tolist()}


def _output(run: FinishedRun) -> dict[str, Any]:
    loss, targets = run.trained.experiment.loss, run.trained.scaling.targets
    found: dict[str, Any] = {"form": loss.target_form, "link": loss.link}
    if targets is not None:
        found |= {"mean": targets.mean, "std": targets.std}
    return found
