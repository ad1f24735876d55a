"""The wheel carries everything under resources/, and finds it once installed."""

import os
import subprocess
import sys
import venv
from pathlib import Path

REPO = Path(__file__).parent.parent

ASK = """
import pathlib, sys, nnplay
from nnplay.assets import asset, asset_path
assert "site-packages" in nnplay.__file__, nnplay.__file__
assert nnplay.__version__ == "0.1.0", nnplay.__version__
for line in sys.stdin.read().splitlines():
    parts = line.split("/")
    assert asset(*parts).is_file(), line
    assert asset_path(*parts).stat().st_size > 0 or line.endswith(".gitkeep"), line
    print(line)
"""


def resources() -> list[str]:
    """Return every file under resources/ that is in the repository or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", "."],
        cwd=REPO / "resources",
        capture_output=True,
        check=False,
    )
    if listed.returncode:  # unpacked from an archive, without git
        root = REPO / "resources"
        return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    names = listed.stdout.decode().split("\0")
    return sorted(name for name in names if name and (REPO / "resources" / name).is_file())


def run(*command: str, **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


def test_an_installed_wheel_finds_every_resource(tmp_path: Path) -> None:
    expected = resources()
    assert expected
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=REPO)
    (wheel,) = tmp_path.glob("nnplay-*.whl")

    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    python = str(home / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install"),
        *("--quiet", "--no-deps", "--no-index", str(wheel)),
    )
    found = run(python, "-I", "-c", ASK, input="\n".join(expected), cwd=tmp_path)
    assert found.split("\n")[:-1] == expected
