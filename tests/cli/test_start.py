"""What `nnplay` does before there is a window: screens, Qt's libraries, and without both."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnplay.link import FrameHistory
from nnplay.record import RunRecord

NO_SCREEN = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}
# Gives the system's message for a library that Qt is linked with and that is missing.
HIDING = """
import sys
from importlib.abc import MetaPathFinder

class Hiding(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name in ("PySide6.QtGui", "PySide6.QtWidgets"):
            raise ImportError(
                "libEGL.so.1: cannot open shared object file: No such file or directory"
            )

sys.meta_path.insert(0, Hiding())
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")


@pytest.fixture
def without_qt(tmp_path: Path) -> dict[str, str]:
    """Return variables with which Qt's libraries cannot be loaded."""
    folder = tmp_path / "hiding"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HIDING)
    return {"PYTHONPATH": str(folder)}


def the_run(here: Path, key: str) -> Path:
    [run] = (here / "runs").iterdir()
    assert run.name.startswith(f"{key}-")
    return run


@linux
def test_without_a_screen_the_default_is_trained_with_images(
    spawn: Callable[..., Any], here: Path
) -> None:
    said = spawn("--epochs", "50", env=NO_SCREEN)
    assert said.status == 0, said.err
    first = said.err.splitlines()[0]
    assert "No screen" in first
    assert "linear-regression" in first
    assert "100%" in said.err
    assert "plugin" not in said.err
    run = the_run(here, "linear-regression")
    files = {one.name: one.read_bytes() for one in run.iterdir()}
    assert files["animation.gif"].startswith(b"GIF89a")
    for name in ("fit.png", "curves.png"):
        assert files[name].startswith(b"\x89PNG")
    assert files["trace.csv"].count(b"\n") == 51


@linux
def test_without_a_screen_a_preset_and_a_file_are_trained_as_well(
    call: Callable[..., Any], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NO_SCREEN:
        monkeypatch.delenv(name, raising=False)
    said = call("--preset", "spiral", "--epochs", "1")
    assert said.status == 0, said.err
    run = the_run(here, "spiral")
    # Qt was configured to draw offscreen, and that cannot change within a process.
    monkeypatch.delenv("QT_QPA_PLATFORM")
    again = call(run / "experiment.json")
    assert again.status == 0, again.err
    assert len(list((here / "runs").iterdir())) == 2


@linux
def test_without_qts_libraries_training_works_and_says_what_to_install(
    spawn: Callable[..., Any], here: Path, without_qt: dict[str, str]
) -> None:
    said = spawn("train", "spiral", "--epochs", "1", "--out", "run", env=without_qt)
    assert said.status == 0
    assert "No pictures were saved" in said.err
    assert "apt install libegl1" in said.err
    assert (here / "run" / "metrics.json").exists()
    assert not list((here / "run").glob("*.png"))


@linux
def test_without_qts_libraries_the_window_says_what_to_install(
    spawn: Callable[..., Any], without_qt: dict[str, str]
) -> None:
    for args in ([], ["--preset", "spiral"], ["--screenshot", "out.png"]):
        said = spawn(*args, env=without_qt)
        assert said.status == 2
        assert "libEGL.so.1" in said.err
        assert "sudo apt install libegl1" in said.err
        assert "sudo dnf install mesa-libEGL" in said.err
        assert "sudo pacman -S libglvnd" in said.err


def test_without_pyside_it_says_how_to_get_it(spawn: Callable[..., Any], tmp_path: Path) -> None:
    hiding = HIDING.replace("raise ImportError(", 'raise ModuleNotFoundError(name="PySide6", *(')
    folder = tmp_path / "hiding"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        hiding.replace('directory"\n            )', 'directory",))')
    )
    said = spawn(env={"PYTHONPATH": str(folder)})
    assert said.status == 2
    assert "pip install PySide6-Essentials" in said.err


@linux
def test_a_screen_that_does_not_respond_gives_a_message(spawn: Callable[..., Any]) -> None:
    # Qt by itself would abort the process, with a core dump where those are kept.
    said = spawn(env=NO_SCREEN | {"DISPLAY": ":4711"})
    assert said.status == 2
    assert "DISPLAY=:4711" in said.err or "sudo apt install libxcb" in said.err


def test_plug_ins_are_loaded_and_broken_ones_reported(
    spawn: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "plugin"
    meta = folder / "fresh-1.0.dist-info"
    meta.mkdir(parents=True)
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: fresh\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_text("[nnplay.catalog]\nfresh = fresh\nrotten = rotten\n")
    (folder / "rotten.py").write_text("1 / 0")
    (folder / "fresh.py").write_text(
        "from nnplay.catalog.kind import activation\n"
        "from nnplay.catalog.activations import Activation\n"
        "@activation('Fresh')\n"
        "class Fresh(Activation):\n"
        "    'From elsewhere.'\n"
        "    target = 'torch.nn:ReLU'\n"
    )
    said = spawn("list", "activations", env={"PYTHONPATH": str(folder)})
    assert said.status == 0
    assert "Fresh" in said.out
    [line] = said.err.splitlines()
    assert "rotten" in line
    assert "division by zero" in line


def test_python_dash_m_is_the_command(here: Path) -> None:
    said = [
        subprocess.run(command, capture_output=True, text=True, cwd=here, check=True).stdout
        for command in (
            [sys.executable, "-m", "nnplay", "--version"],
            [str(Path(sys.executable).with_name("nnplay")), "--version"],
        )
    ]
    assert said[0] == said[1]


def test_images_that_cannot_be_drawn_do_not_lose_the_run(here: Path) -> None:
    from dataclasses import replace

    from nnplay.cli import PicturesError
    from nnplay.cli.training import TrainOptions, train
    from nnplay.experiment import preset

    def refuse(record: RunRecord, history: FrameHistory, out: Path, /) -> list[Path]:
        (out / "fit.png").write_bytes(b"half")
        raise PicturesError("no reason")

    experiment = replace(preset("spiral").experiment, epochs=1)
    assert train(TrainOptions("spiral", experiment, out=here / "run", quiet=True), refuse) == 0
    assert (here / "run" / "metrics.json").exists()
    assert not (here / "run" / "fit.png").exists()
