"""Run > Memory for each run, in the real window."""

from pathlib import Path

from PySide6.QtGui import QAction

from nnplay.gui.bars.memory_menu import MemoryMenu
from nnplay.gui.shell.settings import WindowSettings
from nnplay.link import RunMemory
from tests.gui.piloting import OpenWindow, Pilot
from tests.gui.test_shelf import CIRCLE, train


def entries(pilot: Pilot) -> dict[str, QAction]:
    (menu,) = pilot.window.menus.bar.findChildren(MemoryMenu)
    return {action.text(): action for action in menu.actions()}


def test_the_choice_holds_for_the_next_runs_and_the_next_start(
    open_window: OpenWindow, nnplay_home: Path
) -> None:
    pilot = open_window()
    found = entries(pilot)
    assert list(found) == ["64 MB", "128 MB", "256 MB (usual)", "512 MB"]
    assert [text for text, one in found.items() if one.isChecked()] == ["256 MB (usual)"]
    found["64 MB"].trigger()
    train(pilot, CIRCLE)
    link = pilot.window.live.run.link
    assert link is not None
    assert link.points.limit == RunMemory(64).point_bytes
    pilot.window.settings.write()
    assert WindowSettings(nnplay_home).run_memory == RunMemory(64)


def test_a_size_that_is_not_offered_is_ignored(nnplay_home: Path) -> None:
    for text in ("many", "3", "-64"):
        (nnplay_home / "window.ini").write_text(f"[General]\nrun_memory={text}\n")
        assert WindowSettings(nnplay_home).run_memory == RunMemory()
