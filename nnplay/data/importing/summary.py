"""What an import came to, in words."""

from __future__ import annotations

from nnplay.data.importing.series import ImportedSeries
from nnplay.data.importing.table import Imported
from nnplay.translation import _, ngettext


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
            text = ngettext(
                "{count:,} missing cell filled.", "{count:,} missing cells filled.", outcome.missing
            )
            said.append(text.format(count=outcome.missing))
    elif outcome.missing:
        text = _("{count:,} missing cells took the value before them.")
        said.append(text.format(count=outcome.missing))
    lines = [
        _("line {number:,}: {why}").format(number=bad.number, why=bad.why)
        for bad in outcome.bad_lines
    ]
    if outcome.bad_count:
        text = ngettext("{count:,} line left out:", "{count:,} lines left out:", outcome.bad_count)
        said.append(text.format(count=outcome.bad_count))
    if (more := outcome.bad_count - len(lines)) > 0:
        lines.append(_("and {count:,} more").format(count=more))
    return "\n".join(said + lines)
