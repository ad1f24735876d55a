"""The confusion matrix of a run as a table."""

from __future__ import annotations

from nnplay.exports.registry import ExportError, ExportSource, Files, export
from nnplay.translation import _, n_


@export("confusion", n_("Confusion matrix (CSV)"), ".csv", needs_run=True, rank=70)
def confusion_csv(source: ExportSource, name: str) -> Files:
    """Return a table with a row per true class and a column per predicted class."""
    from nnplay.record.tables import confusion_bytes

    run = source.run
    assert run is not None
    if not run.confusion:
        raise ExportError(
            _("There is no confusion matrix: the network predicts numbers, not classes."),
            _("Export the losses and metrics instead."),
        )
    names = source.experiment.data.spec().class_names
    return {name: confusion_bytes(run.confusion, tuple(map(_, names)))}
