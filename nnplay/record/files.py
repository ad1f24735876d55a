"""The files of a run, apart from its images."""

from __future__ import annotations

import json
from pathlib import Path

from nnplay.experiment import dumps, pytorch_source
from nnplay.experiment.storage.relative_paths import with_short_paths, with_whole_paths
from nnplay.filesystem import absolute
from nnplay.record.continuable import EPOCHS_FILE, STEPS_FILE, write_point
from nnplay.record.environment import environment
from nnplay.record.metrics_json import metrics
from nnplay.record.run import RunRecord
from nnplay.record.saved_run import COLUMNS_FILE
from nnplay.record.scaling import script_scaling
from nnplay.record.tables import table_bytes
from nnplay.record.weights_file import weights_bytes


def write_files(record: RunRecord, folder: Path, home: Path | None = None) -> None:
    """Write a run into a folder; raises OSError where that is impossible.

    `home` is where the files will be moved, if not `folder`. Paths of data files below it or beside
    it are stored relative to it, so that both can be moved together.
    experiment.json opens in nnplay, source.py runs without it, trace.csv has a row per step and
    epochs.csv one per epoch; unknown numbers are empty cells. inputs.json has the columns that new
    samples need, resume.safetensors what it takes to continue the run.
    """
    whole = with_whole_paths(record.experiment, Path.cwd())
    experiment = with_short_paths(whole, absolute(home or folder), beside=True)
    _write(folder / "experiment.json", dumps(experiment))
    scaling, threads = script_scaling(record.result.scaling), record.result.threads
    _write(folder / "source.py", pytorch_source(record.experiment, scaling, threads=threads))
    (folder / STEPS_FILE).write_bytes(table_bytes(record.steps))
    (folder / EPOCHS_FILE).write_bytes(table_bytes(record.epochs))
    _write_json(folder / "metrics.json", metrics(record))
    _write_json(
        folder / "environment.json", environment(record.result.device, record.result.threads)
    )
    columns = record.result.columns
    table = {"format": 1, "inputs": None if columns is None else columns.plain()}
    _write_json(folder / COLUMNS_FILE, table)
    (folder / "weights.safetensors").write_bytes(weights_bytes(record.result))
    write_point(record, folder)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def _write_json(path: Path, value: object) -> None:
    _write(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
