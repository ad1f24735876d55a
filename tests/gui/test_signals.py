"""Every signal of the window is connected to something: read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import nnplay.gui

GUI = Path(nnplay.gui.__file__).parent
TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(GUI.rglob("*.py"))}

UNCONNECTED: dict[str, str] = {}
"""Signals without a connection in nnplay, each with the reason."""


def declared() -> Iterator[tuple[Path, str]]:
    """Yield the file and the name of each signal."""
    for path, tree in TREES.items():
        for holder in ast.walk(tree):
            if not isinstance(holder, ast.ClassDef):
                continue
            for line in holder.body:
                if (
                    isinstance(line, ast.Assign)
                    and isinstance(line.value, ast.Call)
                    and isinstance(line.value.func, ast.Name)
                    and line.value.func.id == "Signal"
                    and isinstance(line.targets[0], ast.Name)
                ):
                    yield path, line.targets[0].id


def listened_to() -> set[str]:
    """Return the names of signals that are connected, or handed to something that connects them.

    Emitting a signal is no use of it, and neither is connecting another one to it.
    """
    found = set()
    for tree in TREES.values():
        passive = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("emit", "disconnect"):
                passive.add(id(node.value))
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "connect":
                passive.update(id(argument) for argument in node.args)
        found |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and id(node) not in passive
        }
    return found


def test_every_signal_is_connected() -> None:
    used = listened_to()
    lost = {f"{path.relative_to(GUI)}: {name}" for path, name in declared() if name not in used}
    assert lost == set(UNCONNECTED)


def test_there_are_signals_to_check() -> None:
    names = {name for _path, name in declared()}
    assert {"state_changed", "ended", "complaint_changed", "edited"} <= names
    assert "this name is in no file" not in listened_to()
