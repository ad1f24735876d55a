"""What an import will do, and what it came to, in words."""

from __future__ import annotations

from nnplay.data.imports import Imported
from nnplay.data.series import ImportedSeries
from nnplay.gui.import_options import Wanted
from nnplay.words import _


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


def summary(outcome: Imported | ImportedSeries) -> str:
    """Return a sentence on what is there now."""
    if isinstance(outcome, ImportedSeries):
        text = _("{name}: a series of {length:,} values.")
        return text.format(name=outcome.series.name, length=outcome.series.length)
    table = outcome.table
    names = {"name": table.name, "rows": table.samples, "columns": table.features}
    if table.classes:
        text = _("{name}: {rows:,} rows of {columns:,} numbers, {classes} classes of {target}.")
        count = table.spec().outputs
        return text.format(**names, classes=count, target=outcome.target)
    text = _("{name}: {rows:,} rows of {columns:,} numbers, {target} to predict.")
    return text.format(**names, target=outcome.target)


def report(outcome: Imported | ImportedSeries) -> str:
    """Return a line for everything that was left out or filled, nothing where all was taken."""
    said = []
    if isinstance(outcome, Imported):
        if outcome.left_out:
            text = _("Columns left out, with too many words or nothing in them: {names}.")
            said.append(text.format(names=", ".join(outcome.left_out)))
        if outcome.without_target:
            text = _("{count:,} rows left out: {name} is missing.")
            said.append(text.format(count=outcome.without_target, name=outcome.target))
        if outcome.dropped:
            text = _("{count:,} rows left out for a missing cell.")
            said.append(text.format(count=outcome.dropped))
        elif outcome.missing:
            said.append(_("{count:,} missing cells filled.").format(count=outcome.missing))
    elif outcome.missing:
        text = _("{count:,} missing cells took the value before them.")
        said.append(text.format(count=outcome.missing))
    lines = [
        _("line {number:,}: {why}").format(number=bad.number, why=bad.why)
        for bad in outcome.bad_lines
    ]
    if outcome.bad_count:
        said.append(_("{count:,} lines with trouble:").format(count=outcome.bad_count))
    if (more := outcome.bad_count - len(lines)) > 0:
        lines.append(_("and {count:,} more").format(count=more))
    return "\n".join(said + lines)
