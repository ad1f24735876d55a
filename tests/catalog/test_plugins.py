"""Kinds of other packages, valid and broken."""

import sys
from pathlib import Path

import pytest

from nnplay.catalog import kind as registry
from nnplay.catalog import kinds, load_plugins

GOOD = '''
from typing import ClassVar
from nnplay.catalog import Activation
from nnplay.catalog.kind import activation

@activation("Hard tanh")
class PluggedHardtanh(Activation):
    """Cuts off below -1 and above 1."""
    target: ClassVar[str] = "torch.nn:Hardtanh"
'''


def install(folder: Path, name: str, code: str) -> None:
    """Put a package with an entry point into a folder, as pip would."""
    (folder / f"{name}.py").write_text(code)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[nnplay.catalog]\n{name} = {name}\n")


def test_a_plug_in_adds_its_kinds_and_a_broken_one_gives_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "plugged_good", GOOD)
    install(tmp_path, "plugged_bad", "raise RuntimeError('no luck')")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        messages = load_plugins()
        assert messages == ("plugged_bad: RuntimeError: no luck",)
        assert kinds("activation")["PluggedHardtanh"].label == "Hard tanh"
    finally:
        registry._registry["activation"].pop("PluggedHardtanh", None)
        sys.modules.pop("plugged_good", None)
