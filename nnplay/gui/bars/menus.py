"""The menus of the window."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QMessageBox

from nnplay import __version__
from nnplay.data.download.registry import ARCHIVES
from nnplay.experiment import chapters
from nnplay.gui.style.theme import DARK, LIGHT, apply, theme
from nnplay.session import Document
from nnplay.translation import _

if TYPE_CHECKING:
    from nnplay.gui.window import MainWindow

Keys = QKeySequence.StandardKey
_BESIDE_TITLE = 22
"""Room in pixels left and right of the title of a menu, together."""


class Menus(QObject):
    """File, Edit, Run, View, Help."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.bar = QMenuBar()
        self._fill_file(self.bar.addMenu(_("&File")))
        self._fill_edit(self.bar.addMenu(_("&Edit")))
        self._fill_run(self.bar.addMenu(_("&Run")))
        self._fill_lessons(self.bar.addMenu(_("&Lessons")))
        self._fill_view(self.bar.addMenu(_("&View")))
        self._fill_help(self.bar.addMenu(_("&Help")))

    def show_document(self, document: Document) -> None:
        """Say what undo and redo would do."""
        for action, word, label in (
            (self.undo, _("Undo"), document.undo_label),
            (self.redo, _("Redo"), document.redo_label),
        ):
            action.setText(f"{word}: {label}" if label else word)
            action.setEnabled(bool(label))

    @Slot()
    def show_recent(self) -> None:
        """List the files used last."""
        self._recent.clear()
        for path in self._window.recent.paths():
            action = self._recent.addAction(f"{path.name}   –   {path.parent}")
            action.setData(str(path))
            action.triggered.connect(self._open_recent)
        if self._recent.isEmpty():
            self._recent.addAction(_("none yet")).setEnabled(False)

    def _fill_file(self, menu: QMenu) -> None:
        files = self._window.files
        _add(menu, _("&Open…"), files.ask_open, Keys.Open)
        self._recent = menu.addMenu(_("Open &recent"))
        self._recent.aboutToShow.connect(self.show_recent)
        _add(menu, _("&Import data…"), self._window.import_actions.ask, "Ctrl+I")
        _add(menu, _("Import &pictures…"), self._window.import_actions.ask_folder, "Ctrl+Shift+I")
        menu.addSeparator()
        _add(menu, _("&Save"), files.save, Keys.Save)
        _add(menu, _("Save &as…"), files.save_as, "Ctrl+Shift+S")
        menu.addSeparator()
        _add(menu, _("&Quit"), self._window.close, "Ctrl+Q")

    def _fill_edit(self, menu: QMenu) -> None:
        document = self._window.document
        self.undo = _add(menu, _("Undo"), document.undo, Keys.Undo)
        self.redo = _add(menu, _("Redo"), document.redo, "Ctrl+Shift+Z", "Ctrl+Y")
        menu.addSeparator()
        _add(menu, _("&Paste a table…"), self._window.import_actions.paste, Keys.Paste)

    def _fill_run(self, menu: QMenu) -> None:
        transport = self._window.transport
        for action in transport.actions():
            menu.addAction(action)
        menu.addSeparator()
        _add(menu, _("Compare &learning rates…"), self._window.rates.ask, "Ctrl+Shift+L")
        menu.addSeparator()
        data = menu.addMenu(_("&Get data"))
        for archive in ARCHIVES.values():
            text = _("{data} ({size:.3g} MB)…")
            text = text.format(data=_(archive.label), size=archive.size / 1e6)
            _add(data, text, self._fetch).setData(archive.key)

    def _fill_lessons(self, menu: QMenu) -> None:
        self._lessons = menu
        menu.aboutToShow.connect(self._list_lessons)

    @Slot()
    def _list_lessons(self) -> None:
        # Only when they are looked at: all their files are read for their names.
        menu = self._lessons
        for chapter in chapters() if menu.isEmpty() else ():
            part = menu.addMenu(_(chapter.title))
            part.setToolTipsVisible(True)
            for preset in chapter.presets:
                action = part.addAction(_(preset.experiment.name))
                action.setToolTip(_(preset.experiment.about))
                action.setData(preset.key)
                action.triggered.connect(self._open_lesson)

    def _fill_view(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for text, look in ((_("&Light"), LIGHT), (_("&Dark"), DARK)):
            action = _add(menu, text, self._choose_theme)
            action.setCheckable(True)
            action.setData(look.key)
            action.setChecked(theme() == look)
            group.addAction(action)
        menu.addSeparator()
        _add(menu, _("&Full screen"), self._full_screen, "F11")

    def _fill_help(self, menu: QMenu) -> None:
        _add(menu, _("&Keys"), self._show_keys, "F1")
        _add(menu, _("&About nnplay"), self._show_about)

    @Slot()
    def _open_recent(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        if self._window.files.may_leave():
            self._window.files.open_path(Path(str(action.data())))

    @Slot()
    def _open_lesson(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._window.files.open_preset(action.data())

    @Slot()
    def _fetch(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._window.fetch(str(action.data()))

    @Slot()
    def _choose_theme(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        look = DARK if action.data() == "dark" else LIGHT
        self._window.settings.theme = look
        apply(look)

    @Slot()
    def _full_screen(self) -> None:
        window = self._window
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    def width(self) -> int:
        """Return how many pixels the titles of all menus take side by side."""
        letters = self.bar.fontMetrics()
        titles = [action.text().replace("&", "") for action in self.bar.actions()]
        return sum(letters.horizontalAdvance(title) + _BESIDE_TITLE for title in titles)

    @Slot()
    def _show_keys(self) -> None:
        rows = "".join(
            f"<tr><td><b>{key}</b>&nbsp;&nbsp;</td><td>{what}</td></tr>" for key, what in _keys()
        )
        QMessageBox.information(self._window, _("Keys"), f"<table>{rows}</table>")

    @Slot()
    def _show_about(self) -> None:
        text = _("nnplay {version}, Python {python}. See a network learn. MIT licence.").format(
            version=__version__, python=sys.version.split()[0]
        )
        QMessageBox.about(self._window, _("About nnplay"), text)


def _add(
    menu: QMenu,
    text: str,
    slot: Callable[..., object],
    *keys: QKeySequence.StandardKey | str,
) -> QAction:
    action = menu.addAction(text)
    action.setShortcuts([QKeySequence(key) for key in keys])
    action.triggered.connect(slot)
    return action


def _keys() -> tuple[tuple[str, str], ...]:
    return (
        ("F5", _("train, pause, resume")),
        ("F8", _("one step")),
        ("F9", _("one epoch")),
        ("Shift+F5", _("stop")),
        ("Ctrl+R", _("reset to the same first weights")),
        ("Ctrl+Shift+R", _("reset to new first weights")),
        ("Ctrl+Shift+L", _("compare learning rates")),
        ("Ins  Ctrl+L", _("add a layer behind the chosen one")),
        ("Delete", _("remove the chosen layer")),
        ("Ctrl+D", _("duplicate the chosen layer")),
        ("Alt+↑  Alt+↓", _("move the chosen layer")),
        ("F2", _("rename the chosen layer")),
        ("L", _("freeze the chosen layer, or let it learn again")),
        ("Ctrl+.", _("take the fix of the marked layer")),
        ("Ctrl+Z  Ctrl+Shift+Z", _("undo, redo")),
        ("Ctrl+I", _("import a table")),
        ("Ctrl+Shift+I", _("import a folder of pictures")),
        ("Ctrl+V", _("import the table in the clipboard")),
        ("Ctrl+PgUp  Ctrl+PgDown", _("the lesson before, the next lesson")),
        ("F11", _("full screen")),
    )
