"""Which samples outcomes are about, as data and in words."""

from __future__ import annotations

from nnplay.data.arrays import Parts, Samples
from nnplay.link import Outcomes
from nnplay.words import _


def part_of(outcomes: Outcomes, parts: Parts | None) -> Samples | None:
    """Return the samples that the rows of the outcomes are about, or None where they are not."""
    if parts is None:
        return None
    samples: Samples = getattr(parts, outcomes.part)
    return samples if len(samples) == len(outcomes.truth) else None


def part_text(outcomes: Outcomes, *, is_picture: bool) -> str:
    """Return the number and the sort of the samples, such as `10,000 test pictures`."""
    words = {
        ("test", True): _("{count:,} test pictures"),
        ("test", False): _("{count:,} test samples"),
        ("validation", True): _("{count:,} validation pictures"),
        ("validation", False): _("{count:,} validation samples"),
        ("train", True): _("{count:,} training pictures"),
        ("train", False): _("{count:,} training samples"),
    }
    return words[outcomes.part, is_picture].format(count=len(outcomes.truth))
