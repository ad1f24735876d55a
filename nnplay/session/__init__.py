"""What the user is doing: the document, its undo, its run and the commands on them."""

from nnplay.session.autosave import Autosave, Recovered
from nnplay.session.change import Change
from nnplay.session.controller import Controller
from nnplay.session.document import Document
from nnplay.session.engine_import import engine_import
from nnplay.session.folders import cannot_keep, state_folder
from nnplay.session.last_work import LastWork, Work, work_title
from nnplay.session.problem_text import problem_text
from nnplay.session.recent import Recent
from nnplay.session.refusal import Refusal
from nnplay.session.run_compatibility import is_compatible
from nnplay.session.runner import run_training
from nnplay.session.shelf import Shelf
from nnplay.session.speed import Speed
from nnplay.session.state import Phase, RunState, follow, stopped
from nnplay.session.training_run import TrainingRun

__all__ = [
    "Autosave",
    "Change",
    "Controller",
    "Document",
    "LastWork",
    "Phase",
    "Recent",
    "Recovered",
    "Refusal",
    "RunState",
    "Shelf",
    "Speed",
    "TrainingRun",
    "Work",
    "cannot_keep",
    "engine_import",
    "follow",
    "is_compatible",
    "problem_text",
    "run_training",
    "state_folder",
    "stopped",
    "work_title",
]
