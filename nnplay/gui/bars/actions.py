"""What the menus can do; they know nothing else of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QAction

from nnplay.exports import ExportFormat
from nnplay.gui.style.theme import Theme
from nnplay.link import RunMemory
from nnplay.session import Recovered

Command = Callable[[], object]


class Exports(Protocol):
    """The commands of the menu of exports."""

    def formats(self) -> Sequence[ExportFormat]:
        """Return all formats in order."""

    def refusal(self, format_: ExportFormat) -> str:
        """Return why a format is not available now; empty if it is."""

    def ask(self, format_: ExportFormat) -> None:
        """Ask for a file and export there."""


class Network(Protocol):
    """What can be saved of a trained network."""

    @property
    def exports(self) -> Exports:
        """The commands of the menu of exports."""

    def save(self) -> bool:
        """Ask for a file and save the weights there; return whether they are saved."""

    def can_be_saved(self) -> bool:
        """Whether a run has finished."""


class Memory(Protocol):
    """How much memory each run may take."""

    @property
    def memory(self) -> RunMemory:
        """What was chosen last."""

    def choose(self, memory: RunMemory) -> None:
        """Give that much to the next runs."""


class Views(Protocol):
    """The commands of the menu of views."""

    def arrange_named(self, index: int) -> None:
        """Use one of the arrangements that have a name, by its number."""

    def toggle_maximised(self) -> None:
        """Give all the room to one view, or take it back."""


@dataclass(frozen=True)
class Actions:
    """The commands behind the menus."""

    open_file: Command
    open_recent: Callable[[Path], object]
    recent_files: Callable[[], Sequence[Path]]
    unsaved: Callable[[], Sequence[Recovered]]
    """What crashes left unsaved."""
    open_unsaved: Callable[[Recovered], object]
    forget_unsaved: Command
    open_preset: Callable[[str], object]
    """By its key."""
    save: Command
    save_as: Command
    network: Network
    save_film: Command
    close: Command
    import_table: Command
    import_folder: Command
    paste_table: Command
    download: Callable[[str], object]
    """A data set by its key in `data.download`."""
    undo: Command
    redo: Command
    run: Sequence[QAction]
    """Train, step, stop and so on, as in the bar with the buttons."""
    compare_learning_rates: Command
    train_seeds: Command
    memory: Memory
    set_theme: Callable[[Theme], object]
    set_zoom: Callable[[float], object]
    toggle_code: Command
    views: Views
