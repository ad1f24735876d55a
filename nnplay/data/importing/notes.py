"""What was detected in a file, in words: one sentence each, with what to choose instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnplay.data.importing.columns import Column, Task, quoted
from nnplay.data.importing.detection.dates import is_ambiguous
from nnplay.data.importing.detection.words import doubtful_words
from nnplay.data.importing.inputs import Input
from nnplay.translation import _, ngettext

if TYPE_CHECKING:
    from nnplay.data.importing.source_file import OpenSource, SourceFile

_MAX_NAMED = 3
"""Columns or words that are named in one note."""


def layout_notes(source: OpenSource, given: SourceFile) -> list[str]:
    """Return what was detected about the file as a whole."""
    layout, notes = source.layout, sheet_notes(source)
    if given.encoding is None and layout.encoding not in ("utf-8", "utf-8-sig", "utf-16"):
        text = _("The file is not UTF-8; it is read as {encoding}, which is a guess.")
        notes.append(text.format(encoding=layout.encoding))
    if not layout.has_header:
        notes.append(_("The first line holds values, so the columns are numbered."))
    if layout.above and layout.has_header:
        text = ngettext(
            "The column names are in line {line:,}; {count:,} line above is skipped.",
            "The column names are in line {line:,}; {count:,} lines above are skipped.",
            layout.above,
        )
        notes.append(text.format(line=layout.above + 1, count=layout.above))
    elif layout.above:
        text = ngettext(
            "{count:,} line above the first row is skipped.",
            "{count:,} lines above the first row are skipped.",
            layout.above,
        )
        notes.append(text.format(count=layout.above))
    if layout.below:
        text = ngettext(
            "{count:,} line below the column names is skipped.",
            "{count:,} lines below the column names are skipped.",
            layout.below,
        )
        notes.append(text.format(count=layout.below))
    if layout.has_comments:
        notes.append(_("Lines that begin with # are comments."))
    if renamed := [name for name in layout.columns if name in layout.renamed]:
        text = _("More than one column has the same name: {names} got a number.")
        notes.append(text.format(names=_some(renamed)))
    return notes


def sheet_notes(source: OpenSource) -> list[str]:
    """Return what was detected about the sheet of a spreadsheet."""
    notes = []
    if source.sheet and len(source.sheets) > 1:
        text = _("The sheet {sheet} is read, one of {count:,}.")
        notes.append(text.format(sheet=source.sheet, count=len(source.sheets)))
    if source.hidden:
        notes.append(_("Hidden sheets: {names}.").format(names=_some(source.hidden)))
    if source.merged:
        text = ngettext(
            "{count:,} merged cell is filled into its rows.",
            "{count:,} merged cells are filled into their rows.",
            source.merged,
        )
        notes.append(text.format(count=source.merged))
    if source.formulas:
        text = ngettext(
            "{count:,} formula has no stored value and counts as missing, at {cell}.",
            "{count:,} formulas have no stored value and count as missing, the first at {cell}.",
            source.formulas,
        )
        text = text.format(count=source.formulas, cell=source.first_formula)
        notes.append(f"{text} " + _("Open the file in a spreadsheet program and save it again."))
    return notes


def column_notes(
    columns: Sequence[Column], inputs: Sequence[Input], target: int
) -> list[list[str]]:
    """Return what was detected about each column that is used; nothing about the others."""
    used = {one.index for one in inputs}
    notes: list[list[str]] = []
    for index, column in enumerate(columns):
        notes.append(_notes_of(column) if index in used or index == target else [])
        if index in used and index != target and column.kind == "number" and _may_count(column):
            text = _("{name} counts the rows: ignore it if it is only a row number.")
            notes[index].append(text.format(name=column.name))
    return notes


def _may_count(column: Column) -> bool:
    return column.counts_rows and column.whole and column.filled >= 10 and column.role == "?"


def task_note(target: Column, classes: dict[float | str, int], task: Task) -> str:
    """Return why the target is predicted as classes or as numbers, nothing if it was chosen."""
    if task != "auto" or target.kind == "text" or not target.whole:
        return ""
    if target.kind == "date":
        return _("{name} is predicted as days since the first date.").format(name=target.name)
    if classes:
        text = _("{name} holds few different whole numbers, so it is predicted as classes.")
        return text.format(name=target.name)
    return _("{name} is predicted as a number.").format(name=target.name)


def _notes_of(column: Column) -> list[str]:
    notes, name = [], column.name
    if column.kind == "date":
        notes.append(_date_note(column))
    elif signs := sorted(column.signs):
        shown = ", ".join(signs)
        if "\u2212" in column.signs:
            text = _("{name}: the typographic minus sign is read as a minus.")
            notes.append(text.format(name=name))
        if others := [sign for sign in signs if sign != "\u2212"]:
            shown = ", ".join(others)
            text = _("{name}: {signs} is dropped, the number before or after it is kept.")
            notes.append(text.format(name=name, signs=shown))
        if len(set(others) - {"%"}) > 1:
            notes.append(_("{name} mixes currencies; nothing is converted.").format(name=name))
    if column.kind == "text":
        if column.has_codes and column.role != "c":
            text = _("{name} holds codes with leading zeros, which are read as categories.")
            notes.append(text.format(name=name))
        for first, *others in column.merged[:_MAX_NAMED]:
            text = ngettext(
                "{name}: {others} is read as {word}.",
                "{name}: {others} are read as {word}.",
                len(others),
            )
            shown = _some([quoted(one) for one in others])
            notes.append(text.format(name=name, others=shown, word=quoted(first)))
        if column.missing is None and column.absent:
            text = ngettext(
                "{name}: {words} counts as missing.",
                "{name}: {words} count as missing.",
                len(column.absent),
            )
            words = _some([quoted(one) for one in column.absent])
            notes.append(text.format(name=name, words=words))
        if column.missing is None and (doubtful := doubtful_words(column.names)):
            text = ngettext(
                "{name}: {words} counts as a category, not as missing.",
                "{name}: {words} count as categories, not as missing.",
                len(doubtful),
            )
            words = _some([quoted(one) for one in doubtful])
            notes.append(text.format(name=name, words=words))
    return notes


def _date_note(column: Column) -> str:
    text = _("{name} holds dates.")
    if column.role == "?" and any(map(is_ambiguous, column.categories or ())):
        text = _("{name} holds dates, read with the day first.")
        if column.is_month_first:
            text = _("{name} holds dates, read with the month first.")
    parts = _("They become days since the first, and month, weekday and time where these vary.")
    return f"{text.format(name=column.name)} {parts}"


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMED])
    return shown if len(names) <= _MAX_NAMED else f"{shown}, …"
