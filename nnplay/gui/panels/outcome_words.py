"""Which samples outcomes are about, as data and in words."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts, Samples
from nnplay.link import Frame, LabelOutcomes, Outcomes
from nnplay.translation import _


def outcomes_of(frame: Frame) -> Outcomes | LabelOutcomes | None:
    """Return what a frame says of classes or labels, None where it has neither."""
    return frame.get(Outcomes) or frame.get(LabelOutcomes)


def part_of(outcomes: Outcomes | LabelOutcomes, parts: Parts | None) -> Samples | None:
    """Return the samples that the rows of the outcomes are about, or None where they are not."""
    if parts is None:
        return None
    samples: Samples = getattr(parts, outcomes.part)
    return samples if len(samples) == len(outcomes.target) else None


def target_text(spec: DataSpec, target: npt.NDArray[Any]) -> str:
    """Return the name of the class of one sample, or of the labels that it carries."""
    if spec.task == "classification":
        return _(spec.class_names[int(target)])
    pairs = zip(spec.class_names, target, strict=True)
    return ", ".join(_(name) for name, there in pairs if there) or _("none")


def part_text(outcomes: Outcomes | LabelOutcomes, *, is_picture: bool) -> str:
    """Return the number and the sort of the samples, such as `10,000 test pictures`."""
    words = {
        ("test", True): _("{count:,} test pictures"),
        ("test", False): _("{count:,} test samples"),
        ("validation", True): _("{count:,} validation pictures"),
        ("validation", False): _("{count:,} validation samples"),
        ("train", True): _("{count:,} training pictures"),
        ("train", False): _("{count:,} training samples"),
    }
    return words[outcomes.part, is_picture].format(count=len(outcomes.target))
