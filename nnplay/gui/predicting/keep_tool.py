"""The menu of a drawing: keep it with a label, and train or test on what was kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton

from nnplay.catalog import DataSpec
from nnplay.data import DataError
from nnplay.gui.panel.panel import Panel
from nnplay.gui.predicting.draw_page import DrawPage
from nnplay.gui.predicting.file_tool import FileTool
from nnplay.gui.style.plain import plain
from nnplay.translation import _, ngettext

_IMPORT, _PREDICT, _ADD = -1, -2, -3
"""The data of the menu entries that are not classes."""


class KeepTool(QObject):
    """Keeps drawings of one size on this machine."""

    def __init__(self, owner: Panel, page: DrawPage, files: FileTool) -> None:
        """Add the button to a panel, which emits `folder_asked` and `files_asked`."""
        super().__init__(owner)
        self._owner, self._page, self._files = owner, page, files
        self._spec: DataSpec | None = None
        self.button = QToolButton(owner)
        self.button.setText(_("keep"))
        self.button.setAccessibleName(_("Keep the drawing as data"))
        self.button.setToolTip(
            plain(_("Keep the drawing with a label, to train and test networks on such drawings"))
        )
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.button)
        self.button.setMenu(self.menu)
        self.menu.aboutToShow.connect(self.fill)
        self.menu.triggered.connect(self._choose)
        owner.add_tool_widget(self.button)

    def show_spec(self, spec: DataSpec) -> None:
        """Offer the classes of such data as labels."""
        self._spec = spec

    @Slot()
    def fill(self) -> None:
        """Offer what is possible now."""
        from nnplay.data.new_samples.kept_drawings import kept_drawings

        self.menu.clear()
        spec = self._spec
        if spec is None:
            return
        for number, name in enumerate(spec.class_names):
            action = self.menu.addAction(_("Keep as {label}").format(label=_(name)))
            action.setData(number)
            action.setEnabled(self._page.sample is not None)
        counts = kept_drawings(spec.in_shape[-1])
        count = sum(counts.values())
        self.menu.addSeparator()
        text = ngettext("Import {count} drawing…", "Import {count} drawings…", count)
        action = self.menu.addAction(text.format(count=count))
        action.setData(_IMPORT)
        # Data need two classes.
        action.setEnabled(len(counts) > 1)
        text = ngettext("Predict {count} drawing…", "Predict {count} drawings…", count)
        action = self.menu.addAction(text.format(count=count))
        action.setData(_PREDICT)
        action.setEnabled(bool(count) and self._files.button.isEnabled())
        self.menu.addAction(_("Add drawings of others…")).setData(_ADD)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        from nnplay.data.new_samples.kept_drawings import drawings_folder

        spec, number = self._spec, action.data()
        if spec is None:
            return
        side = spec.in_shape[-1]
        if number == _IMPORT:
            self._owner.folder_asked.emit(drawings_folder(side), side)
        elif number == _PREDICT:
            self._owner.files_asked.emit([drawings_folder(side)])
        elif number == _ADD:
            self._add(side)
        else:
            self.keep(_(spec.class_names[number]))

    def _add(self, side: int) -> None:
        """Let the user choose a folder of kept drawings, and add them to those kept here."""
        from nnplay.data.new_samples.kept_drawings import add_drawings, kept_drawings

        folder = QFileDialog.getExistingDirectory(
            self._owner, _("Choose a folder of drawings with one subfolder per class")
        )
        if not folder:
            return
        try:
            added = add_drawings(Path(folder), side)
        except DataError as error:
            self._owner.set_note(f"{error} {error.hint}".strip())
            return
        count = sum(kept_drawings(side).values())
        text = _("{added} added, {count} kept")
        self._owner.set_note(text.format(added=added, count=count))

    def keep(self, label: str) -> None:
        """Keep the drawing with a label and clear the pad for the next one."""
        from nnplay.data.new_samples.kept_drawings import keep_drawing, kept_drawings

        sample = self._page.sample
        if sample is None:
            return
        try:
            keep_drawing(sample, label)
        except DataError as error:
            self._owner.set_note(f"{error} {error.hint}".strip())
            return
        count = sum(kept_drawings(len(sample)).values())
        self._owner.set_note(_("{count} kept").format(count=count))
        self._page.pad.erase()
