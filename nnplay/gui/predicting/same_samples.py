"""Whether the networks of two runs can be given the same sample."""

from __future__ import annotations

from nnplay.catalog import DataSpec
from nnplay.experiment import Experiment
from nnplay.translation import _


def why_not_same_samples(run: Experiment, shown: Experiment) -> str:
    """Return why a run cannot predict a sample of the data shown; empty if it can.

    Images of one size with the same classes may come from different data sets, as digits of MNIST
    and digits of the user's own.
    """
    own, other = run.data.spec(), shown.data.spec()
    if own.in_shape != other.in_shape:
        text = _("its samples have the shape {own}, not {other}")
        return text.format(own=_shape(own), other=_shape(other))
    if (own.task, own.outputs, own.class_names) != (other.task, other.outputs, other.class_names):
        return _("it predicts something else: {outputs}").format(outputs=_outputs(own))
    if own.input_names != other.input_names:
        return _("its inputs are other ones: {names}").format(names=_listed(own.input_names))
    is_same = type(run.data) is type(shown.data)
    if not is_same and not own.is_picture:
        return _("it was trained on other data: {data}").format(data=_(run.data.label))
    return ""


def _shape(spec: DataSpec) -> str:
    return "×".join(map(str, spec.in_shape))


def _outputs(spec: DataSpec) -> str:
    if spec.class_names:
        return _listed(tuple(_(name) for name in spec.class_names))
    return _("{n} numbers").format(n=spec.outputs) if spec.outputs > 1 else _("a number")


def _listed(names: tuple[str, ...], most: int = 3) -> str:
    """Return the first names, and an ellipsis for more."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
