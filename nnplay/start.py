"""The entry point: opens the window or runs a command; the only module that knows both."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nnplay import __version__
from nnplay.catalog import load_plugins
from nnplay.cli import (
    ALIASES,
    COMMANDS,
    USAGE_ERROR,
    CommandError,
    PicturesError,
    choose,
    command_help,
    ensure_runnable,
    guarded,
    positive,
    run_command,
    say,
)
from nnplay.experiment import presets
from nnplay.filesystem import is_absent
from nnplay.gui.shell.options import WindowOptions
from nnplay.gui.shell.system import has_screen, qt_problem
from nnplay.translation import _, languages, use_language

if TYPE_CHECKING:
    from nnplay.link import FrameHistory
    from nnplay.record import RunRecord

_RUNS = Path("runs")


def main(argv: Sequence[str] | None = None) -> int:
    """Run nnplay with these arguments, or those of the process, and return the exit status."""
    use_language(None)
    given = list(sys.argv[1:] if argv is None else argv)
    return guarded(partial(_run, given))


def _run(argv: list[str]) -> int:
    for message in load_plugins():
        say(_("A plug-in could not be loaded: {message}").format(message=message))
    if argv and argv[0] in {*COMMANDS, *ALIASES}:
        return run_command(argv, make_pictures)
    parser = _build_parser()
    args = parser.parse_args(argv)
    if args.lang is not None:
        use_language(args.lang)
    if args.preset is not None and args.file is not None:
        parser.error(_("give either a preset or a file, not both"))
    _refuse_unknown(args)
    if args.screenshot is None and not has_screen():
        return _train_without_screen(args)
    return _open_window(args)


def make_pictures(record: RunRecord, history: FrameHistory, out: Path) -> Sequence[Path]:
    """Save pictures of a run in a folder, without a screen; raises PicturesError."""
    _use_offscreen()
    if (problem := qt_problem()) is not None:
        raise PicturesError(problem)
    from nnplay.gui.shell.pictures import save_pictures

    return save_pictures(record, history, out)


def _use_offscreen() -> None:
    """Make Qt draw without a screen; it reads these variables when it starts."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Otherwise Qt warns for each window that there is no window manager.
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")


def _build_parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  nnplay {name:<8} {command_help(name)}" for name in COMMANDS)
    parser = argparse.ArgumentParser(
        prog="nnplay",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage=f"nnplay [{_('FILE')}] [--preset KEY] [--screenshot OUT.png] ...\n"
        f"       nnplay {{{','.join(COMMANDS)}}} ...",
        description=_("Build neural networks and watch them learn. Opens a window."),
        epilog=f"{_('Without a window:')}\n{commands}\n"
        f"  {_('nnplay COMMAND --help describes each of them.')}",
    )
    add = parser.add_argument
    add("file", nargs="?", type=Path, metavar=_("FILE"), help=_("open this experiment file"))
    add("--preset", metavar="KEY", help=_("open this preset (list them with: nnplay list presets)"))
    add(
        "--screenshot",
        type=Path,
        metavar="OUT.png",
        help=_("train in the window, save a screenshot and exit"),
    )
    add("--epochs", type=positive, metavar="N", help=_("number of epochs"))
    add("--size", type=_size, metavar="WxH", help=_("window size in pixels"))
    add("--theme", choices=["light", "dark"], help=_("colour theme"))
    known = ", ".join(languages())
    add(
        "--lang",
        choices=languages(),
        metavar="CODE",
        help=_("language: {codes}").format(codes=known),
    )
    add("--version", action="version", version=f"nnplay {__version__}")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _x, height = text.lower().partition("x")
    if width.isdecimal() and height.isdecimal():
        size = int(width), int(height)
        if min(size) >= 200 and max(size) <= 16_384:
            return size
    raise argparse.ArgumentTypeError(
        _("expected width and height from 200 to 16384, such as 1280x720, received {text}").format(
            text=text
        )
    )


def _refuse_unknown(args: argparse.Namespace) -> None:
    """Raise CommandError if the preset or the file does not exist."""
    name = args.preset if args.preset is not None else args.file
    if name is None:
        return
    known = [one.key for one in presets()]
    if args.preset is not None:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise CommandError(
                _("there is no preset called {name}.").format(name=name),
                _did_you_mean(near) + _("Presets: {names}.").format(names=", ".join(known)),
                USAGE_ERROR,
            )
    elif is_absent(args.file):
        text = str(name)
        suggestions = [*(f"nnplay {name}" for name in COMMANDS)]
        suggestions += [f"nnplay --preset {key}" for key in known]
        words = [*COMMANDS, *known]
        near = [suggestions[words.index(one)] for one in get_close_matches(text, words, n=1)]
        raise CommandError(
            _("there is no file called {name}.").format(name=text),
            _did_you_mean(near) + _("See nnplay --help."),
            USAGE_ERROR,
        )


def _did_you_mean(near: list[str]) -> str:
    return _("Did you mean {name}?").format(name=near[0]) + " " if near else ""


def _open_window(args: argparse.Namespace) -> int:
    if args.screenshot is not None:
        if args.screenshot.suffix.lower() != ".png":
            message = _("--screenshot {path}: expected a file name ending in .png").format(
                path=args.screenshot
            )
            raise CommandError(message, status=USAGE_ERROR)
        if not has_screen():
            _use_offscreen()
    if (problem := qt_problem()) is not None:
        raise CommandError(_("the window cannot be opened."), problem, USAGE_ERROR)
    # Objects created before the first frame stay alive, so collecting garbage would only cost time.
    gc.disable()
    from nnplay.gui.app import run

    return run(
        WindowOptions(args.preset, args.file, args.screenshot, args.epochs, args.size, args.theme)
    )


def _train_without_screen(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from nnplay.cli.training import TrainOptions, train
    from nnplay.record import new_run_path

    named = args.preset or (str(args.file) if args.file else presets()[0].key)
    key, experiment = choose(named)
    if args.epochs is not None:
        experiment = replace(experiment, epochs=args.epochs)
    ensure_runnable(experiment)
    say(_("No screen: training {name} without a window (see nnplay --help).").format(name=key))
    options = TrainOptions(key, experiment, out=new_run_path(_RUNS, key))
    return train(options, make_pictures)
