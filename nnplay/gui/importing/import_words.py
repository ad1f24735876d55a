"""What an import will do, in words."""

from __future__ import annotations

from nnplay.gui.importing.import_options import Wanted
from nnplay.translation import _


def explanation(wanted: Wanted) -> str:
    """Return what becomes of the columns, and of what is missing in them."""
    if wanted.is_series:
        return _(
            "The network sees some values of the column in a row and learns the one behind them. "
            "An empty cell takes the value before it."
        )
    missing = {
        "mean": _("A missing number takes the mean of its column, a missing category no word."),
        "most frequent": _("What is missing takes the most frequent value of its column."),
        "drop rows": _("A row in which anything is missing is left out."),
    }[wanted.missing]
    words = _(
        "A category becomes a 0 or 1 for each of its words; one of more than 50 words is left out."
    )
    nothing = _("Nothing in the file is ever run, formulas included.")
    return f"{words} {missing} {nothing}"
