"""An explanation of what an import will do."""

from __future__ import annotations

from nnplay.gui.importing.import_options import ImportChoice
from nnplay.translation import _


def explanation(choice: ImportChoice) -> str:
    """Return how the columns are encoded, and how missing values are filled."""
    if choice.is_series:
        return _(
            "The network sees several consecutive values of the column and learns to predict the "
            "next one. An empty cell is filled with the value before it."
        )
    missing = {
        "mean": _(
            "A missing number is filled with the mean of its column; a missing category is encoded "
            "as all zeros."
        ),
        "most frequent": _("A missing value is filled with the most frequent value of its column."),
        "drop rows": _("Rows with missing values are dropped."),
    }[choice.missing]
    encoding = _(
        "Categories are one-hot encoded; columns with more than 50 categories are ignored."
    )
    safety = _("Nothing in the file is executed, not even formulas.")
    return f"{encoding} {missing} {safety}"
