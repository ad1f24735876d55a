"""Runs nnplay as a user does: in a process of its own, or in this one where that is enough."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nnplay.start import main


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    def table(self) -> dict[str, Any]:
        """Return the one line of strict JSON on stdout."""
        assert self.out.count("\n") == 1
        table = json.loads(self.out, parse_constant=lambda word: pytest.fail(f"{word} in JSON"))
        assert isinstance(table, dict)
        return table


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def call(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Said]:
    """Call nnplay in this process."""
    # Both are restored after nnplay has set them for its images.
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("QT_LOGGING_RULES", "")

    def run(*args: str | Path) -> Said:
        capsys.readouterr()
        try:
            status = main([str(one) for one in args])
        except SystemExit as end:  # argparse ends the process by itself
            status = end.code if isinstance(end.code, int) else 1
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(status, said.out, said.err)

    return run


@pytest.fixture
def spawn(here: Path) -> Callable[..., Said]:
    """Run nnplay in a process of its own; `env` changes variables, None takes one away."""

    def run(
        *args: str | Path,
        env: Mapping[str, str | None] = {},
        code: str = "from nnplay.start import main; import sys; sys.exit(main())",
    ) -> Said:
        variables = {**os.environ, "PYTHONFAULTHANDLER": "1", **env}
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, args)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=here,
            env={name: value for name, value in variables.items() if value is not None},
            check=False,
            timeout=110,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    return run
