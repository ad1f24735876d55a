"""A plug-in package is installed with pip, and its layer is listed, checked and trained."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
EXPERIMENT = {
    "data": {"kind": "Gauss", "points": 60},
    "network": [{"kind": "Scale", "initial": 2.0}, {"kind": "Dense", "units": 2}],
    "loss": {"kind": "CrossEntropy"},
    "optimizer": {"kind": "SGD", "lr": 0.1},
}


@dataclass(frozen=True)
class Installed:
    """nnplay with the plug-in, as a user runs it."""

    packages: Path

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(map(str, (self.packages, REPO)))
        return subprocess.run(
            [sys.executable, "-m", "nnplay", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    # Installed from a copy, because building writes files beside the sources.
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(REPO / "tests" / "plugin_package", source)
    packages = tmp_path_factory.mktemp("packages")
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    command = (sys.executable, "-m", "pip", "install", "--quiet", *offline, "--target")
    done = subprocess.run([*command, packages, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Installed(packages)


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps({"format": 1, "nnplay": "experiment", **EXPERIMENT}))
    return file


def test_its_layer_is_listed_and_its_broken_module_is_reported(installed: Installed) -> None:
    done = installed.run("list", "layers")
    assert done.returncode == 0
    assert "Multiplies each feature by a learned factor." in done.stdout
    assert "initial = 1.0 (-10 to 10): The factors before training." in done.stdout
    [message] = done.stderr.splitlines()
    assert "could not be loaded" in message
    assert "nnplay_example.broken needs a newer nnplay" in message


def test_its_layer_trains(installed: Installed, experiment: Path) -> None:
    assert installed.run("check", experiment).returncode == 0
    done = installed.run(
        *("train", experiment, "--epochs", "3", "--quiet"), *("--out", experiment.parent / "run")
    )
    assert done.returncode == 0, done.stderr
    names = "import safetensors.numpy as s, sys; print(s.load_file(sys.argv[1])['0.factor'])"
    weights = experiment.parent / "run" / "weights.safetensors"
    factors = subprocess.run(
        [sys.executable, "-c", names, weights], capture_output=True, text=True, check=True
    ).stdout
    first, second = map(float, factors.strip("[]\n ").split())
    assert first != 2.0 and second != 2.0


def test_its_rules_are_checked(installed: Installed, experiment: Path) -> None:
    broken = {**EXPERIMENT, "network": [{"kind": "Scale", "initial": 11.0}]}
    experiment.write_text(json.dumps({"format": 1, "nnplay": "experiment", **broken}))
    done = installed.run("check", experiment)
    assert done.returncode == 1
    assert "initial" in done.stdout and "-10 to 10" in done.stdout


def test_without_the_plug_in_its_layer_is_unknown(experiment: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nnplay", "check", experiment],
        env={**os.environ, "PYTHONPATH": str(REPO)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Scale" in done.stdout
    assert not done.stderr
