"""What was detected in a file, listed above its first rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnplay.data.importing.columns import Role
from nnplay.data.importing.preview import Preview
from nnplay.data.importing.summary import not_used
from nnplay.gui.importing.import_options import ImportChoice
from nnplay.gui.importing.report import fit_height
from nnplay.gui.style.theme import font
from nnplay.translation import _

_MOST_LINES = 5


class DetectedList(QPlainTextEdit):
    """Lists what was detected; hidden while there is nothing to list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(_("What was detected"))
        self.setFont(font("small"))
        self.hide()

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show some sentences, in as many lines as fit; the others are scrolled to."""
        self.setPlainText("\n".join(notes))
        fit_height(self, _MOST_LINES)
        self.setVisible(bool(notes))


def detected_notes(preview: Preview, roles: Sequence[Role], choice: ImportChoice) -> list[str]:
    """Return what was detected and still holds with the types and the target that were chosen."""
    notes = list(preview.notes)
    if choice.is_series:
        return notes
    kept = {at for at, kind in enumerate(preview.kinds) if roles[at] in (kind, "t")}
    for at in sorted(kept):
        notes += preview.column_notes[at] if roles[at] != "i" else ()
    names = {preview.layout.columns[at] for at in kept if roles[at] in "i?"}
    notes += [not_used(one) for one in preview.ignored if one.name in names]
    if choice.task == "auto" and (note := preview.task_notes[choice.target]):
        notes.append(note)
    return notes
