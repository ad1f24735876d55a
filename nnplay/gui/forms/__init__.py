"""Fields and forms, generated from the parameters that the catalog declares."""

from nnplay.gui.forms.fields import (
    BoolField,
    ChoiceField,
    Field,
    NumberField,
    TextField,
    make_field,
)
from nnplay.gui.forms.form import Form
from nnplay.gui.forms.kinds import KindBox
from nnplay.gui.forms.problems import ProblemLine, ProblemStack
from nnplay.gui.forms.rows import FieldRows

__all__ = [
    "BoolField",
    "ChoiceField",
    "Field",
    "FieldRows",
    "Form",
    "KindBox",
    "NumberField",
    "ProblemLine",
    "ProblemStack",
    "TextField",
    "make_field",
]
