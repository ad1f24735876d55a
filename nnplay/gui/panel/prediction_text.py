"""Which samples predictions are about, as data and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from nnplay.catalog import DataSpec
from nnplay.link import ClassPredictions, Frame, LabelPredictions
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.data.arrays import Parts, Samples


def predictions_of(frame: Frame) -> ClassPredictions | LabelPredictions | None:
    """Return the predictions of classes or labels that a frame has, None where it has neither."""
    return frame.get(ClassPredictions) or frame.get(LabelPredictions)


def part_of(
    predictions: ClassPredictions | LabelPredictions, parts: Parts | None
) -> Samples | None:
    """Return the samples that the predictions are about, None where these are other data."""
    if parts is None:
        return None
    samples: Samples = getattr(parts, predictions.part)
    return samples if len(samples) == len(predictions.target) else None


def target_text(spec: DataSpec, target: npt.NDArray[Any]) -> str:
    """Return the name of the class of one sample, or the names of its labels."""
    if spec.task == "classification":
        return _(spec.class_names[int(target)])
    pairs = zip(spec.class_names, target, strict=True)
    return ", ".join(_(name) for name, there in pairs if there) or _("none")


def part_text(predictions: ClassPredictions | LabelPredictions, *, is_picture: bool) -> str:
    """Return the number and the kind of the samples, such as `10,000 test images`.

    Where only a random subset was predicted, `1,000 of 10,000 test images`.
    """
    texts = {
        ("test", True): _("{count:,} test images"),
        ("test", False): _("{count:,} test samples"),
        ("validation", True): _("{count:,} validation images"),
        ("validation", False): _("{count:,} validation samples"),
        ("train", True): _("{count:,} training images"),
        ("train", False): _("{count:,} training samples"),
    }
    text = texts[predictions.part, is_picture].format(count=len(predictions.target))
    if predictions.count == len(predictions.target):
        return text
    return _("{some:,} of {all}").format(some=predictions.count, all=text)
