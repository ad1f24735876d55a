"""Runs a command: from arguments to an exit status."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnplay.cli.choose import (
    changed,
    check_file,
    choose,
    ensure_document,
    ensure_runnable,
    is_document,
    is_saved_run,
)
from nnplay.cli.errors import USAGE_ERROR, CommandError, say
from nnplay.cli.listing import list_topic
from nnplay.cli.parser import ALIASES, build_parser
from nnplay.cli.pictures import PictureMaker
from nnplay.experiment import Experiment
from nnplay.translation import _


def run_command(argv: Sequence[str], make_pictures: PictureMaker | None) -> int:
    """Run a command and return its exit status.

    Raises CommandError, and SystemExit(2) for invalid arguments.
    """
    args = build_parser().parse_args(argv)
    command = ALIASES.get(args.command, args.command)
    if command == "train":
        return _train(args, make_pictures)
    functions = {
        "predict": _predict,
        "export": _export,
        "compare": _compare,
        "rates": _rates,
        "list": _list,
        "check": _check,
        "import": _import,
        "download": _download,
    }
    return functions[command](args)


def _chosen(args: argparse.Namespace) -> tuple[str, Experiment]:
    """Return a short name and the chosen experiment, with the `--set` changes applied."""
    key, experiment = choose(args.experiment)
    for setting in args.settings:
        experiment = changed(experiment, setting)
    return key, experiment


def _compare(args: argparse.Namespace) -> int:
    from nnplay.cli.comparing import compare

    _key, experiment = _chosen(args)
    ensure_runnable(experiment)
    return compare(experiment, args.threads)


def _predict(args: argparse.Namespace) -> int:
    from nnplay.cli.predicting import PredictOptions, predict

    return predict(PredictOptions(args.saved, args.files, args.out, args.quiet, args.run))


def _export(args: argparse.Namespace) -> int:
    from nnplay.cli.exporting import ExportOptions, export

    what = (args.name, args.format, args.out, args.settings, args.force, args.quiet, args.run)
    return export(ExportOptions(*what))


def _list(args: argparse.Namespace) -> int:
    return list_topic(args.topic, markdown=args.markdown)


def _check(args: argparse.Namespace) -> int:
    return check_file(args.file)


def _import(args: argparse.Namespace) -> int:
    from nnplay.cli.importing import import_file

    return import_file(args)


def _download(args: argparse.Namespace) -> int:
    # Imported late: its network packages would cost every other command 0.1 s.
    from nnplay.cli.download import download_data

    return download_data(args.data, args.source)


def _rates(args: argparse.Namespace) -> int:
    from nnplay.cli.rates import RatesOptions, compare_rates, rates_between

    key, experiment = _chosen(args)
    if args.epochs is not None:
        experiment = replace(experiment, epochs=args.epochs)
    ensure_runnable(experiment)
    rates = args.rates or rates_between(experiment, args.low, args.high, args.count)
    return compare_rates(
        RatesOptions(key, experiment, rates, args.threads, args.as_json, args.quiet)
    )


def _train(args: argparse.Namespace, make_pictures: PictureMaker | None) -> int:
    from nnplay.cli.training import TrainOptions, train

    if is_saved_run(args.experiment):
        return _continue(args, make_pictures)
    ensure_document(Path(args.experiment), args.run)
    key, experiment = _chosen(args)
    epochs = None if args.epochs is None else args.epochs.count
    if args.epochs is not None and args.epochs.is_more:
        raise CommandError(
            _("--epochs +{n} continues a saved run, and {name} is not one.").format(
                n=epochs, name=args.experiment
            ),
            _("Name the folder of a run, from nnplay train --out, or a .nnplay file."),
            USAGE_ERROR,
        )
    settings = {"epochs": epochs, "device": args.device, "seed": args.seed}
    given = {name: value for name, value in settings.items() if value is not None}
    experiment = replace(experiment, **given)
    ensure_runnable(experiment)
    options = TrainOptions(key, experiment, args.threads, args.out, args.as_json, args.quiet)
    return train(options, make_pictures)


def _continue(args: argparse.Namespace, make_pictures: PictureMaker | None) -> int:
    from nnplay.cli.continuing import continued
    from nnplay.cli.training import TrainOptions, train

    found = continued(args)
    ensure_runnable(found.experiment)
    path = Path(args.experiment)
    if is_document(path) and args.out is None and not args.quiet:
        say(_("{path} is not changed; --out DIR saves the run.").format(path=path))
    options = TrainOptions(
        found.run.key,
        found.run.experiment,
        args.threads,
        args.out or (None if is_document(path) else path),
        args.as_json,
        args.quiet,
        found,
    )
    return train(options, make_pictures)
