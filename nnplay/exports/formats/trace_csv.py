"""The losses and metrics of a run as tables."""

from __future__ import annotations

from pathlib import PurePath

from nnplay.exports.registry import ExportSource, Files, export
from nnplay.translation import n_


@export("trace", n_("Losses and metrics (CSV)"), ".csv", needs_run=True, rank=60)
def trace_csv(source: ExportSource, name: str) -> Files:
    """Return a table with a row per step, and one with a row per epoch."""
    from nnplay.record.tables import table_bytes

    run, stem = source.run, PurePath(name).stem
    assert run is not None
    return {name: table_bytes(run.steps), f"{stem}-epochs.csv": table_bytes(run.epochs)}
