"""The outcome of an import in words."""

from __future__ import annotations

from nnplay.data.importing.inputs import Ignored
from nnplay.data.importing.series import ImportedSeries
from nnplay.data.importing.table import ImportedTable
from nnplay.translation import _, ngettext


def summary(outcome: ImportedTable | ImportedSeries) -> str:
    """Return one sentence about the imported data."""
    if isinstance(outcome, ImportedSeries):
        text = _("{name}: a series of {length:,} values.")
        return text.format(name=outcome.series.name, length=outcome.series.length)
    table = outcome.table
    names = {"name": table.name, "rows": table.samples, "columns": table.features}
    if table.classes:
        text = _("{name}: {rows:,} rows, {columns:,} inputs, {classes} classes of {target}.")
        count = table.spec().outputs
        return text.format(**names, classes=count, target=outcome.target)
    text = _("{name}: {rows:,} rows, {columns:,} inputs, target {target}.")
    return text.format(**names, target=outcome.target)


def notes(outcome: ImportedTable | ImportedSeries) -> list[str]:
    """Return what was detected in the file, and which columns are not used, one sentence each."""
    said = list(outcome.notes)
    if isinstance(outcome, ImportedTable):
        said += [not_used(one) for one in outcome.ignored]
    return said


def not_used(column: Ignored) -> str:
    """Return that a column is not used, and why."""
    return _("{name} is not used: {why}.").format(name=column.name, why=column.why)


def report(outcome: ImportedTable | ImportedSeries) -> str:
    """Return a line for everything that was skipped or filled in, nothing if there was none."""
    said = []
    if isinstance(outcome, ImportedTable):
        if outcome.without_target:
            text = ngettext(
                "{count:,} row skipped because {name} is missing.",
                "{count:,} rows skipped because {name} is missing.",
                outcome.without_target,
            )
            said.append(text.format(count=outcome.without_target, name=outcome.target))
        if outcome.dropped:
            text = ngettext(
                "{count:,} row skipped because of a missing value.",
                "{count:,} rows skipped because of a missing value.",
                outcome.dropped,
            )
            said.append(text.format(count=outcome.dropped))
        elif outcome.missing:
            text = ngettext(
                "{count:,} missing value filled in.",
                "{count:,} missing values filled in.",
                outcome.missing,
            )
            said.append(text.format(count=outcome.missing))
    elif outcome.missing:
        text = ngettext(
            "{count:,} missing value replaced by the previous value.",
            "{count:,} missing values replaced by the previous value.",
            outcome.missing,
        )
        said.append(text.format(count=outcome.missing))
    if outcome.bad_count:
        text = ngettext(
            "{count:,} line skipped because of errors.",
            "{count:,} lines skipped because of errors.",
            outcome.bad_count,
        )
        said.append(text.format(count=outcome.bad_count))
    if outcome.odd_count:
        text = ngettext(
            "{count:,} cell counts as missing because it is not a number or date.",
            "{count:,} cells count as missing because they are not numbers or dates.",
            outcome.odd_count,
        )
        said.append(text.format(count=outcome.odd_count))
    lines = [
        _("line {number:,}: {why}").format(number=bad.number, why=bad.why)
        for bad in outcome.bad_lines
    ]
    if (more := outcome.bad_count + outcome.odd_count - len(lines)) > 0:
        lines.append(_("and {count:,} more").format(count=more))
    return "\n".join(said + lines)
