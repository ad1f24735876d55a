"""The verbs: from arguments to an exit status."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from nnplay.cli.choose import changed, check_file, choose, refuse_problems
from nnplay.cli.listing import list_topic
from nnplay.cli.parser import build_parser
from nnplay.cli.pictures import PictureMaker
from nnplay.experiment import Experiment


def run_verb(argv: Sequence[str], make_pictures: PictureMaker | None) -> int:
    """Do what the arguments say; raises Trouble, and SystemExit(2) for arguments that are none."""
    args = build_parser().parse_args(argv)
    if args.verb == "train":
        return _train(args, make_pictures)
    verbs = {
        "compare": _compare,
        "rates": _rates,
        "list": _list,
        "check": _check,
        "import": _import,
        "fetch": _fetch,
    }
    return verbs[args.verb](args)


def _named(args: argparse.Namespace) -> tuple[str, Experiment]:
    """Return a short name and the experiment that was named, with the settings asked for."""
    key, experiment = choose(args.experiment)
    for setting in args.settings:
        experiment = changed(experiment, setting)
    return key, experiment


def _compare(args: argparse.Namespace) -> int:
    from nnplay.cli.comparing import compare

    _key, experiment = _named(args)
    refuse_problems(experiment)
    return compare(experiment, args.threads)


def _list(args: argparse.Namespace) -> int:
    return list_topic(args.topic, markdown=args.markdown)


def _check(args: argparse.Namespace) -> int:
    return check_file(args.file)


def _import(args: argparse.Namespace) -> int:
    from nnplay.cli.importing import import_file

    return import_file(args)


def _fetch(args: argparse.Namespace) -> int:
    # Late, as its packages for the network cost every other verb a tenth of a second.
    from nnplay.cli.download import fetch_data

    return fetch_data(args.data, args.source)


def _rates(args: argparse.Namespace) -> int:
    from nnplay.cli.rates import RatesWish, compare_rates, rates_between

    key, experiment = _named(args)
    if args.epochs is not None:
        experiment = replace(experiment, epochs=args.epochs)
    refuse_problems(experiment)
    rates = args.rates or rates_between(experiment, args.low, args.high, args.count)
    return compare_rates(RatesWish(key, experiment, rates, args.threads, args.as_json, args.quiet))


def _train(args: argparse.Namespace, make_pictures: PictureMaker | None) -> int:
    from nnplay.cli.training import Wish, train

    key, experiment = _named(args)
    named = {"epochs": args.epochs, "device": args.device, "seed": args.seed}
    given = {name: value for name, value in named.items() if value is not None}
    experiment = replace(experiment, **given)
    refuse_problems(experiment)
    wish = Wish(key, experiment, args.threads, args.out, args.as_json, args.quiet)
    return train(wish, make_pictures)
