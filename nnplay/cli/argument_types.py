"""The types of arguments: each parses a text, and says what was expected."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from math import inf

from nnplay.experiment.lr_range import MOST_RATES
from nnplay.translation import _


@dataclass(frozen=True)
class Epochs:
    """A number of epochs."""

    count: int
    is_more: bool = False
    """Whether they are added to those of a run."""


def epochs(text: str) -> Epochs:
    """Parse a number of epochs, such as `20`, or `+20` for more of them."""
    return Epochs(positive(text), text.strip().startswith("+"))


def positive(text: str) -> int:
    """Parse an integer of at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(
            _("expected an integer of at least 1, received {text}").format(text=text)
        )
    return value


def rate(text: str) -> float:
    """Parse a learning rate."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < inf:
        raise argparse.ArgumentTypeError(
            _("expected a number greater than 0, received {text}").format(text=text)
        )
    return value


def rates(text: str) -> tuple[float, ...]:
    """Parse learning rates separated by commas."""
    found = tuple(sorted({rate(one) for one in text.split(",")}))
    if len(found) > MOST_RATES:
        raise argparse.ArgumentTypeError(
            _("expected at most {most} rates, received {count}").format(
                most=MOST_RATES, count=len(found)
            )
        )
    return found


def count(text: str) -> int:
    """Parse a number of learning rates."""
    value = positive(text)
    if not 2 <= value <= MOST_RATES:
        raise argparse.ArgumentTypeError(
            _("expected an integer from 2 to {high}, received {text}").format(
                high=MOST_RATES, text=text
            )
        )
    return value


def seed(text: str) -> int:
    """Parse a seed."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(
            _("expected an integer from 0 to {high}, received {text}").format(
                high=2**32 - 1, text=text
            )
        )
    return value


def device(text: str) -> str:
    """Parse the key of a device."""
    kind, colon, number = text.partition(":")
    if text in {"auto", "cpu", "cuda"} or (kind == "cuda" and colon and number.isdecimal()):
        return text
    raise argparse.ArgumentTypeError(
        _("expected auto, cpu, cuda or cuda:N, received {text}").format(text=text)
    )
