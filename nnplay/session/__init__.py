"""What the user is doing: the document, its undo, its runs."""

from nnplay.session.autosave import Autosave, Rescue
from nnplay.session.change import Change
from nnplay.session.document import Document
from nnplay.session.folders import state_folder
from nnplay.session.recent import Recent
from nnplay.session.run_compatibility import is_compatible
from nnplay.session.runner import run_training
from nnplay.session.state import Phase, RunState, follow, stopped

__all__ = [
    "Autosave",
    "Change",
    "Document",
    "Phase",
    "Recent",
    "Rescue",
    "RunState",
    "follow",
    "is_compatible",
    "run_training",
    "state_folder",
    "stopped",
]
