"""The notebook: the cells are those of the script, and run in order."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnplay.catalog import MSE, Adam, CrossEntropy, Dense, Hills, Sine, Spiral, Tanh
from nnplay.experiment import Experiment, Split, preset
from nnplay.exports import ExportSource, export_formats
from tests.engine.rig import Run, digits, small


def notebook_of(experiment: Experiment, folder: Path) -> dict[str, Any]:
    (format_,) = [one for one in export_formats() if one.key == "notebook"]
    files = format_.files(ExportSource(experiment), "notes.ipynb")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    found = json.loads(files["notes.ipynb"])
    assert isinstance(found, dict)
    return found


def code_of(notebook: dict[str, Any]) -> list[str]:
    return ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == "code"]


CASES: dict[str, Experiment] = {
    "plane": small(optimizer=Adam(0.05)),
    "one output": preset("spiral").experiment,
    "curve": Experiment(Sine(points=60), (Dense(4), Tanh(), Dense(1)), MSE(), Adam(0.05)),
    "surface": Experiment(Hills(points=60), (Dense(4), Tanh(), Dense(1)), MSE(), Adam(0.05)),
    "images": digits(optimizer=Adam(0.01)),
    "no validation": replace(
        small(optimizer=Adam(0.05)), data=Spiral(points=90, arms=3), split=Split(),
        network=(Dense(3),), loss=CrossEntropy(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_cells_run_in_order_and_train_as_the_eager_run(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = replace(CASES[case], epochs=2, stepper="eager")
    cells = code_of(notebook_of(experiment, tmp_path))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for cell in cells:
        compile(cell, "cell", "exec")
        if "plt." not in cell:
            exec(cell, names)
    epochs = Run(experiment).link.epochs
    expected = [epochs.column("train_loss"), epochs.column("val_loss")]
    history = np.array(names["history"]).T
    np.testing.assert_array_equal(history, expected[: len(history)])
    assert len(history) == (1 if not experiment.split.validation else 2)


@pytest.mark.parametrize("case", CASES)
def test_the_plots_are_drawn(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    cells = code_of(notebook_of(replace(CASES[case], epochs=2), tmp_path))
    assert sum("plt.show()" in cell for cell in cells) == 2
    for number, cell in enumerate(cells):
        exec(cell.replace("plt.show()", f'plt.savefig("{number}.png"); plt.close()'), names)
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_it_has_the_form_of_a_notebook(tmp_path: Path) -> None:
    notebook = notebook_of(CASES["images"], tmp_path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        more = {"outputs", "execution_count"} if cell["cell_type"] == "code" else set()
        assert cell.keys() == {"id", "cell_type", "metadata", "source"} | more
        assert all(isinstance(line, str) for line in cell["source"])
        assert all(line.endswith("\n") for line in cell["source"][:-1])


def test_it_suits_the_schema_of_notebooks(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    for experiment in CASES.values():
        nbformat.validate(notebook_of(experiment, tmp_path))


def test_texts_of_the_user_stay_texts(tmp_path: Path) -> None:
    hostile = replace(CASES["plane"], name="<script>x</script>\n# *a*", about="[a](javascript:b)")
    first = "".join(notebook_of(hostile, tmp_path)["cells"][0]["source"])
    assert "<script" not in first.replace("\\<", "") and "\\[a\\](" in first
    assert first.count("\n") == 2
