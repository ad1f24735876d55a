"""The changes that every editor makes: another kind, another value of a parameter."""

from __future__ import annotations

from nnplay.catalog import Family, Param, kinds
from nnplay.experiment import Experiment, set_value
from nnplay.session.change import Change
from nnplay.translation import _


def choose_kind(experiment: Experiment, place: str, family: Family, key: str) -> Change:
    """Put a kind with its defaults at a place of the experiment, such as `optimizer`."""
    kind = kinds(family)[key]
    label = _("Choose {kind}").format(kind=_(kind.label))
    return Change(set_value(experiment, place, kind()), label)


def change_value(experiment: Experiment, path: str, param: Param, value: object) -> Change:
    """Set a parameter; what is typed letter by letter into a field is one step of undo."""
    label = _("Change {what}").format(what=_(param.label))
    merge = path if param.type in ("int", "float", "text") else ""
    return Change(set_value(experiment, path, value), label, merge)
