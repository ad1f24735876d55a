"""What a form says of a constant and its values."""

from __future__ import annotations

from nnplay.catalog import Param, Value
from nnplay.gui.forms.numbers import Number, range_words, write_number
from nnplay.translation import _


def tooltip(param: Param) -> str:
    """Say what a constant does, which values it takes and what it is by default."""
    lines = [_(param.help)]
    if param.type in ("int", "float"):
        lines.append(_("Range: {range}").format(range=range_words(param)))
    lines.append(_("Default: {value}").format(value=value_words(param, param.default)))
    return "\n".join(lines)


def value_words(param: Param, value: Value) -> str:
    """Write a value of a constant as its editor shows it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, str):
        called = dict(zip(param.choices, param.called, strict=False))
        return value if param.type == "text" else _(called.get(value, value))
    return write_number(float(value) if param.type == "float" else value) + zero_words(param, value)


def zero_words(param: Param, value: Number) -> str:
    """Return what stands behind a 0 that is no number like others, such as ` = all`."""
    return f" = {_(param.zero)}" if param.zero and value == 0 else ""
