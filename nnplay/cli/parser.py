"""The command line's words: verbs, their options and the help on them."""

from __future__ import annotations

import argparse
from math import inf
from pathlib import Path

from nnplay.catalog import archives
from nnplay.catalog.datasets.files import DELIMITERS, ENCODINGS
from nnplay.cli.listing import TOPICS
from nnplay.experiment.lr_range import COUNT, MOST_RATES, fate_rule
from nnplay.translation import _

VERBS = ("train", "compare", "rates", "list", "check", "import", "fetch")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    parser = argparse.ArgumentParser(prog="nnplay", allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    _add_train(verbs.add_parser("train", help=verb_help("train"), description=verb_help("train")))
    _add_experiment(
        verbs.add_parser("compare", help=verb_help("compare"), description=verb_help("compare"))
    )
    _add_rates(
        verbs.add_parser(
            "rates", help=verb_help("rates"), description=verb_help("rates"), epilog=fate_rule()
        )
    )
    _add_list(verbs.add_parser("list", help=verb_help("list"), description=verb_help("list")))
    _add_check(verbs.add_parser("check", help=verb_help("check"), description=verb_help("check")))
    _add_import(
        verbs.add_parser("import", help=verb_help("import"), description=verb_help("import"))
    )
    _add_fetch(verbs.add_parser("fetch", help=verb_help("fetch"), description=verb_help("fetch")))
    return parser


def verb_help(verb: str) -> str:
    """Return a sentence on what a verb does."""
    return {
        "train": _("Train an experiment without a window."),
        "compare": _("Measure for a moment on which device a network trains fastest."),
        "rates": _("Train with several learning rates side by side, and say which suits best."),
        "list": _("List what there is: presets, layers, losses, data and more."),
        "check": _("Say what is wrong with an experiment file."),
        "import": _("Make an experiment on a CSV, TSV, Excel or OpenDocument table."),
        "fetch": _("Download a data set, or take it from files that are already there."),
    }[verb]


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(
            _("expected a whole number of at least 1, received {text}").format(text=text)
        )
    return value


def _rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < inf:
        raise argparse.ArgumentTypeError(
            _("expected a number above 0, received {text}").format(text=text)
        )
    return value


def _rates(text: str) -> tuple[float, ...]:
    rates = tuple(sorted({_rate(one) for one in text.split(",")}))
    if len(rates) > MOST_RATES:
        raise argparse.ArgumentTypeError(
            _("expected at most {most} rates, received {count}").format(
                most=MOST_RATES, count=len(rates)
            )
        )
    return rates


def _count(text: str) -> int:
    value = positive(text)
    if not 2 <= value <= MOST_RATES:
        raise argparse.ArgumentTypeError(
            _("expected a whole number from 2 to {high}, received {text}").format(
                high=MOST_RATES, text=text
            )
        )
    return value


def _seed(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(
            _("expected a whole number from 0 to {high}, received {text}").format(
                high=2**32 - 1, text=text
            )
        )
    return value


def _device(text: str) -> str:
    kind, colon, number = text.partition(":")
    if text in {"auto", "cpu", "cuda"} or (kind == "cuda" and colon and number.isdecimal()):
        return text
    raise argparse.ArgumentTypeError(
        _("expected auto, cpu, cuda or cuda:N, received {text}").format(text=text)
    )


def _add_experiment(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "experiment",
        metavar=_("PRESET|FILE"),
        help=_("a preset's key (see: nnplay list presets) or an experiment file"),
    )
    add("--threads", type=positive, metavar="N", help=_("CPU threads for the arithmetic"))
    add(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="optimizer.lr=0.1",
        help=_("change one setting; may be given several times"),
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _add_experiment(parser)
    _add_epochs(parser)
    add(
        "--device",
        type=_device,
        metavar="auto|cpu|cuda",
        help=_("where to compute (cuda:1 is the second GPU)"),
    )
    add(
        "--seed",
        type=_seed,
        metavar="N",
        help=_("where all chance starts: the same seed gives the same run"),
    )
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help=_("save experiment, trace, figures, weights and pictures there"),
    )
    _add_output(parser)


def _add_epochs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--epochs",
        type=positive,
        metavar="N",
        help=_("how many times to go through the training samples"),
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json",
        dest="as_json",
        action="store_true",
        help=_("print the figures as one line of JSON"),
    )
    parser.add_argument("--quiet", action="store_true", help=_("show no progress"))


def _add_rates(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _add_experiment(parser)
    add("--lr", dest="rates", type=_rates, metavar="0.001,0.01", help=_("the learning rates"))
    add(
        "--from",
        dest="low",
        type=_rate,
        metavar="LR",
        help=_("the lowest rate; without it, a hundredth of that of the experiment"),
    )
    add(
        "--to",
        dest="high",
        type=_rate,
        metavar="LR",
        help=_("the highest rate; without it, about thirty times that of the experiment"),
    )
    add(
        "--count",
        type=_count,
        default=COUNT,
        metavar="N",
        help=_("how many rates, at equal ratios between the two"),
    )
    _add_epochs(parser)
    _add_output(parser)


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "topic",
        nargs="?",
        choices=TOPICS,
        metavar="|".join(TOPICS),
        help=_("one topic with all its settings; without it all topics, a line for each entry"),
    )
    parser.add_argument(
        "--markdown", action="store_true", help=_("tables in Markdown, as in the README")
    )


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("an experiment file (.json)"))


def _add_import(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", type=Path, metavar=_("FILE"), help=_("the table, whose format is guessed"))
    add(
        "--target",
        default="",
        metavar="COLUMN",
        help=_("the column to predict; without it, the last one"),
    )
    add(
        "--as",
        dest="task",
        choices=["auto", "classes", "numbers"],
        default="auto",
        help=_("predict classes or numbers; without it, what the column looks like"),
    )
    add(
        "--missing",
        choices=["mean", "most-frequent", "drop-rows"],
        default="mean",
        help=_("what becomes of empty cells"),
    )
    add(
        "--series",
        type=positive,
        metavar="STEPS",
        help=_("take the column as a series: predict its next value from so many before it"),
    )
    add("--sheet", default="", metavar="NAME", help=_("which sheet of a spreadsheet"))
    add("--delimiter", choices=[*DELIMITERS], help=_("the sign between columns"))
    add("--encoding", choices=ENCODINGS, help=_("how bytes stand for characters"))
    add("--out", type=Path, metavar="EXPERIMENT.json", help=_("where to save the experiment"))
    add("--force", action="store_true", help=_("replace a file that is there"))
    add("--quiet", action="store_true", help=_("show no progress"))


def _add_fetch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", choices=archives(), help=_("the data set"))
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="PATH",
        help=_("files that you already have: a folder with them, or one of them"),
    )
