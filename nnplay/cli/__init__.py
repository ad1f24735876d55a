"""The verbs without a window: train, list, check, fetch."""

from nnplay.cli.app import run_verb
from nnplay.cli.choose import choose, refuse_problems
from nnplay.cli.endings import FAILED, FINE, MISUSED, CommandError, guarded, say
from nnplay.cli.parser import VERBS, positive, verb_help
from nnplay.cli.pictures import NoPictures, PictureMaker

__all__ = [
    "FAILED",
    "FINE",
    "MISUSED",
    "VERBS",
    "CommandError",
    "NoPictures",
    "PictureMaker",
    "choose",
    "guarded",
    "positive",
    "refuse_problems",
    "run_verb",
    "say",
    "verb_help",
]
