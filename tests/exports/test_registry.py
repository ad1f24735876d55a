"""The registry of exports, and the formats that need neither PyTorch nor a window."""

import csv
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from nnplay.catalog import MNIST, Adam, Discs, LabelCrossEntropy, Line
from nnplay.data import DataError
from nnplay.experiment import Experiment, preset
from nnplay.exports import ExportError, ExportSource, export, export_formats, registry
from nnplay.record import RunRecord
from nnplay.record.files import write_files
from nnplay.record.finished_run import FinishedRun
from nnplay.record.saved_run import SavedRunError
from tests.engine.rig import Run, digits, small


def finished(experiment: Experiment) -> ExportSource:
    run = Run(experiment)
    return ExportSource(experiment, FinishedRun.of(run.result, run.link.steps, run.link.epochs))


def files_of(key: str, source: ExportSource, name: str = "any.x") -> dict[str, bytes]:
    (format_,) = [one for one in export_formats() if one.key == key]
    return dict(format_.files(source, name))


def test_one_decorated_function_is_a_new_format(monkeypatch: pytest.MonkeyPatch) -> None:
    export_formats()  # registers the others
    monkeypatch.setattr(registry, "_registry", dict(registry._registry))

    @export("shout", "Shouting", ".txt", rank=0)
    def shout(source: ExportSource, name: str) -> dict[str, bytes]:
        return {name: source.experiment.name.upper().encode()}

    first = export_formats()[0]
    assert (first.key, first.label, first.suffix, first.needs_run) == (
        "shout", "Shouting", ".txt", False,
    )  # fmt: skip
    source = ExportSource(preset("spiral").experiment)
    assert first.refusal(source) == ""
    assert first.files(source, "a.txt") == {"a.txt": b"SPIRAL"}
    with pytest.raises(ValueError, match="shout"):
        export("shout", "Again", ".txt")(shout)


def test_keys_labels_and_suffixes_are_ready_for_menus_and_commands() -> None:
    formats = export_formats()
    assert len({one.key for one in formats}) == len({one.label for one in formats}) == len(formats)
    assert [one.rank for one in formats] == sorted(one.rank for one in formats)
    assert all(one.suffix.startswith(".") and one.key.isidentifier() for one in formats)


def test_a_format_of_a_run_refuses_an_experiment() -> None:
    source = ExportSource(preset("spiral").experiment)
    for format_ in export_formats():
        if format_.needs_run:
            assert "finished" in format_.refusal(source)
            with pytest.raises(ExportError, match="finished"):
                format_.files(source, "any.x")


def test_weights_are_those_of_the_run() -> None:
    source = finished(small(optimizer=Adam(0.05)))
    assert source.run is not None
    (content,) = files_of("weights", source).values()
    weights = load(content)
    assert weights.keys() == source.run.trained.weights.keys()
    for name, one in source.run.trained.weights.items():
        np.testing.assert_array_equal(weights[name], one)


def test_tables_have_the_losses_and_the_confusion_matrix() -> None:
    experiment = digits(optimizer=Adam(0.05))
    run = Run(experiment)
    source = ExportSource(experiment, FinishedRun.of(run.result, run.link.steps, run.link.epochs))
    steps, epochs = files_of("trace", source, "losses.csv").items()
    assert (steps[0], epochs[0]) == ("losses.csv", "losses-epochs.csv")
    rows = list(csv.DictReader(StringIO(steps[1].decode())))
    assert [float(row["loss"]) for row in rows] == run.link.steps.column("loss").tolist()
    (content,) = files_of("confusion", source).values()
    head, *table = list(csv.reader(StringIO(content.decode())))
    assert head == ["target", *(f"predicted {digit}" for digit in range(10))]
    assert run.result.class_predictions is not None
    counts = [[int(cell) for cell in row[1:]] for row in table]
    assert counts == run.result.class_predictions.confusion.tolist()
    assert sum(map(sum, counts)) == len(run.result.class_predictions.target)


def test_the_confusion_of_labels_has_two_rows_for_each() -> None:
    experiment = small(
        optimizer=Adam(0.05), data=Discs(points=100, discs=2), loss=LabelCrossEntropy()
    )
    (content,) = files_of("confusion", finished(experiment)).values()
    rows = list(csv.reader(StringIO(content.decode())))
    assert rows[0] == ["label", "target", "predicted 0", "predicted 1"]
    assert [row[1] for row in rows[1:]] == ["0", "1", "0", "1"]


def test_a_regression_has_no_confusion_matrix() -> None:
    source = finished(preset_with_few_points())
    with pytest.raises(ExportError, match="no confusion matrix"):
        files_of("confusion", source)


def preset_with_few_points() -> Experiment:
    return replace(preset("linear-regression").experiment, data=Line(points=50), epochs=2)


def test_a_run_in_a_folder_exports_as_the_run_itself(tmp_path: Path) -> None:
    experiment = digits(optimizer=Adam(0.05), epochs=2)
    run = Run(experiment)
    write_files(RunRecord("any", experiment, run.result, run.link.steps, run.link.epochs), tmp_path)
    here = FinishedRun.of(run.result, run.link.steps, run.link.epochs)
    saved = FinishedRun.read(tmp_path)
    assert saved.threads == here.threads
    for key in ("weights", "trace", "confusion"):
        expected = files_of(key, ExportSource(experiment, here))
        assert files_of(key, ExportSource(saved.trained.experiment, saved)) == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("trace.csv", "step,epoch\n1,2\n"),
        ("trace.csv", "step,epoch,loss,accuracy,lr,penalty\n1,2,x,,,\n"),
        ("metrics.json", "[1, 2"),
        ("metrics.json", "[]"),
    ],
)
def test_a_damaged_folder_is_refused(tmp_path: Path, name: str, content: str) -> None:
    experiment = small(optimizer=Adam(0.05), epochs=1)
    run = Run(experiment)
    write_files(RunRecord("any", experiment, run.result, run.link.steps, run.link.epochs), tmp_path)
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(SavedRunError, match=name):
        FinishedRun.read(tmp_path)


def test_the_script_of_data_without_code_comes_with_a_file() -> None:
    source = ExportSource(preset("digits-offline").experiment)
    names = list(files_of("pytorch", source, "digits.py"))
    assert names == ["digits.py", "digits-data.npz"]
    assert b'"digits-data.npz"' in files_of("pytorch", source, "digits.py")["digits.py"].replace(
        b"'", b'"'
    )
    spiral = ExportSource(preset("spiral").experiment)
    assert list(files_of("pytorch", spiral, "spiral.py")) == ["spiral.py"]
    transfer = ExportSource(preset("transfer").experiment)
    assert list(files_of("pytorch", transfer, "t.py")) == ["t.py", "t-pretrained.safetensors"]


def test_missing_data_are_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path))
    experiment = digits(optimizer=Adam(), data=MNIST(side=14))
    with pytest.raises(DataError):
        files_of("pytorch", ExportSource(experiment))


def test_the_list_of_formats_loads_neither_numpy_nor_torch() -> None:
    code = (
        "import sys; from nnplay.exports import export_formats; export_formats();"
        "print(sorted({'numpy', 'torch', 'PySide6'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
