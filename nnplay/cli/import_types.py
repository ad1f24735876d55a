"""The types of columns as they are written on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from nnplay.cli.errors import USAGE_ERROR, CommandError
from nnplay.translation import _

Letter = Literal["n", "c", "d", "m", "i", "t", "?"]
TYPES: Mapping[str, Letter] = MappingProxyType(
    {
        "number": "n",
        "category": "c",
        "date": "d",
        "date-month-first": "m",
        "ignore": "i",
        "target": "t",
    }
)
"""The letter that an import takes for each type."""
_ONE = re.compile(rf"(.+?)=({'|'.join(TYPES)})(?:,|$)")


def types_of(texts: Iterable[str]) -> dict[str, Letter]:
    """Return the type of each column that a text such as `age=number,zip=category` names.

    A name may contain commas and equals signs. Raises CommandError.
    """
    found: dict[str, Letter] = {}
    for text in texts:
        at = 0
        for one in _ONE.finditer(text):
            if one.start() != at:
                break
            found[one[1].strip()] = TYPES[one[2]]
            at = one.end()
        if at < len(text):
            message = _("Expected COLUMN=TYPE, received {text}.").format(text=text[at:][:80])
            hint = _("Types: {types}.").format(types=", ".join(TYPES))
            raise CommandError(message, hint, USAGE_ERROR)
    return found
