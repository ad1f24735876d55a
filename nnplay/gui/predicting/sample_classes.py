"""The classes or labels of samples and of their predictions, and samples as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnplay.link import ClassPredictions, LabelPredictions
from nnplay.link.frames import Floats
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.data.arrays import Parts, Samples

Classes = tuple[int, ...]


def target_classes(target: npt.NDArray[Any], *, has_labels: bool) -> Classes:
    """Return the class or the labels of a sample."""
    return tuple(np.flatnonzero(target).tolist()) if has_labels else (int(target),)


def predicted_classes(probabilities: Floats, *, has_labels: bool) -> Classes:
    """Return the class or the labels that are predicted."""
    if has_labels:
        return tuple(np.flatnonzero(probabilities > 0.5).tolist())
    return (int(probabilities.argmax()),)


def are_mistakes(predictions: ClassPredictions | LabelPredictions) -> npt.NDArray[np.bool_]:
    """Return for which samples at least one class or label is predicted wrongly; (n,)."""
    known = np.nan_to_num(predictions.probabilities)
    if isinstance(predictions, ClassPredictions):
        return np.asarray(known.argmax(axis=1) != predictions.target)
    return np.asarray(((known > 0.5) != (predictions.target > 0)).any(axis=1))


def names_text(names: tuple[str, ...], classes: Classes) -> str:
    """Return the names of some classes or labels."""
    return ", ".join(names[number] for number in classes) or _("none")


def inputs_of(parts: Parts, samples: Samples, index: int) -> tuple[float, ...]:
    """Return the inputs of a sample of the data as in a Selection: not scaled, pixels up to 1."""
    row = samples.rows([index])[0]
    raw = row if parts.scaling is None else parts.scaling.inverse(row)
    return tuple(raw.astype(np.float64).ravel().tolist())
