"""The changes that all editors make: choose another kind, change a parameter."""

from __future__ import annotations

from nnplay.catalog import Family, Param, kinds, params_of
from nnplay.experiment import Experiment, Place, get_value, set_value
from nnplay.session.change import Change
from nnplay.translation import _


def choose_kind(experiment: Experiment, part: Family, key: str) -> Change:
    """Put a kind with its default values into a part of the experiment, such as `optimizer`."""
    kind = kinds(part)[key]
    label = _("Choose {kind}").format(kind=_(kind.label))
    return Change(set_value(experiment, part, kind()), label)


def exchange_layer(
    experiment: Experiment, index: int, family: Family, key: str
) -> tuple[Experiment, str]:
    """Put a layer of another kind in the place of one; return the experiment and a label.

    Parameters that both kinds have keep their values.
    """
    old, kind = experiment.network[index], kinds(family)[key]
    before = old.values()
    kept = {
        param.name: before[param.name]
        for param in kind.params()
        if param.name in before and param.problem(before[param.name]) is None
    }
    label = _("Change {layer} to {other}").format(layer=_(old.label), other=_(kind.label))
    return set_value(experiment, Place("network", layer=index), kind(**kept)), label


def change_value(
    experiment: Experiment, place: Place, value: object, param: Param | None = None
) -> Change:
    """Set a parameter; consecutive keystrokes in one field are one undo step.

    `param` is needed only for what is not declared as a parameter, such as the batch size.
    """
    param = param or param_at(experiment, place)
    label = _("Change {what}").format(what=_(param.label))
    merge = str(place) if param.type in ("int", "float", "text") else ""
    return Change(set_value(experiment, place, value), label, merge)


def param_at(experiment: Experiment, place: Place) -> Param:
    """Return the parameter at a place, such as `optimizer.lr` or `seed`."""
    owner = get_value(experiment, place.at("")) if place.field else experiment
    name = place.field or place.part
    return next(param for param in params_of(type(owner)) if param.name == name)
