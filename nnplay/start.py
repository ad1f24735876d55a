"""Opens the window, or does a verb without one: the only place that knows both."""

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
    MISUSED,
    VERBS,
    CommandError,
    NoPictures,
    choose,
    guarded,
    positive,
    refuse_problems,
    run_verb,
    say,
    verb_help,
)
from nnplay.experiment import presets
from nnplay.gui.shell.options import WindowOptions
from nnplay.gui.shell.system import has_screen, qt_trouble
from nnplay.translation import _, use_language

if TYPE_CHECKING:
    from nnplay.link import Reel
    from nnplay.record import RunRecord

_RUNS = Path("runs")


def main(argv: Sequence[str] | None = None) -> int:
    """Run nnplay with these arguments, or those of the process, and return the exit status."""
    use_language(None)
    given = list(sys.argv[1:] if argv is None else argv)
    return guarded(partial(_run, given))


def _run(argv: list[str]) -> int:
    for message in load_plugins():
        say(_("A plug-in is broken and is left out: {message}").format(message=message))
    if argv and argv[0] in VERBS:
        return run_verb(argv, make_pictures)
    parser = _build_parser()
    args = parser.parse_args(argv)
    if args.lang is not None:
        use_language(args.lang)
    if args.preset is not None and args.file is not None:
        parser.error(_("expected a preset or a file, received both"))
    _refuse_unknown(args)
    if args.screenshot is None and not has_screen():
        return _train_without_screen(args)
    return _open_window(args)


def make_pictures(record: RunRecord, reel: Reel, out: Path) -> Sequence[Path]:
    """Save pictures of a run into a folder, without a screen; raises NoPictures."""
    _draw_unseen()
    if (trouble := qt_trouble()) is not None:
        raise NoPictures(trouble)
    from nnplay.gui.shell.pictures import save_pictures

    return save_pictures(record, reel, out)


def _draw_unseen() -> None:
    """Let Qt draw without a screen; it reads this when it starts."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # It would say for each window that nobody can tell a window manager about its size.
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")


def _build_parser() -> argparse.ArgumentParser:
    verbs = "\n".join(f"  nnplay {verb:<7} {verb_help(verb)}" for verb in VERBS)
    parser = argparse.ArgumentParser(
        prog="nnplay",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage=f"nnplay [{_('FILE')}] [--preset KEY] [--screenshot OUT.png] ...\n"
        f"       nnplay {{{','.join(VERBS)}}} ...",
        description=_("Build neural networks and watch them learn. Opens a window."),
        epilog=f"{_('Without a window:')}\n{verbs}\n"
        f"  {_('nnplay VERB --help says more about each.')}",
    )
    add = parser.add_argument
    add("file", nargs="?", type=Path, metavar=_("FILE"), help=_("open this experiment file"))
    add("--preset", metavar="KEY", help=_("open this preset (see: nnplay list presets)"))
    add(
        "--screenshot",
        type=Path,
        metavar="OUT.png",
        help=_("train in the window, save its picture and end"),
    )
    add("--epochs", type=positive, metavar="N", help=_("how many epochs to train"))
    add("--size", type=_size, metavar="WxH", help=_("size of the window in pixels"))
    add("--theme", choices=["light", "dark"], help=_("colours of the window"))
    add("--lang", metavar="CODE", help=_("language of all texts, such as de"))
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
    """Raise Trouble where the preset or the file does not exist."""
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
                MISUSED,
            )
    elif not args.file.exists():
        text = str(name)
        commands = [*(f"nnplay {verb}" for verb in VERBS), *(f"nnplay --preset {k}" for k in known)]
        words = [*VERBS, *known]
        near = [commands[words.index(one)] for one in get_close_matches(text, words, n=1)]
        raise CommandError(
            _("there is no file called {name}.").format(name=text),
            _did_you_mean(near) + _("See nnplay --help."),
            MISUSED,
        )


def _did_you_mean(near: list[str]) -> str:
    return _("Did you mean {name}?").format(name=near[0]) + " " if near else ""


def _open_window(args: argparse.Namespace) -> int:
    if args.screenshot is not None:
        if args.screenshot.suffix.lower() != ".png":
            message = _("--screenshot {path}: expected a name that ends in .png").format(
                path=args.screenshot
            )
            raise CommandError(message, status=MISUSED)
        if not has_screen():
            _draw_unseen()
    if (trouble := qt_trouble()) is not None:
        raise CommandError(_("the window cannot be opened."), trouble, MISUSED)
    # What is loaded and built from here to the first picture stays: no garbage is looked for in it.
    gc.disable()
    from nnplay.gui.app import run

    return run(
        WindowOptions(args.preset, args.file, args.screenshot, args.epochs, args.size, args.theme)
    )


def _train_without_screen(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from nnplay.cli.training import Wish, train
    from nnplay.record import new_run_path

    named = args.preset or (str(args.file) if args.file else presets()[0].key)
    key, experiment = choose(named)
    if args.epochs is not None:
        experiment = replace(experiment, epochs=args.epochs)
    refuse_problems(experiment)
    say(
        _("No screen: training {name} without a window (nnplay --help lists the verbs).").format(
            name=key
        )
    )
    wish = Wish(key, experiment, out=new_run_path(_RUNS, key))
    return train(wish, make_pictures)
