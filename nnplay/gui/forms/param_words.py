"""The texts of a parameter and its values in a form."""

from __future__ import annotations

from nnplay.catalog import Param, Value
from nnplay.gui.forms.numbers import Number, range_words, write_number
from nnplay.translation import _


def tooltip(param: Param) -> str:
    """Return what a parameter does, its range and its default value."""
    lines = [_(param.help)]
    if param.type in ("int", "float"):
        lines.append(_("Range: {range}").format(range=range_words(param)))
    lines.append(_("Default: {value}").format(value=value_words(param, param.default)))
    return "\n".join(lines)


def value_words(param: Param, value: Value) -> str:
    """Return a value of a parameter as its editor shows it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, str):
        called = dict(zip(param.choices, param.called, strict=False))
        return value if param.type == "text" else _(called.get(value, value))
    return write_number(float(value) if param.type == "float" else value) + zero_words(param, value)


def zero_words(param: Param, value: Number) -> str:
    """Return the suffix of a 0 with a special meaning, such as ` = all`."""
    return f" = {_(param.zero)}" if param.zero and value == 0 else ""
