"""Tables of others, imported with defaults, are learned about as well as by scikit-learn's MLP."""

import csv
import json
import warnings
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nnplay.data import load, split
from nnplay.data.importing.table import import_table
from nnplay.experiment import Split
from nnplay.experiment.storage.starter import starter
from tests.engine.rig import Run

SEEDS = range(5)


def packaged(package: str, name: str) -> Path:
    """Return a data file of a package, which is not imported: it would take pandas."""
    try:
        found = next(one for one in files(package) or () if one.name == name)
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed")
    return Path(str(found.locate()))


def penguins(folder: Path) -> tuple[Path, str]:
    return packaged("palmerpenguins", "penguins.csv"), "body_mass_g"


def of_vega(folder: Path, name: str, target: str) -> tuple[Path, str]:
    file = packaged("vega-datasets", f"{name}.json")
    rows: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path, target


def cars(folder: Path) -> tuple[Path, str]:
    return of_vega(folder, "cars", "Miles_per_Gallon")


def barley(folder: Path) -> tuple[Path, str]:
    return of_vega(folder, "barley", "yield")


@pytest.mark.slow
@pytest.mark.parametrize("table", [penguins, cars, barley])
def test_a_table_with_defaults_reaches_the_r2_of_scikit_learn(
    table: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(tmp_path / "data"))
    path, target = table(tmp_path)
    imported = import_table(path, target=target)
    ours, theirs = [], []
    for seed in SEEDS:
        result = Run(replace(starter(imported.table), seed=seed)).result
        assert result.validation.regression is not None
        ours.append(result.validation.regression.r2)
        parts = split(load(imported.table, seed), Split(0.2), seed)
        network = MLPRegressor(hidden_layer_sizes=(64,), random_state=seed)
        pipeline = make_pipeline(
            StandardScaler(), TransformedTargetRegressor(network, transformer=StandardScaler())
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it would like more iterations than its default
            pipeline.fit(parts.train.x, parts.train.y[:, 0])
        theirs.append(r2_score(parts.validation.y[:, 0], pipeline.predict(parts.validation.x)))
    assert np.mean(ours) >= 0.9 * np.mean(theirs)
