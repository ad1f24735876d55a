"""The menus of the window."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QMessageBox

from nnplay import __version__
from nnplay.data.download.registry import ARCHIVES
from nnplay.experiment import chapters
from nnplay.gui.bars.actions import Actions
from nnplay.gui.bars.memory_menu import MemoryMenu
from nnplay.gui.dialogs.guide import GuideDialog
from nnplay.gui.stage.arrangement import NAMED
from nnplay.gui.style.plain import plain, shortened
from nnplay.gui.style.theme import DARK, LIGHT, theme
from nnplay.gui.style.zoom import ZOOMS, zoom
from nnplay.session import Document, work_title
from nnplay.translation import _

Keys = QKeySequence.StandardKey
LONGEST_UNDO = 60
"""Characters of what undo would change."""
_BESIDE_TITLE = 22
"""Padding in pixels left and right of the title of a menu, together."""


class Menus(QObject):
    """File, Edit, Run, View, Help."""

    def __init__(self, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions
        self.bar = QMenuBar()
        self._fill_file(self.bar.addMenu(_("&File")))
        self._fill_edit(self.bar.addMenu(_("&Edit")))
        self._fill_run(self.bar.addMenu(_("&Run")))
        self._fill_lessons(self.bar.addMenu(_("&Lessons")))
        self._fill_view(self.bar.addMenu(_("&View")))
        self._fill_help(self.bar.addMenu(_("&Help")))

    def show_document(self, document: Document) -> None:
        """Name what undo and redo would change."""
        for action, word, label in (
            (self.undo, _("Undo"), document.undo_label),
            (self.redo, _("Redo"), document.redo_label),
        ):
            text = f"{word}: {shortened(label, LONGEST_UNDO)}" if label else word
            action.setText(text)
            action.setToolTip(plain(text))
            action.setEnabled(bool(label))

    @Slot()
    def show_recent(self) -> None:
        """List the recent files."""
        self._recent.clear()
        for path in self._actions.recent_files():
            action = self._recent.addAction(f"{path.name}   –   {path.parent}")
            action.setData(str(path))
            action.triggered.connect(self._open_recent)
        if self._recent.isEmpty():
            self._recent.addAction(_("No recent files")).setEnabled(False)

    @Slot()
    def _update_file(self) -> None:
        """List what crashes left unsaved; without any there is no such menu."""
        self._save_weights.setEnabled(self._actions.network.can_be_saved())
        self._unsaved.clear()
        found = self._actions.unsaved()
        for one in found:
            action = self._unsaved.addAction(work_title(one.work))
            action.setData(one)
            action.triggered.connect(self._open_unsaved)
        self._unsaved.addSeparator()
        self._unsaved.addAction(_("Delete these")).triggered.connect(self._actions.forget_unsaved)
        self._unsaved.menuAction().setVisible(bool(found))

    @Slot()
    def _open_unsaved(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._actions.open_unsaved(action.data())

    def _fill_file(self, menu: QMenu) -> None:
        actions = self._actions
        _add(menu, _("&Open…"), actions.open_file, Keys.Open)
        self._recent = menu.addMenu(_("Open &recent"))
        self._recent.aboutToShow.connect(self.show_recent)
        self._unsaved = menu.addMenu(_("Open &unsaved"))
        menu.aboutToShow.connect(self._update_file)
        _add(menu, _("&Import table…"), actions.import_table, "Ctrl+I")
        _add(menu, _("Import i&mages…"), actions.import_folder, "Ctrl+Shift+I")
        menu.addSeparator()
        _add(menu, _("&Save"), actions.save, Keys.Save)
        _add(menu, _("Save &as…"), actions.save_as, "Ctrl+Shift+S")
        self._save_weights = _add(menu, _("Save &weights…"), actions.network.save)
        self._fill_exports(menu.addMenu(_("&Export")))
        menu.addSeparator()
        _add(menu, _("&Quit"), actions.close, "Ctrl+Q")

    def _fill_exports(self, menu: QMenu) -> None:
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._update_exports)
        self._exports = menu
        for format_ in self._actions.network.exports.formats():
            action = _add(menu, f"{_(format_.label)}…", self._export)
            action.setData(format_)
        self._film = _add(menu, _("Film as GIF or MP4…"), self._actions.save_film)

    @Slot()
    def _update_exports(self) -> None:
        """Enable the formats that are available, and say why others are not."""
        for action in self._exports.actions():
            if action is self._film:
                continue
            refusal = self._actions.network.exports.refusal(action.data())
            action.setEnabled(not refusal)
            action.setToolTip(plain(refusal) if refusal else action.text().rstrip("…"))

    @Slot()
    def _export(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._actions.network.exports.ask(action.data())

    def _fill_edit(self, menu: QMenu) -> None:
        actions = self._actions
        self.undo = _add(menu, _("Undo"), actions.undo, Keys.Undo)
        self.redo = _add(menu, _("Redo"), actions.redo, "Ctrl+Shift+Z", "Ctrl+Y")
        menu.addSeparator()
        _add(menu, _("&Paste table…"), actions.paste_table, Keys.Paste)

    def _fill_run(self, menu: QMenu) -> None:
        for action in self._actions.run:
            menu.addAction(action)
        menu.addSeparator()
        _add(
            menu,
            _("Compare &learning rates…"),
            self._actions.compare_learning_rates,
            "Ctrl+Shift+L",
        )
        _add(menu, _("Train with several see&ds…"), self._actions.train_seeds, "Ctrl+Shift+D")
        menu.addSeparator()
        menu.addMenu(MemoryMenu(menu, self._actions.memory))
        data = menu.addMenu(_("&Download data"))
        for archive in ARCHIVES.values():
            text = _("{data} ({size:.3g} MB)…")
            text = text.format(data=_(archive.label), size=archive.size / 1e6)
            _add(data, text, self._download).setData(archive.key)

    def _fill_lessons(self, menu: QMenu) -> None:
        self._lessons = menu
        menu.aboutToShow.connect(self._list_lessons)

    @Slot()
    def _list_lessons(self) -> None:
        # Only when the menu opens, as their names are read from all their files.
        menu = self._lessons
        for chapter in chapters() if menu.isEmpty() else ():
            part = menu.addMenu(_(chapter.title))
            part.setToolTipsVisible(True)
            for preset in chapter.presets:
                action = part.addAction(_(preset.experiment.name))
                action.setToolTip(plain(_(preset.experiment.about)))
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
        self._fill_zoom(menu.addMenu(_("&Zoom")))
        menu.addSeparator()
        for number, named in enumerate(NAMED, start=1):
            _add(menu, _(named.label), self._arrange, f"Ctrl+{number}").setData(number - 1)
        _add(menu, _("&Maximise the view"), self._actions.views.toggle_maximised, "Ctrl+M")
        menu.addSeparator()
        _add(menu, _("&Code"), self._actions.toggle_code, "Ctrl+E")
        _add(menu, _("&Full screen"), self._toggle_full_screen, "F11")

    @Slot()
    def _toggle_full_screen(self) -> None:
        window = self.bar.window()
        (window.showNormal if window.isFullScreen() else window.showFullScreen)()

    def _fill_zoom(self, menu: QMenu) -> None:
        self._zooms = QActionGroup(menu)
        for factor in ZOOMS:
            action = _add(menu, _("{percent:.0f} %").format(percent=100 * factor), self._pick_zoom)
            action.setCheckable(True)
            action.setData(factor)
            self._zooms.addAction(action)
        menu.addSeparator()
        _add(menu, _("&Larger"), self._zoom_in, "Ctrl++", "Ctrl+=")
        _add(menu, _("&Smaller"), self._zoom_out, "Ctrl+-")
        _add(menu, _("&Usual size"), self._zoom_back, "Ctrl+0")
        self._check_zoom()

    def _check_zoom(self) -> None:
        for action in self._zooms.actions():
            action.setChecked(action.data() == zoom())

    def _zoom(self, factor: float) -> None:
        if factor != zoom():
            self._actions.set_zoom(factor)
        self._check_zoom()

    @Slot()
    def _pick_zoom(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._zoom(float(action.data()))

    @Slot()
    def _zoom_in(self) -> None:
        self._zoom(min((one for one in ZOOMS if one > zoom()), default=ZOOMS[-1]))

    @Slot()
    def _zoom_out(self) -> None:
        self._zoom(max((one for one in ZOOMS if one < zoom()), default=ZOOMS[0]))

    @Slot()
    def _zoom_back(self) -> None:
        self._zoom(1.0)

    def _fill_help(self, menu: QMenu) -> None:
        _add(menu, _("&First steps"), self._show_first_steps, "F1")
        _add(menu, _("&Glossary"), self._show_glossary, "Shift+F1")
        _add(menu, _("&Keyboard shortcuts"), self._show_keys)
        _add(menu, _("&About nnplay"), self._show_about)

    @Slot()
    def _open_recent(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._actions.open_recent(Path(str(action.data())))

    @Slot()
    def _open_lesson(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._actions.open_preset(action.data())

    @Slot()
    def _download(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._actions.download(str(action.data()))

    @Slot()
    def _arrange(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._actions.views.arrange_named(int(action.data()))

    @Slot()
    def _choose_theme(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._actions.set_theme(DARK if action.data() == DARK.key else LIGHT)

    def width(self) -> int:
        """Return the width in pixels of the titles of all menus."""
        letters = self.bar.fontMetrics()
        titles = [action.text().replace("&", "") for action in self.bar.actions()]
        return sum(letters.horizontalAdvance(title) + _BESIDE_TITLE for title in titles)

    @Slot()
    def _show_first_steps(self) -> None:
        GuideDialog(_("First steps"), "first-steps", self.bar.window()).show()

    @Slot()
    def _show_glossary(self) -> None:
        GuideDialog(_("Glossary"), "glossary", self.bar.window()).show()

    @Slot()
    def _show_keys(self) -> None:
        rows = "".join(
            f"<tr><td><b>{key}</b>&nbsp;&nbsp;</td><td>{what}</td></tr>" for key, what in _keys()
        )
        QMessageBox.information(
            self.bar.window(), _("Keyboard shortcuts"), f"<table>{rows}</table>"
        )

    @Slot()
    def _show_about(self) -> None:
        text = _("nnplay {version}, Python {python}. Watch networks learn. MIT licence.").format(
            version=__version__, python=sys.version.split()[0]
        )
        QMessageBox.about(self.bar.window(), _("About nnplay"), text)


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
        ("F6  F7", _("slower, faster")),
        ("Ctrl+R", _("reset, with the same initial weights")),
        ("Ctrl+Shift+R", _("reset, with new initial weights")),
        ("Ctrl+Shift+L", _("compare learning rates")),
        ("Ctrl+Shift+D", _("train with several seeds")),
        ("Ins  Ctrl+L", _("add a layer after the selected one")),
        ("Delete", _("remove the selected layer")),
        ("Ctrl+D", _("duplicate the selected layer")),
        ("Alt+↑  Alt+↓", _("move the selected layer")),
        ("F2", _("rename the selected layer")),
        ("L", _("freeze or unfreeze the selected layer")),
        ("Ctrl+.", _("apply the fix for the marked layer")),
        ("Ctrl+Z  Ctrl+Shift+Z", _("undo, redo")),
        ("Ctrl+I", _("import a table")),
        ("Ctrl+Shift+I", _("import a folder of images")),
        ("Ctrl+V", _("import the table on the clipboard")),
        ("Ctrl+PgUp  Ctrl+PgDown", _("previous lesson, next lesson")),
        ("Ctrl++  Ctrl+-  Ctrl+0", _("larger, smaller, usual size")),
        ("Ctrl+1 … Ctrl+4", _("arrange the views")),
        ("Ctrl+M", _("maximise a view, restore its size")),
        ("Ctrl+E", _("show or hide the code")),
        ("F11", _("full screen")),
        ("F1  Shift+F1", _("first steps, glossary")),
    )
