"""The commands that need no window, such as `nnplay train`."""

from nnplay.cli.app import run_command
from nnplay.cli.argument_types import positive
from nnplay.cli.choose import choose, ensure_runnable
from nnplay.cli.errors import FAILURE, SUCCESS, USAGE_ERROR, CommandError, guarded, say
from nnplay.cli.parser import ALIASES, COMMANDS, command_help
from nnplay.cli.pictures import PictureMaker, PicturesError

__all__ = [
    "ALIASES",
    "COMMANDS",
    "FAILURE",
    "SUCCESS",
    "USAGE_ERROR",
    "CommandError",
    "PictureMaker",
    "PicturesError",
    "choose",
    "command_help",
    "ensure_runnable",
    "guarded",
    "positive",
    "run_command",
    "say",
]
