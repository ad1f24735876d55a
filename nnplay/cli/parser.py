"""The command line: commands, their options and their help."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnplay.catalog import archives
from nnplay.catalog.datasets.files import DELIMITERS, ENCODINGS, MOST_LINES_ABOVE
from nnplay.cli.argument_types import count, device, epochs, positive, rate, rates, seed
from nnplay.cli.import_types import TYPES
from nnplay.cli.listing import TOPICS
from nnplay.experiment.lr_range import COUNT, explain_terms
from nnplay.exports import export_formats
from nnplay.translation import _

COMMANDS = (
    *("train", "predict", "export", "compare", "rates", "list", "check", "import", "download"),
)
ALIASES = {"fetch": "download"}
"""Earlier names, which still work."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="nnplay", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar=_("COMMAND"))
    add_arguments = {
        "train": _add_train,
        "predict": _add_predict,
        "export": _add_export,
        "compare": _add_experiment,
        "rates": _add_rates,
        "list": _add_list,
        "check": _add_check,
        "import": _add_import,
        "download": _add_download,
    }
    for name in COMMANDS:
        text = command_help(name)
        aliases = [alias for alias, command in ALIASES.items() if command == name]
        epilog = explain_terms() if name == "rates" else None
        add_arguments[name](
            commands.add_parser(name, aliases=aliases, help=text, description=text, epilog=epilog)
        )
    return parser


def command_help(name: str) -> str:
    """Return a sentence on what a command does."""
    return {
        "train": _("Train an experiment without a window, or continue a saved run."),
        "predict": _("Predict new samples with the network of a saved run."),
        "export": _("Write an experiment or a saved run as code, weights or tables."),
        "compare": _("Measure on which device a network trains fastest."),
        "rates": _("Train with several learning rates at once and recommend one."),
        "list": _("List presets, layers, losses, data sets and everything else to choose from."),
        "check": _("Check an experiment file for problems."),
        "import": _("Create an experiment from a table (CSV, TSV, Excel, OpenDocument) or images."),
        "download": _("Download a data set, or import it from local files."),
    }[name]


def _add_experiment(
    parser: argparse.ArgumentParser, metavar: str = "", help_text: str = ""
) -> None:
    add = parser.add_argument
    add(
        "experiment",
        metavar=metavar or _("PRESET|FILE"),
        help=help_text or _("a preset (see: nnplay list presets) or an experiment file"),
    )
    threads_help = _("CPU threads (default: one or all, whichever is faster)")
    add("--threads", type=positive, metavar="N", help=threads_help)
    _add_settings(parser)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="optimizer.lr=0.1",
        help=_("change a setting; can be repeated"),
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _add_experiment(
        parser,
        _("PRESET|FILE|RUNDIR"),
        _("a preset (see: nnplay list presets), an experiment file, or a saved run to continue"),
    )
    _add_run(parser)
    add(
        "--epochs",
        type=epochs,
        metavar="N|+N",
        help=_("number of epochs; +N continues a saved run for N more"),
    )
    add(
        "--device",
        type=device,
        metavar="auto|cpu|cuda",
        help=_("the device to train on (cuda:1 is the second GPU)"),
    )
    add(
        "--seed",
        type=seed,
        metavar="N",
        help=_("random seed; the same seed gives the same run"),
    )
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help=_("save the experiment, trace, metrics, weights and pictures in this folder"),
    )
    _add_output(parser)


def _add_export(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    formats = export_formats()
    add(
        "name",
        metavar=_("PRESET|FILE|RUNDIR"),
        help=_(
            "a preset, an experiment file, the folder of a run, from nnplay train --out, or a "
            ".nnplay file"
        ),
    )
    _add_run(parser)
    add(
        "--format",
        choices=[one.key for one in formats],
        default=formats[0].key,
        help=_("the format (default: {default}). {formats}").format(
            default=formats[0].key,
            formats=". ".join(f"{one.key}: {_(one.label)}" for one in formats),
        ),
    )
    add(
        "--out",
        type=Path,
        metavar="FILE",
        help=_("the file to write (default: in this folder, named after the experiment)"),
    )
    _add_settings(parser)
    add("--force", action="store_true", help=_("overwrite an existing file"))
    add("--quiet", action="store_true", help=_("show no progress"))


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run",
        type=positive,
        metavar="N",
        help=_("the number of a run in a .nnplay file (default: the newest)"),
    )


def _add_epochs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--epochs",
        type=positive,
        metavar="N",
        help=_("number of epochs"),
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json",
        dest="as_json",
        action="store_true",
        help=_("print the results as one line of JSON"),
    )
    parser.add_argument("--quiet", action="store_true", help=_("show no progress"))


def _add_predict(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "saved",
        type=Path,
        metavar=_("RUNDIR|FILE.nnplay"),
        help=_("the folder of a run, from nnplay train --out, or a file that the window saved"),
    )
    _add_run(parser)
    add(
        "files",
        type=Path,
        nargs="+",
        metavar=_("FILE"),
        help=_("a table with the columns of the data set; or images, or a folder of images"),
    )
    add(
        "--out",
        type=Path,
        metavar="FILE.csv",
        help=_("save the predictions in this file (default: print them)"),
    )
    add("--quiet", action="store_true", help=_("show no progress"))


def _add_rates(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _add_experiment(parser)
    add("--lr", dest="rates", type=rates, metavar="0.001,0.01", help=_("the learning rates"))
    add(
        "--from",
        dest="low",
        type=rate,
        metavar="LR",
        help=_("lowest rate (default: a hundredth of the experiment's)"),
    )
    add(
        "--to",
        dest="high",
        type=rate,
        metavar="LR",
        help=_("highest rate (default: about thirty times the experiment's)"),
    )
    add(
        "--count",
        type=count,
        default=COUNT,
        metavar="N",
        help=_("number of rates, logarithmically spaced (default: {count})").format(count=COUNT),
    )
    _add_epochs(parser)
    _add_output(parser)


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "topic",
        nargs="?",
        choices=TOPICS,
        metavar="|".join(TOPICS),
        help=_("one topic with all settings (default: all topics, one line per entry)"),
    )
    parser.add_argument(
        "--markdown", action="store_true", help=_("print Markdown tables, as in docs/catalog.md")
    )


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("an experiment file (.json)"))


def _line_count(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = -1
    if not 0 <= count <= MOST_LINES_ABOVE:
        text = _("expected a number of lines from 0 to {most:,}").format(most=MOST_LINES_ABOVE)
        raise argparse.ArgumentTypeError(text)
    return count


def _add_import(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "file",
        type=Path,
        metavar=_("FILE"),
        help=_("the table; its format is detected. Or a folder with a subfolder for every class"),
    )
    add(
        "--target",
        default="",
        metavar="COLUMN",
        help=_("column to predict (default: the last one)"),
    )
    add(
        "--as",
        dest="task",
        choices=["auto", "classes", "numbers"],
        default="auto",
        help=_("predict classes or numbers (default: detected)"),
    )
    add(
        "--missing",
        choices=["mean", "most-frequent", "drop-rows"],
        default="mean",
        help=_("how to handle missing values"),
    )
    add(
        "--missing-words",
        default="",
        metavar="WORDS",
        help=_("words that denote missing values, separated by commas (default: detected)"),
    )
    add(
        "--exact-words",
        action="store_true",
        help=_("keep words apart that differ only by upper and lower case"),
    )
    add(
        "--types",
        action="append",
        default=[],
        metavar="COLUMN=TYPE,...",
        help=_(
            "types of some columns, which have a name or a number: {types} (default: detected)"
        ).format(types=", ".join(TYPES)),
    )
    add(
        "--heading",
        choices=["yes", "no"],
        help=_("whether there is a line of column names (default: detected)"),
    )
    add(
        "--skip",
        type=_line_count,
        metavar="LINES",
        help=_("lines to skip above the column names (default: detected)"),
    )
    add(
        "--skip-below",
        type=_line_count,
        metavar="LINES",
        help=_("lines to skip below the column names, such as units (default: detected)"),
    )
    add(
        "--decimal",
        choices=["point", "comma"],
        help=_("decimal separator (default: detected)"),
    )
    add(
        "--series",
        type=positive,
        metavar="STEPS",
        help=_("import the column as a series: predict a value from the STEPS values before it"),
    )
    add(
        "--sheet",
        default="",
        metavar="NAME",
        help=_("sheet of a spreadsheet (default: first visible one with a table)"),
    )
    add("--delimiter", choices=[*DELIMITERS], help=_("column delimiter (default: detected)"))
    add("--encoding", choices=ENCODINGS, help=_("character encoding (default: detected)"))
    add(
        "--side",
        type=positive,
        default=64,
        metavar="PIXELS",
        help=_("height and width that images are scaled to (default: 64)"),
    )
    add(
        "--colour",
        choices=["yes", "no"],
        help=_("whether images keep their colours (default: if there are any)"),
    )
    add(
        "--mnist",
        choices=["training", "test"],
        help=_("use images of digits with MNIST: added to its training images, or as the test set"),
    )
    add(
        "--white",
        type=positive,
        metavar="VALUE",
        help=_("white in images with more than 8 bits, such as 4095 (default: detected)"),
    )
    add(
        "--out",
        type=Path,
        metavar="EXPERIMENT.json",
        help=_("experiment file to create (default: beside the table)"),
    )
    add("--force", action="store_true", help=_("overwrite an existing file"))
    add("--quiet", action="store_true", help=_("show no progress"))


def _add_download(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", choices=archives(), help=_("the data set"))
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="PATH",
        help=_("import local files: a folder that holds them, or one of the files"),
    )
